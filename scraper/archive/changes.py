"""Changes as rows: what became of a page, from a comparison or from its absence.

Resource-level changes (removed, restored, moved, first seen) have no comparison behind them; their significance
is made of the same kind of named parts, so that every figure that a reader sees can be read apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import scraper.comparing as comparing
from scraper.archive.rows import insert
from scraper.archive.sitewide import parts_as_text
from scraper.comparing.comparison import ChangeClass, Comparison, Edit, Part

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scraper.fetching.observation import Verdict
    from scraper.normalizing.document import Document

ChangeKind = Literal[
    "first_seen", "content", "metadata_only", "moved", "removed", "restored", "restored_with_edits", "technical"
]

KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

REMOVED = 0.9
RESTORED = 0.5
MOVED = 0.1

Addresses = tuple[str, str]
"""An old URL and a new one."""


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


def content(
    comparison: Comparison,
    *,
    returned: bool = False,
    moved: Addresses | None = None,
    reverts_to: int | None = None,
    became: tuple[str, str] | None = None,
) -> Change:
    """The change between two versions.

    `returned`: the page had been removed. `moved`: the page answers elsewhere now. `reverts_to`: the number of an
    earlier version that read the same. `became`: the kinds of document before and now, where they differ.
    """
    summary, kind = comparison.summary, _kind(comparison, returned=returned, moved=moved is not None)
    if reverts_to is not None:
        summary = f"Back to version {reverts_to}: {_lower(summary)}"
    if returned:
        part = Part("restored_with_edits", RESTORED, "the page was removed and came back with another text")
        comparison = _raised(replace(comparison, substantive=True), part)
        summary = f"Back with edits: {_lower(summary)}"
    elif kind == "moved":
        summary = f"{summary}; moved to {moved[1] if moved else ''}"
    if became is not None:
        summary = f"Came as {became[1]} instead of {became[0]}: {_lower(summary)}"
    comparison = comparing.with_classes(comparison, () if reverts_to is None else ("revert",))
    facts = {"old_url": moved[0], "new_url": moved[1]} if moved else {}
    facts |= {"old_media": became[0], "new_media": became[1]} if became else {}
    return _from_comparison(comparison, kind, summary, facts)


def repointed(comparison: Comparison, asked: Addresses) -> Change:
    """The keeper gave the source another address, and another text stands there: nothing that the publisher did."""
    part = Part("technical", 0.0, "the watch list was changed, not the page")
    quiet = replace(comparison, substantive=False, significance=0.0, parts=(part,))
    addresses = {"old_url": asked[0], "new_url": asked[1]}
    return _from_comparison(quiet, "technical", f"The watch list points to {asked[1]} now", addresses)


def withheld(told: str, *, first: bool, returned: bool) -> Change:
    """A version whose text is withheld: that it was another text is known, and what it said is not."""
    if first:
        return Change("first_seen", f"First seen; its text is {told}")
    return _unknown(f"Another text, {told}", returned=returned)


def after_withheld(told: str, *, returned: bool) -> Change:
    """The version after one whose text is withheld: what changed is not known."""
    return _unknown(f"Another text than the one {told}", returned=returned)


def _unknown(summary: str, *, returned: bool) -> Change:
    if returned:
        part = Part("restored_with_edits", RESTORED, "the page was removed and came back with another text")
        return Change("restored_with_edits", summary, substantive=True, significance=RESTORED, parts=(part,))
    part = Part("technical", 0.0, "one of the two texts is withheld, so that what changed is not known")
    return Change("technical", summary, parts=(part,))


def removed(verdict: Verdict, looks: int, since: datetime, now: datetime) -> Change:
    """The page is declared gone: `looks` looks in a row from `since` to `now` did not find it."""
    hours = round((now - since).total_seconds() / 3600)
    found = f"{looks} looks over {hours} hours found no page ({verdict.reason})"
    part = Part("removed", REMOVED, found)
    return Change("removed", f"Removed: {found}", substantive=True, significance=REMOVED, parts=(part,))


def restored(since: datetime, now: datetime) -> Change:
    """The page is back as it was."""
    days = max(1, round((now - since).total_seconds() / 86400))
    summary = f"Back unchanged after {days} day{'s' if days != 1 else ''}"
    part = Part("restored", RESTORED, "the page was removed and came back as it was")
    return Change("restored", summary, substantive=True, significance=RESTORED, parts=(part,))


def moved(addresses: Addresses) -> Change:
    """The same text answers under another address of the same publisher."""
    part = Part("moved", MOVED, "the page answers under another address")
    details = (("old_url", addresses[0]), ("new_url", addresses[1]))
    return Change("moved", f"Moved to {addresses[1]}", significance=MOVED, parts=(part,), details=details)


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
        # Where the clock was set back between two looks, nothing is known of the time before the second.
        "last_seen_old": last_seen_old if last_seen_old is None or last_seen_old <= first_seen_new else None,
        "first_seen_new": first_seen_new,
        "kind": change.kind,
        "substantive": int(change.substantive),
        "classes": _classes_as_text(change.classes),
        "significance": change.significance,
        "parts": parts_as_text(change.parts),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "summary": change.summary,
        "diff": change.diff,
        "details": json.dumps(dict(change.details), ensure_ascii=False),
    }
    insert(connection, "changes", row)
    # An edit that the keeper caused is shared with no other page: it gets no key.
    keyed = change.kind != "technical"
    connection.executemany(
        "insert into edits (change_id, position, op, old_position, new_position, old_text, new_text, kind, classes, "
        "edit_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (change_id, at, *_edit_columns(edit), comparing.edit_key(edit) if keyed else None)
            for at, edit in enumerate(change.edits)
        ],
    )


def _kind(comparison: Comparison, *, returned: bool, moved: bool) -> ChangeKind:
    things = _things(comparison)
    if returned:
        return "restored_with_edits"
    if moved and not comparison.edits:
        return "moved"
    return "metadata_only" if not comparison.edits and set(things) == {"fields"} else "content"


def _from_comparison(comparison: Comparison, kind: ChangeKind, summary: str, addresses: dict[str, str]) -> Change:
    return Change(
        kind=kind,
        summary=summary,
        substantive=comparison.substantive,
        classes=comparison.classes,
        significance=comparison.significance,
        parts=comparison.parts,
        words_added=comparison.words_added,
        words_removed=comparison.words_removed,
        diff=comparing.unified(comparison),
        details=tuple({**addresses, **_things(comparison)}.items()),
        edits=comparison.edits,
    )


def _edit_columns(edit: Edit) -> tuple[Any, ...]:
    place = (edit.op, edit.old_position, edit.new_position, edit.old, edit.new)
    return (*place, edit.kind, _classes_as_text(edit.classes))


@lru_cache(maxsize=256)
def _classes_as_text(classes: tuple[ChangeClass, ...]) -> str:
    """The same few for nearly all edits."""
    return json.dumps(classes)


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


def _raised(comparison: Comparison, part: Part) -> Comparison:
    """Add a part, cut so that the sum stays within 1."""
    room = max(0.0, round(1 - sum(p.value for p in comparison.parts), 4))
    return replace(comparison, parts=(*comparison.parts, replace(part, value=min(part.value, room))))


def _lower(summary: str) -> str:
    return summary[:1].lower() + summary[1:]
