"""When each page is due next, kept, so that a run with nothing due is one look-up and not a plan of all pages.

`outlooks` holds what was learnt last (rates, threshold) and under which circumstances; `rhythms` when each page is due
by that. What is learnt stands for about a day, because rates that are pooled over months move slowly. A trigger forgets
when a page is due as soon as something is seen of it or a list says something else of it, so no code that writes has to
know of these tables; what was forgotten is reckoned again from the page's looks. Both tables only say again what
follows from others: they may be emptied at any time, and the next run learns anew.
"""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.archive.histories import histories, usual_wake
from scraper.archive.listening import channels, news, silent_lists
from scraper.archive.states import DERIVATION
from scraper.clock import from_text, parse_rhythm, to_text
from scraper.config import Source
from scraper.scheduling import SCHEDULE
from scraper.scheduling.claims import Record
from scraper.scheduling.due import due
from scraper.scheduling.hazard import Rates
from scraper.scheduling.hints import hints_of
from scraper.scheduling.learnt import Learnt
from scraper.scheduling.outlook import Outlook
from scraper.scheduling.turns import Host, next_lists

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from scraper.scheduling.agenda import Planned

STANDS_FOR = timedelta(hours=23)
"""How long what was learnt stands: a job that starts once a day learns at each of its runs."""

WAKE_DRIFT = 1.25
"""By how much the usual time between two runs may have changed since: a scheduled job never starts to the minute."""

MADE_BY = f"{DERIVATION}, schedule {SCHEDULE}"

_UNPLANNED = "select exists (select 1 from sources where retired is null and id not in (select source_id from rhythms))"
_UNKNOWN = "select exists (select 1 from json_each(?) where value not in (select id from sources))"
_KNOWN = "select count(*) from standings where not retired and fetch_id is not null"


def standing(connection: sqlite3.Connection, watch_list: str, now: datetime) -> Learnt | None:
    """What was learnt last, without the factors of pages, where it still stands; None where it is time to learn anew.

    `watch_list` is the SHA-256 of the list's text. It stands for this list, for this version of Redline, for a day,
    and while as many pages have been looked at and runs come about as often as when it was learnt.
    """
    row = connection.execute("select * from outlooks where software = ? and watch_list = ?", (MADE_BY, watch_list))
    if (kept := row.fetchone()) is None:
        return None
    if not timedelta() <= now - from_text(kept["learnt"]) < STANDS_FOR:
        return None
    if kept["pages"] != connection.execute(_KNOWN).fetchone()[0]:
        return None
    if connection.execute(_UNPLANNED).fetchone()[0] or (learnt := _read(kept["outlook"])) is None:
        return None
    return learnt if _as_often(learnt.outlook.wake, usual_wake(connection)) else None


def _as_often(then: timedelta | None, now: timedelta | None) -> bool:
    if then is None or now is None:
        return then is now
    return then <= now * WAKE_DRIFT and now <= then * WAKE_DRIFT


def nothing_due(connection: sqlite3.Connection, watch_list: str, now: datetime) -> bool:
    """Whether it is certain, without reading the watch list or any history, that no page is due and no list."""
    if (learnt := standing(connection, watch_list, now)) is None or open_by(connection, now):
        return False
    if not learnt.hosts:
        return True
    lists = channels(connection, list(learnt.hosts), now)
    asked = next_lists(lists, learnt.hosts, learnt.outlook.threshold, learnt.records, now)
    return not asked and not (lists and news(connection))


def open_by(connection: sqlite3.Connection, now: datetime) -> list[str]:
    """The ids of the pages that are due by now, or of which it has to be reckoned anew when they are."""
    rows = connection.execute(
        "select source_id from rhythms where due is null union all select source_id from rhythms where due <= ?",
        (to_text(now),),
    )
    return [row[0] for row in rows]


def unreckoned(connection: sqlite3.Connection) -> list[str]:
    """The ids of the pages of which something was seen since it was reckoned when they are due."""
    return [row[0] for row in connection.execute("select source_id from rhythms where due is null")]


def factors(connection: sqlite3.Connection, source_ids: Collection[str] | None) -> dict[str, float]:
    """The factors that were learnt of these pages, of all for None."""
    if source_ids is None:
        return dict(connection.execute("select source_id, factor from rhythms").fetchall())
    asked = "select source_id, factor from rhythms where source_id in (select value from json_each(?))"
    return dict(connection.execute(asked, (json.dumps(list(source_ids)),)).fetchall())


