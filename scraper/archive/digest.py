"""The news of many pages as a reader wants them: day by day or by weight, an edit on many pages as one event.

Every question looks through a bounded number of changes, the latest of the period that is asked for (see `window`), and
says how far back it came. The day of a change is that of the look that first showed it (`first_seen_new`, which is
indexed). SQLite counts and ranks; what is read is what may be shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.archive.at_once import at_once
from scraper.archive.events import event_keys, has_class
from scraper.archive.timeline import news_of
from scraper.archive.window import window

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scraper.archive.timeline import Asked, News
    from scraper.archive.window import Few, Window

    Read = Callable[[list[int]], Mapping[int, News]]

NAMED = 12  # pages of an event that are read whole; the rest are counted
_ABOVE_ALL = (2.0, 0)  # a significance that no change has, with an id


class Head(NamedTuple):
    """What decides the place of a change in a list. A tuple, since there may be thousands of them."""

    id: int
    significance: float
    site_wide: int


class _DayRead(NamedTuple):
    """A day with the heads of its events, and how many changes it had."""

    day: str
    events: list[list[Head]]
    changes: int


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
    within = window(connection, asked, few)
    read = read or partial(news_of, connection)
    found: list[_DayRead] = []
    shown = 0
    for day, heads in _by_day(connection, within, each):
        # A day that is not looked through to its end is left to the next page, unless it is all there is.
        if shown >= room or (day == within.end and found):
            return Digest(_days(found, read), day)
        ranked, changes = heads()
        events = list(islice(_events(connection, sorted(ranked, key=_by_weight)), each))
        found.append(_DayRead(day, events, changes))
        shown += len(events)
    whole = bool(found) and found[-1].day == within.end
    return Digest(_days(found, read), _day_before(within.end) if whole else _onward(asked, within.end))


def ranking(
    connection: sqlite3.Connection, asked: Asked, *, room: int, few: Few | None = None, read: Read | None = None
) -> Ranking:
    """The most significant events of the period; `asked.before` is the change after which to go on in this order."""
    within = window(connection, replace(asked, before=None), few)
    last = connection.execute("select significance, id from changes where id = ?", (asked.before,)).fetchone()
    below = tuple(last) if last else _ABOVE_ALL
    heads, _ = _weightiest(connection, within.where, within.parameters, room + 1, below)
    found = _events(connection, sorted(heads, key=_by_weight))
    listed = [event for event in found if (event[0].significance, event[0].id) < below]
    shown = listed[:room]
    after = shown[-1][0].id if len(listed) > room else None
    return Ranking(_whole(shown, read or partial(news_of, connection)), after, _onward(asked, within.end))


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
    within = window(connection, asked, few)
    where, values = within.where, within.parameters
    loud = f"(l.kind in ('removed', 'restored_with_edits') or {has_class('undeclared_edit')})"
    counted = {
        day: [changes, many]
        for day, changes, many in connection.execute(
            f"select substr(l.first_seen_new, 1, 10) as day, count(*), sum({loud}) from changes l "
            f"where {where} and not {has_class('site_wide')} group by day order by day",
            values,
        )
    }
    for day, is_loud in _site_wide(connection, where, values, loud):
        counts = counted.setdefault(day, [0, 0])
        counts[0] += 1
        counts[1] += is_loud
    # The day at which the looking through ended is not counted whole.
    return [DayCount(day, *counts) for day, counts in sorted(counted.items()) if day != within.end]


def _site_wide(
    connection: sqlite3.Connection, where: str, values: Sequence[Any], loud: str
) -> Iterator[tuple[str, bool]]:
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
    return window(connection, asked, few).end


def _day_before(day: str | None) -> str | None:
    return str(date.fromisoformat(day) - timedelta(days=1)) if day else None


def _by_weight(head: Head) -> tuple[float, int]:
    return (-head.significance, -head.id)


_HEAD = ("l.id", "l.significance", has_class("site_wide"))


def _by_day(
    connection: sqlite3.Connection, within: Window, each: int
) -> Iterator[tuple[str, Callable[[], tuple[list[Head], int]]]]:
    """The days with changes, the latest first, each with what gives the heads that may be shown and how many there are.

    A day may have thousands of changes, and only the most significant are shown: so SQLite is asked for those day by
    day, until the page is full. The changes of few pages lie scattered over time, and are read once for all days.
    """
    if within.few:
        rest = f"from changes l where {within.where} order by l.first_seen_new desc"
        rows = at_once(connection, ("substr(l.first_seen_new, 1, 10)", *_HEAD), rest, within.parameters)
        for day, group in groupby(rows, key=itemgetter(0)):
            heads = [Head(*row[1:]) for row in group]
            yield day, partial(lambda heads: (heads, len(heads)), heads)
        return
    latest = f"select l.first_seen_new from changes l where {within.where} order by l.first_seen_new desc limit 1"
    before = within.before
    while row := connection.execute(latest, (*within.values, within.after, before)).fetchone():
        before = row[0][:10]
        where = f"{within.condition} and l.first_seen_new > ? and l.first_seen_new <= ?"
        of_day = (*within.values, max(within.after, before), row[0])
        yield before, partial(_weightiest, connection, where, of_day, each)


def _weightiest(
    connection: sqlite3.Connection,
    where: str,
    values: Sequence[Any],
    most: int,
    below: tuple[float, int] = _ABOVE_ALL,
) -> tuple[list[Head], int]:
    """So many of the most significant changes below a place (significance and id), and how many there are in all.

    Those whose edit was made on many pages are given whole, wherever they stand, since together they are one event.
    """
    row = connection.execute(
        f"with found (id, significance, site_wide) as materialized (select {', '.join(_HEAD)} from changes l "
        f"where {where}) select (select count(*) from found), "
        "(select json_group_array(json_array(id, significance, 1)) from found where site_wide), "
        "(select json_group_array(json_array(id, significance, 0)) from (select * from found "
        "where not site_wide and (significance, id) < (?, ?) order by significance desc, id desc limit ?))",
        (*values, *below, most),
    ).fetchone()
    return [Head(*head) for told in row[1:] for head in json.loads(told)], row[0]


def _days(found: Sequence[_DayRead], read: Read) -> tuple[Day, ...]:
    """The days with the news of their events, which are read for all of them at once."""
    whole = iter(_whole([event for day in found for event in day.events], read))
    return tuple(
        Day(day.day, tuple(islice(whole, len(day.events))), day.changes, sum(len(event) for event in day.events))
        for day in found
    )


def _onward(asked: Asked, end: str | None) -> str | None:
    """The day from which to go on: always an earlier one than was asked for, however long a day may be."""
    return _day_before(end) if end is not None and end == asked.until else end


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
