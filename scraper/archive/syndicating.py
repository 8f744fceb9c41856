"""The latest changes for a feed, and what an archive is known by.

Every question looks through a bounded number of changes, whatever the filters leave out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.archive.events import has_class
from scraper.archive.timeline import Asked, conditions, of_publisher_and_tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

WINDOW = 20_000
"""Changes that are looked through, the latest, where a filter has no index."""

_FEW = 500  # pages of a publisher or with a tag that are asked for one by one, however old their changes are


def archive_identity(connection: sqlite3.Connection) -> str:
    """What sets this archive apart from every other, for ever: half the hash of its first record; "empty" before it."""
    row = connection.execute("select record_hash from fetches order by id limit 1").fetchone()
    return str(row[0])[:32] if row else "empty"


def latest(
    connection: sqlite3.Connection, asked: Asked, limit: int, among: Collection[int] | None = None
) -> list[tuple[int, bool]]:
    """The ids of the changes asked for and whether each is site-wide, the last found first; only those `among` the ids.

    They are looked for among the last WINDOW changes, unless ids, one page or few pages are asked for.
    """
    where, values = conditions(asked)
    few = _few_sources(connection, asked)
    if among is not None:
        bound = "l.id in (select value from json_each(?))"
        values.append(json.dumps(list(among)))
    elif asked.source_id is not None:
        bound = "true"
    elif few is not None:
        bound = "l.source_id in (select value from json_each(?))"
        values.append(json.dumps(few))
    else:
        bound = "l.id in (select id from changes where id < ? order by id desc limit ?)"
        values += [asked.before or 2**62, WINDOW]
    rows = connection.execute(
        f"select l.id, {has_class('site_wide')} from changes l where {where} and {bound} order by l.id desc limit ?",
        (*values, limit),
    )
    return [(row[0], bool(row[1])) for row in rows]


def _few_sources(connection: sqlite3.Connection, asked: Asked) -> list[str] | None:
    """The pages of the publisher and with the tag that are asked for, where they are few; else None."""
    if asked.publisher is None and asked.tag is None:
        return None
    condition, values = of_publisher_and_tag(asked.publisher, asked.tag)
    rows = connection.execute(f"select s.id from sources s where {condition} limit ?", (*values, _FEW + 1)).fetchall()
    return [row[0] for row in rows] if len(rows) <= _FEW else None


def began(connection: sqlite3.Connection) -> str:
    """When the archive's first run began: what a feed without entries has stood unchanged since."""
    row = connection.execute("select started from runs order by id limit 1").fetchone()
    return str(row[0]) if row else "1970-01-01T00:00:00.000Z"
