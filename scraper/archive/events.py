"""The same edit on many pages of a publisher, found on one day, is one event: in every list and in every feed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_LONGEST = 100  # letters of a pattern: visitors' connections take 120 (see `datasette_plugin.limits`)

EventKey = tuple[str, str, str]
"""Publisher, day and the edit's own key. Ids of feed entries are made from it: its form stays as it is."""


def has_class(name: str, column: str = "l.classes") -> str:
    """A class of a change or edit as a condition on the JSON list of its classes.

    Names of classes are quoted in the JSON, so none is part of another. `glob` is SQLite's own, where `instr` is one of
    ours on the connections of visitors (see `datasette_plugin.limits`), and ten times slower.
    """
    return f"{column} glob '*\"{name}\"*'"


def lists(column: str, text: str) -> tuple[str, list[str]]:
    """The condition that a column with a JSON list of texts, as `json.dumps` writes it, has one; with its values.

    Most lists do not, and `glob` says so of their writing sooner than SQLite reads them as JSON.
    """
    written = re.sub(r"([*?\[])", r"[\1]", json.dumps(text))
    exactly = f"exists (select 1 from json_each({column}) where value = ?)"
    if len(written) > _LONGEST:
        return exactly, [text]
    return f"{column} glob ? and {exactly}", [f"*{written}*", text]


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
