"""Watch lists that change by a known law, and policies that look at them: what the schedule is measured on.

A world is the moments at which each page really changes. A policy says, wake after wake, which pages to look at; what
it is told is what a look shows: whether the page reads otherwise than at the look before, never how often it changed.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import mul
from typing import TYPE_CHECKING, Protocol

from scraper.config import Source
from scraper.scheduling.agenda import Planned, choose
from scraper.scheduling.due import Due, due
from scraper.scheduling.history import WINDOW, Changed, History, band_of
from scraper.scheduling.outlook import Outlook, foresee

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START = datetime(2026, 1, 1, tzinfo=UTC)
WAKE = 1 / 24  # days


@dataclass(frozen=True)
class Page:
    """A page with the days on which it really changes; `born` is when it was published and put on the list."""

    name: str
    publisher: str
    born: float
    changes: tuple[float, ...]
    rate: Callable[[float], float]
    """Changes a day at an age in days: what only the oracle knows."""
    gone: float = math.inf
    """When it leaves the list."""

    @property
    def source(self) -> Source:
        """The page as the watch list names it."""
        return Source(self.name, "https://example.org/", publisher=self.publisher)


@dataclass(frozen=True)
class World:
    """The pages of a watch list, and for how many days it is watched."""

    name: str
    pages: tuple[Page, ...]
    days: float
    looks_a_day: float
    wake: float = WAKE
    law: tuple[float, float] | None = None
    """Where the pages' rates were drawn from, if they are even: the median, and the spread of their logarithms."""


def homogeneous(pages: int, days: float, looks_a_day: float, seed: int) -> World:
    """Pages that each change at an even rate: log-normal, once in 20 days at the median."""
    chance = random.Random(seed)
    made = []
    for number in range(pages):
        rate = chance.lognormvariate(math.log(0.05), 1.5)
        changes = _poisson(chance, lambda _age, rate=rate: rate, rate, days)  # type: ignore[misc]
        made.append(Page(f"even-{number}", f"site-{number % 5}", 0.0, changes, lambda _age, rate=rate: rate))  # type: ignore[misc]
    return World("even rates", tuple(made), days, looks_a_day, law=(0.05, 1.5))


def news(pages: int, days: float, looks_a_day: float, seed: int) -> World:
    """Articles that appear one after the other and change often on their first days, then hardly ever.

    An article of age a (days) changes 3·exp(-a/1.5) + 1/400 times a day.
    """
    chance = random.Random(seed)

    def rate(age: float) -> float:
        return 3 * math.exp(-age / 1.5) + 1 / 400

    made = []
    for number in range(pages):
        born = chance.uniform(0, days)
        changes = tuple(born + at for at in _poisson(chance, rate, 3.01, days - born))
        made.append(Page(f"article-{number}", f"paper-{number % 5}", born, changes, rate))
    return World("news", tuple(made), days, looks_a_day)


def _poisson(chance: random.Random, rate: Callable[[float], float], highest: float, days: float) -> tuple[float, ...]:
    """The moments of a Poisson process with a changing rate, by thinning one of the highest rate (Lewis 1979)."""
    at, found = 0.0, []
    while (at := at + chance.expovariate(highest)) < days:
        if chance.random() * highest < rate(at):
            found.append(at)
    return tuple(found)


@dataclass
class Seen:
    """What a policy knows of a page: its looks so far, as any tracker would note them."""

    page: Page
    last: float | None = None
    text_since: float = 0.0
    interval: float = 0.25
    changed: list[tuple[float, float]] = field(default_factory=list)
    first: float = 0.0

    def look(self, now: float) -> bool:
        """Look at the page; True where it reads otherwise than at the look before."""
        last, self.last = self.last, now
        if last is None:
            self.first = self.text_since = now
            return False
        if bisect_right(self.page.changes, now) == bisect_right(self.page.changes, last):
            return False
        self.changed.append((last, now))
        self.text_since = now
        return True


class Policy(Protocol):
    """Chooses which pages to look at. `aside` is how many looks it spent on asking something else at this wake."""

    aside: int

    def choose(self, pages: Sequence[Seen], now: float, looks: int) -> list[Seen]:
        """The pages to look at now; `looks` is what is left of the budget, which the policy is not to pass."""

    def noted(self, seen: Seen, changed: bool) -> None:
        """A look was made."""


