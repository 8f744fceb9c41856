"""The work on an answer that needs no writing: judged, packed, and read or known to read as before.

This is most of what a page costs. It is pure but for what it reads of the archive: the version that stands and the
keyframe, by which the one writer can tell whether it still holds.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

from scraper.archive.captures import capture_of, content_of, packed_beside
from scraper.archive.groundwork import Groundwork, reads_as, standing
from scraper.archive.opening import open_for_reading
from scraper.errors import RedlineError
from scraper.fetching.verdict import judge
from scraper.normalizing.reading import Reading, read
from scraper.normalizing.version import NORMALIZER

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.archive.captures import Unpacked
    from scraper.fetching.observation import Answer
    from scraper.normalizing.document import Rules

_CACHE_KIB = 400


class Preparer:
    """Prepares answers by an archive that it opens for reading when it first needs it; for one thread at a time."""

    def __init__(self, archive: Path) -> None:
        self._path = archive
        self._connection: sqlite3.Connection | None = None

    def prepare(self, answer: Answer, rules: Rules) -> Groundwork:
        """See `prepare`; nothing is prepared where the archive cannot be opened."""
        try:
            # Not before: a run may begin a process while it makes the archive.
            self._connection = self._connection or self._opened()
        except (RedlineError, sqlite3.Error):
            return Groundwork()  # the one who stores does without
        return prepare(self._connection, answer, rules)

    def _opened(self) -> sqlite3.Connection:
        """The archive with little room for its pages in memory: what is read of one page is not read again."""
        connection = open_for_reading(self._path)
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        return connection


def prepare(connection: sqlite3.Connection, answer: Answer, rules: Rules) -> Groundwork:
    """Judge an answer, pack its body and read that under a source's rules, as far as there is something to.

    What goes wrong here is left undone: the one who stores the answer meets it again, and tells.
    """
    body = content_of(answer)
    if body is None:
        return Groundwork()
    try:
        verdict = judge(answer)
        sha256 = hashlib.sha256(body).hexdigest()
        unpacked: Unpacked = {}
        packed = None
        if capture_of(connection, answer.source_id, sha256) is None:
            packed = packed_beside(connection, answer.source_id, body, unpacked)
        reading = None if verdict.outcome else _reading(connection, answer, body, sha256, rules, unpacked)
        return Groundwork(reading, verdict, sha256, packed)
    except Exception:
        return Groundwork()


def _reading(
    connection: sqlite3.Connection, answer: Answer, body: bytes, sha256: str, rules: Rules, unpacked: Unpacked
) -> Reading | None:
    stands = standing(connection, answer.source_id)
    url, content_type = answer.final_url or answer.url, answer.header("content-type")
    same = stands is not None and (stands.url, stands.content_type) == (url, content_type)
    if stands and same and (stands.sha256 == sha256 or reads_as(connection, stands, body, rules, unpacked)):
        return Reading(None, NORMALIZER, rules, same_as=stands.sha256)
    return read(body, url=url, content_type=content_type, rules=rules)
