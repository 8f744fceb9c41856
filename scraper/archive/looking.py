"""When anybody looked: at a page, and on which days at any; and what the looks of a day did not see."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from scraper.archive.at_once import at_once
from scraper.archive.digest import NAMED
from scraper.archive.staleness import GOOD
from scraper.archive.window import WINDOW

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Stretch:
    """Looks in a row that came to the same; `seen` is the outcome where the page was seen as a document."""

    outcome: str
    start: str
    end: str
    looks: int


@dataclass(frozen=True, slots=True)
class Looking:
    """The looks of one day by the runs' own count, and how many of them did not see a document."""

    day: str
    looks: int
    failed: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """Pages of a publisher that were not seen as a document in a period, by what came of the looks."""

    outcome: str
    publisher: str | None
    pages: int
    sources: tuple[tuple[str, str], ...]


def looks(connection: sqlite3.Connection, source_id: str, limit: int = 5000) -> list[tuple[str, str]]:
    """The last looks at a source, the oldest first: when, and to what outcome, `seen` where it was a good one."""
    rows = at_once(
        connection,
        ("started", f"case when outcome in {GOOD} then 'seen' else outcome end"),
        "from fetches where source_id = ? order by id desc limit ?",
        (source_id, limit),
    )
    return [(started, outcome) for started, outcome in reversed(rows)]


def stretches(seen: Iterable[tuple[str, str]]) -> list[Stretch]:
    """Looks in a row that came to the same as one stretch each.

    The view `coverage` says the same of all sources; asked for one, SQLite would still read every look there is.
    """
    grouped = ((outcome, list(group)) for outcome, group in groupby(seen, key=itemgetter(1)))
    return [Stretch(outcome, group[0][0], group[-1][0], len(group)) for outcome, group in grouped]


def days_looked(connection: sqlite3.Connection) -> list[Looking]:
    """The days on which a run looked, the earliest first."""
    rows = connection.execute(
        "select substr(started, 1, 10) as day, sum(fetched), sum(failed) from runs group by day order by day"
    )
    return [Looking(*row) for row in rows]


def unseen(connection: sqlite3.Connection, since: str, until: str) -> list[Unseen]:
    """The pages that could not be seen from one day to another (both included), by outcome and publisher."""
    rows = connection.execute(
        "select f.outcome, s.publisher, s.id, coalesce(s.title, s.url) from ("
        "  select source_id, outcome from runs r cross join fetches f on f.run_id = r.id "
        "  where r.started >= ? and r.started < date(?, '+1 day') and r.failed > 0 limit ?) f "
        "join sources s on s.id = f.source_id "
        f"where f.outcome not in {GOOD} "
        "group by f.outcome, s.publisher, s.id order by f.outcome, s.publisher, s.id",
        (since, until, WINDOW),
    )
    grouped = [(key, list(group)) for key, group in groupby(rows, key=lambda row: (row[0], row[1]))]
    return [Unseen(*key, len(group), tuple((row[2], row[3]) for row in group[:NAMED])) for key, group in grouped]
