"""Functions that our archives lend to SQL: pure, bounded in what they take, and never an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.archive.terms import match_expression
from scraper.comparing import word_marks
from scraper.comparing.tokens import word_count

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

LONGEST = 100_000
"""Letters of a text that a function reads; a longer one gives null, never a part of the answer."""

_LONGEST_QUERY = 500


@dataclass(frozen=True, slots=True)
class Lent:
    """A function of SQL: how it is called, what it gives, and the Python behind it."""

    call: str
    gives: str
    function: Callable[..., str | int | None]
    arguments: int


def match(text: object) -> str:
    """Any text as an expression for `match`, never a syntax error."""
    # FTS5 takes no empty expression, but an empty phrase finds nothing.
    return match_expression("" if text is None else str(text)[:_LONGEST_QUERY]) or '""'


def words(text: object) -> int | None:
    """How many words a text has, as a version's own count has them."""
    read = _read(text)
    return None if read is None else word_count(read)


def domain(url: object) -> str | None:
    """The host of a URL in small letters, without port and without `www.`; null where there is none."""
    read = _read(url)
    try:
        host = urlsplit(read).hostname if read is not None else None
    except ValueError:
        return None
    return host.removeprefix("www.").encode("utf-8", "replace").decode() if host else None


def diff_words(old: object, new: object) -> str | None:
    """Two texts as one, with `[-words that went-]` and `{+words that came+}`; null where one of them is."""
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return None
    marks = {"delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(marks.get(mark.op, "{}").format(mark.text) for mark in word_marks(before, after))


LENT = (
    Lent("redline_match(text)", "Any text as an expression for `match` on `passages_fts`, never an error.", match, 1),
    Lent("redline_words(text)", "How many words a text has.", words, 1),
    Lent("redline_domain(url)", "The host of a URL, without port and `www.`.", domain, 1),
    Lent(
        "redline_diff_words(old, new)",
        "Two texts as one: `[-words that went-]`, `{+words that came+}`.",
        diff_words,
        2,
    ),
)


def lend(connection: sqlite3.Connection) -> None:
    """Give a connection every function."""
    for lent in LENT:
        name = lent.call.partition("(")[0]
        connection.create_function(name, lent.arguments, lent.function, deterministic=True)


def _read(value: object) -> str | None:
    """A text that is not too long to be read; None for anything else."""
    return value if isinstance(value, str) and len(value) <= LONGEST else None
