"""Rows in: one way to write a record into a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any], *, replacing: bool = False) -> int:
    """Insert a row given by column and give its row id; with `replacing`, in place of the one with the same key."""
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    verb = "insert or replace" if replacing else "insert"
    cursor = connection.execute(f"{verb} into {table} ({names}) values ({marks})", tuple(row.values()))
    return int(cursor.lastrowid or 0)
