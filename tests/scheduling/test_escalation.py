"""Looks out of turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import scraper.scheduling.escalation as escalation

GONE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - GONE) / timedelta(minutes=1)


def test_an_absence_is_looked_at_after_5_and_30_minutes_and_2_and_6_and_24_hours() -> None:
    looks, looked = [], GONE
    while (step := escalation.rung(GONE, looked)) is not None:
        looks.append(minutes(step))
        looked = step
    assert looks == [5, 30, 120, 360, 1440]


def test_a_schedule_that_wakes_late_takes_the_next_rung_and_makes_up_for_none() -> None:
    assert minutes(escalation.rung(GONE, GONE + timedelta(hours=3))) == 360


def test_a_removed_page_is_looked_at_less_and_less_and_weekly_at_the_least() -> None:
    waits = []
    for days in (2, 8, 20, 300):
        looked = GONE + timedelta(days=days)
        waits.append((escalation.absent_again(GONE, looked, removed=True) - looked) / timedelta(days=1))
    assert waits == [0.5, 2, 5, 7]


def test_an_absence_that_is_not_confirmed_is_looked_at_until_it_is() -> None:
    looked = GONE + timedelta(days=9)
    assert escalation.absent_again(GONE, looked, removed=False) - looked == timedelta(hours=6)


def test_attempts_that_fail_come_at_longer_and_longer_intervals_up_to_a_day() -> None:
    waits = [(escalation.retry(GONE, failures) - GONE) / timedelta(hours=1) for failures in (1, 2, 3, 4, 5, 6, 999)]
    assert waits == [1, 2, 4, 8, 16, 24, 24]
