from __future__ import annotations

import json

import pytest

from scraper.normalizing import Document, normalize
from scraper.normalizing.dates import to_iso

URL = "https://site.example/a/page"


def read(head: str = "", body: str = "<p>Text.</p>", data: object = None) -> Document:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data is not None else ""
    return normalize(f"<html><head>{head}{script}</head><body>{body}</body></html>".encode(), url=URL)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2019-11-21", "2019-11-21"),
        ("2019-11-21T10:00:00Z", "2019-11-21T10:00:00+00:00"),
        ("2019-11-21 10:00:00 +0100", "2019-11-21T10:00:00+01:00"),
        ("Nov. 21, 2019", "2019-11-21"),
        ("Thursday, 21st November 2019", "2019-11-21"),
        ("Published May 3, 2024 at 4:05 p.m.", "2024-05-03T16:05:00"),
        ("Thu, 21 Nov 2019 10:00:00 GMT", "2019-11-21T10:00:00+00:00"),
        ("Feb. 30, 2019", "Feb. 30, 2019"),
        ("03/04/2025", "03/04/2025"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_date_is_read_only_where_it_is_certain(written: str, iso: str) -> None:
    assert to_iso(written) == iso


def test_json_ld_is_trusted_before_meta_and_meta_before_text() -> None:
    head = '<meta name="author" content="Meta Author"><meta property="article:published_time" content="2020-01-02">'
    body = "<p class='byline'>By Text Author</p><time>Jan. 3, 2020</time><p>Text.</p>"

    assert read(head, body, {"@type": "NewsArticle", "author": {"name": "Data Author"}}).byline == "Data Author"
    assert read(head, body).byline == "Meta Author"
    assert read(head, body).published == "2020-01-02"
    assert read("", body).byline == "Text Author"
    assert dict(read("", body).origins)["published"] == "text"


@pytest.mark.parametrize(
    "hostile",
    [
        "{",
        "[" * 100_000,
        '{"@type": "NewsArticle", "headline": {"a": 1}, "author": [[[]]], "datePublished": 7}',
        '{"@type": ["NewsArticle", 4, null], "author": [null, 3, {"name": null}]}',
        '{"@graph": {"@graph": {"@graph": null}}}',
        '"text"',
        '{"@type": "NewsArticle", "headline": "\\ud800"}',
        "9" * 5000,
    ],
)
def test_broken_or_hostile_json_ld_is_passed_over(hostile: str) -> None:
    page = f"<script type='application/ld+json'>{hostile}</script><title>Plain</title><h1>Plain</h1>"
    document = normalize(page.encode(), url=URL)

    assert document.byline is None
    assert (document.title or "").encode("utf-8")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>The vote | Site</title>", "<h1>The vote</h1><p>x</p>", "The vote"),
        (
            "<title>The vote - Site</title><meta property='og:title' content='The vote'>",
            "<h1>Site</h1><p>x</p>",
            "The vote",
        ),
        ("<title>The vote - Site</title><meta property='og:site_name' content='Site'>", "<p>x</p>", "The vote"),
        ("<title>Site</title>", "<h1>Another</h1>", "Another"),
        ("<title>Only a title</title>", "<p>x</p>", "Only a title"),
    ],
)
def test_the_title_is_the_headline_without_the_name_of_the_site(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


def test_addresses_are_absolute_and_the_language_is_that_of_the_page() -> None:
    document = normalize(b"<html lang='fr'><link rel=canonical href='../b'><p>Texte</p>", url=URL)

    assert (document.canonical_url, document.language) == ("https://site.example/b", "fr")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://[::1", "", "mailto:a@b.example"])
def test_a_canonical_address_that_is_none_is_left_out(address: str) -> None:
    assert read(f"<link rel='canonical' href='{address}'>").canonical_url in {None, URL}


def test_a_syndication_line_with_a_broken_template_still_names_its_source() -> None:
    line = "Originally published A title on by https://other.example/story at Other Paper"

    assert read(body=f"<p>{line}</p><p>Text.</p>").syndicated_from == "https://other.example/story"
    assert read(body="<p>Originally published by Other Paper</p>").syndicated_from == "by Other Paper"
