"""Sitemaps and feeds read for the pages that they name, however badly they are made."""

from __future__ import annotations

import pytest

from scraper.errors import Unreadable
from scraper.normalizing.listings import MOST_ENTRIES, Listed, read_listing
from scraper.normalizing.xml_tree import DEEPEST

URL = "https://example.gov/maps/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_a_sitemap_gives_each_page_with_the_date_as_written() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset {NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc> https://example.gov/a?x=1&amp;y=2 </loc><lastmod>2026-03-02T09:00:00+01:00</lastmod>
        <image:image><image:loc>https://example.gov/i.png</image:loc></image:image></url>
      <url><loc>/b</loc></url>
      <url><lastmod>2026-03-02</lastmod></url>
      <url><loc>mailto:press@example.gov</loc></url>
    </urlset>"""
    listing = read_listing(body.encode(), URL)

    assert (listing.kind, listing.cut) == ("sitemap", False)
    assert listing.entries == (
        Listed("https://example.gov/a?x=1&y=2", "2026-03-02T09:00:00+01:00"),
        Listed("https://example.gov/b"),
    )


def test_an_index_gives_its_sitemaps() -> None:
    body = f"<sitemapindex {NS}><sitemap><loc>https://example.gov/1.xml.gz</loc></sitemap></sitemapindex>"
    assert read_listing(body.encode(), URL).kind == "index"
    assert read_listing(body.encode(), URL).entries == (Listed("https://example.gov/1.xml.gz"),)


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><title>News</title><item><link>/a</link><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>"
        "</channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/x"/><link href="/a"/>'
        "<published>2020-01-01T00:00:00Z</published><updated>2026-03-02T09:00:00Z</updated></entry></feed>",
    ],
    ids=["rss", "atom"],
)
def test_a_feed_gives_its_entries(body: str) -> None:
    listing = read_listing(body.encode(), "https://example.gov/feed/")
    assert listing.kind == "feed"
    assert [(entry.url, bool(entry.dated)) for entry in listing.entries] == [("https://example.gov/a", True)]


def test_no_more_is_read_than_the_protocol_allows() -> None:
    entry = "<url><loc>https://example.gov/a</loc></url>"
    body = f"<urlset {NS}>{entry * (MOST_ENTRIES + 5)}</urlset>".encode()
    listing = read_listing(body, URL)
    assert (len(listing.entries), listing.cut) == (MOST_ENTRIES, True)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<!doctype html><html><body>not found", "no well-formed XML|root is <html>"),
        ('<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>', "entity"),
        ("<urlset>" + "<url>" * (DEEPEST + 1), "nested more than"),
        ("<urlset><url><loc>https://example.gov/a</loc>", "no well-formed XML"),
        ("<opml><body/></opml>", "neither a sitemap nor a feed"),
        ("", "no well-formed XML"),
    ],
    ids=["html", "entities", "deep", "cut short", "another root", "empty"],
)
def test_what_is_no_list_is_refused_with_a_reason(body: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_listing(body.encode(), URL)


def test_an_address_or_a_date_of_any_length_is_not_kept() -> None:
    long, dated = f"https://example.gov/{'a' * 9000}", "1" * 9000
    body = f"<urlset><url><loc>{long}</loc></url><url><loc>/b</loc><lastmod>{dated}</lastmod></url></urlset>"
    (entry,) = read_listing(body.encode(), URL).entries
    assert entry.url == "https://example.gov/b"
    assert len(entry.dated) <= 64


@pytest.mark.parametrize(
    "form",
    [
        "<urlset><url><loc>/a</loc><lastmod>{}</lastmod></url></urlset>",
        "<rss><channel><item><link>/a</link><pubDate>{}</pubDate></item></channel></rss>",
        "<feed><entry><link href='/a'/><updated>{}</updated></entry></feed>",
    ],
)
def test_what_stands_where_a_date_should_is_cut_to_the_length_of_one(form: str) -> None:
    (entry,) = read_listing(form.format("2026 " * 9_000).encode(), URL).entries
    assert 0 < len(entry.dated) <= 64
