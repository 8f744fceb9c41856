"""Changes as rows: what became of a page, from a comparison or from its absence.

Resource-level changes (removed, restored, moved, first seen) have no comparison behind them; their significance
is made of the same kind of named parts, so that every figure that a reader sees can be read apart.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from scraper.comparing import CLASSES, ChangeClass, Comparison, Edit, Part, edit_key, unified, with_classes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from scraper.fetching.observation import Verdict
    from scraper.normalizing.document import Document

ChangeKind = Literal[
    "first_seen", "content", "metadata_only", "moved", "removed", "restored", "restored_with_edits", "technical"
]

REMOVED = 0.9
RESTORED = 0.5
MOVED = 0.1

# The same edit on this many pages of one publisher within this time is one event, not many.
SITE_WIDE_PAGES = 3
SITE_WIDE_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of `changes` before it has its ids and times."""

    kind: ChangeKind
    summary: str
    substantive: bool = False
    classes: tuple[ChangeClass, ...] = ()
    significance: float = 0.0
    parts: tuple[Part, ...] = ()
    words_added: int = 0
    words_removed: int = 0
    diff: str = ""
    details: tuple[tuple[str, Any], ...] = ()
    edits: tuple[Edit, ...] = ()


def first_seen(document: Document) -> Change:
    """The first version of a source: nothing changed, the archive began to look."""
    return Change("first_seen", f"First seen, {document.words} words", words_added=document.words)


def content(comparison: Comparison, *, removed: bool, moved: bool, reverts_to: int | None) -> Change:
    """The change between two versions; `reverts_to` is the number of an earlier version that read the same."""
    if reverts_to is not None:
        comparison = with_classes(comparison, ("revert",))
    summary, parts = comparison.summary, comparison.parts
    significance, substantive = comparison.significance, comparison.substantive
    if reverts_to is not None:
        summary = f"Back to version {reverts_to}: {_lower(summary)}"
    kind: ChangeKind = "content"
    if removed:
        kind, summary, substantive = "restored_with_edits", f"Back with edits: {_lower(summary)}", True
        raised = Part("restored_with_edits", RESTORED, "the page was removed and came back with another text")
        parts, significance = _with_part(parts, raised)
    elif moved:
        kind = "moved"
    elif not comparison.edits and set(_things(comparison)) == {"fields"}:
        kind = "metadata_only"
    return Change(
        kind=kind,
        summary=summary,
        substantive=substantive,
        classes=comparison.classes,
        significance=significance,
        parts=parts,
        words_added=comparison.words_added,
        words_removed=comparison.words_removed,
        diff=unified(comparison),
        details=tuple(_things(comparison).items()),
        edits=comparison.edits,
    )


def removed(verdict: Verdict, looks: int, since: datetime, now: datetime) -> Change:
    """The page is declared gone: `looks` looks in a row from `since` to `now` did not find it."""
    hours = round((now - since).total_seconds() / 3600)
    part = Part("removed", REMOVED, f"{looks} looks over {hours} hours found no page ({verdict.reason})")
    return Change(
        "removed",
        f"Removed: {looks} looks over {hours} hours found no page ({verdict.reason})",
        substantive=True,
        significance=REMOVED,
        parts=(part,),
    )


def restored(since: datetime, now: datetime) -> Change:
    """The page is back as it was."""
    days = max(1, round((now - since).total_seconds() / 86400))
    summary = f"Back unchanged after {days} day{'s' if days != 1 else ''}"
    part = Part("restored", RESTORED, "the page was removed and came back as it was")
    return Change("restored", summary, substantive=True, significance=RESTORED, parts=(part,))


def moved(old_url: str, new_url: str) -> Change:
    """The same text answers under another address of the same publisher."""
    part = Part("moved", MOVED, "the page answers under another address")
    details = (("old_url", old_url), ("new_url", new_url))
    return Change("moved", f"Moved to {new_url}", significance=MOVED, parts=(part,), details=details)


def write(
    connection: sqlite3.Connection,
    change_id: int,
    source_id: str,
    change: Change,
    old_version: int | None,
    new_version: int | None,
    last_seen_old: str | None,
    first_seen_new: str,
) -> None:
    """Store a change with its edits; it happened in the interval (`last_seen_old`, `first_seen_new`]."""
    row = {
        "id": change_id,
        "source_id": source_id,
        "old_version": old_version,
        "new_version": new_version,
        "last_seen_old": last_seen_old,
        "first_seen_new": first_seen_new,
        "kind": change.kind,
        "substantive": int(change.substantive),
        "classes": json.dumps(change.classes),
        "significance": change.significance,
        "parts": _parts_as_text(change.parts),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "summary": change.summary,
        "diff": change.diff,
        "details": json.dumps(dict(change.details), ensure_ascii=False),
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"insert into changes ({names}) values ({marks})", tuple(row.values()))
    connection.executemany(
        "insert into edits (change_id, position, op, old_position, new_position, old_text, new_text, kind, classes, "
        "edit_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(change_id, at, *_edit_columns(edit)) for at, edit in enumerate(change.edits)],
    )


