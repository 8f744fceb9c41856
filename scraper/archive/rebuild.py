"""Rebuilding: versions and changes are a pure function of the evidence, so they can be made again at any time."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.archive.lineage import Lineage, Look
from scraper.archive.observations import stored_answer
from scraper.archive.rows import transaction
from scraper.archive.schema import DERIVED_TABLES
from scraper.archive.sitewide import rejudge
from scraper.archive.states import outdated

if TYPE_CHECKING:
    import sqlite3

Progress = Callable[[int, int], None]

# Texts, links and rule sets are dictionaries that derived rows point into. They keep their ids through a rebuild;
# what nothing points to any more is dropped at the end.
_DICTIONARIES = {
    "passages": ("spans", "passage_id"),
    "linksets": ("versions", "linkset_id"),
    "rulesets": ("versions", "ruleset_id"),
}
_ROWS = ("edits", "changes", "spans", "states", "source_urls", "versions")

# Lineages kept in memory during a rebuild; one that was put away is read back from the tables.
_IN_HAND = 256


@dataclass(frozen=True, slots=True)
class TableReport:
    """A derived table before and after: how many rows, and whether they are the same to the letter."""

    table: str
    rows_before: int
    rows_after: int
    same: bool


def catch_up(connection: sqlite3.Connection, progress: Progress | None = None) -> int:
    """Derive again whatever was derived under other rules than today's, a source at a time; give how many there were.

    Each source is a transaction of its own: an interruption leaves the rest for the next time.
    """
    sources = outdated(connection)
    for done, source_id in enumerate(sources, start=1):
        with transaction(connection):
            rederive(connection, source_id)
        if progress:
            progress(done, len(sources))
    return len(sources)


def rederive(connection: sqlite3.Connection, source_id: str) -> Lineage:
    """Make one source's derived rows again under its present rules; the caller holds the transaction."""
    keys = [
        row[0]
        for row in connection.execute(
            "select distinct e.edit_key from edits e join changes c on c.id = e.change_id "
            "where c.source_id = ? and e.edit_key is not null",
            (source_id,),
        )
    ]
    used = {
        table: [
            row[0]
            for row in connection.execute(f"select distinct {column} from {user} where source_id = ?", (source_id,))
        ]
        for table, (user, column) in _DICTIONARIES.items()
    }
    _drop(connection, "where source_id = ?", (source_id,))
    lineage = Lineage(connection, source_id)
    for row in connection.execute("select * from fetches where source_id = ? order by id", (source_id,)).fetchall():
        lineage.observe(Look.at(row["id"], stored_answer(connection, row), row["capture_id"]))
    rejudge(connection, keys)
    for table, (user, column) in _DICTIONARIES.items():
        connection.execute(
            f"delete from {table} where id in (select value from json_each(?)) "
            f"and not exists (select 1 from {user} where {user}.{column} = {table}.id)",
            (json.dumps(used[table]),),
        )
    return lineage


def rebuild(
    connection: sqlite3.Connection, *, dry_run: bool = False, progress: Progress | None = None
) -> list[TableReport]:
    """Drop every derived row and derive it again, in one transaction; say table by table what came of it.

    With `dry_run` the work is done and taken back.
    """
    before = fingerprints(connection)
    with transaction(connection, keep=not dry_run):
        _drop(connection, "", ())
        _replay(connection, progress)
        for table, (user, column) in _DICTIONARIES.items():
            connection.execute(f"delete from {table} where id not in (select {column} from {user})")
        after = fingerprints(connection)
    return [
        TableReport(table, before[table][0], after[table][0], before[table] == after[table]) for table in DERIVED_TABLES
    ]


def fingerprints(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """For each derived table how many rows it has, and a SHA-256 over all of them in order."""
    found = {}
    for table in DERIVED_TABLES:
        digest, rows = hashlib.sha256(), 0
        width = len(connection.execute(f"select * from {table} limit 0").description)
        order = ", ".join(str(column + 1) for column in range(min(width, 3)))
        for row in connection.execute(f"select * from {table} order by {order}"):
            digest.update(repr(tuple(row)).encode())
            rows += 1
        found[table] = (rows, digest.hexdigest())
    return found


def _replay(connection: sqlite3.Connection, progress: Progress | None) -> None:
    total = connection.execute("select count(*) from fetches").fetchone()[0]
    lineages: OrderedDict[str, Lineage] = OrderedDict()
    last_id = 0
    while rows := connection.execute("select * from fetches where id > ? order by id limit 200", (last_id,)).fetchall():
        for row in rows:
            source_id, last_id = row["source_id"], row["id"]
            lineage = lineages.pop(source_id, None) or Lineage(connection, source_id)
            lineages[source_id] = lineage
            if len(lineages) > _IN_HAND:
                lineages.popitem(last=False)
            lineage.observe(Look.at(last_id, stored_answer(connection, row), row["capture_id"]))
            if progress:
                progress(last_id, total)


def _drop(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> None:
    connection.execute(f"delete from edits where change_id in (select id from changes {where})", values)
    for table in _ROWS[1:]:
        connection.execute(f"delete from {table} {where}", values)
