"""Records that travel between processes by the values of their fields.

A frozen dataclass with slots is otherwise pickled through two functions in Python that look its fields up each time,
which for a document of some hundred passages and links takes as long as to store it.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Record = TypeVar("Record")


def portable(record: type[Record]) -> type[Record]:
    """Make a dataclass of at least two fields travel as a call of itself, with all its fields in their order."""
    values = attrgetter(*(field.name for field in fields(record)))  # type: ignore[arg-type]

    def reduce(self: Record) -> tuple[type[Record], Any]:
        return record, values(self)

    record.__reduce__ = reduce  # type: ignore[assignment]
    return record