class ByIndex:
    """Spends the whole budget at every wake on the pages whose index is highest."""

    aside = 0

    def __init__(self, index: Callable[[Seen, float], float]) -> None:
        self.index = index

    def choose(self, pages: Sequence[Seen], now: float, looks: int) -> list[Seen]:
        if looks < 1:
            return []
        ranked = sorted(pages, key=lambda seen: -(math.inf if seen.last is None else self.index(seen, now)))
        return ranked[:looks]

    def noted(self, seen: Seen, changed: bool) -> None:
        """An index knows what `Seen` knows."""


class BackOff(ByIndex):
    """Half the interval after a change, half as long again after none: the common practice."""

    def __init__(self) -> None:
        super().__init__(lambda seen, now: (now - (seen.last or 0)) / seen.interval)

    def noted(self, seen: Seen, changed: bool) -> None:
        seen.interval = min(max(seen.interval * (0.5 if changed else 1.5), WAKE), 30)


NEWSDIFFS = ((3 / 24, 15 / 1440), (1, 1 / 24), (7, 3 / 24), (30, 3), (360, 30))
"""Days since the last update → days between looks: the ladder of NewsDiffs (`get_update_delay` in its scraper)."""


def _newsdiffs(seen: Seen, now: float) -> float:
    age = now - seen.text_since
    every = next((interval for limit, interval in NEWSDIFFS if age < limit), 1e6)
    return (now - (seen.last or 0)) / every


def _oracle(seen: Seen, now: float) -> float:
    """What a look is worth, by the true rate: the integral that `gain` takes, in steps of an hour at the most."""
    last = seen.last or 0.0
    steps = max(4, min(48, math.ceil((now - last) * 24)))
    width = (now - last) / steps
    middles = [last + (n + 0.5) * width for n in range(steps)]
    return sum(seen.page.rate(s - seen.page.born) * (now - s) * width for s in middles)


class KnowsTheLaw(ByIndex):
    """Knows from which law the even rates were drawn and not which page has which: the best that can be learnt.

    A page's rate is its mean given exactly what its looks showed (Bayes), a look is worth rate × time². No schedule
    that has to learn can know more; only by looking at pages for the sake of learning could it do better.
    """

    def __init__(self, median: float, spread: float) -> None:
        super().__init__(lambda seen, now: self._rate(seen) * (now - (seen.last or 0)) ** 2)
        steps = [number / 4 for number in range(-14, 15)]
        self.rates = [median * math.exp(spread * step) for step in steps]
        self.shares = [math.exp(-step * step / 2) for step in steps]
        self.known: dict[str, tuple[float | None, float]] = {}

    def _rate(self, seen: Seen) -> float:
        if (known := self.known.get(seen.page.name)) and known[0] == seen.last:
            return known[1]
        still = (seen.last or 0) - seen.first - sum(after - before for before, after in seen.changed)
        weights = [
            share * math.exp(-rate * still) * math.prod(-math.expm1(rate * (a - b)) for a, b in seen.changed)
            for rate, share in zip(self.rates, self.shares, strict=True)
        ]
        mean = float(sum(map(mul, weights, self.rates)) / sum(weights))
        self.known[seen.page.name] = seen.last, mean
        return mean