def keep(
    connection: sqlite3.Connection, learnt: Learnt, dues: Iterable[Planned], watch_list: str, now: datetime
) -> None:
    """Keep what was learnt and when each page is due by it; the caller holds the transaction.

    Nothing is kept of a watch list of which the archive has not taken note yet.
    """
    dues = list(dues)
    ids = json.dumps([item.source.id for item in dues])
    if connection.execute(_UNKNOWN, (ids,)).fetchone()[0]:
        return
    connection.execute("delete from rhythms")
    factor_of = learnt.outlook.rates.factor_of
    each = ((item.source.id, item.source.weight, item.due.at) for item in dues)
    rows = ((name, weight, factor_of(name), to_text(at)) for name, weight, at in each)
    connection.executemany("insert into rhythms values (?, ?, ?, ?)", rows)
    known = connection.execute(_KNOWN).fetchone()[0]
    connection.execute(
        "insert or replace into outlooks values (1, ?, ?, ?, ?, ?)",
        (to_text(now), watch_list, MADE_BY, known, _written(learnt)),
    )


def settle(connection: sqlite3.Connection, dues: Iterable[Planned]) -> None:
    """Keep when these pages are due, by what was learnt before; the caller holds the transaction."""
    rows = ((to_text(item.due.at), item.source.id) for item in dues)
    connection.executemany("update rhythms set due = ? where source_id = ?", rows)


def agree(connection: sqlite3.Connection) -> bool:
    """Whether no page is said to be due later than follows from its looks and from what was learnt.

    Said to be due too soon it is looked at once too often, or reckoned anew: nothing is lost by that.
    """
    kept = connection.execute("select * from outlooks").fetchone()
    if kept is None or kept["software"] != MADE_BY:  # another Redline's moments are not ours to judge, nor used
        return True
    if (read := _read(kept["outlook"])) is None:
        return False
    when, learnt = from_text(kept["learnt"]), with_factors(read, factors(connection, None))
    seen = histories(connection, when)
    # Claims move a moment to an earlier one and are read at each plan; what lists are silent of may wait.
    hints = hints_of((), silent_lists(connection, learnt.records), learnt.records, seen)
    rows = connection.execute(
        "select s.id, s.url, s.publisher, s.every, r.weight, r.due from rhythms r join sources s on s.id = r.source_id "
        "where r.due is not null"
    )
    for name, url, publisher, every, weight, said in rows:
        source = Source(name, url, publisher=publisher, every=parse_rhythm(every) if every else None, weight=weight)
        history = seen.get(name)
        looked = history.looked if history else when
        if said > to_text(due(source, history, learnt.outlook, looked, hints.get(name)).at):
            return False
    return True


def forget(connection: sqlite3.Connection) -> None:
    """Have the next run learn anew; the caller holds the transaction."""
    connection.execute("delete from outlooks")


def with_factors(learnt: Learnt, factors: Mapping[str, float]) -> Learnt:
    """What was learnt with the factors of the pages that it is asked about."""
    outlook = learnt.outlook
    return replace(learnt, outlook=replace(outlook, rates=replace(outlook.rates, factors=factors)))


def _written(learnt: Learnt) -> str:
    """What was learnt as JSON, without the factors of pages; a threshold without end is null, as JSON cannot say it."""
    outlook = learnt.outlook
    return json.dumps(
        {
            "everyone": outlook.rates.everyone,
            "publishers": list((outlook.rates.publishers or {}).items()),
            "threshold": None if outlook.threshold == float("inf") else outlook.threshold,
            "wake": None if outlook.wake is None else outlook.wake.total_seconds(),
            "most": outlook.most,
            "lists": [[*lists, *astuple(record)] for lists, record in learnt.records.items()],
            "hosts": [[name, *astuple(host)] for name, host in learnt.hosts.items()],
        }
    )


def _read(text: str) -> Learnt | None:
    """What was learnt; None where the text is damaged: then it is learnt anew."""
    try:
        told = json.loads(text)
        rates = Rates(tuple(told["everyone"]), {name: tuple(each) for name, each in told["publishers"]})
        threshold = float("inf") if told["threshold"] is None else told["threshold"]
        wake = None if told["wake"] is None else timedelta(seconds=told["wake"])
        records = {(host, kind): Record(*counted) for host, kind, *counted in told["lists"]}
        hosts = {name: Host(*counted) for name, *counted in told["hosts"]}
        return Learnt(Outlook(rates, threshold, wake, told["most"]), records, hosts)
    except (KeyError, TypeError, ValueError):
        return None
