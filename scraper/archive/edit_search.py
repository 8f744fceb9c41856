"""Edits by which words came into a page or left it: a search in added and in removed text.

The index is that of passages. A passage that came with a version or went with the next names the change to look at, and
whether the words themselves came or went is asked of the change's edits, with the index's own way of splitting words:
an edit adds the words where its new sentence holds them and its old one does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from scraper.archive.at_once import at_once
from scraper.archive.held import holding
from scraper.archive.searching import MOST_PASSAGES, Wanted, candidate_ids
from scraper.archive.terms import Terms, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Sequence

    Known = Callable[["Direction"], Collection[int]]

Direction = Literal["added", "removed"]
Where = Literal["added", "removed", "either"]

_SPANS = 20_000  # spans that are looked at for one answer: a sentence may stand on every page of a publisher
_CHANGES = 300  # changes whose edits are read for one answer
_AT_ONCE = 60
_EDITS = 2000  # edits that are read of one change


@dataclass(frozen=True, slots=True)
class EditHit:
    """An edit by which the words came (`added`) or went; where it stands in its change, and when that was at most."""

    change_id: int
    position: int
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
    connection: sqlite3.Connection,
    wanted: Wanted,
    where: Where,
    limit: int,
    before: int | None = None,
    known: Known | None = None,
) -> tuple[list[EditHit], int | None]:
    """The edits, those of the latest change first, and the change before which to go on (None: there is no more).

    `known` gives what `changes_by` gives, where that is known already.
    """
    found: list[EditHit] = []
    last = None
    for change_id, hits in _looked_at(connection, wanted, where, before, known):
        if hits is None or len(found) >= limit:
            return found, last
        found += hits
        last = change_id
    return found, None


def changes_with(
    connection: sqlite3.Connection, wanted: Wanted, limit: int, known: Known | None = None
) -> Iterator[list[int]]:
    """The ids of the latest changes by which the words came or went, in their order and part by part as they are found.

    They end where so many edits were found.
    """
    part: list[int] = []
    edits = 0
    for count, (change_id, hits) in enumerate(_looked_at(connection, wanted, "either", None, known)):
        if hits is None or edits >= limit:
            break
        if hits:
            part.append(change_id)
            edits += len(hits)
        if count % _AT_ONCE == _AT_ONCE - 1:
            yield part
            part = []
    yield part


def _looked_at(
    connection: sqlite3.Connection, wanted: Wanted, where: Where, before: int | None, known: Known | None
) -> Iterator[tuple[int, list[EditHit] | None]]:
    """The changes whose edits are looked at, the latest first, each with those by which the words came or went.

    None in their place where there are more changes than are looked at.
    """
    asked = terms(wanted.query)
    if not asked:
        return
    known = known or partial(changes_by, connection, wanted)
    directions: tuple[Direction, ...] = ("added", "removed") if where == "either" else (where,)
    ids = {one for direction in directions for one in known(direction)}
    left = sorted((one for one in ids if before is None or one < before), reverse=True)
    for start in range(0, len(left), _AT_ONCE):
        some = left[start : start + _AT_ONCE]
        if start >= _CHANGES:
            yield some[0], None
            return
        hits = _of_changes(connection, some, asked, wanted, where)
        yield from ((change_id, hits.get(change_id, [])) for change_id in some)


def changes_by(connection: sqlite3.Connection, wanted: Wanted, direction: Direction) -> tuple[int, ...]:
    """The changes with which passages that hold the words came or went; a change has the id of its new version.

    Nothing narrows them but the page that is asked for.
    """
    passages = json.dumps(candidate_ids(connection, terms(wanted.query), wanted.source_id, MOST_PASSAGES))
    version = {"added": "s.from_version > 1 and v.number = s.from_version", "removed": "v.number = s.to_version + 1"}
    rest = (
        "from json_each(?1) p cross join spans s on s.passage_id = p.value "
        f"cross join versions v on v.source_id = s.source_id and {version[direction]} "
        "where (?2 is null or s.source_id = ?2) limit ?3"
    )
    return tuple(row[0] for row in at_once(connection, ("v.id",), rest, (passages, wanted.source_id, _SPANS)))


def _of_changes(
    connection: sqlite3.Connection, change_ids: Sequence[int], asked: Terms, wanted: Wanted, where: Where
) -> dict[int, list[EditHit]]:
    """The edits by which the words came or went, of those of the changes that the filters leave."""
    rows = at_once(
        connection,
        ("id", "source_id", "title", "publisher", "last_seen_old", "first_seen_new", "old_number", "new_number"),
        "from change_log where id in (select value from json_each(?1)) and (?2 is null or publisher = ?2) "
        "and (?3 is null or first_seen_new >= ?3) and (?4 is null or first_seen_new < date(?4, '+1 day'))",
        (json.dumps(change_ids), wanted.publisher, wanted.since, wanted.until),
    )
    changes = {change_id: told for change_id, *told in rows}
    edits = connection.execute(
        "select change_id, position, old_text, new_text from edits "
        "where change_id in (select value from json_each(?)) and op <> 'move' and position < ? "
        "order by change_id, position",
        (json.dumps(list(changes)), _EDITS),
    ).fetchall()
    # Both texts of every edit are asked together: two numbers each.
    held = holding(((2 * at + new, edit[2 + new]) for at, edit in enumerate(edits) for new in (0, 1)), asked)
    found: dict[int, list[EditHit]] = {}
    for at, (change_id, position, old_text, new_text) in enumerate(edits):
        before, after = 2 * at in held, 2 * at + 1 in held
        if before == after or where == ("removed" if after else "added"):
            continue
        source_id, title, publisher, *interval = changes[change_id]
        hit = EditHit(change_id, position, source_id, title, publisher, after, old_text, new_text, *interval)
        found.setdefault(change_id, []).append(hit)
    return found
