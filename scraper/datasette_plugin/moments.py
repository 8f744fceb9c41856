"""Times for readers: archive text (ISO 8601, UTC) as "9 Mar 2026, 06:17 UTC", and intervals that claim no moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for a `<time>` element: what a machine reads, what a person reads, and the same in fewer words."""

    iso: str
    text: str
    short: str
    day: str


@dataclass(frozen=True, slots=True)
class Interval:
    """When a change happened: after one look (None for the first) and no later than another."""

    after: Moment | None
    by: Moment


@lru_cache(maxsize=8192)
def moment(text: str) -> Moment:
    """Read archive text; a page names the same moments many times over."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    day = f"{at.day} {_MONTHS[at.month - 1][:3]}"
    clock = f"{at.hour:02}:{at.minute:02}"
    return Moment(text, f"{day} {at.year}, {clock} UTC", f"{day}, {clock}", f"{day} {at.year}")


def moment_or_none(text: str | None) -> Moment | None:
    """The same where there may be none."""
    return moment(text) if text else None


def interval(after: str | None, by: str) -> Interval:
    """An interval from two archive texts."""
    return Interval(moment_or_none(after), moment(by))


def long_day(text: str) -> str:
    """The day of a moment as a heading: "Monday 9 March 2026"."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"


def short_day(text: str) -> str:
    """The day of a moment in few words: "9 Mar 2026"."""
    return moment(text).day


def duration(start: str, end: str) -> str:
    """How long it is from one moment to another, in the unit that tells most: "36 hours", "9 days"; "" for no time."""
    if start == end:
        return ""
    hours = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 3600
    for limit, size, unit in ((1.0, 1 / 60, "minute"), (72.0, 1.0, "hour"), (24 * 90.0, 24.0, "day")):
        if hours < limit:
            return _counted(round(hours / size), unit)
    return _counted(round(hours / (24 * 30.44)), "month")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
