"""Where the ledger ends while a run adds to it: remembered from one record to the next, and read anew where in doubt.

Six statements say where the ledger ends: an observation, a closing record or a stretch of elided ones may be its last.
After an observation that was just added it is that one, and one statement says whether that still stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.archive.elided import next_fetch_id
from scraper.archive.observations import ledger_end

if TYPE_CHECKING:
    import sqlite3


class Tail:
    """The end of the ledger for one run; whoever closes a run meanwhile makes another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._added: tuple[int, str] | None = None

    def read(self) -> tuple[int, str]:
        """The number of the next observation, and the hash that its record follows."""
        if self._added is not None:
            last = self._connection.execute("select id, record_hash from fetches order by id desc limit 1").fetchone()
            if last is not None and tuple(last) == self._added:
                return self._added[0] + 1, self._added[1]
        return next_fetch_id(self._connection), ledger_end(self._connection)

    def add(self, fetch_id: int, record_hash: str) -> None:
        """Remember the observation that was added last."""
        self._added = fetch_id, record_hash
