"""Passages of all versions that hold the words a reader typed, the latest to come first.

Every question is answered from the index and stops after a bounded number of passages, wherever the filters leave
little; `more` then says where to go on. The order is that in which the archive first met the passages: a rank by
relevance would have to read every passage that holds a common word.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from scraper.archive.at_once import at_once
from scraper.archive.held import SNIPPET, holding, snippets
from scraper.archive.terms import Terms, terms
from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

MOST_PASSAGES = 1500
"""Passages that are looked at for one answer."""

MOST_LETTERS = 50_000
"""Passages that are read letter by letter for one answer, where the index does not know words."""

OPEN, CLOSE = "\x02", "\x03"
"""Around each found word of a snippet: control characters, which no passage holds."""

_COMMON = 2_000  # passages that hold the words, from which on a search in one source reads those of the source
_FIRST = 100  # passages of a source that are read at first, and at most
_AT_ONCE = 400
_AROUND = 120  # letters on each side of what was found letter by letter


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: words, and what narrows it (None: nothing). `since` and `until` are days on which a passage stood.

    `after` is what an earlier answer gave as `more`.
    """

    query: str
    source_id: str | None = None
    publisher: str | None = None
    since: str | None = None
    until: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, in the versions in which it stood; `snippet` has its words between OPEN and CLOSE."""

    source_id: str
    title: str
    publisher: str | None
    passage_id: int
    text: str
    snippet: str
    first_version: int
    last_version: int
    first_seen: str
    last_seen: str
    standing: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """An answer: hits, and where to go on (None: there is nothing more)."""

    hits: tuple[Hit, ...]
    more: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that holds the words."""

    id: int
    text: str
    snippet: str


def search(connection: sqlite3.Connection, wanted: Wanted, limit: int) -> Hits:
    """The spans of passages that hold every word (words in quotation marks: in that order)."""
    asked = terms(wanted.query)
    found: list[Hit] = []
    if not asked:
        return Hits((), None)
    start, skip = _cursor(wanted.after)
    for looked, passage in enumerate(candidates(connection, asked, wanted.source_id, start)):
        if looked == MOST_PASSAGES:
            return Hits(tuple(found), f"{passage.id}.0")
        offset = skip if passage.id == start else 0
        for hit in _spans(connection, wanted, passage, limit + 1 - len(found), offset):
            if len(found) == limit:
                return Hits(tuple(found), f"{passage.id}.{offset}")
            found.append(hit)
            offset += 1
    return Hits(tuple(found), _unread(connection, asked, start))


def candidates(
    connection: sqlite3.Connection, asked: Terms, source_id: str | None, start: int | None = None
) -> Iterator[Candidate]:
    """The passages that hold the terms (of one source, if asked), the last to come first, from the id `start` on."""
    if asked.match is not None and source_id is not None and _common(connection, asked.match):
        for texts in _of_source(connection, source_id, start):
            yield from (Candidate(*row) for row in snippets(texts, asked))
        return
    if asked.match is not None:
        conditions, values = _narrowed(asked, source_id, start, "rowid")
        rows = connection.execute(
            f"select rowid, text, {SNIPPET.format(index='passages_fts')} from passages_fts "
            f"where passages_fts match ?{conditions} order by rowid desc",
            (asked.match, *values),
        )
        yield from (Candidate(*row) for row in rows)
        return
    conditions, values = _narrowed(asked, source_id, start, "id")
    floor = _floor(connection, start)
    rows = connection.execute(
        f"select id, text from passages where id > ?{conditions} order by id desc", (floor, *values)
    )
    yield from (Candidate(row[0], row[1], _marked(row[1], asked.letters)) for row in rows)


def candidate_ids(connection: sqlite3.Connection, asked: Terms, source_id: str | None, limit: int) -> list[int]:
    """The ids of the first of the same passages, where nothing of their text is shown."""
    if asked.match is None:
        return [passage.id for passage in islice(candidates(connection, asked, source_id), limit)]
    if source_id is not None and _common(connection, asked.match):
        parts = _of_source(connection, source_id, None)
        return list(islice((one for texts in parts for one in sorted(holding(texts, asked), reverse=True)), limit))
    conditions, values = _narrowed(asked, source_id, None, "rowid")
    rest = f"from passages_fts where passages_fts match ?{conditions} order by rowid desc limit ?"
    return [row[0] for row in at_once(connection, ("rowid",), rest, (asked.match, *values, limit))]


