"""On which days anybody looked, and what the looks of a day did not see."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scraper.archive.digest import NAMED
from scraper.archive.window import WINDOW

if TYPE_CHECKING:
    import sqlite3


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
        "where f.outcome not in ('first_version', 'new_version', 'unchanged', 'not_modified') "
        "group by f.outcome, s.publisher, s.id order by f.outcome, s.publisher, s.id",
        (since, until, WINDOW),
    )
    grouped = [(key, list(group)) for key, group in groupby(rows, key=lambda row: (row[0], row[1]))]
    return [Unseen(*key, len(group), tuple((row[2], row[3]) for row in group[:NAMED])) for key, group in grouped]
