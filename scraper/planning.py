"""What a run would look at now: from the watch list and the archive to an agenda. Nothing here looks at a page.

What the schedule learns stands for about a day (`archive.rhythms`). While it does, only pages whose moment has come, or
of which something was seen since, are read; the agenda is the same as if all were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.errors import UsageError
from scraper.fetching.batch import BUDGET
from scraper.fetching.identity import host_of
from scraper.fetching.politeness import delay_of, resting_until
from scraper.scheduling.agenda import Agenda, Planned, choose
from scraper.scheduling.due import due
from scraper.scheduling.outlook import foresee

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from scraper.archive import Archive
    from scraper.config import FetchSettings, WatchList
    from scraper.scheduling.outlook import Outlook


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
    known = {source.id for source in watch_list.sources}
    if unknown := sorted(set(only) - known):
        raise UsageError(f"not on the watch list: {', '.join(unknown)}; `redline sources` lists what is")
    now = clock()
    chosen = set(only) or (known if everything else None)
    planned, outlook = _foreseen(watch_list, archive, now, chosen)
    if chosen is not None:
        planned.sort(key=lambda item: (-item.due.pressing, item.due.at))
        return Agenda(tuple(planned[:limit]))
    planned = [item for item in planned if item.due.by(now)]
    hosts = {item.source.id: host_of(item.source.url) for item in planned}
    agenda = choose(planned, outlook, hosts, _room(archive, set(hosts.values()), watch_list.fetch, now))
    taken = agenda.now[:limit]
    return Agenda(taken, agenda.now[len(taken) :] + agenda.later)


def reckon(watch_list: WatchList, archive: Archive, now: datetime) -> None:
    """Reckon when the pages are due that were looked at since it was last reckoned, by what was learnt before.

    Where that does not stand any more nothing is done: the next plan learns anew, and reckons all.
    """
    if outlook := archive.standing(watch_list, now):
        archive.settle_rhythms(_by_what_stands(watch_list, archive, outlook, now, archive.unreckoned()))


def _foreseen(
    watch_list: WatchList, archive: Archive | None, now: datetime, chosen: Collection[str] | None
) -> tuple[list[Planned], Outlook]:
    """When the chosen pages are due, for None all that may be due by now; and the outlook by which they are."""
    outlook = archive.standing(watch_list, now) if archive else None
    if archive is None or outlook is None:
        planned, outlook = _learnt(watch_list, archive, now)
        return [item for item in planned if chosen is None or item.source.id in chosen], outlook
    asked = archive.perhaps_due(now) if chosen is None else chosen
    planned = _by_what_stands(watch_list, archive, outlook, now, asked)
    if chosen is None and not archive.readonly:
        archive.settle_rhythms(item for item in planned if not item.due.by(now))
    return planned, outlook


def _learnt(watch_list: WatchList, archive: Archive | None, now: datetime) -> tuple[list[Planned], Outlook]:
    """When every page is due, by what its looks and those at all others teach; kept where it may be."""
    histories = archive.histories(now) if archive else {}
    wake = archive.usual_wake() if archive else None
    outlook = foresee(watch_list.sources, histories, now, budget=watch_list.fetch.budget, wake=wake)
    planned = [Planned(source, due(source, histories.get(source.id), outlook, now)) for source in watch_list.sources]
    if archive and watch_list.sha256 and not archive.readonly:
        archive.keep_rhythms(outlook, planned, watch_list, now)
    return planned, outlook


def _by_what_stands(
    watch_list: WatchList, archive: Archive, outlook: Outlook, now: datetime, source_ids: Collection[str]
) -> list[Planned]:
    histories, outlook = archive.histories(now, source_ids), archive.with_factors(outlook, source_ids)
    asked = set(source_ids)
    sources = (source for source in watch_list.sources if source.id in asked)
    return [Planned(source, due(source, histories.get(source.id), outlook, now)) for source in sources]


def _room(archive: Archive | None, hosts: Collection[str], settings: FetchSettings, now: datetime) -> dict[str, int]:
    """How many pages of each host a run has time for at the pace that is owed to it; none while it wants to rest."""
    states = archive.host_states(sorted(hosts)) if archive else {}
    return {
        host: 0 if resting_until(state, now) else 1 + int(BUDGET / max(delay_of(state, settings), 0.01))
        for host, state in states.items()
    }
