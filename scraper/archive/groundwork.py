"""What was worked out of an answer before it came to be stored, and what of it still holds.

It is worked out by `preparing`, in a process that only reads the archive. The one writer takes it where it holds, works
it out itself otherwise, and comes to the same either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.captures import load_body
from scraper.errors import ArchiveCorrupt, CaptureWithheld
from scraper.normalizing.alike import reads_alike
from scraper.portable import portable

if TYPE_CHECKING:
    import sqlite3

    from scraper.archive.bodies import Packed
    from scraper.archive.captures import Unpacked
    from scraper.fetching.observation import Verdict
    from scraper.normalizing.document import Rules
    from scraper.normalizing.reading import Reading


@portable
@dataclass(frozen=True, slots=True)
class Groundwork:
    """What was worked out of an answer; None stands for what was not. It pickles.

    `packed` is the body as it would be stored, against a keyframe that its `base_id` names.
    """

    reading: Reading | None = None
    verdict: Verdict | None = None
    sha256: str | None = None
    packed: Packed | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that stands for a source: the capture that it was read from, by id and hash, and how that came."""

    capture_id: int
    sha256: str
    url: str
    content_type: str | None


def standing(connection: sqlite3.Connection, source_id: str) -> Standing | None:
    """The version that stands for a source; None while there is none."""
    row = connection.execute(
        "select c.id, c.sha256, coalesce(f.final_url, f.url), f.content_type from states s "
        "join versions v on v.id = s.version_id join fetches f on f.id = v.id join captures c on c.id = v.capture_id "
        "where s.source_id = ?",
        (source_id,),
    ).fetchone()
    return Standing(*row) if row else None


def reads_as(
    connection: sqlite3.Connection, stands: Standing, body: bytes, rules: Rules, unpacked: Unpacked | None
) -> bool:
    """Whether a body that came as the standing version did is certain to read as it: see `reads_alike`.

    False says nothing. It is said too where the bytes of that version cannot be had: of those `redline verify` tells.
    """
    try:
        before = load_body(connection, stands.capture_id, unpacked)
    except (ArchiveCorrupt, CaptureWithheld):
        return False
    return reads_alike(before, body, content_type=stands.content_type, rules=rules)
