from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scraper.config import FetchSettings
from scraper.fetching import Answer, HostState
from scraper.fetching.politeness import after, delay_of, pause, resting_until, retry_after

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATE = HostState("example.org")
SETTINGS = FetchSettings(delay=2.0)


def answer(status: int | None, final: str | None = "https://example.org/b", **given: Any) -> Answer:
    return Answer("a", "https://example.org/a", NOW, 5, final_url=final, status=status, **given)


def waits(state: HostState) -> float:
    return pause(state, NOW)


def test_a_new_host_may_be_asked_at_once() -> None:
    assert waits(STATE) == 0
    assert resting_until(STATE, NOW) is None


def test_after_a_page_the_host_has_its_delay() -> None:
    assert waits(after(STATE, answer(200), SETTINGS, NOW)) == 2.0


def test_robots_may_ask_for_more_delay_but_not_for_less_nor_for_an_hour() -> None:
    assert delay_of(replace(STATE, crawl_delay=10.0), SETTINGS) == 10.0
    assert delay_of(replace(STATE, crawl_delay=0.5), SETTINGS) == 2.0
    assert delay_of(replace(STATE, crawl_delay=3600.0), SETTINGS) == 60.0
    assert delay_of(replace(STATE, crawl_delay=10.0), replace(SETTINGS, robots=False)) == 2.0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("said", ["3600", "Mon, 02 Mar 2026 10:00:00 GMT"])
def test_retry_after_is_kept_in_either_form(status: int, said: str) -> None:
    state = after(STATE, answer(status, headers=(("retry-after", said),)), SETTINGS, NOW)

    assert resting_until(state, NOW) == NOW + timedelta(hours=1)
    assert resting_until(state, NOW + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Mon, 02 Mar 2026 09:02:00 GMT", 120),
        ("Monday, 02-Mar-26 09:02:00 GMT", 120),
        ("Mon, 02 Mar 2020 09:00:00 GMT", 0),
        ("99999999999999999999", 10**9),
    ],
)
def test_retry_after_is_read(said: str, seconds: float) -> None:
    assert retry_after(said, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "1.5", "٣", "Mon, 99 Foo 2026 09:02:00 GMT"])
def test_a_retry_after_that_says_nothing_is_nothing(said: str | None) -> None:
    assert retry_after(said, NOW) is None


def test_a_refusal_without_a_time_rests_longer_each_time_up_to_an_hour() -> None:
    state, rests = STATE, []
    for _ in range(8):
        state = after(state, answer(429), SETTINGS, NOW)
        rests.append(waits(state))

    assert rests == [120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_retry_after_of_years_does_not_end_the_watch() -> None:
    state = after(STATE, answer(503, headers=(("Retry-After", "999999999"),)), SETTINGS, NOW)

    assert resting_until(state, NOW) == NOW + timedelta(hours=24)


@pytest.mark.parametrize("failing", [answer(500), answer(None, failure="network_error", error="x")])
def test_a_failing_host_is_left_alone_after_three_failures_in_a_row(failing: Answer) -> None:
    once = after(STATE, failing, SETTINGS, NOW)
    twice = after(once, failing, SETTINGS, NOW)
    thrice = after(twice, failing, SETTINGS, NOW)

    assert [state.failures for state in (once, twice, thrice)] == [1, 2, 3]
    assert [resting_until(state, NOW) is None for state in (once, twice, thrice)] == [True, True, False]
    assert after(thrice, answer(200), SETTINGS, NOW).failures == 0


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refused_page_is_no_failure_of_the_host(status: int) -> None:
    assert after(STATE, answer(status), SETTINGS, NOW).failures == 0


def test_what_another_host_answers_is_not_held_against_this_one() -> None:
    state = after(STATE, answer(503, "https://other.example/", headers=(("Retry-After", "3600"),)), SETTINGS, NOW)

    assert (state.failures, waits(state)) == (0, 2.0)


def test_a_host_that_was_never_asked_keeps_its_state() -> None:
    refused = answer(None, None, failure="network_error", error="refused by the guard")

    assert after(STATE, refused, SETTINGS, NOW) == STATE


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=40))
def test_no_retry_after_raises_or_reaches_into_the_past(said: str) -> None:
    found = retry_after(said, NOW)

    assert found is None or found >= timedelta(0)


def test_who_is_sent_away_again_after_waiting_as_told_waits_longer_than_told() -> None:
    told = (("Retry-After", "30"),)
    state, rests = STATE, []
    for _ in range(4):
        state = after(state, answer(429, headers=told), SETTINGS, NOW)
        rests.append(waits(state))

    assert rests == [30, 120, 240, 480]


def test_a_moment_further_off_than_any_rest_was_written_by_a_wrong_clock() -> None:
    ahead = replace(STATE, next_allowed=NOW + timedelta(days=3650))

    assert waits(ahead) == 0
    assert resting_until(ahead, NOW) is None
    assert waits(replace(STATE, next_allowed=NOW + timedelta(hours=24))) == 24 * 3600
