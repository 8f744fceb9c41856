"""What a visitor's SQL may cost: limits on every connection of an instance that serves an archive.

Datasette stops a query after a time, but SQLite looks at the clock only between steps of its virtual machine: one
call of one function is never interrupted. `select length(hex(zeroblob(150000000)))` took 2.7 s and 700 MB under a limit
of one second, and `trim(a, b)` on texts of 200,000 and 100,000 letters 32 s. So the size of what a function can be
given is limited (https://www.sqlite.org/limits.html), the functions that take the product of two lengths are replaced,
and all of SQLite has a ceiling of memory in this process.

Our own pages ask bounded questions of our own and have to read whatever the archive holds: for them, `lifted`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST = 1_000_000  # bytes of a text or blob that SQL may make or read
HEAVIEST = 16_000_000  # bytes of all rows of one answer
HEAP = 96 * 1024 * 1024  # bytes that SQLite may hold in this process for each archive, its caches included

LIMITS: dict[int, int] = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    # LIKE and GLOB take the product of both lengths: 0.1 s for this on the longest text. Datasette itself needs 100.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 120,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 2_000,  # Datasette asks for the labels of a page of rows at once
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
NO_ATTACHING = {sqlite3.SQLITE_LIMIT_ATTACHED: 0}  # apart: an instance with --crossdb attaches its databases itself

_TOO_BIG = "string or blob too big"  # SQLite's own words


def limit(connection: sqlite3.Connection, *, archives: int = 1, attaching: bool = False) -> None:
    """Put every limit on a connection that visitors may ask; `attaching` where databases are yet to be attached.

    `archives` is how many files the process serves: each has connections of its own, and each of those a cache.
    """
    for name, most in (LIMITS if attaching else LIMITS | NO_ATTACHING).items():
        connection.setlimit(name, most)
    for function, takes, work in _REPLACED:
        connection.create_function(function, takes, work, deterministic=True)
    # SQLite only ever lowers this one, and keeps it for the whole process: a file that is served later adds nothing.
    connection.execute(f"pragma hard_heap_limit = {HEAP * max(1, archives)}")
    connection.execute("pragma cell_size_check = on")
    connection.row_factory = _Weighed()


def close_to_writing(connection: sqlite3.Connection) -> None:
    """For an archive alone: nothing is written through it, and its schema calls no function that could act."""
    connection.execute("pragma query_only = on")
    connection.execute("pragma trusted_schema = off")


@contextlib.contextmanager
def lifted(connection: sqlite3.Connection) -> Iterator[None]:
    """For a page of ours: what the archive holds may be read whole, however long it is."""
    factory = connection.row_factory
    longest = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000_000)
    connection.row_factory = sqlite3.Row
    try:
        yield
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        connection.row_factory = factory


def explained(error: BaseException) -> str | None:
    """What a visitor is told of a query that met a limit of size; None where the error is something else."""
    if isinstance(error, MemoryError):
        return "The query needs more memory than a visitor's query may take: ask for less at once."
    if isinstance(error, sqlite3.DataError) and _TOO_BIG in str(error):
        return f"The query makes or reads a value of more than {LONGEST:,} bytes: ask for a part of it with substr()."
    return None


class _Weighed:
    """Makes rows as Datasette reads them and weighs them: what one answer holds in memory is bounded."""

    def __init__(self) -> None:
        self._cursor: Callable[[], Any] = lambda: None
        self._weight = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        if self._cursor() is not cursor:
            self._cursor, self._weight = weakref.ref(cursor), 0
        self._weight += sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if self._weight > HEAVIEST:
            raise sqlite3.OperationalError(
                f"the answer holds more than {HEAVIEST:,} bytes: ask for fewer rows or columns at once"
            )
        return sqlite3.Row(cursor, values)


def _instr(where: Any, what: Any) -> int | None:
    """SQLite's instr() in linear time: the place of the first occurrence from 1, 0 for none."""
    if where is None or what is None:
        return None
    if isinstance(where, bytes) and isinstance(what, bytes):
        return where.find(what) + 1
    return _text(where).find(_text(what)) + 1


def _replace(value: Any, old: Any, new: Any) -> Any:
    """SQLite's replace() in linear time; what would be too long is not made."""
    if value is None or old is None:
        return None
    text, old = _text(value), _text(old)
    if not old:
        return value
    if new is None:
        return None
    new = _text(new)
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST:
        return " " * (LONGEST + 1)  # SQLite refuses this in its own words; an exception would only fill the log
    return text.replace(old, new)


def _trimmed(*, left: bool, right: bool) -> Callable[[Any, Any], str | None]:
    """SQLite's trim(), ltrim() or rtrim() of certain letters, in time that grows with the sum of the lengths."""

    def trim(text: Any, letters: Any) -> str | None:
        if text is None or letters is None:
            return None
        text, letters = _text(text), frozenset(_text(letters))
        start, end = 0, len(text)
        while left and start < end and text[start] in letters:
            start += 1
        while right and start < end and text[end - 1] in letters:
            end -= 1
        return str(text[start:end])

    return trim


def _text(value: Any) -> str:
    """A value as SQLite turns it into text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_REPLACED: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("instr", 2, _instr),
    ("replace", 3, _replace),
    ("trim", 2, _trimmed(left=True, right=True)),
    ("ltrim", 2, _trimmed(left=True, right=False)),
    ("rtrim", 2, _trimmed(left=False, right=True)),
)
