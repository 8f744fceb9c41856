"""Spans and rates as a keeper would say them."""

from __future__ import annotations

from datetime import timedelta

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(span: timedelta) -> str:
    """A length of time, in the unit that says it best: ``50 min``, ``5 h``, ``3 days``."""
    if span < 90 * _MINUTE:
        return f"{max(0, round(span / _MINUTE))} min"
    if span < 2 * _DAY:
        return f"{round(span / _HOUR)} h"
    return f"{round(span / _DAY)} days"


def pace(rate: float) -> str:
    """A rate in changes a day, as how often: ``about every 9 days``, ``less than once in 3 years``."""
    if rate <= 1 / 1000:
        return "less than once in 3 years"
    return f"about every {ago(timedelta(days=1 / rate))}"
