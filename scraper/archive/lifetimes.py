"""How long passages and sentences of a source have stood: from which version to which, and when those were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Life:
    """The versions in which a passage stood at one place; `last` is None where it is still there."""

    text: str
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A passage of a version with the versions between which it stood at its place."""

    kind: str
    text: str
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """When a version was seen first and last, and when the one before it was seen last."""

    first_seen: str
    last_seen: str
    before: str | None


def top_number(connection: sqlite3.Connection, source_id: str) -> int:
    """The number of a source's latest version; UsageError where it has none yet."""
    row = connection.execute("select max(number) from versions where source_id = ?", (source_id,)).fetchone()
    if row[0] is None:
        raise UsageError(f"{source_id} has no version yet: `redline status` says why")
    return int(row[0])


def standing(connection: sqlite3.Connection, source_id: str, number: int) -> list[Standing]:
    """The passages of a version in order."""
    rows = connection.execute(
        "select s.kind, p.text, s.from_version, s.to_version from spans s join passages p on p.id = s.passage_id "
        "where s.source_id = ? and s.from_version <= ? and (s.to_version is null or s.to_version >= ?) order by s.rank",
        (source_id, number, number),
    )
    return [Standing(*row) for row in rows]


def lives(connection: sqlite3.Connection, source_id: str, most: int) -> list[Life] | None:
    """Every passage that a source ever had; None where they have more than `most` letters together.

    The letters are counted first, so that a long history is never read for nothing.
    """
    joined = "from spans s join passages p on p.id = s.passage_id where s.source_id = ?"
    limited = f"select sum(length(text)) from (select p.text as text {joined} limit 20001)"
    spans = connection.execute(
        "select count(*) from (select 1 from spans where source_id = ? limit 20001)", (source_id,)
    )
    if spans.fetchone()[0] > 20_000 or (connection.execute(limited, (source_id,)).fetchone()[0] or 0) > most:
        return None
    rows = connection.execute(f"select p.text, s.from_version, s.to_version {joined} order by s.rank", (source_id,))
    return [Life(*row) for row in rows]


def seen(connection: sqlite3.Connection, source_id: str, numbers: Iterable[int]) -> dict[int, Seen]:
    """When each of these versions was seen; asked for one by one, by the index of source and number."""
    found: dict[int, Seen] = {}
    for number in set(numbers):
        row = connection.execute(
            "select v.first_seen, v.last_seen, (select b.last_seen from versions b where b.source_id = v.source_id "
            "and b.number = v.number - 1) from versions v where v.source_id = ? and v.number = ?",
            (source_id, number),
        ).fetchone()
        if row is not None:
            found[number] = Seen(*row)
    return found


def head_after(connection: sqlite3.Connection, fetch_id: int) -> tuple[int, str | None]:
    """The run in which a look was made, and the ledger's head at its end (None while it goes on)."""
    row = connection.execute(
        "select r.id, r.ledger_head from fetches f join runs r on r.id = f.run_id where f.id = ?", (fetch_id,)
    ).fetchone()
    return int(row[0]), row[1]
