"""How often do pages change? A rate for each band of age, learnt from all pages, the publisher's and the page's own.

    rate of a page at an age = rate of its publisher's pages at that age × the page's own factor

Few pages change often enough to be learnt from alone, and a new page has no past at all. So each level leans on the
wider one until it has evidence of its own (a Gamma prior worth a few changes): the page on its publisher's pages, those
on all pages of the watch list, and those on `PRIOR`. That a change was found between two looks says that at least one
happened; how many is filled in by its expectation under the rates of the round before (EM, Dempster et al. 1977).
Counting one each time instead would give 0.43 of the true rate for a page that changes twice between looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, log, log2
from operator import mul
from typing import TYPE_CHECKING

from scraper.scheduling.history import BANDS, History, Spread, band_of, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PRIOR: Spread = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01)
"""Changes a day in each band before there is evidence. The last is measured: 353 changes in 36,237 days of 39 terms of
service that Open Terms Archive has followed since 2022. The others are our estimate: each band changes a third to a
half as often as the one before it, as articles are corrected on their first day and seldom after their first week."""

PRIOR_WEIGHT = 2.0  # changes; so that a dozen observed ones outweigh the table
PUBLISHER_WEIGHT = 5.0  # changes; what the pages of all publishers count for beside the publisher's own
ROUNDS = 4  # of EM: where pages change more often than they are looked at it is slow to settle

FACTORS: Spread = tuple(2.0**power for power in range(-9, 7))
"""How many times as often as its like a page may change: the possibilities that its looks are held against."""

SPREADS = (0.25, 0.5, 1.0, 1.5, 2.0)
"""How much pages of one publisher and age may differ: the standard deviation of their factors' logarithms. Which of
them holds is learnt from all pages together; before there is evidence each is as likely as the others."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Changes a day: those of everybody's pages, of each publisher's, and the factor of each page, by its id."""

    everyone: Spread = PRIOR
    publishers: Mapping[str | None, Spread] | None = None
    factors: Mapping[str, float] | None = None

    def of_publisher(self, publisher: str | None) -> Spread:
        """The rates of a publisher's pages; everybody's, where nothing of the publisher's has been watched."""
        return (self.publishers or {}).get(publisher, self.everyone)

    def factor_of(self, source_id: str) -> float:
        """How many times as often a page changes as those of its publisher and age; 1 where nothing is known of it."""
        return (self.factors or {}).get(source_id, 1.0)

    def of_page(self, source_id: str, publisher: str | None, weight: float = 1.0) -> Spread:
        """The rates of one page, each change counted as `weight` of them."""
        factor = weight * self.factor_of(source_id)
        return tuple([factor * rate for rate in self.of_publisher(publisher)])


@dataclass(slots=True)
class _Page:
    """A page while its rates are learnt: days watched by band, and its changes.

    Of those: how many, the days in which each may have happened, by band, and the band in which they were found.
    """

    source_id: str
    publisher: str | None
    days: Spread
    changed: list[tuple[int, Spread, int]]
    factor: float = 1.0


def learn(histories: Iterable[tuple[str, str | None, History]]) -> Rates:
    """Learn the rates from histories, each with its source's id and publisher."""
    pages = [_page(*entry) for entry in histories if entry[2].watched is not None]
    days = _pooled((page.publisher, page.days) for page in pages)
    everyone, publishers = PRIOR, dict.fromkeys(days, PRIOR)
    shares: Spread = tuple([sum(each) / len(SPREADS) for each in zip(*_SHARES, strict=True)])
    for _ in range(ROUNDS):
        happened = [_happened(page, publishers[page.publisher]) for page in pages]
        events = _pooled((page.publisher, each) for page, each in zip(pages, happened, strict=True))
        everyone = _rates(_sum(events.values()), _sum(days.values()), PRIOR, PRIOR_WEIGHT)
        publishers = {name: _rates(events[name], days[name], everyone, PUBLISHER_WEIGHT) for name in days}
        shares = _set_factors(pages, publishers, shares)
    return Rates(everyone, publishers, {page.source_id: page.factor for page in pages})


def _page(source_id: str, publisher: str | None, history: History) -> _Page:
    assert history.watched is not None
    changed = [(group.count, spread(group.before, group.after), band_of(group.after)) for group in history.changed]
    days = list(spread(*history.watched))
    for band in range(len(BANDS)) if changed else ():
        # A page was watched at least as long as it took to change: the window may cut a look off from the one before.
        days[band] = max(days[band], sum([count * spent[band] for count, spent, _ in changed]))
    return _Page(source_id, publisher, tuple(days), changed)


