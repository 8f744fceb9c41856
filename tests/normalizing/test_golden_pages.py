"""Whole pages of our own against the text that a reader would copy from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scraper.normalizing import Document, Image, Link, normalize

PAGES = Path(__file__).parent / "pages"
NAMES = ("agency-story", "press-article", "contracts-list")


def read(name: str) -> Document:
    return normalize(
        (PAGES / f"{name}.html").read_bytes(), url=f"https://site.example/{name}", content_type="text/html"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_page_gives_the_passages_of_its_golden_file(name: str) -> None:
    passages = [f"{p.kind}: {p.text}" for p in read(name).passages]

    assert passages == (PAGES / f"{name}.txt").read_text("utf-8").splitlines()


def test_the_agency_story_says_what_it_is() -> None:
    story = read("agency-story")

    assert story.title == "Harbour Patrols Resume"
    assert story.byline == "Ada Quill, Rivers News"
    assert story.published == "2019-11-21"
    assert story.language == "en-US"
    assert story.canonical_url == "https://site.example/News/Article/4410021/harbour-patrols-resume/"
    assert dict(story.origins)["published"] == "text"
    assert story.images == (
        Image("https://media.rivers.example/2019/Nov/20/2002214873/191120-R-AB123-001.JPG", "A boat leaves a quay."),
    )
    assert Link("https://site.example/budget?year=2019", "2019 budget") in story.links


def test_the_press_article_says_what_it_is() -> None:
    article = read("press-article")

    assert article.title == "Bridge deal: what the council agreed"
    assert article.byline == "Noor Castellan, Tim Ashby"
    assert article.published == "2025-03-07T18:00:00+00:00"
    assert article.modified == "2025-03-07T20:30:00+00:00"
    assert article.syndicated_from == "https://harbourpost.example/2025/03/07/bridge-deal/"
    assert dict(article.origins)["byline"] == "json-ld"
    assert article.links == (Link("https://council.example/papers/77#annex", "council papers"),)


NOISE = [
    (b"83f1c0aa", b"99aabbcc", "a nonce in a script"),
    (b"dDwtMTA4NzczMzUwNTs7Pg==", b"ZGlmZmVyZW50", "a view state"),
    (b"dnn_ctr713", b"dnn_ctr9904", "a module number"),
    (b"/825/780/0/", b"/400/300/90/", "the size of an image"),
    (b"Ferry timetable changes", b"A quite different teaser", "a related story"),
    (b"utm_source=news", b"utm_source=feed", "a campaign"),
    (b"the Republic of Example", b"the Kingdom of Example", "the name of the state in its banner"),
    (b"cookies to count visits", b"cookies to remember you", "the consent bar"),
    (b"<h2>What", b"<h2 class='x9'>  What", "a class and white space"),
    (b"1 Quay Street", b"2 Quay Street", "the address in the footer"),
]


@pytest.mark.parametrize(("old", "new", "what"), NOISE, ids=[what for _, _, what in NOISE])
def test_noise_gives_the_same_document(old: bytes, new: bytes, what: str) -> None:
    body = (PAGES / "agency-story.html").read_bytes()
    assert old in body
    url = "https://site.example/agency-story"

    assert normalize(body.replace(old, new), url=url).sha256 == normalize(body, url=url).sha256


def test_a_renamed_site_in_the_archive_notice_is_no_body_text() -> None:
    body = (PAGES / "agency-story.html").read_bytes()
    before = normalize(body, url="https://site.example/")
    after = normalize(body.replace(b"DOR Webmaster", b"DOW Webmaster"), url="https://site.example/")

    assert after.text == before.text
    assert after.text_sha256 != before.text_sha256


def test_every_word_of_the_golden_text_can_be_edited_and_is_seen() -> None:
    body = (PAGES / "agency-story.html").read_bytes()
    before = normalize(body, url="https://site.example/")
    edited = 0
    for word in (
        b"patrols",
        b"morning",
        b"eastern",
        b"berths.</p></li>",
        b"Fuel",
        b"decides",
        b"wrong",
        b"Resume</h1>",
    ):
        other = body.replace(word, re.sub(rb"^[A-Za-z]+", b"zibaldone", word))
        after = normalize(other, url="https://site.example/")
        edited += len(after.passages) == len(before.passages) and after.text_sha256 != before.text_sha256
    assert edited == 8
