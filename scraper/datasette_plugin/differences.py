"""What differs between two versions: stored, for neighbours, or computed now. The page and the card both ask this."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from scraper.archive import reading, timeline
from scraper.archive.documents import load_document
from scraper.archive.withheld import require_text
from scraper.comparing import Comparison, Edit, Op, by_passage, compare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from scraper.archive.reading import EditRow, VersionRow
    from scraper.normalizing.document import Document, Kind


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions with their documents and what differs between them.

    It came about after `last_seen_old` and by `first_seen_new` (archive text). For a page that was away these are, as
    in the change that is stored, the last look that missed it and the first that saw it again.
    """

    old: VersionRow
    new: VersionRow
    before: Document
    after: Document
    edits: tuple[Edit, ...]
    classes: tuple[str, ...]
    significance: float
    parts: tuple[Mapping[str, Any], ...]
    summary: str
    words_added: int
    words_removed: int
    details: Mapping[str, Any]
    last_seen_old: str | None
    first_seen_new: str
    kind: str | None = None
    change_id: int | None = None


def difference(connection: sqlite3.Connection, old: VersionRow, new: VersionRow) -> Difference:
    """The difference of two versions of a source, the earlier one first.

    Raises CaptureWithheld where the text of one of them is withheld.
    """
    require_text(connection, old.id, new.id)
    before, after = load_document(connection, old.id), load_document(connection, new.id)
    change_id = timeline.step_change(connection, old.id, new.id)
    if change_id is None:
        said = _computed(before, after) | {"last_seen_old": old.last_seen, "first_seen_new": new.first_seen}
    else:
        said = _stored(connection, change_id)
    # Where very many differences were told by stretches, a page still shows them passage by passage.
    said["edits"] = by_passage(said["edits"])
    return Difference(old=old, new=new, before=before, after=after, **said)


def _stored(connection: sqlite3.Connection, change_id: int) -> dict[str, Any]:
    """The stored change of two neighbours: it knows of other pages and earlier versions too."""
    change, detail = reading.change(connection, change_id)
    return {
        "edits": tuple(_edit(row) for row in detail.edits),
        "classes": change.classes,
        "significance": change.significance,
        "parts": detail.parts,
        "summary": change.summary,
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "details": detail.details,
        "last_seen_old": change.last_seen_old,
        "first_seen_new": change.first_seen_new,
        "kind": change.kind,
        "change_id": change_id,
    }


def _edit(row: EditRow) -> Edit:
    return Edit(
        op=cast("Op", row.op),
        old=row.old_text,
        new=row.new_text,
        old_position=row.old_position,
        new_position=row.new_position,
        kind=cast("Kind", row.kind),
        classes=row.classes,  # type: ignore[arg-type]  # stored by a Redline that may know more classes than we do
    )


@lru_cache(maxsize=2)
def _compared(before: Document, after: Document) -> Comparison:
    # Kept for the pages of one difference, which are read one after the other. Comparing is pure: it cannot go stale.
    return compare(before, after)


def _computed(before: Document, after: Document) -> dict[str, Any]:
    found = _compared(before, after)
    return {
        "edits": found.edits,
        "classes": found.classes,
        "significance": found.significance,
        "parts": tuple(asdict(part) for part in found.parts),
        "summary": found.summary,
        "words_added": found.words_added,
        "words_removed": found.words_removed,
        "details": {
            "fields": found.fields_changed,
            "links_added": found.links_added,
            "links_removed": found.links_removed,
            "images_added": found.images_added,
            "images_removed": found.images_removed,
        },
    }
