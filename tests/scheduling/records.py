"""Histories for tests of the schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scraper.scheduling.hazard import PRIOR, Rates
from scraper.scheduling.history import Changed, History
from scraper.scheduling.outlook import Outlook

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def history(
    *,
    age: float = 100.0,
    watched: float = 50.0,
    looked: float = 0.5,
    changed: tuple[Changed, ...] = (),
    outcome: str = "unchanged",
    **more: object,
) -> History:
    """A page `age` days old, watched for the last `watched` of them and last looked at `looked` days ago."""
    last = NOW - timedelta(days=looked)
    end = age - looked
    seen = {"seen": last, **more}
    return History(last, outcome, NOW - timedelta(days=age), watched=(end - watched, end), changed=changed, **seen)  # type: ignore[arg-type]


def changes(count: int, interval: float, *, age: float = 90.0) -> Changed:
    """So many changes, each found in an interval of so many days."""
    return Changed(count, age - interval, age)


def outlook(threshold: float = 0.01, **more: object) -> Outlook:
    """An outlook in which every page changes as the prior says."""
    return Outlook(Rates(PRIOR), threshold, **more)  # type: ignore[arg-type]
