from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from scraper.executing.batches import Delivered
from scraper.executing.threads import _Results
from scraper.fetching.observation import Answer
from scraper.fetching.politeness import HostState

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def delivered(number: int) -> Delivered:
    return Delivered(Answer(f"p{number}", "https://example.org/", MOMENT, 0), HostState("example.org"))


def test_no_more_is_in_hand_than_there_are_places() -> None:
    results, stop = _Results(2), threading.Event()
    through: list[int] = []

    def fetch() -> None:
        for number in range(4):
            if results.offer(delivered(number), stop):
                through.append(number)  # noqa: PERF401 - one by one, to be seen from outside

    fetching = threading.Thread(target=fetch, daemon=True)
    fetching.start()
    while len(through) < 2:
        fetching.join(0.01)
    fetching.join(0.1)
    assert through == [0, 1]
    taken = [results.take(), results.take(), results.take(), results.take()]
    assert [one.result.source_id for one in taken if one] == ["p0", "p1", "p2", "p3"]
    fetching.join(5)
    assert through == [0, 1, 2, 3]
    assert results.none_waits()
    assert results.take(0.01) is None


def test_who_waits_for_a_place_goes_when_nobody_takes_any_more() -> None:
    results, stop = _Results(1), threading.Event()
    assert results.offer(delivered(0), stop)
    threading.Timer(0.05, stop.set).start()
    assert not results.offer(delivered(1), stop)


def test_a_fault_that_was_handed_over_is_raised_where_it_is_taken() -> None:
    results = _Results(1)
    assert results.offer(ValueError("ours"), threading.Event())
    with pytest.raises(ValueError, match="ours"):
        results.take()
