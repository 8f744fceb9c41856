"""Edits by which words came into a page or left it: a search in added and in removed text.

The index is that of passages. A passage that came with a version or went with the next names the change to look at, and
whether the words themselves came or went is asked of the change's edits, with the index's own way of splitting words:
an edit adds the words where its new sentence holds them and its old one does not.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from scraper.archive.searching import MOST_PASSAGES, Wanted, candidates
from scraper.archive.terms import Terms, terms

if TYPE_CHECKING:
    from collections.abc import Iterable

Where = Literal["added", "removed", "either"]

_SPANS = 200  # spans of one passage that are looked at: a sentence may stand on every page of a publisher
_CHANGES = 300  # changes whose edits are read for one answer
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
    for count, change_id in enumerate(left):
        if count == _CHANGES or len(found) >= limit:
            return found, left[count - 1]
        found += _of_change(connection, change_id, asked, wanted, where)
    return found, None


def changes_with(connection: sqlite3.Connection, wanted: Wanted, limit: int) -> list[int]:
    """The ids of the latest changes by which the words came or went."""
    hits, _ = search_edits(connection, wanted, "either", limit)
    return list(dict.fromkeys(hit.change_id for hit in hits))


def _changes(connection: sqlite3.Connection, asked: Terms, source_id: str | None, where: Where) -> set[int]:
    """The changes with which passages that hold the words came or went; a change has the id of its new version."""
    passages = [passage.id for passage in islice(candidates(connection, asked, source_id), MOST_PASSAGES)]
    came = "v.number = s.from_version and s.from_version > 1"
    went = "v.number = s.to_version + 1"
    chosen = {"added": (came,), "removed": (went,), "either": (came, went)}[where]
    found: set[int] = set()
    for condition in chosen:
        for passage_id in passages:
            rows = connection.execute(
                f"select v.id from spans s cross join versions v on v.source_id = s.source_id and {condition} "
                "where s.passage_id = ?1 and (?2 is null or s.source_id = ?2) limit ?3",
                (passage_id, source_id, _SPANS),
            )
            found.update(row[0] for row in rows)
    return found


def _of_change(
    connection: sqlite3.Connection, change_id: int, asked: Terms, wanted: Wanted, where: Where
) -> list[EditHit]:
    """The edits of one change by which the words came or went, where the filters leave the change."""
    change = connection.execute(
        "select source_id, title, publisher, last_seen_old, first_seen_new, old_number, new_number from change_log "
        "where id = ?1 and (?2 is null or publisher = ?2) and (?3 is null or first_seen_new >= ?3) "
        "and (?4 is null or first_seen_new < date(?4, '+1 day'))",
        (change_id, wanted.publisher, wanted.since, wanted.until),
    ).fetchone()
    if change is None:
        return []
    edits = connection.execute(
        "select old_text, new_text from edits where change_id = ? and op <> 'move' order by position limit ?",
        (change_id, _EDITS),
    ).fetchall()
    source_id, title, publisher, *interval = change
    held_before, held_after = _holding((row[0] for row in edits), asked), _holding((row[1] for row in edits), asked)
    came = held_after - held_before if where != "removed" else set()
    went = held_before - held_after if where != "added" else set()
    return [
        EditHit(change_id, source_id, title, publisher, at in came, edits[at][0], edits[at][1], *interval)
        for at in sorted(came | went)
    ]


def _holding(texts: Iterable[str | None], asked: Terms) -> set[int]:
    """The places of the texts that hold every term, as the archive's own index would find them."""
    rows = [(at, text) for at, text in enumerate(texts) if text and all(one in text for one in asked.letters)]
    if asked.match is None or not rows:
        return {at for at, _ in rows}
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("create virtual table held using fts5(text, tokenize='unicode61 remove_diacritics 2')")
        index.execute(
            "insert into held(rowid, text) select json_extract(value, '$[0]'), json_extract(value, '$[1]') "
            "from json_each(?)",
            (json.dumps(rows),),
        )
        return {row[0] for row in index.execute("select rowid from held where held match ?", (asked.match,))}
