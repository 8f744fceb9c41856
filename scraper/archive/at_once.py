"""Many short rows in one step of SQLite.

Python's sqlite3 lets go of the interpreter for every row and takes it again. For one reader that costs little. Where
several are answered at once, every row is a place at which threads wait for one another: 3,000 rows, read by two
threads at the same time, took twice the processor time that they took one after the other, and longer on the wall; as
one JSON text, which is a single step, they took as much as before, on both processors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


def at_once(
    connection: sqlite3.Connection, columns: Sequence[str], rest: str, values: Sequence[Any]
) -> list[list[Any]]:
    """The rows of `select {columns} {rest}` in their order, each as a list.

    For whole numbers, short texts and such real numbers as have at most fifteen digits (SQLite writes no more of them
    into JSON): the whole answer is in memory twice.
    """
    names = [f"c{at}" for at in range(len(columns))]
    inner = ", ".join(f"{column} as {name}" for column, name in zip(columns, names, strict=True))
    row = connection.execute(
        f"select json_group_array(json_array({', '.join(names)})) from (select {inner} {rest})", values
    ).fetchone()
    found: list[list[Any]] = json.loads(row[0])
    return found
