"""Observations that stand in the chain by their digests alone: an archive that was split off another holds its own.

A record enters the ledger by the hash of its canonical form, so the chain can be walked with the digests of the
records in the place of the records: every own record keeps its number and its hash, and every head that was published
of the whole archive is a head of each of its shards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_WIDTH = 32
FAR = 2**63 - 1


def elided(
    connection: sqlite3.Connection, *, after: int = 0, before: int = FAR, run_id: int | None = None, since_run: int = 0
) -> Iterator[tuple[int, int, str]]:
    """Number, run and digest (hex) of each elided record between two numbers, in order; of one run, or after a run."""
    narrowed = "and run_id = ?" if run_id is not None else "and run_id > ?"
    rows = connection.execute(
        f"select first_id, run_id, count, digests from elided where first_id < ? and first_id + count > ? {narrowed} "
        "order by first_id",
        (before, after + 1, run_id if run_id is not None else since_run),
    )
    for first, run, count, digests in rows:
        for at in range(count):
            if after < first + at < before:
                yield first + at, run, digests[at * _WIDTH : (at + 1) * _WIDTH].hex()


def next_fetch_id(connection: sqlite3.Connection) -> int:
    """The number of the next observation: after the last one, whether its row is here or not."""
    own = connection.execute("select id from fetches order by id desc limit 1").fetchone()
    gone = connection.execute("select first_id + count - 1 from elided order by first_id desc limit 1").fetchone()
    return max(own[0] if own else 0, gone[0] if gone else 0) + 1


def count(connection: sqlite3.Connection, before: int) -> int:
    """How many observations before that number, which is one whose row is here, are here by their digests alone."""
    told = connection.execute("select coalesce(sum(count), 0) from elided where first_id < ?", (before,))
    return int(told.fetchone()[0])


def packed(digests: list[str]) -> bytes:
    """Digests as a stretch of them is stored."""
    return bytes.fromhex("".join(digests))
