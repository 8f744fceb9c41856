"""What a budget buys, and how much of it one run may spend."""

from __future__ import annotations

from datetime import timedelta
from math import inf

import pytest

from scraper.config import Source
from scraper.scheduling.agenda import Planned, choose
from scraper.scheduling.due import Due
from scraper.scheduling.outlook import SMALL_RUN, Outlook, foresee
from tests.scheduling.records import NOW, changes, history

SIX_HOURS = timedelta(hours=6)


def pages(count: int, **more: object) -> list[Source]:
    return [Source(f"p{n}", f"https://example.org/{n}", publisher="example.org", **more) for n in range(count)]  # type: ignore[arg-type]


def test_a_greater_budget_lowers_the_threshold() -> None:
    sources = pages(30)
    known = {source.id: history(changed=(changes(2, 1.0),)) for source in sources}
    thresholds = [foresee(sources, known, NOW, budget=budget, wake=None).threshold for budget in (0.2, 2, 20)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert 0 < thresholds[-1] < thresholds[0] < inf


def test_pages_with_a_rhythm_of_their_own_and_pages_that_are_gone_take_nothing_from_the_budget() -> None:
    learnt = pages(10)
    own = [Source(f"own-{n}", f"https://example.com/{n}", every=SIX_HOURS) for n in range(10)]
    gone = [Source(f"gone-{n}", f"https://example.net/{n}") for n in range(10)]
    known = {source.id: history() for source in learnt}
    others = {source.id: history(absent_since=NOW, outcome="gone", watched=0.0) for source in own + gone}
    alone = foresee(learnt, known, NOW, budget=2, wake=None)
    among = foresee([*learnt, *own, *gone], {**known, **others}, NOW, budget=2, wake=None)
    assert among.threshold == pytest.approx(alone.threshold)


def test_a_run_may_take_half_as_much_again_as_a_usual_one() -> None:
    sources = pages(400)
    known = {source.id: history() for source in sources}
    found = foresee(sources, known, NOW, budget=2, wake=SIX_HOURS)
    assert found.most == 300  # 400 pages, twice a day, four runs: 200 a run


def test_before_the_rhythm_of_runs_is_known_nothing_is_put_off() -> None:
    sources = pages(400)
    known = {source.id: history() for source in sources}
    assert foresee(sources, known, NOW, budget=2, wake=None).most is None
    assert foresee(sources, {}, NOW, budget=2, wake=SIX_HOURS).most is None


def planned(name: str, pressing: float, *, learnt: bool = True) -> Planned:
    return Planned(Source(name, f"https://{name[0]}.example.org/{name}"), Due(NOW, "", pressing, learnt))


def ids(items: tuple[Planned, ...]) -> list[str]:
    return [item.source.id for item in items]


def hosts(*items: Planned) -> dict[str, str]:
    return {item.source.id: item.source.id[0] for item in items}


def test_when_too_much_is_due_the_most_pressing_comes_first_and_the_rest_next_time() -> None:
    due = [planned("a1", 1.1), planned("b1", 9.0), planned("c1", 3.0)]
    found = choose(due, Outlook(None, 1.0, SIX_HOURS, most=2), hosts(*due), {})  # type: ignore[arg-type]
    assert (ids(found.now), ids(found.later)) == (["b1", "c1"], ["a1"])


def test_what_the_keeper_or_an_absence_asks_for_is_never_put_off() -> None:
    due = [planned("a1", 1.1, learnt=False), planned("b1", 9.0), planned("c1", 3.0)]
    found = choose(due, Outlook(None, 1.0, SIX_HOURS, most=1), hosts(*due), {})  # type: ignore[arg-type]
    assert (ids(found.now), ids(found.later)) == (["b1", "a1"], ["c1"])


def test_a_host_that_rests_or_is_slow_takes_no_place_from_others() -> None:
    due = [planned("a1", 9.0), planned("a2", 8.0), planned("b1", 2.0), planned("b2", 1.5)]
    found = choose(due, Outlook(None, 1.0, SIX_HOURS, most=2), hosts(*due), {"a": 0, "b": 9})  # type: ignore[arg-type]
    assert ids(found.now) == ["a1", "a2", "b1", "b2"]


def test_a_small_list_is_never_cut() -> None:
    sources = pages(5)
    known = {source.id: history() for source in sources}
    assert foresee(sources, known, NOW, budget=0.1, wake=SIX_HOURS).most == SMALL_RUN
