"""The latest changes for a feed, and what an archive is known by.

Every question looks through a bounded number of changes, whatever the filters leave out.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scraper.archive.at_once import at_once
from scraper.archive.events import has_class
from scraper.archive.timeline import Asked, conditions, of_publisher_and_tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_STRETCHES = (1_000, 4_000, 15_000)  # changes that are looked through, the latest first, where a filter has no index
_NO_ID = 2**62  # above the id of every change
_FEW = 500  # pages of a publisher or with a tag that are asked for one by one, however old their changes are


def archive_identity(connection: sqlite3.Connection) -> str:
    """What sets this archive apart from every other, for ever: half the hash of its first record; "empty" before it."""
    row = connection.execute("select record_hash from fetches order by id limit 1").fetchone()
    return str(row[0])[:32] if row else "empty"


def latest(
    connection: sqlite3.Connection, asked: Asked, limit: int, among: Collection[int] | None = None
) -> list[tuple[int, bool]]:
    """The ids of the changes asked for and whether each is site-wide, the last found first; only those `among` the ids.

    They are looked for among the last 20,000 changes, unless ids, one page or few pages are asked for.
    """
    few = _few_sources(connection, asked) if among is None else None
    where, values = conditions(asked if few is None else replace(asked, publisher=None, tag=None))
    if few is not None:
        where, values = f"{where} and l.source_id in (select value from json_each(?))", [*values, json.dumps(few)]
    if among is not None:
        where, values = f"{where} and l.id in (select value from json_each(?))", [*values, json.dumps(list(among))]
    elif asked.source_id is None and few is None:
        return _among_the_last(connection, where, values, asked.before or _NO_ID, limit)
    return _read(connection, where, values, limit)


def _among_the_last(
    connection: sqlite3.Connection, where: str, values: list[Any], before: int, limit: int
) -> list[tuple[int, bool]]:
    """Those of the last changes that fulfil a condition, looked for in longer and longer stretches of them."""
    found: list[tuple[int, bool]] = []
    for many in _STRETCHES:
        end = connection.execute(
            "select id from changes where id < ? order by id desc limit 1 offset ?", (before, many - 1)
        ).fetchone()
        lowest = end[0] if end else 0
        stretch = f"{where} and l.id < ? and l.id >= ?"
        found += _read(connection, stretch, [*values, before, lowest], limit - len(found))
        if len(found) == limit or end is None:
            break
        before = lowest
    return found


def _read(connection: sqlite3.Connection, where: str, values: list[Any], limit: int) -> list[tuple[int, bool]]:
    rest = f"from changes l where {where} order by l.id desc limit ?"
    rows = at_once(connection, ("l.id", has_class("site_wide")), rest, (*values, limit))
    return [(change_id, bool(site_wide)) for change_id, site_wide in rows]


def _few_sources(connection: sqlite3.Connection, asked: Asked) -> list[str] | None:
    """The pages of the publisher and with the tag that are asked for, where they are few; else None."""
    if asked.publisher is None and asked.tag is None:
        return None
    condition, values = of_publisher_and_tag(asked.publisher, asked.tag)
    rows = at_once(connection, ("s.id",), f"from sources s where {condition} limit ?", (*values, _FEW + 1))
    return [row[0] for row in rows] if len(rows) <= _FEW else None


def began(connection: sqlite3.Connection) -> str:
    """When the archive's first run began: what a feed without entries has stood unchanged since."""
    row = connection.execute("select started from runs order by id limit 1").fetchone()
    return str(row[0]) if row else "1970-01-01T00:00:00.000Z"
