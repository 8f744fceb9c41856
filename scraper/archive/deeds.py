"""What is done to an archive other than by looking, as runs of their own: bytes withheld, damage mended.

The rows that tell of it (`redactions`, `repairs`) carry the number of the run, and the run's trigger carries their
hash. A run's closing record binds its trigger, so the head after it fixes the rows: none can be altered, taken out or
put in without breaking the ledger or standing in it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from scraper.archive.rows import insert, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scraper.archive.archive import Archive

TABLES = {"redaction": "redactions", "repair": "repairs"}
"""The word that a trigger begins with, and the table that its hash is over."""


def record_deed(archive: Archive, kind: str, rows: Sequence[dict[str, Any]], moment: datetime) -> str:
    """Write the rows of one deed and close its run; give the ledger's head.

    It joins the transaction that its caller holds, in which what the rows tell of is done.
    """
    with transaction(archive.connection):
        run_id = archive.begin_run(kind, 0, moment)
        for row in rows:
            insert(archive.connection, TABLES[kind], {"run_id": run_id, **row})
        trigger = f"{kind} {_digest(archive.connection, TABLES[kind], run_id)}"
        archive.connection.execute("update runs set trigger = ? where id = ?", (trigger, run_id))
        return archive.finish_run(run_id, moment, fetched=0, changed=0, failed=0)


def unbound(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Each deed that does not agree with the trigger of its run: where, and what is wrong."""
    for kind, table in TABLES.items():
        if not has_table(connection, table):
            continue
        stray = f"select t.id from {table} t join runs r on r.id = t.run_id where r.trigger not like ? order by t.id"
        for (row_id,) in connection.execute(stray, (f"{kind} %",)):
            yield f"{table} {row_id}", f"forged: the ledger knows no {kind} of that run"
        runs = connection.execute("select id, trigger from runs where trigger like ? order by id", (f"{kind} %",))
        for run_id, trigger in runs.fetchall():
            if trigger != f"{kind} {_digest(connection, table, run_id)}":
                yield f"{table} of run {run_id}", "altered: they do not have the hash that the ledger binds"


def has_table(connection: sqlite3.Connection, table: str) -> bool:
    """Whether the archive has a table: one of the first schema has no deeds."""
    return connection.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone() is not None


def _digest(connection: sqlite3.Connection, table: str, run_id: int) -> str:
    """SHA-256 over the rows of a run, a line of JSON each, in the order of their ids."""
    rows = connection.execute(f"select * from {table} where run_id = ? order by id", (run_id,))
    lines = [json.dumps(list(row), ensure_ascii=True, separators=(",", ":")) for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
