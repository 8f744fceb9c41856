"""Edits by which words came into a page or left it: a search in added and in removed text.

The index is that of passages. A passage that came with a version or went with the next names the change to look at, and
whether the words themselves came or went is asked of the change's edits, with the index's own way of splitting words:
an edit adds the words where its new sentence holds them and its old one does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from scraper.archive.held import holding
from scraper.archive.searching import MOST_PASSAGES, Wanted, candidate_ids
from scraper.archive.terms import Terms, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Where = Literal["added", "removed", "either"]

_SPANS = 20_000  # spans that are looked at for one answer: a sentence may stand on every page of a publisher
_CHANGES = 300  # changes whose edits are read for one answer
_AT_ONCE = 60
_EDITS = 2000  # edits that are read of one change


@dataclass(frozen=True, slots=True)
class EditHit:
    """An edit by which the words came (`added`) or went; the change that it is part of, and when that was at most."""

    change_id: int
    source_id: str
    title: str
    publisher: str | None
    added: bool
    old_text: str | None
    new_text: str | None
    last_seen_old: str | None
    first_seen_new: str
    old_number: int | None
    new_number: int | None


def search_edits(
    connection: sqlite3.Connection, wanted: Wanted, where: Where, limit: int, before: int | None = None
) -> tuple[list[EditHit], int | None]:
    """The edits, those of the latest change first, and the change before which to go on (None: there is no more)."""
    asked = terms(wanted.query)
    if not asked:
        return [], None
    ids = _changes(connection, asked, wanted.source_id, where)
    left = sorted((one for one in ids if before is None or one < before), reverse=True)
    found: list[EditHit] = []
    for start in range(0, len(left), _AT_ONCE):
        some = left[start : start + _AT_ONCE]
        hits = _of_changes(connection, some, asked, wanted, where)
        for count, change_id in enumerate(some, start):
            if count == _CHANGES or len(found) >= limit:
                return found, left[count - 1]
            found += hits.get(change_id, [])
    return found, None


def changes_with(connection: sqlite3.Connection, wanted: Wanted, limit: int) -> list[int]:
    """The ids of the latest changes by which the words came or went."""
    hits, _ = search_edits(connection, wanted, "either", limit)
    return list(dict.fromkeys(hit.change_id for hit in hits))


def _changes(connection: sqlite3.Connection, asked: Terms, source_id: str | None, where: Where) -> set[int]:
    """The changes with which passages that hold the words came or went; a change has the id of its new version."""
    passages = json.dumps(list(islice(candidate_ids(connection, asked, source_id), MOST_PASSAGES)))
    came = "s.from_version > 1 and v.number = s.from_version"
    went = "v.number = s.to_version + 1"
    chosen = {"added": (came,), "removed": (went,), "either": (came, went)}[where]
    found: set[int] = set()
    for condition in chosen:
        rows = connection.execute(
            "select v.id from json_each(?1) p cross join spans s on s.passage_id = p.value "
            f"cross join versions v on v.source_id = s.source_id and {condition} "
            "where (?2 is null or s.source_id = ?2) limit ?3",
            (passages, source_id, _SPANS),
        )
        found.update(row[0] for row in rows)
    return found


def _of_changes(
    connection: sqlite3.Connection, change_ids: Sequence[int], asked: Terms, wanted: Wanted, where: Where
) -> dict[int, list[EditHit]]:
    """The edits by which the words came or went, of those of the changes that the filters leave."""
    rows = connection.execute(
        "select id, source_id, title, publisher, last_seen_old, first_seen_new, old_number, new_number from change_log "
        "where id in (select value from json_each(?1)) and (?2 is null or publisher = ?2) "
        "and (?3 is null or first_seen_new >= ?3) and (?4 is null or first_seen_new < date(?4, '+1 day'))",
        (json.dumps(change_ids), wanted.publisher, wanted.since, wanted.until),
    )
    changes = {row[0]: tuple(row)[1:] for row in rows}
    edits = connection.execute(
        "select change_id, old_text, new_text from edits where change_id in (select value from json_each(?)) "
        "and op <> 'move' and position < ? order by change_id, position",
        (json.dumps(list(changes)), _EDITS),
    ).fetchall()
    held_before = holding(((at, edit[1]) for at, edit in enumerate(edits)), asked)
    held_after = holding(((at, edit[2]) for at, edit in enumerate(edits)), asked)
    came = held_after - held_before if where != "removed" else set()
    went = held_before - held_after if where != "added" else set()
    found: dict[int, list[EditHit]] = {}
    for at in sorted(came | went):
        change_id, old_text, new_text = edits[at]
        source_id, title, publisher, *interval = changes[change_id]
        hit = EditHit(change_id, source_id, title, publisher, at in came, old_text, new_text, *interval)
        found.setdefault(change_id, []).append(hit)
    return found
