"""Searching the text of every version: passages that hold the words, and where and when they stood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, in the span of versions in which it stood."""

    source_id: str
    title: str
    passage_id: int
    text: str
    first_version: int
    last_version: int
    first_seen: str
    last_seen: str
    standing: bool


def search(connection: sqlite3.Connection, query: str, *, source_id: str | None = None, limit: int = 50) -> list[Hit]:
    """Find passages of all versions that hold every word of the query (words in quotes: in that order).

    What was written last comes first: to say which passage fits best, SQLite would read every one that holds a word.
    Nothing that a reader types is an error: what has no word in it finds nothing.
    """
    match = match_expression(query)
    hits: list[Hit] = []
    for passage_id in _matching(connection, match, source_id) if match else ():
        rows = connection.execute(_STANDINGS, (passage_id, source_id, source_id, limit - len(hits)))
        hits += [Hit(**{**dict(row), "standing": bool(row["standing"])}) for row in rows]
        if len(hits) >= limit:
            break
    return hits


def _matching(connection: sqlite3.Connection, match: str, source_id: str | None) -> Iterator[int]:
    """The ids of at most 500 passages that match, the newest first; of one source only, where it is given."""
    asked = "select rowid from passages_fts where passages_fts match ? order by rowid desc limit 500"
    values: tuple[str, ...] = (match,)
    if source_id is not None:
        # The passages of a source are few beside those that hold a common word: each is asked whether it matches.
        asked = (
            "select f.rowid from (select distinct passage_id as id from spans where source_id = ? order by 1 desc) s "
            "cross join passages_fts f on f.rowid = s.id where f.passages_fts match ? limit 500"
        )
        values = (source_id, match)
    for row in connection.execute(asked, values):
        yield row[0]


# Where a passage stood. In the order of the index: a notice that stands on every page is not sorted to show some.
_STANDINGS = """
select s.source_id as source_id, coalesce(src.title, src.url) as title, s.passage_id as passage_id, p.text as text,
       s.from_version as first_version, last.number as last_version, first.first_seen as first_seen,
       last.last_seen as last_seen, s.to_version is null as standing
from spans s
join passages p on p.id = s.passage_id
join sources src on src.id = s.source_id
join versions first on first.source_id = s.source_id and first.number = s.from_version
join versions last on last.source_id = s.source_id and last.number = coalesce(
    s.to_version, (select max(number) from versions w where w.source_id = s.source_id))
where s.passage_id = ? and (? is null or s.source_id = ?)
order by s.source_id, s.rank, s.from_version limit ?
"""


def match_expression(query: str) -> str:
    """Turn what a reader typed into an FTS5 expression of quoted strings: no operator, no syntax error."""
    phrases = re.findall(r'"([^"]*)"|(\S+)', query.replace("\x00", " "))
    words = [quoted or bare.replace('"', "") for quoted, bare in phrases]
    return " ".join(f'"{word}"' for word in words if re.search(r"\w", word))
