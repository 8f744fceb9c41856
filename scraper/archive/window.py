"""Which changes a list of news looks through: the latest WINDOW of the period that is asked for, and no more.

A page must answer at once in an archive of a million versions, whatever its filters leave out. Where a publisher or a
tag is asked for that has few changes, all of them are looked through, however old they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scraper.archive.at_once import at_once
from scraper.archive.timeline import Asked, conditions, of_publisher_and_tag

if TYPE_CHECKING:
    import sqlite3

WINDOW = 10_000
_FEW = 4_000  # changes of a publisher or with a tag: so many are sorted, more are found among the latest of all
_NAMED = 500  # pages that SQLite is given a list of: it is looked up sooner than what the pages are of
_NEVER = "~"  # comes after every moment, and behind a day after every moment of it


@dataclass(frozen=True, slots=True)
class Few:
    """The pages of the publisher and the tag that are asked for, where they are few or have few changes; else None.

    `whole` where they have so few changes that all of them are looked through.
    """

    sources: tuple[str, ...] | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The changes to look through: those that fulfil a condition on a row `l` of `changes`, of a time.

    They were first seen after one moment and before another (archive text; neither included). `end` is the day of the
    former where it is there that the looking through ended; `few` where they are of few pages, asked for one by one.
    """

    condition: str
    values: tuple[Any, ...]
    after: str
    before: str
    end: str | None
    few: bool

    @property
    def seen(self) -> str:
        """The column of the moment, in the way that lets SQLite find the changes by their pages where those are few."""
        return "+l.first_seen_new" if self.few else "l.first_seen_new"

    @property
    def where(self) -> str:
        """The condition and the time in one, for `parameters`."""
        return f"{self.condition} and {self.seen} > ? and {self.seen} < ?"

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The values of `where`."""
        return (*self.values, self.after, self.before)


def window(connection: sqlite3.Connection, asked: Asked, few: Few | None = None) -> Window:
    """What is looked through for a question; `few` is what `few_sources` gives, where that is known already."""
    few = few or few_sources(connection, asked)
    whole = replace(asked, since=None, until=None)
    if few.sources is not None:
        whole = replace(whole, publisher=None, tag=None)
    condition, values = conditions(whole)
    if few.sources is not None:
        # With the sign, the list is only looked up: the changes are found by their time.
        condition += f" and {'' if few.whole else '+'}l.source_id in (select value from json_each(?))"
        values.append(json.dumps(few.sources))
    after, before = asked.since or "", f"{asked.until or ''}{_NEVER}"
    if few.whole:
        return Window(condition, tuple(values), after, before, None, few=True)
    row = connection.execute(
        "select l.first_seen_new from changes l where l.first_seen_new > ? and l.first_seen_new < ? "
        "order by l.first_seen_new desc limit 1 offset ?",
        (after, before, WINDOW),
    ).fetchone()
    if row is None:
        return Window(condition, tuple(values), after, before, None, few=False)
    return Window(condition, tuple(values), row[0], before, row[0][:10], few=False)


def few_sources(connection: sqlite3.Connection, asked: Asked) -> Few:
    """The pages to look at one by one, where a publisher or tag is asked for and few changes are of it."""
    if asked.publisher is None and asked.tag is None:
        return Few(None)
    condition, values = of_publisher_and_tag(asked.publisher, asked.tag)
    chosen = [row[0] for row in at_once(connection, ("s.id",), f"from sources s where {condition}", values)]
    counted = connection.execute(
        "select count(*) from (select 1 from json_each(?) s cross join changes c on c.source_id = s.value limit ?)",
        (json.dumps(chosen), _FEW),
    ).fetchone()[0]
    if counted < _FEW:
        return Few(tuple(chosen), whole=True)
    return Few(tuple(chosen) if len(chosen) <= _NAMED else None)
