"""What the archive teaches the schedule: how often pages change, and how far the word of a publisher's lists holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.fetching.identity import host_of
from scraper.scheduling.claims import Expected, Record, Records, weigh
from scraper.scheduling.hints import Hint, changes, hints_of
from scraper.scheduling.history import band_of
from scraper.scheduling.learnt import Learnt
from scraper.scheduling.outlook import foresee, rates_of
from scraper.scheduling.turns import FEWEST_PAGES, Host

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from scraper.archive import Archive
    from scraper.config import FetchSettings, Source, WatchList
    from scraper.scheduling.hazard import Rates
    from scraper.scheduling.history import History

LEAST_BUDGET = 0.5
"""Of the looks of all pages, this share is left to them, however many requests lists have taken."""


def learn(watch_list: WatchList, archive: Archive | None, now: datetime) -> tuple[dict[str, History], Learnt]:
    """The histories of all pages, and what they teach. `archive` is None before the first run."""
    sources, settings = watch_list.sources, watch_list.fetch
    histories = archive.histories(now) if archive else {}
    wake = archive.usual_wake() if archive else None
    if archive is None or not settings.signals:
        return histories, Learnt(foresee(sources, histories, now, budget=settings.budget, wake=wake))
    rates, judged = rates_of(sources, histories), archive.judged(now)
    records = weigh(judged.heeded, judged.told, _expectation(sources, histories, rates))
    silence = {source_id: record.silence for source_id, (_, record) in _silences(archive, records).items()}
    budget = _left(settings, sources, archive.lists_asked_a_day(now))
    outlook = foresee(sources, histories, now, budget=budget, wake=wake, rates=rates, silence=silence)
    return histories, Learnt(outlook, records, _hosts(sources, histories, rates, now))


def hints(archive: Archive | None, learnt: Learnt, histories: Mapping[str, History]) -> dict[str, Hint]:
    """What lists say of pages, by what was learnt of the lists. `histories` holds all pages of which there is news."""
    if archive is None or not learnt.hosts:
        return {}
    return hints_of(archive.news(), _silences(archive, learnt.records), learnt.records, histories)


def told_of(archive: Archive, learnt: Learnt) -> set[str]:
    """The ids of the pages of which a list has said something since they were seen, where it is heeded at all."""
    if not learnt.hosts:
        return set()
    heeded = (claim for claim in archive.news() if learnt.records.get((claim.host, claim.kind), Record()).weight)
    return {claim.source_id for claim in heeded}


def _silences(archive: Archive, records: Records) -> dict[str, tuple[datetime, Record]]:
    return archive.silences({lists: record for lists, record in records.items() if record.silence})


def _expectation(sources: Iterable[Source], histories: Mapping[str, History], rates: Rates) -> Expected:
    publishers = {source.id: source.publisher for source in sources}

    def expected(source_id: str, seen: datetime, looked: datetime) -> float:
        if (history := histories.get(source_id)) is None or source_id not in publishers:
            return 0.0
        return changes(rates.of_page(source_id, publishers[source_id]), history.age(seen), history.age(looked))

    return expected


def _left(settings: FetchSettings, sources: Collection[Source], asked: float) -> float:
    """Looks a day and page that are left when lists have had theirs."""
    learnt = sum(1 for source in sources if source.every is None)
    return max(settings.budget - asked / max(1, learnt), LEAST_BUDGET * settings.budget)


def _hosts(sources: Iterable[Source], histories: Mapping[str, History], rates: Rates, now: datetime) -> dict[str, Host]:
    """The hosts with pages enough to listen to, with how often all their pages together are expected to change."""
    each: dict[str, list[float]] = {}
    for source in sources:
        if source.every is None and (history := histories.get(source.id)) is not None:
            own = rates.of_page(source.id, source.publisher, source.weight)
            each.setdefault(host_of(source.url), []).append(own[band_of(history.age(now))])
    return {host: Host(len(found), sum(found)) for host, found in each.items() if len(found) >= FEWEST_PAGES}
