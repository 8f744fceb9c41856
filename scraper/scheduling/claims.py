"""What sitemaps and feeds claim of pages, and how far a host's claims have proven right.

A claim is news for a page where it was first heard after the last look, and says a moment after it. A list that writes
the present moment beside every page makes news of all of them each time, and is found out by the looks that follow.
What decides is counted from what was seen, so nothing has to be believed of anybody:

* a claim that was looked at after it held where the look found a change of wording;
* a change that was found was announced where the first answer of the list after it said so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import exp, sqrt
from typing import TYPE_CHECKING

from scraper.normalizing.dates import to_iso

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = timedelta(days=1)

ENOUGH = 5
"""Changes that must have been announced before the silence of a host's lists says anything."""

PROVEN = 0.8
"""The share of changes that must have been announced for that."""

LEAST_WEIGHT = 0.05
"""A claim of less is not heeded: a list may make one for every page, and a little for each would add up."""

TRUSTED = 0.5
"""The weight from which on a list is taken at its word, and its silence for one."""

MOST_SILENCE = 0.9
"""However well a host announces its changes, a page that it says nothing of may have changed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A page was changed when `dated` says, in the words of a list; `heard` is when we first heard it say so.

    `host` is the watched host whose list it is, and `kind` is `sitemap` or `feed`.
    """

    source_id: str
    host: str
    kind: str
    dated: str
    heard: datetime

    def is_news(self, seen: datetime) -> bool:
        """Whether it tells of a change that the last look, at `seen`, cannot have shown."""
        moments = span(self.dated)
        return moments is not None and self.heard > seen and moments[1] > seen


@lru_cache(maxsize=4096)
def span(dated: str) -> tuple[datetime, datetime] | None:
    """The first moment that a date as written may mean, and the last; None for what is no date.

    A day is 24 hours of UTC, and so is a time without a zone taken to be of UTC.
    """
    try:
        written = to_iso(dated)
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment, moment + (_DAY if len(written) == len("2026-11-20") else timedelta(seconds=1))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Heeded:
    """A claim that was news, with the good looks before and after it, and whether the latter found a change."""

    claim: Claim
    seen: datetime
    looked: datetime
    found: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A change that was found on a page which a host's list names, and whether the list announced it in time."""

    host: str
    kind: str
    announced: bool


@dataclass(frozen=True, slots=True)
class Record:
    """How the lists of one kind of a host have fared: of `heeded` claims `held` did, `expected` of them by chance.

    Of `changes` that were found on the pages that they name, `announced` were.
    """

    held: int = 0
    heeded: int = 0
    expected: float = 0.0
    announced: int = 0
    changes: int = 0

    @property
    def _held(self) -> tuple[float, float]:
        """Claims that held and that failed, as a Beta distribution counts them that began even.

        A claim is worth something where the look would have found nothing without it. So of the looks that did find a
        change, as many are left out as the page's own rate led to expect, and as many again as chance may have added:
        a list that always says "now" would live off the pages that change often.
        """
        return 1 + max(0.0, self.held - self.expected - sqrt(self.expected)), 1.0 + self.heeded - self.held

    @property
    def weight(self) -> float:
        """How likely it is that a claim tells of a change, beyond what was to be expected anyway; 0 to 1.

        The mean less the standard deviation: a list that nobody knows gets some credit, and one that lies loses it
        within a few looks. What is left below `LEAST_WEIGHT` is nothing.
        """
        held, failed = self._held
        total = held + failed
        sure = held / total - sqrt(held * failed / (total * total * (total + 1)))
        return sure if sure >= LEAST_WEIGHT else 0.0

    @property
    def use(self) -> float:
        """What share of the changes on its pages a list can be expected to announce, and to be believed; 0 to 1."""
        held, failed = self._held
        return held / (held + failed) * (self.announced + 1) / (self.changes + 2)

    @property
    def silence(self) -> float:
        """What share of a page's changes the list would have announced; 0 until that is proven.

        A list whose claims fail is hardly ever silent, and its silence says nothing either.
        """
        if self.announced < ENOUGH or self.announced < PROVEN * self.changes or self.weight < TRUSTED:
            return 0.0
        return min(MOST_SILENCE, self.announced / (self.changes + 2))


Records = dict[tuple[str, str], Record]
"""By host and kind."""


Expected = Callable[[str, datetime, datetime], float]
"""How many changes of a source the looks lead to expect between two moments."""


def weigh(heeded: Iterable[Heeded], told: Iterable[Told], expected: Expected) -> Records:
    """Count what became of claims."""
    sums: dict[tuple[str, str], list[float]] = {}
    for one in heeded:
        found = sums.setdefault((one.claim.host, one.claim.kind), [0.0] * 5)
        found[0] += one.found
        found[1] += 1
        found[2] += 1 - exp(-expected(one.claim.source_id, one.seen, one.looked))
    for change in told:
        found = sums.setdefault((change.host, change.kind), [0.0] * 5)
        found[3] += change.announced
        found[4] += 1
    return {
        key: Record(int(held), int(heeded_), expected, int(announced), int(changes))
        for key, (held, heeded_, expected, announced, changes) in sums.items()
    }
