"""Header lines in and out: what a server repeats at every look is stored once.

A stored list of headers is a JSON list in the order received. A line is a ``[name, value]`` pair, or the id of a row of
`header_lines` that holds it. A line gets a row there once it came twice from the same page, so that dates and nonces,
which never come again, are not collected.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.compact_json import compact
from scraper.errors import ArchiveCorrupt

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    Line = tuple[str, str]
    Lines = tuple[Line, ...]

_AT_HAND = 2_000


class Packer:
    """Writes lists of headers as they are stored, and remembers which lines have a row.

    It holds as long as nothing is taken back that was written through it, and nobody else writes header lines.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[Line, int | None] = {}

    def pack(self, lines: Lines, before: str | None) -> str:
        """A list of headers as it is stored; `before` is the stored list of the look before at the same page."""
        if len(self._ids) > _AT_HAND:
            self._ids.clear()
        ids = {line: self._id(line) for line in lines}
        if before is not None and None in ids.values():
            literal = {tuple(line) for line in json.loads(before) if isinstance(line, list)}
            for line in ids:
                if ids[line] is None and line in literal:
                    cursor = self._connection.execute("insert into header_lines (name, value) values (?, ?)", line)
                    ids[line] = self._ids[line] = int(cursor.lastrowid or 0)
        return compact([ids[line] or line for line in lines])

    def _id(self, line: Line) -> int | None:
        if line not in self._ids:
            row = self._connection.execute("select id from header_lines where name = ? and value = ?", line).fetchone()
            self._ids[line] = row[0] if row else None
        return self._ids[line]


def unpack(connection: sqlite3.Connection, stored: str) -> Lines:
    """Give back a list of headers as it was received."""
    try:
        entries = json.loads(stored)
        ids = [entry for entry in entries if isinstance(entry, int)]
        rows = connection.execute(
            "select id, name, value from header_lines where id in (select value from json_each(?))", (json.dumps(ids),)
        )
        lines = {line_id: (name, value) for line_id, name, value in rows}
        if missing := set(ids) - set(lines):
            raise ArchiveCorrupt(f"header line {min(missing)} is missing")
        return tuple(lines[entry] if isinstance(entry, int) else (entry[0], entry[1]) for entry in entries)
    except (ValueError, TypeError, LookupError):
        raise ArchiveCorrupt("its list of headers cannot be read") from None


def as_text(lines: Iterable[Line]) -> str:
    """A list of headers written out: the form that the ledger binds."""
    return compact(list(lines))
