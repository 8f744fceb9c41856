"""What the schedule knows of a page: how long it was watched at which age, and between which looks it changed.

A change is never seen to happen. It is known to have happened between two looks, so what is kept is intervals.
Ages are in days since the page was published, or put on the watch list where it does not say when that was.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

BANDS: tuple[float, ...] = (0.25, 1.0, 3.0, 7.0, 30.0, inf)
"""Where the bands of age end, in days. Within a band a page is taken to change at an even rate."""

WINDOW = timedelta(days=180)
"""How far back evidence counts: what a page did two years ago says little of what it does now."""

Spread = tuple[float, ...]
"""A figure for each band."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`count` changes of one page, each found between two looks: the page's mean age in days at these two."""

    count: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class History:
    """What came of the looks at a source so far.

    `looked` and `outcome` are of the last attempt; `failures` counts the last attempts in a row that saw nothing.
    `seen` is the last moment at which the publisher showed or denied the page. `watched` is the stretch of ages,
    within the window, in which it was looked at. `absent_since` and `doubt_since` are set while an absence, or a
    sudden collapse of the text, stands; `moved` is when it lately changed its address or came back from an absence.
    """

    looked: datetime
    outcome: str
    born: datetime
    seen: datetime | None = None
    watched: tuple[float, float] | None = None
    changed: tuple[Changed, ...] = ()
    failures: int = 0
    absent_since: datetime | None = None
    removed: bool = False
    doubt_since: datetime | None = None
    moved: datetime | None = None

    def age(self, moment: datetime) -> float:
        """The page's age at a moment, in days; never below 0."""
        return age(self.born, moment)


def age(born: datetime, moment: datetime) -> float:
    """How old what was born then is at a moment, in days; never below 0."""
    return max(0.0, (moment - born).total_seconds() / 86400)


def band_of(age: float) -> int:
    """The number of the band that an age falls into."""
    return bisect_right(BANDS, age)


def spread(start: float, end: float) -> Spread:
    """How many days of the stretch between two ages fall into each band."""
    days = [0.0] * len(BANDS)
    band, last = band_of(start), band_of(end)
    while band < last:
        days[band] = BANDS[band] - start
        start = BANDS[band]
        band += 1
    days[band] = end - start
    return tuple(days)
