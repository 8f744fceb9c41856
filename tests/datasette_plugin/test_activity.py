"""The drawing of how much changed when: its bars, what they count, and that they are drawn from what was counted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.digest import DayCount
from scraper.archive.looking import Looking
from scraper.datasette_plugin.activity import Activity, draw_activity

START = date(2026, 1, 1)


def day(at: int) -> str:
    return str(START + timedelta(days=at))


def link(first: str, last: str) -> str:
    return f"{first}..{last}"


def drawn(counts: list[DayCount], looking: list[Looking] | None = None) -> Activity:
    activity = draw_activity(counts, looking or [], link)
    assert activity is not None
    return activity


def test_days_between_have_bars_of_nothing_and_say_that_nobody_looked() -> None:
    activity = drawn([DayCount(day(0), 4, 1), DayCount(day(2), 8, 0)], [Looking(day(0), 10, 0), Looking(day(2), 9, 3)])

    assert [(bar.changes, bar.lane) for bar in activity.bars] == [(4, "seen"), (0, "none"), (8, "failed")]
    assert [(bar.height, bar.loud_height) for bar in activity.bars] == [
        ("50.0%", "12.5%"),
        ("0.0%", "0.0%"),
        ("100.0%", "0.0%"),
    ]
    assert activity.bars[1].tip == "2 Jan 2026: 0 changes, 0 not announced or a removal; nobody looked"
    assert activity.bars[2].looked == "9 looks, 3 saw no page"
    assert "most on 3 Jan 2026" in activity.described


def test_a_long_time_is_drawn_by_week_and_a_longer_one_by_month() -> None:
    weeks = drawn([DayCount(day(0), 1, 0), DayCount(day(100), 1, 0)])
    months = drawn([DayCount(day(0), 1, 0), DayCount(day(1000), 1, 0)])

    assert (weeks.unit, months.unit) == ("week", "month")
    assert weeks.bars[0].href == "2025-12-29..2026-01-04"
    assert months.bars[0].href == "2026-01-01..2026-01-31"
    assert months.bars[1].href == "2026-02-01..2026-02-28"


def test_one_day_alone_or_none_is_not_drawn() -> None:
    assert draw_activity([], [], link) is None
    assert draw_activity([DayCount(day(0), 3, 0)], [Looking(day(0), 3, 0)], link) is None


def test_the_days_that_the_list_is_narrowed_to_are_marked() -> None:
    counts = [DayCount(day(at), 1, 0) for at in range(5)]

    within = draw_activity(counts, [], link, (day(1), day(2)))
    since = draw_activity(counts, [], link, (day(3), None))
    assert within is not None
    assert since is not None
    assert [bar.here for bar in within.bars] == [False, True, True, False, False]
    assert [bar.here for bar in since.bars] == [False, False, False, True, True]
    assert not any(bar.here for bar in drawn(counts).bars)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, 4000), st.integers(1, 10_000), min_size=2, max_size=30))
def test_no_change_is_lost_or_drawn_twice_and_no_bar_leaves_the_drawing(found: dict[int, int]) -> None:
    activity = drawn([DayCount(day(at), number, number // 2) for at, number in sorted(found.items())])

    assert sum(bar.changes for bar in activity.bars) == sum(found.values())
    assert sum(bar.loud for bar in activity.bars) == sum(number // 2 for number in found.values())
    for bar in activity.bars:
        assert 0 <= float(bar.x[:-1]) <= float(bar.x[:-1]) + float(bar.width[:-1]) <= 100.01
        assert float(bar.loud_height[:-1]) <= float(bar.height[:-1]) <= 100
    ends = [bar.href.split("..") for bar in activity.bars]
    for (_, last), (first, _) in pairwise(ends):
        assert date.fromisoformat(first) - date.fromisoformat(last) == timedelta(days=1)