def mark_site_wide(connection: sqlite3.Connection, change_id: int, publisher: str | None) -> None:
    """Give the class `site_wide` to edits that many pages of the publisher had at about the same time.

    What is marked depends only on the changes that are stored, not on the order in which they came: every edit
    that the new change may have tipped over the threshold is judged again.
    """
    if publisher is None:
        return
    keys = connection.execute(
        "select distinct edit_key from edits where change_id = ? and edit_key is not null", (change_id,)
    )
    touched: set[int] = set()
    for (key,) in keys.fetchall():
        touched |= _mark_key(connection, key, publisher)
    for marked in sorted(touched):
        _mark_change(connection, marked)


def _mark_key(connection: sqlite3.Connection, key: str, publisher: str) -> set[int]:
    """Mark the edits of one key; give the ids of the changes whose edits were newly marked."""
    rows = connection.execute(
        "select distinct c.id, c.source_id, c.first_seen_new, e.classes "
        "from edits e join changes c on c.id = e.change_id join sources s on s.id = c.source_id "
        "where e.edit_key = ? and s.publisher = ? order by c.id",
        (key, publisher),
    ).fetchall()
    newly = set()
    for row in rows:
        at = datetime.fromisoformat(row["first_seen_new"])
        pages = {
            r["source_id"] for r in rows if abs(datetime.fromisoformat(r["first_seen_new"]) - at) <= SITE_WIDE_TIME
        }
        if len(pages) >= SITE_WIDE_PAGES and "site_wide" not in json.loads(row["classes"]):
            newly.add(row["id"])
    for change_id in newly:
        for position, classes in connection.execute(
            "select position, classes from edits where change_id = ? and edit_key = ?", (change_id, key)
        ).fetchall():
            connection.execute(
                "update edits set classes = ? where change_id = ? and position = ?",
                (json.dumps(ordered({*json.loads(classes), "site_wide"})), change_id, position),
            )
    return newly


def _mark_change(connection: sqlite3.Connection, change_id: int) -> None:
    """A change that is nothing but site-wide edits is site-wide itself, and weighs less."""
    row = connection.execute("select * from changes where id = ?", (change_id,)).fetchone()
    edits = connection.execute("select classes from edits where change_id = ?", (change_id,)).fetchall()
    classes = json.loads(row["classes"])
    if "site_wide" in classes or any("site_wide" not in json.loads(edit["classes"]) for edit in edits):
        return
    stored = Comparison(
        substantive=bool(row["substantive"]),
        classes=tuple(classes),
        significance=row["significance"],
        parts=tuple(Part(**part) for part in json.loads(row["parts"])),
        edits=(),
        words_added=row["words_added"],
        words_removed=row["words_removed"],
        summary=row["summary"],
    )
    weighed = with_classes(stored, ("site_wide",))
    connection.execute(
        "update changes set classes = ?, significance = ?, parts = ? where id = ?",
        (json.dumps(weighed.classes), weighed.significance, _parts_as_text(weighed.parts), change_id),
    )


def ordered(classes: set[str]) -> list[str]:
    """Classes in the order of the catalogue, so that equal sets read the same."""
    return [name for name in CLASSES if name in classes]


def _edit_columns(edit: Edit) -> tuple[Any, ...]:
    place = (edit.op, edit.old_position, edit.new_position, edit.old, edit.new)
    return (*place, edit.kind, json.dumps(edit.classes), edit_key(edit))


def _things(comparison: Comparison) -> dict[str, Any]:
    """What differs beside the text: fields, links, images; only what there is."""
    things = {
        "fields": [list(field) for field in comparison.fields_changed],
        "links_added": list(comparison.links_added),
        "links_removed": list(comparison.links_removed),
        "images_added": list(comparison.images_added),
        "images_removed": list(comparison.images_removed),
    }
    return {name: value for name, value in things.items() if value}


def _with_part(parts: Sequence[Part], part: Part) -> tuple[tuple[Part, ...], float]:
    """Add a part, cut so that the sum stays within 1."""
    room = round(1 - sum(p.value for p in parts), 4)
    cut = replace(part, value=min(part.value, max(room, 0.0)))
    return (*parts, cut), round(sum(p.value for p in parts) + cut.value, 4)


def _parts_as_text(parts: Sequence[Part]) -> str:
    return json.dumps([asdict(part) for part in parts], ensure_ascii=False)


def _lower(summary: str) -> str:
    return summary[:1].lower() + summary[1:]