class Redline:
    """The schedule itself: its own functions on its own records, learning anew once a day.

    A page's moment stands until it is looked at or something is learnt, so that is when it is asked for.
    """

    aside = 0

    def __init__(self, budget: float, wake: float = WAKE) -> None:
        self.budget = budget
        self.wake = wake
        self.outlook: Outlook | None = None
        self.learnt_at = -1.0
        self.histories: dict[str, History] = {}
        self.moments: dict[str, datetime] = {}

    def choose(self, pages: Sequence[Seen], now: float, looks: int) -> list[Seen]:
        if not pages:
            return []
        moment = moment_of(now)
        if self.outlook is None or now - self.learnt_at >= 1:
            self._learn(pages, now)
        assert self.outlook is not None
        waiting = []
        for seen in pages:
            name = seen.page.name
            if name not in self.moments or self.moments[name] <= moment:
                found = self._due(seen, moment)
                self.moments[name] = found.at
                if found.by(moment):
                    waiting.append(Planned(seen.page.source, found))
        agenda = choose(waiting, self.outlook, {item.source.id: "host" for item in waiting}, {})
        known = {seen.page.name: seen for seen in pages}
        return [known[item.source.id] for item in agenda.now][: max(0, looks)]

    def _due(self, seen: Seen, moment: datetime) -> Due:
        assert self.outlook is not None
        return due(seen.page.source, self.histories.get(seen.page.name), self.outlook, moment)

    def _learn(self, pages: Sequence[Seen], now: float) -> None:
        sources = [seen.page.source for seen in pages]
        each, wake = self.budget / len(sources), timedelta(days=self.wake)
        self.outlook = foresee(sources, self.histories, moment_of(now), budget=each, wake=wake)
        self.learnt_at = now
        self.moments.clear()

    def noted(self, seen: Seen, changed: bool) -> None:
        assert seen.last is not None
        self.histories[seen.page.name] = history_of(seen, seen.last)
        self.moments.pop(seen.page.name, None)


def history_of(seen: Seen, now: float) -> History:
    """What the archive would say of a page: intervals in which it changed, put together by band of age."""
    assert seen.last is not None
    born = seen.page.born
    since = now - WINDOW / timedelta(days=1)
    groups: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for before, after in seen.changed:
        if after >= since:
            groups[band_of(before - born), band_of(after - born)].append((before - born, after - born))
    changed = tuple(
        Changed(len(group), sum(a for a, _ in group) / len(group), sum(b for _, b in group) / len(group))
        for group in groups.values()
    )
    last = moment_of(seen.last)
    return History(last, "unchanged", moment_of(born), last, (max(seen.first, since) - born, seen.last - born), changed)


def moment_of(day: float) -> datetime:
    """The moment of a day of the watch."""
    return START + timedelta(days=day)


@dataclass(frozen=True)
class Score:
    """How a policy fared: versions that it caught of those there were, mean delay in days, looks taken a day."""

    caught: float
    delay: float
    looks: float


def live_through(world: World, policy: Policy) -> Score:
    """Let a policy look at a world, wake after wake, and say what it saw.

    A version is caught where a look saw it before the next one took its place. The delay of a change runs until the
    next look at its page, or to the end of the watch. What is left of the budget is kept for a day at the most.
    """
    seen = [Seen(page) for page in world.pages]
    caught = changes = taken = 0
    waited = allowance = 0.0
    now = 0.0
    while now <= world.days:
        allowance = min(allowance + world.looks_a_day * world.wake, world.looks_a_day)
        listed = [one for one in seen if one.page.born <= now < one.page.gone]
        chosen = policy.choose(listed, now, int(allowance))
        taken += policy.aside
        allowance -= policy.aside
        for one in chosen:
            waited += _delays(one, now)
            changed = one.look(now)
            caught += changed
            policy.noted(one, changed)
            taken += 1
            allowance -= 1
        now += world.wake
    for one in seen:
        first = one.first if one.last is not None else world.days
        changes += sum(1 for at in one.page.changes if at > first)
        waited += _delays(one, min(world.days, one.page.gone))
    return Score(caught / max(1, changes), waited / max(1, changes), taken / world.days)


def _delays(one: Seen, now: float) -> float:
    """How long the changes since the last look have waited; none waits that came before the first look."""
    if one.last is None:
        return 0.0
    since = bisect_right(one.page.changes, one.last)
    return sum(now - at for at in one.page.changes[since : bisect_right(one.page.changes, now)])


def policies(world: World) -> dict[str, Policy]:
    """What the schedule is measured beside, and the schedule, all with the same budget."""
    law = {"knows the law": KnowsTheLaw(*world.law)} if world.law else {}
    return {
        "uniform": ByIndex(lambda seen, now: now - (seen.last or 0)),
        "back-off ×1.5, ÷2": BackOff(),
        "NewsDiffs ladder": ByIndex(_newsdiffs),
        "Redline": Redline(world.looks_a_day, world.wake),
        **law,
        "oracle": ByIndex(_oracle),
    }
