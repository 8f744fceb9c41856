"""Runs: opened, closed with the ledger's head, and recorded whole where nothing was due."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import scraper.archive.signals as signals
import scraper.archive.timestamps as timestamps
from scraper import __version__
from scraper.archive.ledger import link, run_digest
from scraper.archive.observations import ledger_end
from scraper.archive.opening import open_for_writing, settle, writer_lock
from scraper.archive.rows import transaction
from scraper.archive.states import DERIVATION
from scraper.clock import to_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

SOFTWARE = f"redline {__version__} ({DERIVATION})"


def begin(connection: sqlite3.Connection, trigger: str, due: int, moment: datetime) -> int:
    """Open a run and give its number."""
    cursor = connection.execute(
        "insert into runs (started, trigger, software, due) values (?, ?, ?, ?)",
        (to_text(moment), trigger, SOFTWARE, due),
    )
    return int(cursor.lastrowid or 0)


def expect(connection: sqlite3.Connection, run_id: int, due: int) -> None:
    """Say anew how many pages a run will look at, once lists were heard and before the first look."""
    connection.execute("update runs set due = ? where id = ?", (due, run_id))


def finish(
    connection: sqlite3.Connection, run_id: int, moment: datetime, *, fetched: int, changed: int, failed: int
) -> str:
    """Close a run and give the ledger's head, which fixes every observation and every run up to here."""
    counts = {"finished": to_text(moment), "fetched": fetched, "changed": changed, "failed": failed}
    with transaction(connection):
        run = connection.execute("select * from runs where id = ?", (run_id,)).fetchone()
        ends = {"timestamps_head": timestamps.chain_end(connection), "signals_head": signals.chain_end(connection)}
        closed = {**counts, **ends}
        head = link(ledger_end(connection), run_digest({**dict(run), **closed}))
        connection.execute(
            "update runs set finished = ?, fetched = ?, changed = ?, failed = ?, timestamps_head = ?, "
            "signals_head = ?, ledger_head = ? where id = ?",
            (*closed.values(), head, run_id),
        )
    return head


def record_idle(path: Path, trigger: str, moment: datetime) -> str:
    """Record a run in which nothing was due in an archive that is there, and give the ledger's head.

    That it ran and found nothing to do is what the archive then says of this time.
    """
    with writer_lock(path), closing(open_for_writing(path)) as connection:
        head = finish(connection, begin(connection, trigger, 0, moment), moment, fetched=0, changed=0, failed=0)
        settle(connection)
    return head
