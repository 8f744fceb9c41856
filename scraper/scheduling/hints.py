"""What a claim of a page, or the silence of a list that names it, does to the moment of the next look.

Left alone, a page is due when a look is worth the threshold (`gain`), and by then some number M of changes may be
expected to be waiting. Until a look comes they wait, so each day costs as many days of delay as changes are waiting,
and a look is due when that passes what the page costs a day in the long run, which is M. A claim that holds with
probability p is p changes more, from the moment at which it was heard: where M is less than p, a look is due at once.

Silence of a list that was asked at A and announces the share q of changes takes q from what was expected to have
happened before A, and nothing from what may have happened since. With q at 0, as it is until a host's lists have proven
right, silence changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.scheduling.claims import TRUSTED, Record
from scraper.scheduling.gain import gain
from scraper.scheduling.history import spread
from scraper.scheduling.outlook import FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from scraper.scheduling.claims import Claim, Records
    from scraper.scheduling.history import History, Spread

Silences = dict[str, "tuple[datetime, Record]"]
"""When a list of proven record last answered that names a page, by the page."""

_STEPS = 16  # of bisection over 30 days: to the minute

AT_ONCE = 3
"""Claims that are heeded at a time of a list whose record is below TRUSTED."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page at its last look: its rates, each change counted as `weight`, its age then, and the threshold above 0."""

    rates: Spread
    weight: float
    history: History
    age: float
    threshold: float

    def changes(self, days: float) -> float:
        """How many changes may be expected to be waiting so many days after the look."""
        return changes(self.rates, self.age, self.age + min(days, 9999.0))


def changes(rates: Spread, start: float, end: float) -> float:
    """How many changes may be expected of a page between two ages, in days."""
    return sum([rate * spent for rate, spent in zip(rates, spread(start, end), strict=True)]) if start < end else 0.0


@dataclass(frozen=True, slots=True)
class Hint:
    """What the lists of a page's host say of it: a claim that is news, or since when they are known to be silent.

    `record` is that of the list. Of silence it is only said where the record has proven it to mean something.
    """

    record: Record
    claim: Claim | None = None
    silent_at: datetime | None = None

    def due(self, page: Page, plain: float) -> float:
        """How many days after the last look one is due, where it would be due after `plain` days without a hint."""
        if self.claim is None:
            return max(plain, _first(lambda days: self.pressing(page, plain, days) >= 1))
        heard = page.history.age(self.claim.heard) - page.age
        return min(plain, max(heard, _first(lambda days: self.pressing(page, plain, days) >= 1)))

    def pressing(self, page: Page, plain: float, days: float) -> float:
        """How pressing a look is so many days after the last one: 1 when it is due, and more beyond.

        Of a page left alone it is the square of how many times its interval it has waited. A claim makes a look the
        more pressing the more changes wait beyond those with which the page is due, and the surer it is: of a page that
        hardly ever changes those are next to none, and a doubtful claim must not be a hundred times that.
        """
        if self.claim is not None:
            beyond = page.changes(days) + page.weight * self.record.weight - page.changes(plain)
            doubt = (1 - self.record.weight) / 2
            return max(0.0, 1 + beyond / (page.changes(plain) + doubt)) ** 2
        worth = gain(page.rates, page.age, page.age + days)
        if self.silent_at is not None and (asked := min(page.history.age(self.silent_at), page.age + days)) > page.age:
            share = self.record.silence
            worth = (1 - share) * worth + share * gain(page.rates, asked, page.age + days)
        return worth / page.threshold


def _first(is_due: Callable[[float], bool]) -> float:
    """The first day on which a look is due; the thirtieth where none is before."""
    low, high = 0.0, FLOOR.total_seconds() / 86400
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_due(middle) else (middle, high)
    return high


def hints_of(
    news: Iterable[Claim], silences: Silences, records: Records, histories: Mapping[str, History]
) -> dict[str, Hint]:
    """What lists say of pages that have been seen, by source: the claim of the best record, else a proven silence.

    Of a list that is not trusted yet, or hardly any more, a few claims are tried at a time, the oldest first: one that
    says "now" beside every page must not take the looks of a day before it is found out.
    """
    hints: dict[str, Hint] = {}
    tried: Counter[tuple[str, str]] = Counter()
    for claim in sorted(news, key=lambda claim: (claim.heard, claim.source_id)):
        history, key = histories.get(claim.source_id), (claim.host, claim.kind)
        if history is None or history.seen is None or not claim.is_news(history.seen):
            continue
        record, other = records.get(key, Record()), hints.get(claim.source_id)
        if record.weight == 0 or (other is not None and other.record.weight >= record.weight):
            continue
        if record.weight < TRUSTED:
            tried[key] += 1
            if tried[key] > AT_ONCE:
                continue
        hints[claim.source_id] = Hint(record, claim)
    for source_id, (answered, record) in silences.items():
        if source_id not in hints:
            hints[source_id] = Hint(record, silent_at=answered)
    return hints