def _pooled(figures: Iterable[tuple[str | None, Spread]]) -> dict[str | None, Spread]:
    """The sum of what the pages of each publisher have.

    The days are not stretched by the factors of the pages: the factors would then take over what all pages of a
    publisher have in common, and its next new page would know nothing of it.
    """
    pools: dict[str | None, list[float]] = {}
    for publisher, each in figures:
        pool = pools.setdefault(publisher, [0.0] * len(BANDS))
        if each is not _NOTHING:
            for band, figure in enumerate(each):
                pool[band] += figure
    return {publisher: tuple(pool) for publisher, pool in pools.items()}


def _sum(spreads: Iterable[Spread]) -> Spread:
    return tuple([sum(band) for band in zip(*spreads, strict=True)]) or _NOTHING


def _rates(events: Spread, days: Spread, wider: Spread, weight: float) -> Spread:
    """The mean of a Gamma distribution that began as `weight` changes at the rates of the wider pool."""
    pooled = zip(events, days, wider, strict=True)
    return tuple([(weight + happened) / (weight / rate + spent) for happened, spent, rate in pooled])


def _set_factors(pages: list[_Page], publishers: Mapping[str | None, Spread], shares: Spread) -> Spread:
    """Set the factor of each page to its mean, given what was seen of it; give the shares of the factors anew."""
    likelihoods = [0.0] * len(SPREADS)
    still: dict[int, tuple[float, list[float]]] = {}
    for page in pages:
        rates = publishers[page.publisher]
        unchanged = _product(rates, page.days)
        if page.changed:
            page.factor, each = _judged(_likelihood(page, rates, unchanged), shares)
        else:
            # Most pages did not change, and differ by nothing but how long they might have: told apart to 2 %.
            step = round(_STEPS * log2(max(unchanged, _NO_TIME)))
            if step not in still:
                hazard = 2 ** (step / _STEPS)
                still[step] = _judged([exp(hazard * (min(FACTORS) - factor)) for factor in FACTORS], shares)
            page.factor, each = still[step]
        likelihoods = [one + more for one, more in zip(likelihoods, each, strict=True)]
    best = max(likelihoods)
    odds = [exp(one - best) for one in likelihoods]
    return tuple([sum(map(mul, odds, column)) / sum(odds) for column in zip(*_SHARES, strict=True)])


def _judged(seen: list[float], shares: Spread) -> tuple[float, list[float]]:
    """The mean factor of a page of which something was seen so likely under each of FACTORS; and by how much what was
    seen speaks for each of SPREADS."""
    # What is so unlikely that no number is small enough for it is taken for next to impossible, not for impossible.
    weighed = [max(one * share, _LEAST) for one, share in zip(seen, shares, strict=True)]
    mean = sum(map(mul, weighed, FACTORS)) / sum(weighed)
    return mean, [log(max(sum(map(mul, seen, each)), _LEAST)) for each in _SHARES]


def _likelihood(page: _Page, rates: Spread, hazard: float) -> list[float]:
    """How likely what was seen of a page is under each of FACTORS, beside the likeliest; `hazard` is of all its days.

    Between two looks in which nothing changed, nothing happened: exp(-hazard). In which something did, at least one
    thing happened: 1 - exp(-hazard).
    """
    found = []
    for count, days, _ in page.changed:
        if (each := _product(rates, days)) >= _NO_TIME:
            hazard -= count * each
            found.append((count, each))
    logs = [-max(0.0, hazard) * factor for factor in FACTORS]
    for count, each in found:
        happened = [log(max(-expm1(-each * factor), _NO_TIME)) for factor in FACTORS]
        logs = [one + count * more for one, more in zip(logs, happened, strict=True)]
    best = max(logs)
    return [exp(one - best) for one in logs]


def _shares(spread: float) -> Spread:
    """The share of pages that has each of FACTORS, where they are log-normal about a mean of 1 with this spread."""
    weights = [exp(-((log(factor) / spread + spread / 2) ** 2) / 2) for factor in FACTORS]
    return tuple([weight / sum(weights) for weight in weights])


_SHARES = tuple(_shares(spread) for spread in SPREADS)
_NOTHING: Spread = (0.0,) * len(BANDS)
_STEPS = 32  # to a doubling of the time in which a page might have changed
_LEAST = 1e-300
_NO_TIME = 1e-9  # expected changes between two looks that were made in the same moment


def _happened(page: _Page, rates: Spread) -> Spread:
    """How many changes are to be expected to have happened in each band, given those that were found."""
    if not page.changed:
        return _NOTHING
    total = [0.0] * len(BANDS)
    for count, days, found_in in page.changed:
        hazards = [page.factor * rate * spent for rate, spent in zip(rates, days, strict=True)]
        if (hazard := sum(hazards)) < _NO_TIME:
            total[found_in] += count  # the look before is not known, or is dated after this one
            continue
        each = count / -expm1(-hazard)  # the mean of a Poisson distribution without its zero, over its hazard
        total = [sum_ + each * part for sum_, part in zip(total, hazards, strict=True)]
    return tuple(total)


def _product(rates: Spread, days: Spread) -> float:
    return sum([rate * spent for rate, spent in zip(rates, days, strict=True)])
