"""The news of many pages as a reader wants them: day by day or by weight, an edit on many pages as one event.

Every question looks through at most WINDOW changes, the latest of the period that is asked for, and says how far back
it came: a page must answer at once in an archive of a million versions, whatever the filters leave out. The day of a
change is that of the look that first showed it (`first_seen_new`, which is indexed).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.archive.at_once import at_once
from scraper.archive.events import event_keys, has_class
from scraper.archive.timeline import Asked, News, conditions, news_of, of_publisher_and_tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Read = Callable[[list[int]], Mapping[int, News]]

WINDOW = 10_000
NAMED = 12  # pages of an event that are read whole; the rest are counted
_PART = 250  # changes that are read at first
_FEW = 4_000  # changes of a publisher or with a tag: so many are sorted, more are found among the latest of all


@dataclass(frozen=True, slots=True)
class Few:
    """The pages of the publisher and the tag that are asked for, where they have few changes; else None."""

    sources: tuple[str, ...] | None


class Head(NamedTuple):
    """What decides the place of a change in a list. A tuple, since there may be thousands of them."""

    id: int
    day: str
    significance: float
    site_wide: int


@dataclass(frozen=True, slots=True)
class Event:
    """A change, or the same edit on `pages` pages of a publisher; `news` are the first NAMED of them."""

    news: tuple[News, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day, the most significant first, and how many changes of pages there were that day."""

    day: str
    events: tuple[Event, ...]
    changes: int
    shown: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Days, the latest first. `earlier` is the day from which to go on (None: there is nothing more)."""

    days: tuple[Day, ...]
    earlier: str | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Events by weight. `after` is the change after which to go on; `horizon` the day before which nobody looked."""

    events: tuple[Event, ...]
    after: int | None
    horizon: str | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """The events of one day (a site-wide edit is one), and how many of them were not announced or took a page away."""

    day: str
    changes: int
    loud: int


def digest(
    connection: sqlite3.Connection,
    asked: Asked,
    *,
    room: int,
    each: int,
    few: Few | None = None,
    read: Read | None = None,
) -> Digest:
    """The latest days with news until `room` events are shown, at most `each` events of a day.

    `few` is what `few_sources` gives, where that is known already; `read` what gives changes by their ids, where some
    are known already.
    """
    read = read or partial(news_of, connection)
    where, values, end = _bounded(connection, asked, few)
    days: list[Day] = []
    shown = 0
    for day, group in groupby(_latest(connection, where, values), key=lambda head: head.day):
        # A day that is not looked through to its end is left to the next page, unless it is all there is.
        if shown >= room or (day == end and days):
            return Digest(tuple(days), day)
        heads = sorted(group, key=_by_weight)
        events = list(islice(_events(connection, heads), each))
        days.append(Day(day, _whole(events, read), len(heads), sum(len(event) for event in events)))
        shown += len(events)
    return Digest(tuple(days), _day_before(end) if days and end == days[-1].day else _onward(asked, end))


def ranking(
    connection: sqlite3.Connection, asked: Asked, *, room: int, few: Few | None = None, read: Read | None = None
) -> Ranking:
    """The most significant events of the period; `asked.before` is the change after which to go on in this order."""
    where, values, end = _bounded(connection, replace(asked, before=None), few)
    shared = _heads(connection, f"{where} and {has_class('site_wide')}", values)
    found = list(_events(connection, sorted(shared, key=_by_weight)))
    where = f"{where} and not {has_class('site_wide')}"
    last = connection.execute("select significance, id from changes where id = ?", (asked.before,)).fetchone()
    if last is not None:
        found = [event for event in found if (event[0].significance, event[0].id) < tuple(last)]
        where, values = f"{where} and (l.significance, l.id) < (?, ?)", [*values, *last]
    heads = _heads(connection, f"{where} order by l.significance desc, l.id desc limit ?", (*values, room + 1))
    found = sorted([*found, *([head] for head in heads)], key=lambda event: _by_weight(event[0]))
    shown = found[:room]
    after = shown[-1][0].id if len(found) > room else None
    return Ranking(_whole(shown, read or partial(news_of, connection)), after, _onward(asked, end))


def same_edit(connection: sqlite3.Connection, change_id: int, limit: int) -> list[News]:
    """The changes in which the edit of a site-wide change was made, that change among them."""
    publisher, _, key = event_keys(connection, [change_id]).get(change_id, (None, None, None))
    rows = connection.execute(
        "select distinct c.id from edits e join changes c on c.id = e.change_id join sources s on s.id = c.source_id "
        "where e.edit_key = ? and s.publisher = ? order by c.id limit ?",
        (key, publisher, limit),
    )
    return list(news_of(connection, [row[0] for row in rows]).values())


