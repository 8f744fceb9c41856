"""A part of a batch: bounded, read as it is fetched, and done by one process or by none."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import scraper.executing.part as part
from scraper.archive.groundwork import Groundwork
from scraper.config import FetchSettings
from scraper.errors import ClusterError
from scraper.executing.batches import Batch
from scraper.executing.crew import check_clock
from scraper.executing.part import Part, do_part, do_part_in
from scraper.fetching import Answer, HostState, Request, fetch_host
from scraper.fetching.batch import Underway
from scraper.fetching.signals import signal_request
from scraper.normalizing import Rules, normalize
from scraper.normalizing.reading import Reading
from tests.scripted import Moments, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = FetchSettings(delay=2.0, robots=True, allow_private=("127.0.0.0/8",))
BODY = "<main><h1>Story {n}</h1><p>Said.</p><p class='ad'>Buy.</p></main>"


@pytest.fixture
def site() -> Iterator[Scripted]:
    with Scripted({f"/{n}": page(BODY.format(n=n)) for n in range(12)}) as served:
        yield served


def whole(site: Scripted, count: int, rules: Rules | None = None) -> Part:
    state = HostState(site.host)
    requests = tuple(Request(f"s{n}", site.url(f"/{n}")) for n in range(count))
    ruled = {r.source_id: rules for r in requests} if rules else {}
    return Part(Batch(state, requests, ruled), Underway.begin(state, SETTINGS), SETTINGS)


def do(asked: Part, moments: Moments) -> part.Done:
    return do_part(asked, clock=moments.clock, sleep=moments.sleep, monotonic=moments.monotonic)


def test_a_part_ends_when_its_time_is_up_and_the_next_goes_on_from_there(
    site: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "SECONDS", 5.0)
    moments, asked, fetched = Moments(), whole(site, 6), []
    while asked.batch.requests:
        done = do(pickle.loads(pickle.dumps(asked)), moments)
        fetched.append(len(done.delivered))
        left = asked.batch.requests[len(done.delivered) :]
        asked = Part(Batch(asked.batch.state, left), done.underway, SETTINGS)

    assert len(fetched) > 1
    assert site.paths() == ["/robots.txt", *(f"/{n}" for n in range(6))], "robots.txt is asked for once"
    assert moments.slept == pytest.approx([2.0] * 6, rel=0.26), "the delay is kept between the parts as well"


def test_a_part_ends_when_it_has_bytes_enough(site: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "BYTES", 2 * len(BODY))
    assert len(do(whole(site, 6), Moments()).delivered) == 3


def test_parts_come_to_what_the_whole_comes_to(site: Scripted) -> None:
    times = Moments()
    asked = whole(site, 4)
    together = list(
        fetch_host(
            asked.batch.requests,
            asked.batch.state,
            SETTINGS,
            clock=times.clock,
            sleep=times.sleep,
            monotonic=times.monotonic,
        )
    )
    in_part = do(asked, Moments()).delivered

    def bodies(results: list[object]) -> list[object]:
        return [(one.source_id, one.status, one.body, one.robots) for one in results if isinstance(one, Answer)]

    assert bodies([one.result for one in in_part]) == bodies([result for result, _ in together])


def test_the_document_is_read_under_the_keepers_rules(site: Scripted) -> None:
    rules = Rules(remove=(".ad",))
    (one,) = do(whole(site, 1, rules), Moments()).delivered
    assert isinstance(one.result, Answer)

    ready = pickle.loads(pickle.dumps(one.groundwork))
    assert isinstance(ready, Groundwork)
    reading = ready.reading

    assert isinstance(reading, Reading)
    expected = normalize(
        one.result.body or b"", url=one.result.url, content_type="text/html; charset=utf-8", rules=rules
    )
    assert reading.document == expected
    assert (reading.holds(rules), reading.holds(Rules())) == (True, False)


def test_a_list_that_is_asked_for_the_schedules_sake_is_not_read_as_a_document(site: Scripted) -> None:
    site.pages["/feed"] = page("<rss><channel><title>News</title></channel></rss>", Content_Type="application/rss+xml")
    state = HostState(site.host)
    asked = (signal_request(site.url("/feed")), Request("feed", site.url("/feed")))
    underway = Underway.begin(state, SETTINGS)
    done = do_part(Part(Batch(state, asked), underway, replace(SETTINGS, delay=0)))
    assert [delivered.groundwork is not None for delivered in done.delivered] == [False, True]


def test_what_is_no_document_is_not_read(site: Scripted) -> None:
    site.pages["/0"] = page("nothing here", 404)
    (one,) = do(whole(site, 1), Moments()).delivered
    assert one.groundwork is None


def test_a_part_that_is_meant_for_another_process_asks_for_nothing(site: Scripted) -> None:
    assert do_part_in("another", whole(site, 2)) is None
    assert site.asked == []


def test_a_worker_whose_clock_is_off_is_an_error_that_says_by_how_much() -> None:
    moments = Moments()
    sent = moments.now
    moments.pass_by(1)
    check_clock("tcp://x:1", sent, sent, moments.now, moments.now)
    began = moments.now
    moments.pass_by(60)
    with pytest.raises(ClusterError, match="the clock of the worker at tcp://x:1 is at least 60 seconds ahead of ours"):
        check_clock("tcp://x:1", sent, began, moments.now, began)
    with pytest.raises(ClusterError, match="at least 61 seconds behind ours"):
        check_clock("tcp://x:1", moments.now, sent, began, moments.now)
