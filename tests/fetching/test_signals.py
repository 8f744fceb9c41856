"""Where publishers announce what they change, and how it is asked for."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from scraper.fetching.decoding import TooLargeError
from scraper.fetching.signals import MOST_OF_A_HOST, feeds_named, page_key, signal_request, sitemaps_named, unpacked
from tests.fetching.visiting import answers, visit
from tests.scripted import page

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from tests.scripted import Moments, Scripted

ARTICLE = "https://news.example.org/2026/03/harbour/"


def test_sitemaps_stand_outside_the_groups_of_robots_txt_and_are_of_the_same_publisher() -> None:
    robots = (
        "User-agent: Other\nDisallow: /\nSitemap: https://www.example.org/a.xml  # news\r"
        "sitemap:https://maps.example.org/b.xml\nSitemap: https://elsewhere.net/c.xml\nSitemap: /relative.xml\n"
        "Sitemap: https://[broken/\nSitemap: https://www.example.org/a.xml"
    )
    named = ("https://www.example.org/a.xml", "https://maps.example.org/b.xml")
    assert sitemaps_named(robots, "www.example.org") == named
    assert sitemaps_named(None, "www.example.org") == ()
    many = "".join(f"Sitemap: https://www.example.org/{n}.xml\n" for n in range(99))
    assert len(sitemaps_named(many, "www.example.org:8080")) == MOST_OF_A_HOST


def test_feeds_are_those_that_a_page_announces_for_its_publisher_and_none_of_comments() -> None:
    body = b"""<head><link rel="alternate" type="application/rss+xml" title="The Herald &raquo; Feed" href="/feed/">
    <LINK href='https://example.org/atom.xml' rel=Alternate type='application/atom+xml; charset=utf-8'>
    <link rel="alternate" type="application/rss+xml" title="Herald &raquo; Kommentar-Feed" href="/feed/2">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" href="https://elsewhere.net/feed">
    <link rel="stylesheet" type="application/rss+xml" href="/style"><link rel="alternate" hreflang="fr" href="/fr">"""
    assert feeds_named(body, ARTICLE) == ("https://news.example.org/feed/", "https://example.org/atom.xml")
    assert feeds_named(b"<p>application/rss+xml</p>", ARTICLE) == ()


@pytest.mark.parametrize("around", [b"", b"+", b"<svg type=image/svg+xml>+xml", b"application/+xml" * 9])
@pytest.mark.parametrize("kind", [b"application/rss+xml", b"application/atom+xml"])
def test_a_feed_is_found_among_other_signs_and_where_there_is_none_nothing_is(around: bytes, kind: bytes) -> None:
    link = b"<link rel=alternate type=%s href=/feed>" % kind
    assert feeds_named(around + link + around, ARTICLE) == ("https://news.example.org/feed",)
    assert feeds_named(around + link.replace(b"application", b"text") + around, ARTICLE) == ()
    assert feeds_named(around + link.replace(b"+", b"-"), ARTICLE) == ()


def test_a_gzipped_sitemap_is_unpacked_and_a_bomb_is_not() -> None:
    assert unpacked(gzip.compress(b"<urlset/>"), 100) == b"<urlset/>"
    assert unpacked(b"<urlset/>", 5) == b"<urlset/>"
    with pytest.raises(TooLargeError):
        unpacked(gzip.compress(bytes(10_000_000)), 1_000_000)


def test_a_page_is_known_in_a_list_under_every_spelling_of_its_address() -> None:
    assert page_key("http://www.example.org/A/?utm_source=x") == page_key("https://example.org/a")
    old, new = (
        "https://www.defense.gov/News/Article/Article/2028603/5-things/",
        "https://www.war.gov/x/Article/2028603/",
    )
    assert page_key(old) == page_key(new)
    assert page_key("https://[broken") == "https://[broken"


def test_a_list_is_asked_as_a_page_is_and_nothing_beside_it(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /closed")
    site.pages["/sitemap.xml"] = page("<title>Page not found</title><p>There is no such page here.</p>")
    asked = [signal_request(site.url(path), '"1"', None) for path in ("/sitemap.xml", "/closed.xml")]
    read, denied = answers(visit(site, polite, moments, *asked))

    assert site.paths() == ["/robots.txt", "/sitemap.xml"]
    assert site.asked[1].headers["if-none-match"] == '"1"'
    assert moments.slept == [2.0]
    assert (read.status, read.failure, read.robots) == (200, None, "allowed: no rule against it")
    assert (denied.failure, denied.status) == ("robots_denied", None)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_list_that_fails_or_asks_to_wait_leaves_the_pages_of_its_host_at_their_pace(
    site: Scripted, polite: FetchSettings, moments: Moments, status: int
) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow:")
    site.pages["/sitemap.xml"] = page("away", status, Retry_After="86400")
    listened = visit(site, polite, moments, *[signal_request(site.url("/sitemap.xml"))] * 4)
    assert [answer.status for answer in answers(listened)] == [status] * 4
    state = listened[-1][1]
    assert state.failures == 0
    assert state.next_allowed is not None
    assert (state.next_allowed - moments.now).total_seconds() == 2.0
