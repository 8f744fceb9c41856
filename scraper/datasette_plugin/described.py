"""How a table or view is described to a reader: the record that the catalogue is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view: its description, its columns with theirs, and how Datasette shows it."""

    description: str
    columns: dict[str, str]
    hidden: bool = False
    label: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    sort_desc: str | None = None
