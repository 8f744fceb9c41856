"""Walking the ledger: every record's digest made again, and the first one named that breaks the chain."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.checks import Finding
from scraper.archive.ledger import GENESIS, digest, link, run_digest
from scraper.archive.observations import ledger_records
from scraper.errors import ArchiveCorrupt

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record of the ledger: its row, the digest of what the row says now, and the hash it was stored under.

    A run that did not end has closed with no record: `stored` is None.
    """

    table: str
    id: int
    digest: str
    stored: str | None


def walk(connection: sqlite3.Connection, head: str | None = None) -> tuple[str, list[Finding]]:
    """Walk the chain; give its head and the first row that breaks it."""
    previous, expected = GENESIS, {"fetches": 1, "runs": 1}
    try:
        for entry in _entries(connection):
            if entry.id != expected[entry.table]:
                where = f"{entry.table} {expected[entry.table]}"
                return previous, [Finding(where, "missing: the ledger has a hole")]
            if entry.stored is not None and link(previous, entry.digest) != entry.stored:
                return previous, [_broken(connection, entry)]
            previous = entry.stored or previous
            expected[entry.table] += 1
    except ArchiveCorrupt as error:
        return previous, [Finding(f"fetches {expected['fetches']}", str(error))]
    heads = {row[0] for row in connection.execute("select ledger_head from runs")}
    if head is not None and head not in heads:
        return previous, [Finding("ledger", f"no run ended with {head}: what came before it was altered or lost")]
    return previous, []


def _broken(connection: sqlite3.Connection, entry: _Entry) -> Finding:
    """Name the record that breaks the chain: for a run, the first observation astray among its own."""
    if entry.table == "fetches":
        what = "altered, it or its run: it does not have the hash it was stored under"
        return Finding(f"fetches {entry.id}", what)
    astray = connection.execute(
        "select id from fetches where run_id > ? and id < (select max(id) from fetches where run_id <= ?) "
        "order by id limit 1",
        (entry.id, entry.id),
    ).fetchone()
    if astray:
        return Finding(f"fetches {astray['id']}", f"altered: it stands among those of run {entry.id}")
    what = "altered, or its last observations lost: it does not have the hash it was stored under"
    return Finding(f"runs {entry.id}", what)


def _entries(connection: sqlite3.Connection) -> Iterator[_Entry]:
    """Every record in the order of the chain: the observations of a run, and then its closing one."""
    runs = deque(connection.execute("select * from runs order by id"))
    for count, (record, stored) in enumerate(ledger_records(connection), start=1):
        # Where a row is missing, that is what is told, and not the run that cannot be closed without it.
        while record["id"] == count and runs and runs[0]["id"] < record["run_id"]:
            yield _closing(runs.popleft())
        yield _Entry("fetches", record["id"], digest(record), stored)
    for run in runs:
        yield _closing(run)


def _closing(run: sqlite3.Row) -> _Entry:
    stored = run["ledger_head"] if run["ledger_head"] is not None or not run["finished"] else ""
    return _Entry("runs", run["id"], run_digest(dict(run)), stored)