def activity(connection: sqlite3.Connection, asked: Asked, few: Few | None = None) -> list[DayCount]:
    """How many events of the kind that is asked for there were on each day that had some, the earliest first."""
    where, values, end = _bounded(connection, asked, few)
    loud = f"(l.kind in ('removed', 'restored_with_edits') or {has_class('undeclared_edit')})"
    counted = {
        row[0]: [row[1], row[2]]
        for row in connection.execute(
            f"select substr(l.first_seen_new, 1, 10) as day, count(*), sum({loud}) from changes l "
            f"where {where} and not {has_class('site_wide')} group by day order by day",
            values,
        )
    }
    for day, many in _site_wide(connection, where, values, loud):
        counts = counted.setdefault(day, [0, 0])
        counts[0] += 1
        counts[1] += many
    # The day at which the looking through ended is not counted whole.
    return [DayCount(day, *counts) for day, counts in sorted(counted.items()) if day != end]


def _site_wide(connection: sqlite3.Connection, where: str, values: list[Any], loud: str) -> Iterator[tuple[str, bool]]:
    """Each site-wide edit of each day, once: the day, and whether it was loud on any page."""
    columns = ("l.id", "substr(l.first_seen_new, 1, 10)", loud)
    rows = at_once(connection, columns, f"from changes l where {where} and {has_class('site_wide')}", values)
    keys = event_keys(connection, [row[0] for row in rows])
    events: dict[tuple[str, object], bool] = {}
    for change_id, day, is_loud in rows:
        event = (day, keys.get(change_id, change_id))
        events[event] = events.get(event, False) or bool(is_loud)
    return ((day, is_loud) for (day, _), is_loud in events.items())


def horizon(connection: sqlite3.Connection, asked: Asked, few: Few | None = None) -> str | None:
    """The day from which on nobody looked for what is asked; None where everything is looked through."""
    return _bounded(connection, asked, few)[2]


def _day_before(day: str | None) -> str | None:
    return str(date.fromisoformat(day) - timedelta(days=1)) if day else None


def _by_weight(head: Head) -> tuple[float, int]:
    return (-head.significance, -head.id)


_HEAD = ("l.id", "substr(l.first_seen_new, 1, 10)", "l.significance", has_class("site_wide"))


def _heads(connection: sqlite3.Connection, rest: str, values: Sequence[Any]) -> list[Head]:
    return [Head(*row) for row in at_once(connection, _HEAD, f"from changes l where {rest}", values)]


def _latest(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> Iterator[Head]:
    """The heads from the latest on, read part by part, each twice as long: who has enough soon asks for little."""
    part, before = _PART, "true"
    last: list[int] = []
    while True:
        rest = f"{where} and {before} order by l.first_seen_new desc, l.id desc limit ?"
        heads = _heads(connection, rest, (*values, *last, part))
        yield from heads
        if len(heads) < part:
            return
        before = "(l.first_seen_new, l.id) < (select first_seen_new, id from changes where id = ?)"
        part, last = 2 * part, [heads[-1].id]


def _onward(asked: Asked, end: str | None) -> str | None:
    """The day from which to go on: always an earlier one than was asked for, however long a day may be."""
    return _day_before(end) if end is not None and end == asked.until else end


def _bounded(connection: sqlite3.Connection, asked: Asked, few: Few | None = None) -> tuple[str, list[Any], str | None]:
    """What is asked as a condition that at most WINDOW changes are looked through for, and the day it ends at."""
    where, values = conditions(asked)
    few = few or few_sources(connection, asked)
    if few.sources is not None:
        return f"{where} and l.source_id in (select value from json_each(?))", [*values, json.dumps(few.sources)], None
    period = Asked(since=asked.since, until=asked.until, everything=True)
    within, bounds = conditions(period)
    row = connection.execute(
        f"select l.first_seen_new from changes l where {within} order by l.first_seen_new desc limit 1 offset ?",
        (*bounds, WINDOW),
    ).fetchone()
    if row is None:
        return where, values, None
    return f"{where} and l.first_seen_new > ?", [*values, row[0]], str(row[0])[:10]


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
    return Few(tuple(chosen) if counted < _FEW else None)


def _events(connection: sqlite3.Connection, heads: Sequence[Head]) -> Iterator[list[Head]]:
    """The heads in their order; those of the same site-wide edit on one day are one event, at the place of the first.

    The members of an event are given with its first, so that it is whole when only a few events are taken.
    """
    keys = event_keys(connection, [head.id for head in heads if head.site_wide])
    members: dict[object, list[Head]] = {}
    for head in heads:
        if head.id in keys:
            members.setdefault(keys[head.id], []).append(head)
    for head in heads:
        if head.id not in keys:
            yield [head]
        elif event := members.pop(keys[head.id], None):
            yield event


def _whole(events: list[list[Head]], read: Read) -> tuple[Event, ...]:
    known = read([head.id for event in events for head in event[:NAMED]])
    return tuple(Event(tuple(known[head.id] for head in event[:NAMED]), len(event)) for event in events)
