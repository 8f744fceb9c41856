"""Which of some texts hold what was searched for, as the archive's own index would find it.

The index of the archive is asked for all passages at once. Where only some are meant (the edits of a few changes, the
passages of one page), an index of those alone answers alike and sooner: it lives in memory and splits words in the
same way.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from scraper.archive.schema_version import TOKENIZER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.archive.terms import Terms

SNIPPET = "snippet({index}, 0, char(2), char(3), '…', 40)"
"""What is shown of a passage: forty words around what was found, each found word between OPEN and CLOSE."""


def holding(texts: Iterable[tuple[int, str | None]], asked: Terms) -> set[int]:
    """The numbers of the texts that hold every term."""
    return {row[0] for row in _asked(texts, asked, "rowid")}


def snippets(texts: Iterable[tuple[int, str | None]], asked: Terms) -> list[tuple[int, str, str]]:
    """Number, text and snippet of those that hold every term, the highest number first; `asked` has words."""
    return [(row[0], row[1], row[2]) for row in _asked(texts, asked, f"rowid, text, {SNIPPET.format(index='held')}")]


def _asked(texts: Iterable[tuple[int, str | None]], asked: Terms, columns: str) -> list[tuple[Any, ...]]:
    rows = [(number, text) for number, text in texts if text and all(one in text for one in asked.letters)]
    if asked.match is None or not rows:
        return [(number,) for number, _ in rows]
    index = _index()
    index.execute("begin")
    try:
        index.execute(
            "insert into held(rowid, text) select json_extract(value, '$[0]'), json_extract(value, '$[1]') "
            "from json_each(?)",
            (json.dumps(rows),),
        )
        return index.execute(
            f"select {columns} from held where held match ? order by rowid desc", (asked.match,)
        ).fetchall()
    finally:
        index.execute("rollback")


_of_thread = threading.local()


def _index() -> sqlite3.Connection:
    """The index of this thread, empty: what goes in is taken back, which takes less time than to make another."""
    index: sqlite3.Connection | None = getattr(_of_thread, "index", None)
    if index is None:
        index = _of_thread.index = sqlite3.connect(":memory:", isolation_level=None)
        index.execute(f"create virtual table held using fts5(text, tokenize='{TOKENIZER}')")
    return index
