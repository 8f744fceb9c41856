"""What a look is worth, and the threshold that a budget buys."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.scheduling.gain import gain, threshold_for, worth_at
from scraper.scheduling.hazard import PRIOR

EVEN = (0.2,) * len(PRIOR)
rates = st.tuples(*[st.floats(1e-4, 20)] * len(PRIOR))


def test_at_an_even_rate_a_look_is_worth_the_rate_times_the_square_of_the_time() -> None:
    assert gain(EVEN, 2.0, 5.0) == pytest.approx(0.2 * 9)
    assert worth_at(EVEN, 2.0, 0.2 * 9) == pytest.approx(5.0)


def test_a_young_page_unseen_over_night_is_judged_by_what_it_was_meanwhile() -> None:
    assert gain(PRIOR, 0.0, 1.5) > PRIOR[2] * 1.5**2


@given(rates, st.floats(0, 100), st.floats(1e-6, 1e4))
def test_the_moment_at_which_a_look_is_worth_a_threshold_is_the_moment_at_which_it_is(
    page: tuple[float, ...], last: float, threshold: float
) -> None:
    at = worth_at(page, last, threshold)
    assert at >= last
    assert gain(page, last, at) == pytest.approx(threshold, rel=1e-5, abs=1e-9)


@given(rates, st.floats(0, 100), st.floats(0, 50), st.floats(0, 50))
def test_waiting_longer_is_never_worth_less(page: tuple[float, ...], last: float, one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    assert gain(page, last, last + sooner) <= gain(page, last, last + later) + 1e-9


@given(st.lists(st.floats(1e-4, 20), min_size=1, max_size=40), st.floats(0.05, 20))
def test_the_threshold_spends_the_budget_to_the_last_look(pages: list[float], each: float) -> None:
    fewest, most = 1 / 30, 24.0
    threshold = threshold_for(pages, each * len(pages), fewest, most)
    spent = sum(min(max(math.sqrt(rate / threshold), fewest), most) for rate in pages)
    assert spent == pytest.approx(each * len(pages), rel=1e-4)


def test_more_money_than_there_is_to_spend_takes_every_look_and_less_than_the_floor_takes_the_floor() -> None:
    assert threshold_for([0.1, 0.2], 100, 1 / 30, 24) == 0
    assert threshold_for([0.1, 0.2], 0.01, 1 / 30, 24) == math.inf
