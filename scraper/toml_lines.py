"""On which line each table and key of a TOML text stands; the standard library's reader does not say.

Only texts that `tomllib` has accepted are looked through, so the scanner may trust the grammar of TOML 1.0: it
steps over strings, arrays and inline tables without judging them, and writes down the line of every header and key.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_DOTTED_KEY = re.compile(r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[ \t.])+""")
_IN_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'  # up to two quotes may stand right before the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[^\"'#\[\]{}\n]+"
    r"|.",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each table header and key to its line, counted from 1.

    A path is made of names, with the index where a table stands in an array of tables: ``("source", 0, "url")``.
    Keys inside arrays and inline tables are not listed; see `line_of`.
    """
    ends = [at for at, character in enumerate(text) if character == "\n"]
    lines: dict[KeyPath, int] = {}
    rows: dict[KeyPath, int] = {}
    table: KeyPath = ()
    at = _skip(_BLANK, text, 0)
    while at < len(text):
        line = bisect_right(ends, at) + 1
        is_header = text[at] == "["
        is_row = text.startswith("[[", at)
        start = at + is_header + is_row
        stop = _skip(_DOTTED_KEY, text, start)
        names = _names(text[start:stop])
        if is_header:
            table = _enter(names, rows, is_row=is_row)
            path = table
        else:
            path = (*table, *names)
        for depth in range(1, len(path) + 1):
            lines.setdefault(path[:depth], line)
        at = _skip(_BLANK, text, _end_of_statement(text, stop + is_header + is_row))
    return lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of a path, or of the nearest thing around it that has one; None where nothing has."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _names(dotted: str) -> tuple[str, ...]:
    """Split a dotted key, quoted parts and escapes included, by letting the standard library read it."""
    names: list[str] = []
    value: object = tomllib.loads(f"{dotted.strip()} = 0")
    while isinstance(value, dict):
        ((name, value),) = value.items()
        names.append(name)
    return tuple(names)


def _enter(names: tuple[str, ...], rows: dict[KeyPath, int], *, is_row: bool) -> KeyPath:
    """The path of a header: each array of tables on the way is entered at its latest row."""
    path: KeyPath = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if is_row and depth == len(names):
            rows[path] = rows.get(path, -1) + 1
        if path in rows:
            path = (*path, rows[path])
    return path


def _end_of_statement(text: str, at: int) -> int:
    """Where the line break stands that ends a statement: the first outside strings and brackets."""
    depth = 0
    while at < len(text):
        first = text[at]
        if first == "\n" and depth == 0:
            return at
        depth += (first in "[{") - (first in "]}")
        at = _skip(_IN_VALUE, text, at)
    return at
