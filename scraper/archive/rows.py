"""Rows in: one way to write a record into a table, and all of them or none."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scraper.archive.full_text import index_new

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any], *, key: str | None = None) -> int:
    """Insert a row given by column and give its row id; with `key`, a column, over the row that has the same one."""
    cursor = connection.execute(_insertion(table, tuple(row), key), tuple(row.values()))
    return int(cursor.lastrowid or 0)


@lru_cache(maxsize=64)
def _insertion(table: str, columns: tuple[str, ...], key: str | None) -> str:
    """The statement of `insert`; the same text each time, by which the connection knows it as prepared already."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    # Not "insert or replace", which deletes a row and makes another, with all that triggers do of both.
    others = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    over = f" on conflict ({key}) do update set {others}" if key else ""
    return f"insert into {table} ({names}) values ({marks}){over}"


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, *, keep: bool = True) -> Iterator[None]:
    """All or nothing; without `keep`, nothing. IMMEDIATE: a second writer learns at the start that it has to wait.

    Inside of another transaction it is a savepoint: it is taken back by itself, and kept when the outer one is.
    """
    inner = connection.in_transaction
    connection.execute("savepoint inner" if inner else "begin immediate")
    try:
        yield
        if not keep:
            _take_back(connection, inner)
        elif inner:
            connection.execute("release inner")
        else:
            commit(connection)
    except BaseException:
        # On a full disk SQLite has taken it back already; an error of ours would hide the one that tells the cause.
        if connection.in_transaction:
            _take_back(connection, inner)
        raise


def commit(connection: sqlite3.Connection) -> None:
    """Make safe what was written since the transaction began, with its passages in the full-text index."""
    index_new(connection)
    connection.execute("commit")


def _take_back(connection: sqlite3.Connection, inner: bool) -> None:
    connection.execute("rollback to inner" if inner else "rollback")
    if inner:
        connection.execute("release inner")


@contextlib.contextmanager
def without_guard(connection: sqlite3.Connection, table: str) -> Iterator[None]:
    """Lift the guard that keeps a table of evidence from being updated; the caller holds the transaction.

    Only for storing the same bytes in another way, and for withholding them: both leave the hash that the ledger binds.
    """
    name = f"{table}_no_update"
    guard = connection.execute("select sql from sqlite_master where type = 'trigger' and name = ?", (name,)).fetchone()
    if guard:
        connection.execute(f"drop trigger {name}")
    yield
    if guard:
        connection.execute(guard[0])
