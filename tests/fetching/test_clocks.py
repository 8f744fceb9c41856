"""How far two clocks were apart: no more is said than a Date and the time of an answer can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fetching.clocks import clock_offset, server_date
from scraper.fetching.observation import Answer

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


def answer(date: str | None, sent: datetime | None, answered: datetime | None, age: str | None = None) -> Answer:
    named = (("Date", date), ("Age", age))
    headers = tuple((name, value) for name, value in named if value is not None)
    return Answer("a", "https://a.example/", NOON, 5, headers=headers, sent=sent, answered=answered)


def offset(seconds: float, *, took: float = 0.2, age: str | None = None) -> int | None:
    """What is said where our clock showed so many seconds after noon when the answer to a Date of noon arrived."""
    arrived = NOON + timedelta(seconds=seconds)
    return clock_offset(answer(format_datetime(NOON, usegmt=True), arrived - timedelta(seconds=took), arrived, age))


@pytest.mark.parametrize("seconds", [0, 0.3, 0.999, 1.1])
def test_within_the_second_of_a_date_the_clocks_agree(seconds: float) -> None:
    assert offset(seconds) == 0


def test_a_slow_answer_leaves_as_much_in_doubt_as_it_took() -> None:
    assert offset(9, took=8.5) == 0
    assert offset(9, took=0.5) == 7


def test_a_clock_that_is_ahead_is_said_to_be_ahead_by_what_is_certain() -> None:
    assert offset(3600.5) == 3599


def test_a_clock_that_is_behind_has_a_negative_offset() -> None:
    assert offset(-300) == -300
    assert offset(-0.4) == 0


def test_an_answer_out_of_a_cache_is_judged_by_its_age() -> None:
    assert offset(600, age="600") == 0
    assert offset(600, age="not a number") == 598
    assert offset(600) == 598


def test_an_age_beyond_measure_is_ignored() -> None:
    assert offset(600, age="9" * 400) == 598
    assert offset(600, age="9" * 10) == 598


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "0", "Mon, 99 Mar 2026 12:00:00 GMT", "Mon, 02 Mar 99999 12:00:00 GMT"]
)
def test_a_date_that_is_none_says_nothing(date: str | None) -> None:
    assert clock_offset(answer(date, NOON, NOON)) is None
    assert server_date(answer(date, NOON, NOON)) is None


@pytest.mark.parametrize(
    "date", ["Mon, 02 Mar 2026 12:00:00 GMT", "Monday, 02-Mar-26 12:00:00 GMT", "Mon Mar  2 12:00:00 2026"]
)
def test_all_three_forms_of_a_date_are_read(date: str) -> None:
    assert server_date(answer(date, NOON, NOON)) == NOON


def test_without_the_moments_of_the_exchange_there_is_no_offset_but_a_date() -> None:
    dated = answer("Mon, 02 Mar 2026 12:00:00 GMT", None, None)
    assert (server_date(dated), clock_offset(dated)) == (NOON, None)


@settings(max_examples=200, deadline=None)
@given(
    true_offset=st.floats(-1e6, 1e6),
    server=st.floats(0, 1000),
    before=st.floats(0, 30),
    after=st.floats(0, 30),
)
def test_what_is_said_never_exceeds_the_true_offset_and_has_its_sign(
    true_offset: float, server: float, before: float, after: float
) -> None:
    written = NOON + timedelta(seconds=server)
    ours = written + timedelta(seconds=true_offset)
    date = format_datetime(written.replace(microsecond=0), usegmt=True)
    said = clock_offset(answer(date, ours - timedelta(seconds=before), ours + timedelta(seconds=after)))

    assert said is not None
    assert abs(said) <= abs(true_offset) + 1e-5
    assert said == 0 or (said > 0) == (true_offset > 0)
    assert abs(true_offset) - abs(said) <= 2 + before + after + 1e-5
