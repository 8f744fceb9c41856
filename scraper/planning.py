"""What a run would look at now: from the watch list and the archive to an agenda. Nothing here looks at a page.

What the schedule learns stands for about a day (`archive.rhythms`). While it does, only pages whose moment has come, or
of which something was seen since, are read; the agenda is the same as if all were.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.errors import UsageError
from scraper.fetching.batch import BUDGET
from scraper.fetching.identity import host_of
from scraper.fetching.politeness import delay_of, resting_until
from scraper.learning import hints, learn, told_of
from scraper.scheduling.agenda import Agenda, Planned, choose
from scraper.scheduling.due import due

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from scraper.archive import Archive
    from scraper.config import FetchSettings, Source, WatchList
    from scraper.scheduling.hints import Hint
    from scraper.scheduling.history import History
    from scraper.scheduling.learnt import Learnt

HISTORIES_AT_ONCE = 1000
"""Of so many pages a plan holds the histories at once, where what was learnt still stands."""


def plan(
    watch_list: WatchList,
    archive: Archive | None,
    *,
    clock: Clock = system_clock,
    everything: bool = False,
    only: Collection[str] = (),
    limit: int | None = None,
) -> Agenda:
    """Say which sources a run would look at now, the most pressing first. `archive` is None before the first run.

    An archive that may be written to keeps what was learnt on the way.
    """
    return foresee(watch_list, archive, clock=clock, everything=everything, only=only, limit=limit)[0]


def foresee(
    watch_list: WatchList,
    archive: Archive | None,
    *,
    clock: Clock = system_clock,
    everything: bool = False,
    only: Collection[str] = (),
    limit: int | None = None,
) -> tuple[Agenda, Learnt]:
    """What `plan` says, with what was learnt, by which it says so."""
    known = {source.id for source in watch_list.sources}
    if unknown := sorted(set(only) - known):
        raise UsageError(f"not on the watch list: {', '.join(unknown)}; `redline sources` lists what is")
    now = clock()
    chosen = set(only) or (known if everything else None)
    planned, learnt = _foreseen(watch_list, archive, now, chosen)
    if chosen is not None:
        planned.sort(key=lambda item: (item.due.failed, -item.due.pressing, item.due.at))
        return Agenda(tuple(planned[:limit])), learnt
    planned = [item for item in planned if item.due.by(now)]
    hosts = {item.source.id: host_of(item.source.url) for item in planned}
    agenda = choose(planned, learnt.outlook, hosts, _room(archive, set(hosts.values()), watch_list.fetch, now))
    taken = agenda.now[:limit]
    return Agenda(taken, agenda.now[len(taken) :] + agenda.later), learnt


def reckon(watch_list: WatchList, archive: Archive, now: datetime) -> None:
    """Reckon when the pages are due that were looked at since it was last reckoned, by what was learnt before.

    Where that does not stand any more nothing is done: the next plan learns anew, and reckons all.
    """
    if learnt := archive.standing(watch_list, now):
        archive.settle_rhythms(_by_what_stands(watch_list, archive, learnt, now, archive.unreckoned()))


def _foreseen(
    watch_list: WatchList, archive: Archive | None, now: datetime, chosen: Collection[str] | None
) -> tuple[list[Planned], Learnt]:
    """When the chosen pages are due, for None all that may be due by now; and what was learnt, by which they are."""
    learnt = archive.standing(watch_list, now) if archive else None
    if archive is None or learnt is None:
        planned, learnt = _learnt(watch_list, archive, now)
        return [item for item in planned if chosen is None or item.source.id in chosen], learnt
    # A claim moves a page's moment, and what is known of the list says which claims are heeded at a time.
    asked = {*archive.perhaps_due(now), *told_of(archive, learnt)} if chosen is None else chosen
    planned = list(_by_what_stands(watch_list, archive, learnt, now, asked))
    if chosen is None and not archive.readonly:
        archive.settle_rhythms(item for item in planned if not item.due.by(now))
    return planned, learnt


def _learnt(watch_list: WatchList, archive: Archive | None, now: datetime) -> tuple[list[Planned], Learnt]:
    """When every page is due, by what its looks and those at all others teach; kept where it may be."""
    histories, learnt = learn(watch_list, archive, now)
    planned = _dues(watch_list.sources, hints(archive, learnt, histories), learnt, histories, now)
    if archive and watch_list.sha256 and not archive.readonly:
        archive.keep_rhythms(learnt, planned, watch_list, now)
    return planned, learnt


def _by_what_stands(
    watch_list: WatchList, archive: Archive, learnt: Learnt, now: datetime, source_ids: Collection[str]
) -> Iterator[Planned]:
    """When these pages are due. Their histories are read a part at a time: all of a long list's take twice as much."""
    learnt, asked = archive.with_factors(learnt, source_ids), set(source_ids)
    told = archive.histories(now, told_of(archive, learnt) & asked)
    said = hints(archive, learnt, told)
    sources = (source for source in watch_list.sources if source.id in asked)
    while part := list(islice(sources, HISTORIES_AT_ONCE)):
        yield from _dues(part, said, learnt, archive.histories(now, [source.id for source in part]), now)


def _dues(
    sources: Iterable[Source],
    said: Mapping[str, Hint],
    learnt: Learnt,
    histories: dict[str, History],
    now: datetime,
) -> list[Planned]:
    """When each page is due. `histories` is used up: of a long list, both at once would be most of a run's memory."""
    return [
        Planned(source, due(source, histories.pop(source.id, None), learnt.outlook, now, said.get(source.id)))
        for source in sources
    ]


def _room(archive: Archive | None, hosts: Collection[str], settings: FetchSettings, now: datetime) -> dict[str, int]:
    """How many pages of each host a run has time for at the pace that is owed to it; none while it wants to rest."""
    states = archive.host_states(sorted(hosts)) if archive else {}
    return {
        host: 0 if resting_until(state, now) else 1 + int(BUDGET / max(delay_of(state, settings), 0.01))
        for host, state in states.items()
    }
