"""Looks again: the stored observations of a source, given to its lineage in the order in which they were made.

They come in batches, so that a source with a hundred thousand captures takes no more memory than one with ten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scraper.archive.lineage import Lineage
from scraper.archive.look import Look
from scraper.archive.observations import stored_answer
from scraper.archive.withheld import withholding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

BATCH = 200

Step = Callable[[], None]
"""Told after each look."""


def replay(connection: sqlite3.Connection, source_id: str, step: Step | None = None) -> Lineage:
    """Derive a source from its stored looks into derived tables that hold nothing of it; give where it stands then.

    Raises ArchiveCorrupt where a look's evidence does not hold.
    """
    lineage = Lineage(connection, source_id)
    for row in _looks(connection, source_id):
        lineage.observe(_look(connection, row))
        if step:
            step()
    return lineage


def _look(connection: sqlite3.Connection, row: sqlite3.Row) -> Look:
    tombstone = withholding(connection, row["capture_id"])
    answer = stored_answer(connection, row, bodiless=tombstone is not None)
    return Look.at(row["id"], answer, row["capture_id"], tombstone, (row["outcome"], row["reason"]))


def _looks(connection: sqlite3.Connection, source_id: str) -> Iterator[sqlite3.Row]:
    last = 0
    while rows := connection.execute(
        "select * from fetches where source_id = ? and id > ? order by id limit ?", (source_id, last, BATCH)
    ).fetchall():
        last = rows[-1]["id"]
        yield from rows
