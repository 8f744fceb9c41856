"""Changes by what a reader narrows a list by: from the index of facets alone, without reading the changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Facet = tuple[str, str]
"""What a list is narrowed by, and to which value: ('class', 'number'). `WORDING` narrows to what is news."""

WORDING: Facet = ("news", "wording")

_COUNTED = 5_000


def listed(
    connection: sqlite3.Connection,
    facets: Sequence[Facet],
    *,
    source_id: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[int]:
    """The ids of the last changes that have every one of the facets (all, where there is none), the newest first.

    The facet with the fewest changes leads and the others are looked up for each of its changes, so the cost is that
    of the rarest, or of one page's changes where `source_id` is given.
    """
    values: list[Any] = []
    if source_id is not None:
        asked, column, rest = "select c.id from changes c where c.source_id = ?", "c.id", list(facets)
        values.append(source_id)
    elif facets:
        leading, *rest = sorted(facets, key=lambda facet: _few(connection, facet)) if len(facets) > 1 else facets
        asked, column = "select k.change_id from change_facets k where k.facet = ? and k.value = ?", "k.change_id"
        values += leading
    else:
        asked, column, rest = "select c.id from changes c where true", "c.id", []
    for facet in rest:
        asked += f" and exists (select 1 from change_facets x where (x.facet, x.value, x.change_id) = (?, ?, {column}))"
        values += facet
    if before is not None:
        asked += f" and {column} < ?"
        values.append(before)
    rows = connection.execute(f"{asked} order by {column} desc limit ?", (*values, limit))
    return [row[0] for row in rows]


def values(connection: sqlite3.Connection, facet: str) -> list[str]:
    """The values that a facet has, in order: a step in the index for each, and not one for each change."""
    rows = connection.execute(
        "with recursive found(value) as ("
        "  select min(value) from change_facets where facet = :facet"
        "  union all select (select min(k.value) from change_facets k where k.facet = :facet and k.value > found.value)"
        "  from found where found.value is not null) "
        "select value from found where value is not null",
        {"facet": facet},
    )
    return [row[0] for row in rows]


def _few(connection: sqlite3.Connection, facet: Facet) -> int:
    """How many changes have a facet, counted no further than is worth it."""
    row = connection.execute(
        "select count(*) from (select 1 from change_facets where facet = ? and value = ? limit ?)", (*facet, _COUNTED)
    ).fetchone()
    return int(row[0])
