"""A batch in parts: every page comes once, whatever is lost, and the host is left alone after a loss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from scraper.config import FetchSettings
from scraper.executing.batches import Batch, Delivered
from scraper.executing.hosts import LOSSES, HostBatch
from scraper.executing.part import PAGES, Done, Part
from scraper.fetching.observation import Answer, Hop, Request
from scraper.fetching.politeness import HostState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POLITE = FetchSettings(delay=2.0)


def batch(count: int) -> HostBatch:
    requests = tuple(Request(f"s{n}", f"https://example.org/{n}") for n in range(count))
    return HostBatch(Batch(HostState("example.org"), requests), POLITE)


def done(part: Part, count: int, kept_back: bool = False) -> Done:
    hops = (Hop("https://example.org/x", 301, "/all"),) if kept_back else ()
    final = "https://example.org/all" if kept_back else None
    delivered = tuple(
        Delivered(
            Answer(r.source_id, r.url, NOW, 1, status=200, final_url=final, redirects=hops), part.underway.known.state
        )
        for r in part.batch.requests[:count]
    )
    return Done(delivered, (kept_back,) * len(delivered), part.underway, NOW, NOW)


@settings(max_examples=60, deadline=None)
@given(some.integers(1, 70), some.lists(some.tuples(some.booleans(), some.integers(1, PAGES), some.booleans())))
def test_every_page_is_given_exactly_once_whatever_is_lost(count: int, fate: list[tuple[bool, int, bool]]) -> None:
    host, given_back = batch(count), list[Delivered]()
    for is_lost, some_of_it, kept_back in [*fate, *[(False, PAGES, False)] * 80]:
        if host.over:
            break
        part = host.next_part()
        given_back += host.lost(NOW) if is_lost else host.done(done(part, some_of_it, kept_back))
    assert host.over
    assert sorted(one.result.source_id for one in given_back) == sorted(f"s{n}" for n in range(count))


def test_after_a_loss_the_host_is_left_alone_for_its_delay() -> None:
    host = batch(3)
    host.next_part()
    assert list(host.lost(NOW)) == []

    state = host.next_part().underway.known.state

    assert state.next_allowed == NOW + timedelta(seconds=2)


def test_pages_over_which_a_worker_was_lost_go_out_one_by_one() -> None:
    host = batch(PAGES + 5)
    assert len(host.next_part().batch.requests) == PAGES
    list(host.lost(NOW))

    alone = []
    for _ in range(PAGES):
        part = host.next_part()
        alone.append(len(part.batch.requests))
        list(host.done(done(part, 1)))

    assert set(alone) == {1}
    assert len(host.next_part().batch.requests) == 5


def test_a_page_is_given_up_only_where_it_was_out_alone() -> None:
    host = batch(2)
    given_up: list[Delivered] = []
    for _ in range(LOSSES):
        assert given_up == []
        host.next_part()
        given_up += host.lost(NOW)

    (one,) = given_up
    assert isinstance(one.result, Answer)
    assert (one.result.source_id, one.result.failure, one.result.body) == ("s0", "extraction_suspect", None)
    assert [r.source_id for r in host.next_part().batch.requests] == ["s1"]


def test_pages_that_have_to_be_seen_together_are_given_at_the_end_of_the_batch() -> None:
    host = batch(PAGES + 2)
    assert list(host.done(done(host.next_part(), PAGES, kept_back=True))) == []

    at_the_end = list(host.done(done(host.next_part(), 2)))

    failures = [one.result.failure for one in at_the_end if isinstance(one.result, Answer)]
    assert failures == [None, None, *["redirected_elsewhere"] * PAGES]
