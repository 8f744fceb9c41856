"""What is learnt from looks between which pages changed or did not."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.scheduling.hazard import PRIOR, Rates, learn
from scraper.scheduling.history import BANDS, Changed, History, band_of, spread
from tests.scheduling.records import NOW, changes, history

OLD = len(BANDS) - 1


def looked_at_every(interval: float, rate: float, days: float, seed: int) -> History:
    """A page that changes at an even rate, looked at regularly: what its looks would show."""
    chance = random.Random(seed)
    looks = int(days / interval)
    found = sum(chance.random() < -math.expm1(-rate * interval) for _ in range(looks))
    return history(age=days + 60, watched=days, looked=0, changed=(changes(found, interval),) if found else ())


def test_without_evidence_the_table_holds() -> None:
    assert learn([]).of_page("anything", "anybody") == PRIOR


def test_the_prior_falls_with_age_because_young_texts_change_and_old_ones_rarely() -> None:
    assert list(PRIOR) == sorted(PRIOR, reverse=True)


@pytest.mark.parametrize("interval", [0.25, 1.0, 4.0])
def test_the_rate_is_found_whatever_the_rhythm_of_the_looks(interval: float) -> None:
    pages = [(f"page-{n}", "paper", looked_at_every(interval, 0.5, 80, n)) for n in range(60)]

    assert learn(pages).of_publisher("paper")[OLD] == pytest.approx(0.5, rel=0.12)


def test_counting_changed_looks_alone_would_be_far_off_where_looks_are_rare() -> None:
    pages = [looked_at_every(4.0, 0.5, 80, n) for n in range(60)]
    naive = sum(group.count for page in pages for group in page.changed) / (60 * 80)
    assert naive < 0.25


def test_a_publisher_with_little_evidence_leans_on_the_others_and_one_with_much_stands_alone() -> None:
    lively = [(f"l{n}", "lively", looked_at_every(0.5, 0.5, 100, n)) for n in range(40)]
    still = [(f"s{n}", "still", history(age=200, watched=150)) for n in range(40)]
    new = [("n", "new", history(age=200, watched=1.0))]
    rates = learn([*lively, *still, *new])

    assert rates.of_publisher("lively")[OLD] == pytest.approx(0.5, rel=0.2)
    assert rates.of_publisher("still")[OLD] < 0.005
    assert rates.of_publisher("still")[OLD] < rates.of_publisher("new")[OLD] < rates.of_publisher("lively")[OLD]
    assert rates.of_publisher("never seen") == rates.everyone


def test_a_page_that_changes_more_than_its_like_is_expected_to_go_on_but_less_than_it_did() -> None:
    calm = [(f"c{n}", "paper", history(age=200, watched=100, changed=(changes(1, 1.0),))) for n in range(30)]
    busy = ("busy", "paper", history(age=200, watched=100, changed=(changes(20, 1.0),)))
    rates = learn([*calm, busy])

    assert rates.factor_of("c1") < 1 < rates.factor_of("busy")
    assert rates.of_page("c1", "paper")[OLD] < 0.02
    assert 0.05 < rates.of_page("busy", "paper")[OLD] < 0.2


def test_a_change_between_looks_of_different_bands_is_laid_to_the_band_that_is_likelier() -> None:
    quiet = [("q", "paper", history(age=20, watched=19.9, looked=0.1))]
    between = (Changed(1, 0.1, 19.0),)
    pages = [(f"p{n}", "paper", history(age=20, watched=19.9, looked=0, changed=between)) for n in range(20)]
    before, after = learn(quiet), learn([*quiet, *pages])
    risen = [new / old for new, old in zip(after.of_publisher("paper"), before.of_publisher("paper"), strict=True)]

    assert after.of_publisher("paper")[2] > after.of_publisher("paper")[4]
    assert all(rise > 0 for rise in risen)


def test_looks_at_one_moment_teach_without_a_division_by_nothing() -> None:
    rates = learn([("p", "paper", history(watched=10, changed=(Changed(2, 95.0, 95.0),)))])
    assert rates.of_publisher("paper")[OLD] > PRIOR[OLD]


ages = st.floats(0, 4000)


@given(ages, ages)
def test_a_stretch_is_split_into_bands_without_a_rest(one: float, other: float) -> None:
    start, end = sorted((one, other))
    days = spread(start, end)
    assert sum(days) == pytest.approx(end - start, abs=1e-9)
    assert min(days) >= 0
    assert all(d == 0 for d in days[: band_of(start)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(ages, st.floats(0, 400), st.lists(st.tuples(st.integers(1, 50), ages, ages), max_size=4)), max_size=8
    )
)
def test_whatever_was_seen_every_rate_is_a_positive_finite_number(
    pages: list[tuple[float, float, list[tuple[int, float, float]]]],
) -> None:
    histories = [
        (
            f"p{n}",
            f"site-{n % 2}",
            History(
                NOW,
                "unchanged",
                NOW,
                watched=(start, start + length),
                changed=tuple(Changed(count, min(a, b), max(a, b)) for count, a, b in found),
            ),
        )
        for n, (start, length, found) in enumerate(pages)
    ]
    rates = learn(histories)
    for source_id, publisher, _ in histories:
        assert all(0 < rate < math.inf for rate in rates.of_page(source_id, publisher))
    assert learn(histories) == rates


def test_a_weight_counts_a_change_as_several() -> None:
    assert Rates(PRIOR).of_page("p", None, 4.0) == tuple(4 * rate for rate in PRIOR)


def test_pages_that_are_all_alike_are_taken_for_alike_and_those_that_differ_for_different() -> None:
    alike = [(f"a{n}", "even", looked_at_every(1.0, 0.2, 120, n)) for n in range(60)]
    mixed = [(f"m{n}", "mixed", looked_at_every(1.0, (0.6, 0.002, 0.002)[n % 3], 120, n)) for n in range(60)]
    among_alike, among_mixed = learn(alike), learn(mixed)

    factors = [among_alike.factor_of(name) for name, _, _ in alike]
    assert max(factors) < 2 * min(factors)
    busy = [among_mixed.factor_of(f"m{n}") for n in range(0, 60, 3)]
    quiet = [among_mixed.factor_of(f"m{n}") for n in range(1, 60, 3)]
    assert min(busy) > 20 * max(quiet)


def test_what_was_seen_once_counts_for_more_where_pages_are_known_to_differ() -> None:
    newcomer = ("new", "paper", history(age=200, watched=5, changed=(changes(2, 1.0),)))
    alike = [(f"a{n}", "paper", looked_at_every(1.0, 0.05, 120, n)) for n in range(60)]
    mixed = [(f"m{n}", "paper", looked_at_every(1.0, (0.15, 0.001, 0.001)[n % 3], 120, n)) for n in range(60)]
    assert learn([*mixed, newcomer]).factor_of("new") > 1.5 * learn([*alike, newcomer]).factor_of("new")


def test_a_page_that_never_changed_falls_with_the_time_it_was_watched() -> None:
    others = [(f"o{n}", "paper", looked_at_every(1.0, 0.1, 120, n)) for n in range(20)]
    still = [(f"s{n}", "paper", history(age=400, watched=days)) for n, days in enumerate((2, 5, 10, 25, 60, 150))]
    learnt = learn([*others, *still])
    factors = [learnt.factor_of(name) for name, _, _ in still]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] > 3 * factors[-1] > 0
