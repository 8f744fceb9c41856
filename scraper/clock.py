"""Moments and rhythms: one clock for the whole house, and how a moment is written down.

Every function that needs the time takes a `Clock`, so that tests and the demo can live through a fortnight in
a second. Times in the archive are ISO 8601 in UTC with milliseconds, ending in Z, so that sorting the text sorts
the moments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_RHYTHM = re.compile(r"(\d{1,4})([mhdw])")


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Write a moment as the archive does: ``2026-11-21T18:03:00.000Z``."""
    settled = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{settled.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def from_text(text: str) -> datetime:
    """Read a moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def parse_rhythm(text: str) -> timedelta:
    """Read a rhythm such as ``30m``, ``6h``, ``2d`` or ``1w``; anything else is a ValueError."""
    match = _RHYTHM.fullmatch(text)
    if not match or int(match[1]) == 0:
        raise ValueError(f"{text!r} is not a rhythm: write a number and one of m, h, d, w, such as 6h")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
