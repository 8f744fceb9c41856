"""The same edit on many pages of a publisher, found on one day, is one event: in every list and in every feed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

EventKey = tuple[str, str, str]
"""Publisher, day and the edit's own key. Ids of feed entries are made from it: its form stays as it is."""


def has_class(name: str, column: str = "l.classes") -> str:
    """A class of a change or edit as a condition on the JSON list of its classes.

    Names of classes are quoted in the JSON, so none is part of another. `glob` is SQLite's own, where `instr` is one of
    ours on the connections of visitors (see `datasette_plugin.limits`), and ten times slower.
    """
    return f"{column} glob '*\"{name}\"*'"


def event_keys(connection: sqlite3.Connection, change_ids: Collection[int]) -> dict[int, EventKey]:
    """The event that each site-wide change is part of, by the id of the change; one of its own is not there."""
    if not change_ids:
        return {}
    rows = connection.execute(
        "select e.change_id, s.publisher, substr(c.first_seen_new, 1, 10), min(e.edit_key) from edits e "
        "join changes c on c.id = e.change_id join sources s on s.id = c.source_id "
        "where e.change_id in (select value from json_each(?)) "
        f"and e.edit_key is not null and {has_class('site_wide', 'e.classes')} and s.publisher is not null "
        "group by e.change_id",
        (json.dumps(list(change_ids)),),
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
