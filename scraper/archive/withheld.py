"""Captures whose bytes were withheld: what is left of them, and what stands in place of their text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import CaptureWithheld
from scraper.normalizing.document import Document, Passage

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Withholding:
    """The tombstone of a capture: which it was, when its bytes were withheld (archive text) and why."""

    capture_id: int
    source_id: str
    sha256: str
    redacted: str
    reason: str
    encoded: tuple[str, ...]

    @property
    def told(self) -> str:
        """What is said wherever its text would stand."""
        return f"withheld on {self.redacted[:10]}: {self.reason}"

    def document(self) -> Document:
        """The document that stands in the place of the one that is withheld."""
        return Document((Passage("paragraph", f"[The text of this version is {self.told}]"),))


def withholding(connection: sqlite3.Connection, capture_id: int | None) -> Withholding | None:
    """The tombstone of a capture; None where its bytes are there, or nothing says why they are not."""
    # Whether there are bytes is asked first: an archive of the first schema has no redactions to ask for.
    kept = connection.execute("select stored_bytes from captures where id = ?", (capture_id,)).fetchone()
    if kept is None or kept["stored_bytes"]:
        return None
    row = connection.execute(
        "select capture_id, source_id, sha256, redacted, reason, encoded from redactions where capture_id = ?",
        (capture_id,),
    ).fetchone()
    return Withholding(**{**dict(row), "encoded": tuple(json.loads(row["encoded"]))}) if row else None


def withheld_encoded(connection: sqlite3.Connection) -> set[str]:
    """The hashes of bodies as they came over the wire that were withheld with their captures."""
    if connection.execute("select 1 from sqlite_master where name = 'redactions'").fetchone() is None:
        return set()  # the first schema knows none
    rows = connection.execute("select j.value from redactions r, json_each(r.encoded) j")
    return {row[0] for row in rows}


def require_text(connection: sqlite3.Connection, *version_ids: int) -> None:
    """Raise CaptureWithheld where the text of one of these versions is withheld: there is nothing to compare."""
    for version_id in version_ids:
        row = connection.execute("select number, capture_id from versions where id = ?", (version_id,)).fetchone()
        if row and (tombstone := withholding(connection, row["capture_id"])):
            raise CaptureWithheld(f"the text of version {row['number']} is {tombstone.told}")
