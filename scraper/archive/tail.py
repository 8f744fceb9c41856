"""Where the ledger ends while a run adds to it: remembered from one record to the next.

Six statements say where the ledger ends: an observation, a closing record or a stretch of elided ones may be its last.
After an observation that was just added it is that one, and one statement says whether that still stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from scraper.archive.elided import next_fetch_id
from scraper.archive.observations import ledger_end

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Tail:
    """The number of the next observation, and the hash that its record follows."""

    next_id: int
    end: str

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Self:
        """Find where the ledger ends."""
        return cls(next_fetch_id(connection), ledger_end(connection))

    def after(self, record_hash: str) -> Tail:
        """Where it ends once the next observation is added."""
        return Tail(self.next_id + 1, record_hash)

    def stands(self, connection: sqlite3.Connection) -> bool:
        """Whether a tail that came of `after` is the end still: no other was added, and the last not taken back.

        That no run was closed meanwhile, its caller knows.
        """
        last = connection.execute("select id, record_hash from fetches order by id desc limit 1").fetchone()
        return last is not None and tuple(last) == (self.next_id - 1, self.end)
