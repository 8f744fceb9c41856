"""The schedule against the oracle on a small simulation: floors on what it catches and how soon, in counts alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.announcing import PUBLISHERS, Listening
from tests.benchmarks.mixes import World, homogeneous, live_through, news, policies
from tests.benchmarks.schedule import mean, measured, real_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.schedule import Scores

PAGES, DAYS, LOOKS = 50, 30, 0.3


def scores(make: Callable[[int, float, float, int], World], *seeds: int) -> Scores:
    return measured([make(PAGES, DAYS, LOOKS * PAGES, seed) for seed in seeds])


def test_news_is_seen_nearly_as_soon_as_by_an_oracle_that_knows_the_rates() -> None:
    found = scores(news, 1, 2)
    ours, best, even = (mean(found[name]) for name in ("Redline", "oracle", "uniform"))

    assert ours.caught >= 0.9 * best.caught
    assert ours.delay <= 1.15 * best.delay
    assert ours.delay <= 0.5 * even.delay
    assert ours.looks <= 1.01 * LOOKS * PAGES


def test_pages_with_even_rates_are_seen_sooner_than_by_the_common_ways() -> None:
    found = scores(homogeneous, 1)
    ours = mean(found["Redline"])
    assert all(ours.delay < mean(found[name]).delay for name in ("uniform", "NewsDiffs ladder"))
    assert ours.delay <= 1.15 * mean(found["knows the law"]).delay
    assert ours.looks <= 1.01 * LOOKS * PAGES


def test_lists_that_are_true_are_worth_their_requests_and_those_that_lie_cost_little() -> None:
    looks = 0.16 * 100
    worlds = [homogeneous(100, 30, looks, 1)]
    deaf = mean([live_through(world, policies(world)["Redline"]) for world in worlds])
    heard = {
        name: mean([live_through(world, Listening(looks, PUBLISHERS[name])) for world in worlds])
        for name in ("honest", "lying")
    }
    honest, lying = heard["honest"], heard["lying"]

    assert honest.delay < 0.9 * deaf.delay
    assert honest.caught > 1.03 * deaf.caught
    assert lying.caught > 0.9 * deaf.caught
    assert lying.delay < 1.1 * deaf.delay
    assert max(honest.looks, lying.looks) <= 1.01 * looks


def test_a_simulation_is_the_same_every_time() -> None:
    world = news(20, 20, 6, 7)
    assert [live_through(world, policies(world)["Redline"]) for _ in range(2)] == [
        live_through(news(20, 20, 6, 7), policies(world)["Redline"])
    ] * 2


def test_real_histories_are_read_from_labelled_pairs(tmp_path: Path) -> None:
    captures = [{"file": f"{n}.html", "captured_at": f"2025-03-{n + 1:02}T06:00:00+00:00"} for n in range(20)]
    pairs = [
        {"a": "1.html", "b": "2.html", "label": "changed_words"},
        {"a": "2.html", "b": "9.html", "label": "unchanged_span"},
        {"a": "9.html", "b": "10.html", "publisher_label": "publisher_modified_changed"},
    ]
    (tmp_path / "gov__page").mkdir()
    (tmp_path / "gov__page" / "meta.json").write_text(json.dumps({"captures": captures, "pairs": pairs}))
    (page,) = real_pages(tmp_path)

    assert page.publisher == "gov"
    assert (page.born, page.gone) == pytest.approx((0.0, 19.0))
    assert [int(at) for at in page.changes] == [1, 9]
