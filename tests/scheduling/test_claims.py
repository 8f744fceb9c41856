"""What lists claim, and how their word gains and loses weight by what the looks found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.scheduling.claims import MOST_SILENCE, Claim, Heeded, Record, Told, span, weigh
from tests.scheduling.records import NOW

HOUR = timedelta(hours=1)


def claim(dated: str, *, heard: datetime = NOW) -> Claim:
    return Claim("page", "example.gov", "sitemap", dated, heard)


@pytest.mark.parametrize(
    ("dated", "first", "length"),
    [
        ("2026-06-01T10:30:00+02:00", datetime(2026, 6, 1, 8, 30, tzinfo=UTC), timedelta(seconds=1)),
        ("2026-06-01T10:30Z", datetime(2026, 6, 1, 10, 30, tzinfo=UTC), timedelta(seconds=1)),
        ("2026-06-01", datetime(2026, 6, 1, tzinfo=UTC), timedelta(days=1)),
        ("Mon, 01 Jun 2026 10:30:00 GMT", datetime(2026, 6, 1, 10, 30, tzinfo=UTC), timedelta(seconds=1)),
    ],
)
def test_a_date_as_written_is_a_span_of_time(dated: str, first: datetime, length: timedelta) -> None:
    assert span(dated) == (first, first + length)


@pytest.mark.parametrize("dated", ["", "yesterday", "2026-13-45", "9999-12-31", "0000-00-00T00:00:00Z", "2026"])
def test_what_is_no_date_claims_nothing(dated: str) -> None:
    assert span(dated) is None
    assert not claim(dated).is_news(NOW - HOUR)


def test_a_claim_is_news_where_it_was_first_heard_after_the_last_look_and_tells_of_a_time_after_it() -> None:
    seen = NOW - timedelta(hours=6)
    assert claim("2026-06-01T09:00:00Z").is_news(seen)
    assert claim("2026-06-01").is_news(seen), "some time of the day of the look"
    assert not claim("2026-06-01T05:00:00Z").is_news(seen)
    assert not claim("2026-06-01T09:00:00Z", heard=seen - HOUR).is_news(seen)


def test_a_date_far_in_the_future_is_news_once_and_not_for_ever() -> None:
    promised = claim("2099-01-01", heard=NOW - HOUR)
    assert promised.is_news(NOW - 2 * HOUR)
    assert not promised.is_news(NOW)


def record(held: int, failed: int, chance: float = 0.0, told: tuple[int, int] = (0, 0)) -> Record:
    """The record of a list: claims that held and failed at looks a day apart, changes announced and not."""
    looks = [Heeded(claim("2026-06-01"), NOW - timedelta(days=1), NOW, n < held) for n in range(held + failed)]
    changes = [Told("example.gov", "sitemap", n < told[0]) for n in range(sum(told))]
    return weigh(looks, changes, lambda _, seen, looked: chance * (looked - seen) / timedelta(days=1))[
        "example.gov", "sitemap"
    ]


def test_a_list_that_nobody_knows_has_some_weight_and_one_that_is_right_gains_more() -> None:
    assert 0.1 < Record().weight < record(3, 0).weight < record(20, 0).weight < 1


def test_a_list_that_lies_loses_its_weight_within_twenty_looks() -> None:
    assert record(0, 5).weight < 0.06
    assert record(0, 20).weight == 0


def test_a_list_that_always_says_now_does_not_live_off_pages_that_change_often() -> None:
    liar = record(30, 30, chance=0.7)  # half of all looks a day apart find a change of such a page
    assert liar.weight == 0
    assert record(30, 0, chance=0.7).weight > 0.5


def test_silence_says_nothing_until_enough_changes_were_announced_and_the_list_does_not_cry_wolf() -> None:
    assert record(4, 0, told=(4, 0)).silence == 0
    assert record(9, 0, told=(9, 4)).silence == 0
    assert record(9, 30, told=(9, 0)).silence == 0
    assert 0.7 < record(9, 0, told=(9, 0)).silence < 0.9


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 80), st.integers(0, 80), st.floats(0, 10), st.integers(0, 80), st.integers(0, 80))
def test_weights_and_shares_stay_within_their_bounds(
    held: int, failed: int, chance: float, announced: int, untold: int
) -> None:
    found = record(held, failed, chance, (announced, untold)) if held + failed + announced + untold else Record()
    assert 0 <= found.weight <= 1
    assert 0 < found.use <= 1
    assert 0 <= found.silence <= MOST_SILENCE


@pytest.mark.parametrize("year", ["99999999999", "9" * 60])
def test_a_year_that_cannot_be_is_no_date(year: str) -> None:
    assert span(f"Sun, 01 Mar {year} 09:00:00 GMT") is None
