"""The derived rows of one source, read so that two readings of the same evidence can be held against each other.

Passages, link sets and rule sets are dictionaries: a row that points into one is read with the hash of what it points
to, since ids say nothing. What a dictionary holds is held against its own hash (`misfits`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

DICTIONARIES = {
    "passages": ("spans", "passage_id", ("text",)),
    "linksets": ("versions", "linkset_id", ("links", "images")),
    "rulesets": ("versions", "ruleset_id", ("normalizer", "rules")),
}
"""Each dictionary with the table and column that point into it, and the columns that its hash is over."""

ROWS = ("source_urls", "versions", "spans", "changes", "edits", "states")
"""The tables whose rows belong to one source, in an order in which they can be written."""

_ORDER = {
    "source_urls": "t.url",
    "versions": "t.id",
    "spans": "t.rank, t.from_version",
    "changes": "t.id",
    "edits": "t.change_id, t.position",
    "states": "t.source_id",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One table of one source: how many rows are stored and derived, and the first that differs (None: none does)."""

    table: str
    stored: int
    derived: int
    first: str | None

    @property
    def same(self) -> bool:
        """Whether what is stored is what was derived."""
        return self.first is None


def rows_of(connection: sqlite3.Connection, schema: str, table: str, source_id: str) -> Iterator[tuple[Any, ...]]:
    """The rows of one source in one table, in the order of their key; `schema` is ``main`` or ``temp``.

    The columns are those of the archive: one of an earlier schema holds nothing of what was added since.
    """
    columns, joins = [], []
    pointers = {column: name for name, (user, column, _) in DICTIONARIES.items() if user == table}
    for (column,) in connection.execute(f"select name from pragma_table_info('{table}', 'main')"):
        if column in pointers:
            joins.append(f"left join {schema}.{pointers[column]} as {column} on {column}.id = t.{column}")
        columns.append(f"{column}.sha256" if column in pointers else f"t.{column}")
    whose = "t.source_id = ?"
    if table == "edits":
        joins.append(f"join {schema}.changes c on c.id = t.change_id")
        whose = "c.source_id = ?"
    asked = f"select {', '.join(columns)} from {schema}.{table} t {' '.join(joins)} where {whose}"
    for row in connection.execute(f"{asked} order by {_ORDER[table]}", (source_id,)):
        yield tuple(row)


def held_against(connection: sqlite3.Connection, table: str, source_id: str) -> Held:
    """Hold what is stored (in ``main``) against what was derived (in ``temp``), row by row."""
    stored = derived = 0
    first = None
    pairs = zip_longest(*(rows_of(connection, schema, table, source_id) for schema in ("main", "temp")))
    for was, made in pairs:
        stored += was is not None
        derived += made is not None
        if was != made and first is None:
            first = _named(table, was or made)
    return Held(table, stored, derived, first)


def fingerprint(connection: sqlite3.Connection, table: str, source_id: str) -> tuple[int, str]:
    """How many rows of a source a table has, and a SHA-256 over all of them in order."""
    digest, count = hashlib.sha256(), 0
    for row in rows_of(connection, "main", table, source_id):
        digest.update(repr(row).encode())
        count += 1
    return count, digest.hexdigest()


def misfits(connection: sqlite3.Connection, table: str) -> Iterator[int]:
    """The ids of the rows of a dictionary that do not have the hash they are known by."""
    _, _, columns = DICTIONARIES[table]
    for row in connection.execute(f"select id, sha256, {', '.join(columns)} from main.{table}"):
        if hashlib.sha256("\n".join(tuple(row)[2:]).encode()).hexdigest() != row[1]:
            yield row[0]


def unused(connection: sqlite3.Connection, table: str) -> Iterator[int]:
    """The ids of the rows of a dictionary that nothing points to."""
    user, column, _ = DICTIONARIES[table]
    asked = f"select id from main.{table} t where not exists (select 1 from main.{user} u where u.{column} = t.id)"
    for row in connection.execute(asked):
        yield row[0]


def _named(table: str, row: tuple[Any, ...]) -> str:
    """A row by its key, for a person."""
    key = {"source_urls": 1, "versions": 0, "spans": 1, "changes": 0, "edits": 0, "states": 0}[table]
    return str(row[key])
