"""The work on an answer that needs no writing: judged, packed, and read or known to read as before.

This is most of what a page costs. It is pure but for what it reads of the archive: the version that stands and the
keyframe, by which the one writer can tell whether it still holds.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.archive.bodies import pack
from scraper.archive.captures import capture_of, has_content, keyframe, load_body
from scraper.archive.groundwork import Groundwork, standing
from scraper.errors import ArchiveCorrupt, CaptureWithheld
from scraper.fetching.verdict import judge
from scraper.normalizing.alike import reads_alike
from scraper.normalizing.reading import Reading, read
from scraper.normalizing.version import NORMALIZER

if TYPE_CHECKING:
    import sqlite3

    from scraper.archive.captures import Unpacked
    from scraper.archive.groundwork import Standing
    from scraper.fetching.observation import Answer
    from scraper.normalizing.document import Rules


def prepare(connection: sqlite3.Connection, answer: Answer, rules: Rules) -> Groundwork:
    """Judge an answer, pack its body and read that under a source's rules, as far as there is something to.

    What goes wrong here is left undone: the one who stores the answer meets it again, and tells.
    """
    if answer.body is None or not has_content(answer):
        return Groundwork()
    try:
        verdict = judge(answer)
        sha256 = hashlib.sha256(answer.body).hexdigest()
        unpacked: Unpacked = {}
        packed = None
        if capture_of(connection, answer.source_id, sha256) is None:
            base_id = keyframe(connection, answer.source_id, unpacked)
            packed = pack(answer.body, base_id, unpacked.get(base_id) if base_id is not None else None)
        reading = None if verdict.outcome else _reading(connection, answer, answer.body, sha256, rules, unpacked)
        return Groundwork(reading, verdict, sha256, packed)
    except Exception:
        return Groundwork()


def _reading(
    connection: sqlite3.Connection, answer: Answer, body: bytes, sha256: str, rules: Rules, unpacked: Unpacked
) -> Reading | None:
    stands = standing(connection, answer.source_id)
    url, content_type = answer.final_url or answer.url, answer.header("content-type")
    same = stands is not None and (stands.url, stands.content_type) == (url, content_type)
    if stands and same and (stands.sha256 == sha256 or _reads_alike(connection, stands, body, rules, unpacked)):
        return Reading(None, NORMALIZER, rules, same_as=stands.sha256)
    return read(body, url=url, content_type=content_type, rules=rules)


def _reads_alike(
    connection: sqlite3.Connection, stands: Standing, body: bytes, rules: Rules, unpacked: Unpacked
) -> bool:
    try:
        before = load_body(connection, stands.capture_id, unpacked)
    except (ArchiveCorrupt, CaptureWithheld):
        return False
    return reads_alike(before, body, content_type=stands.content_type, rules=rules)
