"""Looks out of turn: soon again after a page went missing or moved, and later and later after nothing could be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LADDER: tuple[timedelta, ...] = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""How long after an absence or a move began to look again: removals have been undone within a day (March 2025), and
both edges of one want to be seen."""

UNCONFIRMED = timedelta(hours=6)
"""Between looks at an absence that outlasted the ladder and is not confirmed yet."""

LONGEST_REMOVED = timedelta(days=7)

FIRST_RETRY = timedelta(hours=1)
LONGEST_RETRY = timedelta(hours=24)


def rung(since: datetime, looked: datetime) -> datetime | None:
    """The first rung of the ladder from `since` that lies after the last look; None where all are behind."""
    return next((since + step for step in LADDER if since + step > looked), None)


def absent_again(since: datetime, looked: datetime, *, removed: bool) -> datetime:
    """When to look at a page again that was not there at the last look, and had not been since `since`.

    After the ladder an absence that is not confirmed is looked at every six hours, and a removed page at intervals of
    a quarter of the time it has been gone, from six hours to a week: the longer it is away, the less likely its return.
    """
    if (step := rung(since, looked)) is not None:
        return step
    wait = min(max((looked - since) / 4, UNCONFIRMED), LONGEST_REMOVED) if removed else UNCONFIRMED
    return looked + wait


def retry(looked: datetime, failures: int) -> datetime:
    """When to try again after `failures` attempts in a row that saw nothing: an hour, doubled each time, up to a day.

    Who is blocked and keeps knocking stays blocked for longer.
    """
    doublings = min(max(failures, 1) - 1, 10)
    return looked + min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
