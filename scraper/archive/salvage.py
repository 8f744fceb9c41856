"""A damaged file: indexes made anew in place, or every row of evidence read out into a file that is whole.

What is derived, every index and the full-text index are not read at all: they are made anew. So a damaged page costs
nothing where it lies in one of them. Where it lies in the body of a capture, the capture is carried over without one,
for `repair` to find the same bytes elsewhere. Where it lies in any other row of evidence, that row is lost with it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from typing import TYPE_CHECKING, Any

from scraper.archive.rows import transaction
from scraper.archive.schema_version import DERIVED_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BODIES = {"captures": "id", "encoded_bodies": "rowid"}


def file_damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the file: its pages, tables and indexes; empty where nothing is."""
    try:
        return [text for (text,) in connection.execute("pragma integrity_check") if text != "ok"]
    except sqlite3.DatabaseError as error:
        return [str(error)]


def only_indexes(damage: list[str]) -> bool:
    """Whether damage is only in indexes that SQLite can make anew from tables that are whole."""
    return all(re.search(r"(missing from|entries in|entry in) index", text) for text in damage)


def put_in_place(whole: Path, path: Path) -> None:
    """Let a whole archive file take the place of a damaged one, in one step that outlives a crash."""
    with whole.open("rb+") as written:
        os.fsync(written.fileno())
    for left in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    whole.replace(path)


def salvaged(damaged: sqlite3.Connection, whole: sqlite3.Connection) -> None:
    """Copy every row of evidence into a new archive. sqlite3.DatabaseError where one cannot be read."""
    made = damaged.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    names = {row[0] for row in made}
    fresh = whole.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    kept = [
        row[0]
        for row in fresh.fetchall()
        if row[0] in names and row[0] not in DERIVED_TABLES and not row[0].startswith(("passages_fts", "_"))
    ]
    with transaction(whole):
        whole.execute("pragma defer_foreign_keys = on")
        for table in kept:
            columns = [row[0] for row in whole.execute(f"select name from pragma_table_info('{table}')")]
            marks = ", ".join("?" * len(columns))
            rows = _bodies(damaged, table, columns) if table in _BODIES else _rows(damaged, table, columns)
            whole.executemany(f"insert into {table} ({', '.join(columns)}) values ({marks})", rows)


def _rows(damaged: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    for row in damaged.execute(f"select {', '.join(columns)} from {table} not indexed"):
        yield tuple(row)


def _bodies(damaged: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows one by one: a long body lies on pages of its own, which are read last."""
    key = _BODIES[table]
    whole = f"select {', '.join(columns)} from {table} not indexed where {key} = ?"
    rest = whole.replace("body", "x''")
    for (row_id,) in damaged.execute(f"select {key} from {table} not indexed").fetchall():
        try:
            yield tuple(damaged.execute(whole, (row_id,)).fetchone())
        except sqlite3.DatabaseError:
            yield tuple(damaged.execute(rest, (row_id,)).fetchone())