def _narrowed(asked: Terms, source_id: str | None, start: int | None, key: str) -> tuple[str, list[str | int]]:
    """What a passage has to be beside matching, as further conditions with their values."""
    conditions: list[str] = []
    values: list[str | int] = []
    if source_id is not None:
        conditions.append(f"{key} in (select passage_id from spans where source_id = ?)")
        values.append(source_id)
    if start is not None:
        conditions.append(f"{key} <= ?")
        values.append(start)
    for letters in asked.letters:
        conditions.append("instr(text, ?) > 0")
        values.append(letters)
    return "".join(f" and {condition}" for condition in conditions), values


def _common(connection: sqlite3.Connection, match: str) -> bool:
    """Whether so many passages hold the words that those of one source are sooner read than found among them."""
    row = connection.execute(
        "select 1 from passages_fts where passages_fts match ? limit 1 offset ?", (match, _COMMON)
    ).fetchone()
    return row is not None


def _of_source(connection: sqlite3.Connection, source_id: str, start: int | None) -> Iterator[list[tuple[int, str]]]:
    """Id and text of the passages of one source, the last to come first, a part at a time: hits are soon found."""
    rest = "from spans where source_id = ?1 and (?2 is null or passage_id <= ?2) group by passage_id"
    rows = at_once(connection, ("passage_id",), rest, (source_id, start))
    ids = sorted((row[0] for row in rows), reverse=True)
    at, part = 0, _FIRST
    while at < len(ids):
        texts = connection.execute(
            "select id, text from passages where id in (select value from json_each(?))",
            (json.dumps(ids[at : at + part]),),
        )
        yield [(row[0], row[1]) for row in texts]
        at, part = at + part, min(2 * part, _AT_ONCE)


def _unread(connection: sqlite3.Connection, asked: Terms, start: int | None) -> str | None:
    """Where to go on after all candidates: only a search letter by letter leaves passages unread."""
    if asked.match is not None:
        return None
    floor = _floor(connection, start)
    return f"{floor}.0" if floor > 0 else None


def _floor(connection: sqlite3.Connection, start: int | None) -> int:
    """The passage down to which an answer reads letter by letter."""
    return max((start if start is not None else _top(connection)) - MOST_LETTERS, 0)


def _top(connection: sqlite3.Connection) -> int:
    row = connection.execute("select max(id) from passages").fetchone()
    return int(row[0] or 0)


def _spans(
    connection: sqlite3.Connection, wanted: Wanted, passage: Candidate, limit: int, offset: int
) -> Iterator[Hit]:
    """The spans of a passage that the filters leave, in the order of the index."""
    offered = (
        ("s.source_id = ?", wanted.source_id),
        ("src.publisher = ?", wanted.publisher),
        ("last.last_seen >= ?", wanted.since),
        ("first.first_seen < date(?, '+1 day')", wanted.until),
    )
    asked = [(text, value) for text, value in offered if value is not None]
    rows = connection.execute(
        "select s.source_id, coalesce(src.title, last.title, src.url), src.publisher, s.from_version, last.number, "
        "first.first_seen, last.last_seen, s.to_version is null from spans s "
        "cross join sources src on src.id = s.source_id "
        "cross join versions first on first.source_id = s.source_id and first.number = s.from_version "
        "cross join versions last on last.source_id = s.source_id and last.number = coalesce(s.to_version, "
        "(select max(number) from versions w where w.source_id = s.source_id)) "
        f"where s.passage_id = ?{''.join(f' and {text}' for text, _ in asked)} "
        "order by s.source_id, s.rank, s.from_version limit ? offset ?",
        (passage.id, *(value for _, value in asked), limit, offset),
    )
    for source_id, title, publisher, first, last, first_seen, last_seen, standing in rows:
        yield Hit(
            source_id=source_id,
            title=title,
            publisher=publisher,
            passage_id=passage.id,
            text=passage.text,
            snippet=passage.snippet,
            first_version=first,
            last_version=last,
            first_seen=first_seen,
            last_seen=last_seen,
            standing=bool(standing),
        )


def _marked(text: str, letters: tuple[str, ...]) -> str:
    """The text around the first of the letters, with all of them marked."""
    at = text.find(letters[0])
    start, end = max(0, at - _AROUND), at + len(letters[0]) + _AROUND
    cut = text[start:end]
    pattern = "|".join(re.escape(one) for one in sorted(letters, key=len, reverse=True))
    marked = re.sub(pattern, lambda found: f"{OPEN}{found[0]}{CLOSE}", cut)
    return f"{'…' if start else ''}{marked}{'…' if end < len(text) else ''}"


def _cursor(after: str | None) -> tuple[int | None, int]:
    """The passage and the span of it with which to go on; UsageError where it is no place that an answer named."""
    if after is None:
        return None, 0
    if not re.fullmatch(r"[0-9]{1,15}\.[0-9]{1,9}", after):
        raise UsageError(f"{after[:40]!r} is no place in a search: follow the link to more of it")
    passage, span = after.split(".")
    return int(passage), int(span)
