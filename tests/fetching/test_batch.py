from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.fetching import Answer, HostState, Postponed, Request, fetch_host, judge
from tests.fetching.visiting import answers, visit
from tests.scripted import Moments, Page, Scripted, page, redirect

if TYPE_CHECKING:
    from scraper.config import FetchSettings


def test_robots_txt_is_read_first_and_every_request_keeps_its_distance(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/a": page("one"), "/b": page("two")})

    results = visit(site, polite, moments, "/a", "/b")

    assert site.paths() == ["/robots.txt", "/a", "/b"]
    assert moments.slept == [2.0, 2.0]
    assert site.connections == 1
    assert [(got.source_id, got.body) for got in answers(results)] == [("s0", b"one"), ("s1", b"two")]


def test_a_crawl_delay_widens_the_distance(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update({"/robots.txt": page("User-agent: *\nCrawl-delay: 7"), "/a": page("one"), "/b": page("two")})

    results = visit(site, polite, moments, "/a", "/b")

    # The wait after robots.txt itself was set before it was read.
    assert moments.slept == [2.0, 7.0]
    assert results[-1][1].crawl_delay == 7.0


def test_the_wait_outlives_the_batch(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages["/a"] = page("one")
    *_, (_, state) = visit(site, polite, moments, "/a")
    moments.slept.clear()

    visit(site, polite, moments, "/a", state=state)

    assert moments.slept == [2.0]
    assert site.paths() == ["/robots.txt", "/a", "/a"], "robots.txt is remembered for a day"


def test_robots_txt_is_asked_for_again_after_a_day(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages["/a"] = page("one")
    *_, (_, state) = visit(site, polite, moments, "/a")
    moments.pass_by(25 * 3600)

    visit(site, polite, moments, "/a", state=state)

    assert site.paths().count("/robots.txt") == 2


def test_a_page_that_robots_txt_forbids_is_not_asked_for(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/robots.txt": page("User-agent: *\nDisallow: /a"), "/a": page("one"), "/b": page("two")})

    denied, allowed = answers(visit(site, polite, moments, "/a", "/b"))

    assert site.paths() == ["/robots.txt", "/b"]
    assert (denied.failure, denied.status) == ("robots_denied", None)
    assert judge(denied).outcome == "robots_denied"
    assert judge(denied).reason == f"robots.txt of {site.host} forbids /a to Redline (Disallow: /a)"
    assert allowed.body == b"two"


def test_robots_txt_can_be_left_out(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update({"/robots.txt": page("User-agent: *\nDisallow: /"), "/a": page("one")})

    (got,) = answers(visit(site, replace(polite, robots=False), moments, "/a"))

    assert got.body == b"one"
    assert site.paths() == ["/a"]


def test_a_redirect_does_not_lead_around_robots_txt(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update(
        {"/robots.txt": page("User-agent: *\nDisallow: /b"), "/a": redirect("/b"), "/b": page("forbidden")}
    )

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert (got.failure, got.body, len(got.redirects)) == ("robots_denied", None, 1)
    assert "/b" not in site.paths()


@pytest.mark.parametrize("status", [404, 403])
def test_a_missing_robots_txt_allows_everything(
    site: Scripted, polite: FetchSettings, moments: Moments, status: int
) -> None:
    site.pages.update({"/robots.txt": page("no", status), "/a": page("one")})

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert got.body == b"one"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failing_robots_txt_forbids_everything(
    site: Scripted, polite: FetchSettings, moments: Moments, status: int
) -> None:
    site.pages.update({"/robots.txt": page("no", status), "/a": page("one"), "/b": page("two")})

    results = answers(visit(site, polite, moments, "/a", "/b"))

    assert [got.failure for got in results] == ["robots_denied", "robots_denied"]
    assert f"it answered {status}" in (results[0].error or "")
    assert site.paths() == ["/robots.txt"]


def test_a_host_that_does_not_answer_is_a_network_error_and_is_tried_once(
    polite: FetchSettings, moments: Moments
) -> None:
    with Scripted() as closed:
        pass

    results = answers(visit(closed, polite, moments, "/a", "/b"))

    assert [got.failure for got in results] == ["network_error", "network_error"]
    assert "connection refused" in (results[0].error or "")


def test_a_refused_address_says_how_to_allow_it_and_leaves_no_mark_on_the_host(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    start = HostState(site.host)

    ((got, state),) = visit(site, replace(polite, allow_private=()), moments, "/a", state=start)

    assert isinstance(got, Answer)
    assert got.failure == "network_error"
    assert 'allow_private = ["127.0.0.0/8"]' in (got.error or "")
    assert state == start
    assert site.asked == []


def test_retry_after_postpones_the_rest_of_the_batch_and_the_next(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/a": page("later", 429, Retry_After="3600"), "/b": page("two")})

    (first, _), (second, state) = visit(site, polite, moments, "/a", "/b")
    (third, _), *_ = visit(site, polite, moments, "/b", state=state)
    moments.pass_by(3600)
    (fourth, _), *_ = visit(site, polite, moments, "/b", state=state)

    assert isinstance(first, Answer)
    assert judge(first).outcome == "blocked"
    assert isinstance(second, Postponed)
    assert (second.source_id, second.url) == ("s1", site.url("/b"))
    assert timedelta(minutes=59) < second.until - moments.now + timedelta(hours=1) <= timedelta(hours=1)
    assert isinstance(third, Postponed)
    assert isinstance(fourth, Answer)
    assert fourth.body == b"two"


def test_a_short_retry_after_is_waited_for(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update({"/a": page("later", 503, Retry_After="30"), "/b": page("two")})

    visit(site, polite, moments, "/a", "/b")

    assert moments.slept == [2.0, 30.0]


def test_a_dying_host_is_left_alone_after_three_failures(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({f"/{n}": page("broken", 500) for n in range(5)})

    results = [got for got, _ in visit(site, polite, moments, *(f"/{n}" for n in range(5)))]

    assert [isinstance(got, Postponed) for got in results] == [False, False, False, True, True]


def test_what_goes_in_and_what_comes_out_pickles(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update({"/a": page("one"), "/b": page("later", 429, Retry_After="3600")})

    results = visit(site, polite, moments, "/a", "/b", "/c")

    assert pickle.loads(pickle.dumps(results)) == results
    assert pickle.loads(pickle.dumps(polite)) == polite
    assert pickle.loads(pickle.dumps(fetch_host)) is fetch_host


def test_a_page_of_another_host_is_a_mistake_of_the_caller(polite: FetchSettings) -> None:
    with pytest.raises(ValueError, match="is not of the host"):
        list(fetch_host([Request("a", "https://example.org/")], HostState("example.com"), polite))


def test_a_host_that_always_says_half_a_minute_is_asked_twice(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({f"/{n}": page("later", 429, Retry_After="30") for n in range(20)})

    results = [got for got, _ in visit(site, polite, moments, *(f"/{n}" for n in range(20)))]

    assert [isinstance(got, Postponed) for got in results] == [False, False] + [True] * 18
    assert moments.slept == [2.0, 30.0]


def test_a_batch_ends_when_its_time_is_up_and_says_so(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nCrawl-delay: 3600\nDisallow: /forbidden")
    site.pages.update({f"/{n}": page("text") for n in range(30)})
    began = moments.now

    results = [got for got, _ in visit(site, polite, moments, *(f"/{n}" for n in range(30)))]

    assert len([got for got in results if isinstance(got, Answer)]) == 20
    assert moments.now - began <= timedelta(minutes=20)
    last = results[-1]
    assert isinstance(last, Postponed)
    assert last.until > moments.now
    assert "has had its share of this run" in last.reason


def test_nothing_is_asked_of_a_resting_host_not_even_its_robots_txt(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    resting = HostState(site.host, next_allowed=moments.now + timedelta(hours=1))

    ((got, state),) = visit(site, polite, moments, "/a", state=resting)

    assert isinstance(got, Postponed)
    assert got.until == resting.next_allowed
    assert (state, site.asked, moments.slept) == (resting, [], [])


@pytest.mark.parametrize("status", [503, 429])
@pytest.mark.parametrize("seconds", [30, 3600])
def test_a_robots_txt_that_names_a_time_to_come_back_denies_nothing(
    site: Scripted, polite: FetchSettings, moments: Moments, status: int, seconds: int
) -> None:
    site.pages.update({"/robots.txt": page("busy", status, Retry_After=str(seconds)), "/a": page("one")})

    results = [got for got, _ in visit(site, polite, moments, "/a", "/a")]

    assert site.paths() == ["/robots.txt"]
    assert all(isinstance(got, Postponed) for got in results)
    assert [got.until for got in results if isinstance(got, Postponed)] == [
        moments.now + timedelta(seconds=seconds)
    ] * 2


def test_robots_txt_has_a_limit_of_its_own(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    rules = "User-agent: *\nDisallow: /a\n" + "# a remark\n" * 60_000 + "Disallow: /b\n"
    site.pages.update({"/robots.txt": page(rules), "/a": page("one"), "/b": page("two")})

    denied, read = answers(visit(site, replace(polite, max_bytes=1000), moments, "/a", "/b"))

    assert (denied.failure, read.body) == ("robots_denied", b"two")


def test_chance_makes_a_wait_longer_and_never_shorter(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages.update({"/a": page("one"), "/b": page("two")})
    falls = iter([0.0, 1.0, 0.5])

    visit(site, polite, moments, "/a", "/b", chance=lambda: next(falls))

    assert moments.slept == [2.0, 2.5]


def test_an_old_robots_txt_serves_while_the_new_one_cannot_be_read_and_is_asked_for_once(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/robots.txt": page("busy", 500), "/a": page("one"), "/b": page("two")})
    known = HostState(site.host, robots="User-agent: *\nDisallow: /b", robots_fetched=moments.now - timedelta(days=3))

    a, b, again = answers(visit(site, polite, moments, "/a", "/b", "/a", state=known))

    assert (a.body, b.failure, again.body) == (b"one", "robots_denied", b"one")
    assert site.paths() == ["/robots.txt", "/a", "/a"]


def test_a_host_that_was_left_alone_is_tried_with_one_page_and_left_alone_for_longer(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    """What opens the circuit outlives the process: a state is all that one run hands to the next."""
    site.pages.update({f"/{n}": page("broken", 500) for n in range(5)})
    everything = [f"/{n}" for n in range(5)]
    state, waits = HostState(site.host), []
    for _ in range(4):
        *_, (last, state) = visit(site, polite, moments, *everything, state=state)
        assert isinstance(last, Postponed)
        waits.append(round((last.until - moments.now).total_seconds()))
        moments.now = last.until
    pages = [path for path in site.paths() if path != "/robots.txt"]
    site.pages["/0"] = page("mended")
    *_, (_, mended) = visit(site, polite, moments, "/0", state=state)

    assert waits == [120, 240, 480, 960]
    assert pages == ["/0", "/1", "/2", "/0", "/0", "/0"]
    assert mended.failures == 0


CHALLENGE = page("<title>Just a moment...</title>", Server="cloudflare", CF_RAY="9d2b-DFW", CF_Mitigated="challenge")
PATHS = tuple(f"/{n}" for n in range(8))


@pytest.mark.parametrize("refusal", [page("no", 403), CHALLENGE, page("<title>Access Denied</title>")])
def test_a_host_that_refuses_page_after_page_slows_the_batch_and_then_ends_it(
    site: Scripted, polite: FetchSettings, moments: Moments, refusal: Page
) -> None:
    site.pages = dict.fromkeys(PATHS, refusal)

    results = visit(site, polite, moments, *PATHS)

    assert site.paths() == ["/robots.txt", "/0", "/1", "/2"]
    assert moments.slept == [2.0, 2.0, 4.0]
    assert [judge(got).outcome for got in answers(results)] == ["blocked"] * 3
    put_off = [got for got, _ in results if isinstance(got, Postponed)]
    assert [got.source_id for got in put_off] == ["s3", "s4", "s5", "s6", "s7"], (
        "nothing is claimed of what was not asked"
    )
    assert all("refused 3 times in a row" in got.reason for got in put_off)
    assert {got.until for got in put_off} == {moments.now + timedelta(minutes=2)}


def test_after_its_rest_a_host_that_refuses_is_asked_for_one_page_and_rests_for_twice_as_long(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages = dict.fromkeys(PATHS, page("no", 403))
    state = visit(site, polite, moments, *PATHS)[-1][1]

    rests = []
    for _ in range(3):
        moments.pass_by(6 * 3600)
        state = visit(site, polite, moments, *PATHS, state=state)[-1][1]
        assert state.next_allowed is not None
        rests.append((state.next_allowed - moments.now).total_seconds())

    assert rests == [240, 480, 960]
    assert site.paths().count("/0") == 4
    site.pages = dict.fromkeys(PATHS, page("a page"))
    moments.pass_by(6 * 3600)
    results = visit(site, polite, moments, *PATHS, state=state)
    assert len(answers(results)) == len(PATHS)
    assert results[-1][1].failures == 0


@pytest.mark.parametrize(
    "other",
    [page("log in", 401), page("pay", 402), page("gone", 404), page("a page"), page("no", 451), redirect("/login")],
)
def test_what_is_asked_for_a_page_and_not_of_the_visitor_ends_no_batch(
    site: Scripted, polite: FetchSettings, moments: Moments, other: Page
) -> None:
    site.pages = dict.fromkeys(PATHS, other)

    results = visit(site, polite, moments, *PATHS)

    assert len(answers(results)) == len(PATHS)
    assert results[-1][1].failures == 0


def test_a_page_between_two_refusals_begins_the_count_anew(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages = {path: page("no", 403) if n % 3 else page("a page") for n, path in enumerate(PATHS)}

    assert len(answers(visit(site, polite, moments, *PATHS))) == len(PATHS)


def test_a_robots_txt_neither_is_counted_as_a_refusal_nor_makes_up_for_one(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages = {"/robots.txt": page("no", 403), "/0": page("no", 403), "/1": page("no", 403), "/2": page("a page")}
    results = visit(site, polite, moments, "/0", "/1", "/2")
    assert len(answers(results)) == 3

    state = HostState(site.host, failures=2)
    site.pages = {"/robots.txt": page("User-agent: *"), "/0": page("no", 403)}
    assert visit(site, polite, moments, "/0", state=state)[-1][1].failures == 3
