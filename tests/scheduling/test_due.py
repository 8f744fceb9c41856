"""When a page is due, and why then."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import Source
from scraper.scheduling.due import FIRST_LOOK, due
from scraper.scheduling.outlook import FLOOR, SHORTEST
from tests.scheduling.records import NOW, changes, history, outlook

if TYPE_CHECKING:
    from datetime import datetime

PAGE = Source("page", "https://example.gov/page", publisher="example.gov")
SIX_HOURLY = Source("page", "https://example.gov/page", publisher="example.gov", every=timedelta(hours=6))


def hours(at: datetime) -> float:
    return (at - NOW) / timedelta(hours=1)


def test_a_page_that_was_never_looked_at_is_due_now() -> None:
    found = due(PAGE, None, outlook(), NOW)
    assert (found.at, found.why, found.by(NOW)) == (NOW, "never looked at", True)


def test_a_keepers_rhythm_wins_give_or_take_what_a_scheduled_job_is_late() -> None:
    found = due(SIX_HOURLY, history(looked=0.25, age=0.3), outlook(threshold=0), NOW)
    assert hours(found.at) == pytest.approx(-0.25)
    assert found.why == "its own rhythm, every 6h; last looked at 6 h ago"
    assert not found.learnt


def test_a_page_that_changes_often_is_due_before_one_that_does_not() -> None:
    young = due(PAGE, history(age=0.6, watched=0.1), outlook(), NOW)
    old = due(PAGE, history(age=400), outlook(), NOW)
    assert young.at < old.at


def test_a_page_of_weight_four_is_looked_at_twice_as_often() -> None:
    weighty = Source("page", "https://example.gov/page", publisher="example.gov", weight=4.0)
    light, heavy = (due(page, history(age=400), outlook(), NOW).at - NOW for page in (PAGE, weighty))
    since = timedelta(days=0.5) + timedelta(minutes=15)  # the look, and the slack
    assert (light + since) / (heavy + since) == pytest.approx(2, rel=0.01)


@given(st.floats(0.001, 3000), st.floats(0, 60), st.floats(0, 100), st.integers(0, 50), st.text("abcdef", min_size=1))
def test_no_page_is_learnt_to_be_left_alone_for_more_than_30_days_or_looked_at_more_than_hourly(
    age: float, looked: float, threshold: float, found: int, name: str
) -> None:
    page = Source(name, "https://example.gov/page")
    changed = (changes(found, 1.0),) if found else ()
    past = history(age=age + looked, watched=0.0, looked=looked, changed=changed)
    for height in (0.0, threshold, inf):
        at = due(page, past, outlook(height), NOW).at
        assert past.looked + SHORTEST / 2 <= at <= past.looked + FLOOR
        assert at == due(page, past, outlook(height), NOW + timedelta(days=3)).at


def test_pages_with_the_same_past_do_not_fall_due_together() -> None:
    moments = {due(Source(f"p{n}", "https://e.org/"), history(), outlook(), NOW).at for n in range(20)}
    assert len(moments) == 20
    assert (max(moments) - min(moments)) < timedelta(hours=8)


def test_what_is_due_half_way_to_the_next_wake_is_taken_now() -> None:
    alone = due(PAGE, history(), outlook(), NOW).at
    woken = due(PAGE, history(), outlook(wake=timedelta(hours=6)), NOW).at
    assert timedelta(hours=2) < alone - woken <= timedelta(hours=3)


def test_the_longer_a_page_has_waited_the_more_pressing_it_is_without_end() -> None:
    waits = [due(PAGE, history(age=400, watched=300, looked=days), outlook(), NOW).pressing for days in (1, 10, 100)]
    assert waits == sorted(waits)
    assert waits[-1] > FIRST_LOOK


def test_why_says_how_often_the_page_and_those_like_it_change() -> None:
    known = due(PAGE, history(changed=(changes(3, 1.0),)), outlook(), NOW).why
    unknown = due(PAGE, history(), outlook(), NOW).why

    assert known == (
        "it changes about every 100 days at its age (pages of its age at example.gov change about every 100 days); "
        "last looked at 12 h ago"
    )
    assert unknown == (
        "no change seen yet; pages of its age at example.gov change about every 100 days; last looked at 12 h ago"
    )


def test_the_floor_is_said_where_it_decides() -> None:
    assert "a look in 30 days is the least" in due(PAGE, history(), outlook(inf), NOW).why


def test_a_page_that_is_not_there_is_looked_at_on_the_ladder_and_before_its_turn() -> None:
    since = NOW - timedelta(minutes=1)
    past = history(looked=1 / 1440, outcome="gone", absent_since=since)
    for page in (PAGE, SIX_HOURLY):
        found = due(page, past, outlook(), NOW)
        assert hours(found.at) == pytest.approx(4 / 60)
        assert found.why == "not there for 1 min; last looked at 1 min ago"


def test_a_removed_page_leaves_the_ladder_behind() -> None:
    past = history(looked=1, outcome="gone", absent_since=NOW - timedelta(days=41), removed=True)
    found = due(PAGE, past, outlook(), NOW)
    assert hours(found.at) == pytest.approx(24 * 6)
    assert "removed for 41 days" in found.why


def test_a_page_that_has_just_moved_is_looked_at_again_soon() -> None:
    past = history(looked=1 / 72, moved=NOW - timedelta(hours=1))
    found = due(PAGE, past, outlook(), NOW)
    assert hours(found.at) == pytest.approx(1)
    assert "it moved or came back 60 min ago" in found.why


def test_a_text_that_collapsed_is_looked_at_on_the_ladder_although_nothing_is_believed() -> None:
    past = history(looked=1 / 72, outcome="extraction_suspect", failures=1, doubt_since=NOW - timedelta(hours=1))
    assert hours(due(PAGE, past, outlook(), NOW).at) == pytest.approx(1)


@pytest.mark.parametrize("outcome", ["blocked", "server_error", "network_error"])
@pytest.mark.parametrize("page", [PAGE, Source("p", "https://example.gov/p", every=timedelta(minutes=30))])
def test_a_failure_backs_off_instead_even_from_a_keepers_rhythm(outcome: str, page: Source) -> None:
    past = history(looked=1 / 24, outcome=outcome, failures=4, seen=NOW - timedelta(days=9))
    found = due(page, past, outlook(), NOW)
    assert hours(found.at) == pytest.approx(7)
    assert "4 times in a row" in found.why


def test_a_failure_is_no_look_so_the_page_stays_as_pressing_as_before() -> None:
    blocked = history(looked=1, outcome="blocked", failures=4, seen=NOW - timedelta(days=9))
    seen = history(looked=9)
    at = due(PAGE, blocked, outlook(), NOW)
    assert at.by(NOW)
    assert at.pressing == pytest.approx(due(PAGE, seen, outlook(), NOW).pressing, rel=0.05)


def test_a_look_dated_in_the_future_leaves_no_page_alone() -> None:
    assert due(PAGE, history(looked=-400), outlook(), NOW).by(NOW)
