"""Which of the databases that Datasette serves are archives, and who may read them.

Datasette may serve any database beside ours; every page asks here first. The two lines of Datasette differ in how a
permission is asked for, and this is the only place that knows.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scraper.archive.opening import APPLICATION_ID
from scraper.archive.schema_version import SCHEMA_VERSION

if TYPE_CHECKING:
    from datasette.app import Datasette

_serving: WeakKeyDictionary[Any, tuple[tuple[str, ...], bool]] = WeakKeyDictionary()


def archive_version(connection: sqlite3.Connection) -> int | None:
    """The schema version of an archive; None for any other database."""
    if connection.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
        return None
    return int(connection.execute("pragma user_version").fetchone()[0])


def serves_archive(datasette: Datasette) -> bool:
    """Whether an archive is among the files that Datasette serves; asked of the files again when others are served."""
    served = tuple(str(database.path) for database in list(datasette.databases.values()) if database.path)
    known = _serving.get(datasette)
    if known is None or known[0] != served:
        known = _serving[datasette] = (served, any(_is_archive(Path(path)) for path in served))
    return known[1]


def _is_archive(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return archive_version(connection) is not None
    except sqlite3.Error:
        return False  # Datasette says of a file what is wrong with it


def refusal(connection: sqlite3.Connection, name: str) -> str | None:
    """Why our pages cannot read this database, in one line; None where they can."""
    version = archive_version(connection)
    if version is None:
        return f"“{name}” is not a Redline archive: Datasette shows it as any other database"
    if version > SCHEMA_VERSION:
        known = f"schema {version}, this one reads {SCHEMA_VERSION}"
        return f"“{name}” was written by a later Redline ({known}): upgrade Redline"
    return None


async def archives(datasette: Datasette, actor: Any) -> list[str]:
    """The names of the archives that Datasette serves, that we can read and the actor may read, in order."""
    found = []
    for name, database in datasette.databases.items():
        if database.is_memory or not await may_read(datasette, actor, name):
            continue
        if 0 < (await database.execute_fn(archive_version) or 0) <= SCHEMA_VERSION:
            found.append(name)
    return found


async def may_read(datasette: Datasette, actor: Any, name: str) -> bool:
    """Whether the actor may see the database and run queries over what it holds."""
    if hasattr(datasette, "allowed"):
        from datasette.resources import DatabaseResource

        return bool(
            await datasette.allowed(action="view-database", resource=DatabaseResource(database=name), actor=actor)
        )
    instance = await datasette.permission_allowed(actor, "view-instance", default=True)
    database = await datasette.permission_allowed(actor, "view-database", resource=name, default=None)
    # Unless the database says otherwise, it is as open as the instance is.
    return bool(instance if database is None else database)
