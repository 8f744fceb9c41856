"""Deriving beside an archive: a source's versions and changes made again in temporary tables, and nothing written.

A temporary table hides the table of the archive that has its name, so the code that derives runs here as it does in
a run. It has a connection of its own, which can only read: an archive may lie on a disk that cannot be written, be
somebody else's, or be written meanwhile. Temporary tables lie in a file that SQLite removes, and hold one source at a
time: neither memory nor room grows with the archive.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from typing import TYPE_CHECKING

from scraper.archive.derived import ROWS, Held, held_against
from scraper.archive.older import lay_over
from scraper.archive.replay import Step, replay
from scraper.archive.schema_version import DERIVED_TABLES, SCHEMA_VERSION, TOKENIZER
from scraper.archive.sitewide import mark_beside

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFERENCE = re.compile(r"\s+references\s+\w+\s*\(\w+\)", re.IGNORECASE)


@contextlib.contextmanager
def beside(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A connection to the same archive, reading only, with empty temporary tables in place of the derived ones."""
    path = connection.execute("select file from pragma_database_list where name = 'main'").fetchone()[0]
    # The name comes from SQLite, as a path: a URI wants what it would take for its own marks written otherwise.
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    other = sqlite3.connect(f"file:{quoted}?mode=ro", uri=True, isolation_level=None, timeout=10)
    try:
        other.row_factory = sqlite3.Row
        if other.execute("pragma user_version").fetchone()[0] < SCHEMA_VERSION:
            lay_over(other)
        _hide(other)
        yield other
    finally:
        other.close()


def derive_beside(other: sqlite3.Connection, source_id: str, step: Step | None = None) -> tuple[Held, ...]:
    """Derive a source on a connection that `beside` gave; say for each table how it compares with what is stored.

    Raises ArchiveCorrupt where the evidence does not hold.
    """
    other.execute("begin")
    try:
        replay(other, source_id, step)
        mark_beside(other, source_id)
        return tuple(held_against(other, table, source_id) for table in ROWS)
    finally:
        other.execute("rollback")


def full_text_agrees(connection: sqlite3.Connection) -> bool:
    """Whether the full-text index holds exactly the words of the passages.

    FTS5 checks that itself (`integrity-check`, rank 1), but counts it as writing: so a copy of the index is checked,
    over a view of the passages.
    """
    with beside(connection) as other:
        other.execute("create temp view indexed_passages as select id, text from main.passages")
        other.execute(
            "create virtual table temp.indexed using fts5(text, content='indexed_passages', content_rowid='id', "
            f"tokenize='{TOKENIZER}')"
        )
        for part in ("data", "idx", "docsize", "config"):
            other.execute(f"delete from temp.indexed_{part}")
            other.execute(f"insert into temp.indexed_{part} select * from main.passages_fts_{part}")
        try:
            other.execute("insert into temp.indexed(indexed, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
                return False
            raise
    return True


def _columns(other: sqlite3.Connection, table: str) -> list[str]:
    return [row[0] for row in other.execute("select name from pragma_table_info(?, 'temp')", (table,))]


def _hide(other: sqlite3.Connection) -> None:
    made = other.execute("select type, name, tbl_name, sql from main.sqlite_master where sql is not null").fetchall()
    for kind, _, table, sql in made:
        if kind == "table" and table in DERIVED_TABLES:
            # What a row points to may be evidence, and then lies in another schema: SQLite cannot check that.
            laid_over = _columns(other, table)
            other.execute(f"drop view if exists temp.{table}")
            other.execute(re.sub(r"(?i)^create table", "create temp table", _REFERENCE.sub("", sql)))
            for added in laid_over[len(_columns(other, table)) :]:
                other.execute(f"alter table temp.{table} add column {added} any")
    for kind, name, table, sql in made:
        if kind == "index" and table in DERIVED_TABLES:
            other.execute(re.sub(rf"(?i)^(create (unique )?index) {name}", rf"\1 temp.{name}", sql))
