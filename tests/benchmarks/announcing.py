"""Publishers that announce what they change, truly or not, and the schedule that listens to them.

What a list says of a page is simulated; what becomes of it (turns, records, hints, due) is what a run does itself. Each
request for a list is taken from the same budget as the looks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from scraper.clock import to_text
from scraper.scheduling.claims import Claim, Heeded, Records, Told, span, weigh
from scraper.scheduling.due import Due, due
from scraper.scheduling.hints import changes, hints_of
from scraper.scheduling.history import band_of
from scraper.scheduling.outlook import foresee
from scraper.scheduling.turns import Channel, Host, next_lists
from tests.benchmarks.mixes import WAKE, Page, Redline, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.scheduling.hints import Hint, Silences
    from tests.benchmarks.mixes import Seen

Says = Callable[[Page, float], "float | None"]
"""The day that a list gives for a page when it is asked on a day; None where it does not name the page."""


def honest(page: Page, now: float) -> float | None:
    """The moment of the last change."""
    behind = bisect_right(page.changes, now)
    return page.changes[behind - 1] if behind else page.born


def nightly(page: Page, now: float) -> float | None:
    """The same, in a file that is written once a day."""
    return honest(page, float(int(now))) if page.born <= int(now) else None


def half(page: Page, now: float) -> float | None:
    """The same, for every second page; the others are not named."""
    return honest(page, now) if crc32(page.name.encode()) % 2 else None


def deaf(page: Page, now: float) -> float | None:
    """The same for the changes of every second page; of the others it keeps naming the date of their publication."""
    return half(page, now) or page.born


def lying(_page: Page, now: float) -> float | None:
    """The moment of the request, for every page."""
    return now


PUBLISHERS: dict[str, Says] = {
    "honest": honest,
    "nightly": nightly,
    "half-covering": half,
    "half-deaf": deaf,
    "lying": lying,
}

_MOST = 500


class Listening(Redline):
    """The schedule with lists to listen to: one of each publisher's."""

    def __init__(self, budget: float, says: Says, wake: float = WAKE) -> None:
        super().__init__(budget, wake)
        self.says = says
        self.channels: dict[str, Channel] = {}
        self.claims: dict[str, Claim] = {}
        self.answered: dict[str, datetime] = {}
        self.heeded: dict[str, deque[Heeded]] = defaultdict(lambda: deque(maxlen=_MOST))
        self.told: dict[str, deque[Told]] = defaultdict(lambda: deque(maxlen=_MOST))
        self.untold: dict[str, list[tuple[str, datetime, datetime]]] = defaultdict(list)
        self.records: Records = {}
        self.hints: dict[str, Hint] = {}
        self.asked: deque[float] = deque()
        self.publishers: dict[str, str] = {}

    def choose(self, pages: Sequence[Seen], now: float, looks: int) -> list[Seen]:
        self.aside = 0
        if looks > 0 and self.outlook is not None:
            self._listen(pages, now, looks)
        return super().choose(pages, now, looks - self.aside)

    def _due(self, seen: Seen, moment: datetime) -> Due:
        assert self.outlook is not None
        name = seen.page.name
        return due(seen.page.source, self.histories.get(name), self.outlook, moment, self.hints.get(name))

    def _listen(self, pages: Sequence[Seen], now: float, looks: int) -> None:
        assert self.outlook is not None
        listed = [seen for seen in pages if seen.last is not None]
        moment = moment_of(now)
        rates: dict[str, list[float]] = defaultdict(list)
        for seen in listed:
            page, publisher = seen.page, seen.page.publisher
            self.channels.setdefault(publisher, Channel(f"https://{publisher}/", publisher, "sitemap", moment))
            rates[publisher].append(self.outlook.rates.of_page(page.name, publisher)[band_of(now - page.born)])
        hosts = {publisher: Host(len(each), sum(each)) for publisher, each in rates.items()}
        asked = next_lists(self.channels.values(), hosts, self.outlook.threshold, self.records, moment)
        for channel in asked[:looks]:
            self.aside += 1
            self.asked.append(now)
            self._hear(channel, [seen for seen in listed if seen.page.publisher == channel.host], now)
        while self.asked and self.asked[0] < now - 7:
            self.asked.popleft()
        if self.aside:
            self._hint()

    def _hear(self, channel: Channel, pages: list[Seen], now: float) -> None:
        moment, names = moment_of(now), 0
        for seen in pages:
            name, day = seen.page.name, self.says(seen.page, now)
            if day is None:
                self.claims.pop(name, None)
                continue
            names += 1
            dated = to_text(moment_of(day))
            if name not in self.claims or self.claims[name].dated != dated:
                self.claims[name] = Claim(name, channel.host, "sitemap", dated, moment)
            self.moments.pop(name, None)
        self.channels[channel.host] = replace(channel, asked=moment, names=names)
        self.answered[channel.host] = moment
        for name, before, after in self.untold.pop(channel.host, ()):
            if name in self.claims:
                self.told[channel.host].append(Told(channel.host, "sitemap", self._announced(name, before, after)))

    def _announced(self, name: str, before: datetime, after: datetime) -> bool:
        moments = span(self.claims[name].dated) if name in self.claims else None
        return moments is not None and moments[1] > before and moments[0] <= after

    def _learn(self, pages: Sequence[Seen], now: float) -> None:
        silence = {name: found[1].silence for name, found in self._silences().items()}
        sources = [seen.page.source for seen in pages]
        each = max(0.5, 1 - len(self.asked) / 7 / self.budget) * self.budget / len(sources)
        wake = timedelta(days=self.wake)
        self.outlook = foresee(sources, self.histories, moment_of(now), budget=each, wake=wake, silence=silence)
        self.learnt_at = now
        self.moments.clear()
        self._hint()

    def _silences(self) -> Silences:
        proven = {host: record for (host, _), record in self.records.items() if record.silence}
        return {
            name: (self.answered[claim.host], proven[claim.host])
            for name, claim in self.claims.items()
            if claim.host in proven
        }

    def _hint(self) -> None:
        heeded = (one for queue in self.heeded.values() for one in queue)
        self.records = weigh(heeded, (one for queue in self.told.values() for one in queue), self._expected)
        self.hints = hints_of(self.claims.values(), self._silences(), self.records, self.histories)

    def _expected(self, name: str, seen: datetime, looked: datetime) -> float:
        assert self.outlook is not None
        history, rates = self.histories[name], self.outlook.rates.of_page(name, self.publishers[name])
        return changes(rates, history.age(seen), history.age(looked))

    def noted(self, seen: Seen, changed: bool) -> None:
        name, publisher = seen.page.name, seen.page.publisher
        self.publishers[name] = publisher
        before = self.histories.get(name)
        super().noted(seen, changed)
        claim = self.claims.get(name)
        if before is None or before.seen is None or claim is None:
            return
        after = self.histories[name].looked
        if claim.is_news(before.seen):
            self.heeded[publisher].append(Heeded(claim, before.seen, after, changed))
        if changed and self._announced(name, before.seen, after):
            self.told[publisher].append(Told(publisher, "sitemap", True))
        elif changed:
            self.untold[publisher].append((name, before.seen, after))
        self.hints.pop(name, None)
        silence = self._silence_of(claim)
        if silence is not None:
            self.hints[name] = silence

    def _silence_of(self, claim: Claim) -> Hint | None:
        record = self.records.get((claim.host, claim.kind))
        if record is None or not record.silence:
            return None
        return next(iter(hints_of((), {claim.source_id: (self.answered[claim.host], record)}, {}, {}).values()))
