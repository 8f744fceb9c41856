from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scraper.fetching import Client, Request, judge
from tests.fetching.asking import loopback
from tests.fetching.visiting import answers, visit
from tests.scripted import Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings


@pytest.fixture
def other() -> Iterator[Scripted]:
    with Scripted() as served:
        yield served


def test_the_host_that_a_redirect_leads_to_is_asked_for_its_rules_once(
    site: Scripted, other: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    other.pages.update({"/robots.txt": page("User-agent: *\nDisallow: /b"), "/a": page("there")})
    site.pages.update(
        {"/a": redirect(other.url("/a")), "/b": redirect(other.url("/b")), "/c": redirect(other.url("/a"))}
    )

    a, b, c = answers(visit(site, polite, moments, "/a", "/b", "/c"))

    assert other.paths() == ["/robots.txt", "/a", "/a"]
    assert (a.body, c.body) == (b"there", b"there")
    assert (b.failure, b.final_url, len(b.redirects)) == ("robots_denied", None, 1)
    assert judge(b).reason == f"robots.txt of {other.host} forbids /b to Redline (Disallow: /b)"


def test_our_rules_do_not_hold_for_the_host_that_a_redirect_leads_to(
    site: Scripted, other: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    other.pages["/b"] = page("there")
    site.pages.update({"/robots.txt": page("User-agent: *\nDisallow: /b"), "/a": redirect(other.url("/b"))})

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert got.body == b"there"


def test_the_other_host_is_asked_at_its_own_pace(
    site: Scripted, other: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    other.pages.update({"/robots.txt": page("User-agent: *\nCrawl-delay: 9"), "/a": page("there")})
    site.pages.update({"/robots.txt": page("no", 404), "/a": redirect(other.url("/a"))})

    got = answers(visit(site, replace(polite, timeout=5), moments, "/a", "/a"))

    # Twice 2 s between our own requests; 2 s after its robots.txt, and 9 s less our 2 between its pages.
    assert moments.slept == [2.0, 2.0, 2.0, 7.0]
    assert [answer.body for answer in got] == [b"there", b"there"], "waiting must not use up a page's time"
    assert all(answer.elapsed_ms < 5000 for answer in got)


@pytest.mark.parametrize(
    ("status", "failure"), [(500, "robots_denied"), (429, "robots_denied"), (None, "network_error")]
)
def test_where_its_rules_cannot_be_read_the_redirect_is_not_followed(
    site: Scripted, other: Scripted, polite: FetchSettings, moments: Moments, status: int | None, failure: str
) -> None:
    other.pages.update({"/robots.txt": page("no", status) if status else lambda _: [], "/a": page("there")})
    site.pages["/a"] = redirect(other.url("/a"))

    first, second = answers(visit(site, polite, moments, "/a", "/a"))

    assert [first.failure, second.failure] == [failure, failure]
    assert other.paths() == ["/robots.txt"], "it is not asked again for every page"
    assert f"robots.txt of {other.host} could not be read" in (first.error or "")


def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_redirects_too(
    site: Scripted, other: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    other.pages["/a"] = page("later", 429, Retry_After="3600")
    site.pages["/a"] = redirect(other.url("/a"))

    results = visit(site, polite, moments, "/a", "/a")
    first, second = answers(results)

    assert (first.status, second.status, second.failure) == (429, None, "network_error")
    assert f"a redirect leads to {other.host}, which is left alone until 2026-03-02 10:" in (second.error or "")
    assert other.paths() == ["/robots.txt", "/a"]
    assert results[-1][1].failures == 0, "that is not held against the host that sent us there"


def test_without_robots_the_other_host_is_asked_at_once(
    site: Scripted, other: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    other.pages["/a"] = page("there")
    site.pages["/a"] = redirect(other.url("/a"))

    (got,) = answers(visit(site, settings, moments, "/a"))

    assert (got.body, other.paths()) == (b"there", ["/a"])


def test_a_public_redirect_does_not_even_ask_for_the_robots_txt_of_a_private_host(
    site: Scripted, settings: FetchSettings
) -> None:
    """The client that asks aside shares the guard and knows where the redirect came from."""
    with Client(settings, resolve=loopback) as client, client.aside() as aside:
        inside = aside.fetch(Request("robots.txt", site.url("/robots.txt")))
        led = aside.fetch(Request("robots.txt", site.url("/robots.txt")), led_from="https://public.example/a")

    assert (inside.status, led.status, led.final_url) == (404, None, None)
    assert "a redirect led there" in (led.error or "")
    assert site.paths() == ["/robots.txt"]


def test_a_redirect_into_a_private_network_is_refused_in_the_words_of_the_guard(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages["/a"] = redirect("http://10.0.0.1/a")

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert (got.failure, got.final_url) == ("network_error", None)
    assert got.error == "10.0.0.1 is a private address; a redirect led there, and is not followed"
