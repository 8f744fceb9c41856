"""The full-text index of passages: fed once a transaction, just before it is committed.

FTS5 gathers words in memory and writes a segment of the index at every savepoint and after every statement that could
be taken back. Fed by a trigger, it wrote a segment for each page; fed once for all pages of a transaction, it costs a
quarter. Whoever reads the file finds every passage of it in the index, as the two are committed together.

A passage is indexed where FTS5 keeps its length (``passages_fts_docsize``, FTS5 documentation, 9.4). SQLite numbers new
rows above all others, so those that are not indexed yet are the ones above the last that is, and nothing else has to be
remembered: what a transaction did not come to index, the next one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_INDEXED = "when exists (select 1 from passages_fts_docsize where id = old.id)"
_TAKE_OUT = "insert into passages_fts (passages_fts, rowid, text) values ('delete', old.id, old.text);"
_PUT_IN = "insert into passages_fts (rowid, text) values (new.id, new.text);"

FED_AT_COMMIT: list[str] = [
    "drop trigger passages_ai",
    "drop trigger passages_ad",
    "drop trigger passages_au",
    # To take out what was never put in would spoil the index.
    f"create trigger passages_ad after delete on passages {_INDEXED} begin {_TAKE_OUT} end",
    f"create trigger passages_au after update of id, text on passages {_INDEXED} begin {_TAKE_OUT} {_PUT_IN} end",
]
"""The statements of the migration that took the index from the triggers on new passages."""


def index_new(connection: sqlite3.Connection) -> None:
    """Put into the index what was stored since it was fed last."""
    stored, indexed = connection.execute(
        "select (select max(id) from main.passages), (select max(id) from main.passages_fts_docsize)"
    ).fetchone()
    if (stored or 0) > (indexed or 0):
        connection.execute(
            "insert into main.passages_fts (rowid, text) select id, text from main.passages where id > ?",
            (indexed or 0,),
        )


def index_anew(connection: sqlite3.Connection) -> None:
    """Make the whole index anew from the passages."""
    connection.execute("insert into main.passages_fts (passages_fts) values ('rebuild')")
