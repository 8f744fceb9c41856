"""Reading an archive of an earlier schema as it is, without writing to it.

What later schemas added is laid over the connection as temporary tables and views, which SQLite finds before those of
the file: an added column reads as null, an added table as empty. Opening for writing migrates the file itself.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from scraper.archive.standings import STANDINGS

_SHADOWS = "'%~_fts~_%' escape '~'"  # the tables that a full-text index keeps for itself
# A table that only says again what others say is no emptier in an earlier archive, only slower to read.
_SAID_AGAIN = {"standings": STANDINGS}


def lay_over(connection: sqlite3.Connection) -> None:
    """Make a connection to an older archive answer as one of today's schema, with nothing in what was added."""
    with closing(_newest()) as newest:
        for kind in ("table", "view"):
            wanted = newest.execute(
                f"select name, sql from sqlite_master where type = ? and name not like {_SHADOWS} "
                "and name not like 'sqlite~_%' escape '~' order by rowid",
                (kind,),
            ).fetchall()
            for name, sql in wanted:
                _lay(connection, name, sql, _columns(newest, name))


def _lay(connection: sqlite3.Connection, name: str, sql: str, wanted: list[str]) -> None:
    there = _columns(connection, name)
    if not there and name in _SAID_AGAIN:
        connection.execute(f"create temp view {name} as {_SAID_AGAIN[name]}")
    elif not there:
        connection.execute(sql.replace("CREATE ", "CREATE TEMP ", 1).replace("create ", "create temp ", 1))
    elif missing := [column for column in wanted if column not in there]:
        nulls = ", ".join(f"null as {column}" for column in missing)
        connection.execute(f"create temp view {name} as select *, {nulls} from main.{name}")


def _columns(connection: sqlite3.Connection, name: str) -> list[str]:
    return [row[0] for row in connection.execute("select name from pragma_table_info(?)", (name,))]


def _newest() -> sqlite3.Connection:
    """An empty archive of today's schema, in memory."""
    # Imported here: reading an archive of today's needs no sqlite-utils, and its import is a third of a start-up.
    from sqlite_utils import Database

    from scraper.archive.schema import migrations

    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(Database(connection))
    return connection
