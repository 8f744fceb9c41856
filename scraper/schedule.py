"""When is a page due?

A keeper's own rhythm (`every`) wins. Otherwise the rhythm follows how long ago the text last changed: a page that
changed today is looked at hourly, one that has stood for a month daily. The ladder is that of NewsDiffs, shortened,
because a removal can be undone within a day and an archive that looks less than daily would miss both edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scraper.fetching.observation import ABSENT_OUTCOMES

if TYPE_CHECKING:
    from scraper.config import Source

# (the text is at most this old, look again after)
LADDER: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(hours=12)),
)
AT_MOST = timedelta(days=1)
WHILE_ABSENT = timedelta(hours=6)

# A scheduled job never starts to the minute. Without slack a page asked for every 6 hours would be found not yet
# due by seconds and be skipped until the next job, 6 hours later.
SLACK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LastLook:
    """The last observation of a source: when, what it came to, and since when the present text has been seen."""

    at: datetime
    outcome: str
    text_since: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """When a source is due, and why then, in words for `redline status`."""

    at: datetime
    why: str

    def by(self, now: datetime) -> bool:
        """True where the source is due now, give or take the slack of a scheduled job."""
        return now >= self.at


def due(source: Source, last: LastLook | None, now: datetime) -> Due:
    """Say when a source is to be looked at next."""
    if last is None:
        return Due(now, "never looked at")
    if last.at > now + SLACK:
        # Or a clock that once ran a year ahead would leave every page alone for a year.
        return Due(now, "its last look is dated in the future: a clock was wrong")
    if source.every is not None:
        return _after(last, source.every, "its own rhythm")
    if last.outcome in ABSENT_OUTCOMES:
        return _after(last, WHILE_ABSENT, "it was not there at the last look")
    if last.text_since is None:
        return _after(last, WHILE_ABSENT, "it has never been seen whole")
    age = last.at - last.text_since
    for limit, interval in LADDER:
        if age < limit:
            return _after(last, interval, f"its text is less than {_days(limit)} old")
    return _after(last, AT_MOST, f"its text has stood for {_days(age)}")


def _after(last: LastLook, interval: timedelta, why: str) -> Due:
    return Due(last.at + interval - min(SLACK, interval / 10), why)


def _days(span: timedelta) -> str:
    return "a day" if span.days == 1 else f"{span.days} days"
