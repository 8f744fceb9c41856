"""Boxes that one word of their name sets beside the text."""

from __future__ import annotations

import pytest

from scraper.comparing import compare
from scraper.normalizing import Document, normalize
from scraper.normalizing.besides import box_named

LONG = (
    "The council said on that day that the ferry will run through the winter and that the fares of all lines stay as"
    " they are until the spring timetable comes into force."
)
PROSE = "".join(f"<p>{n}. {LONG}</p>" for n in range(8))
BOX = "Readers who give five a month keep this paper afloat, and receive the {} map of the harbour in return for it."


def read(body: str) -> Document:
    return normalize(f"<html><body>{body}</body></html>".encode(), url="https://site.example/page")


def page(box: str) -> Document:
    return read(f"<div><h1>The vote</h1>{PROSE}{box}<p>Last of all, {LONG}</p></div>")


def kinds(document: Document, words: str) -> list[str]:
    return [p.kind for p in document.passages if words in p.text]


@pytest.mark.parametrize(
    "name",
    ["article-donation-CTA", "c-newsletter-block--wide", "editorial-disclosure", "rp4wp-related-posts", "postAuthorBio",
     "ez-toc-container", "author-info", "content-blocker", "Sidebar_wrap__3fQ2x"],
)  # fmt: skip
def test_one_word_of_a_name_is_enough_to_set_a_box_aside(name: str) -> None:
    document = page(f"<div class='{name}'><p>{BOX.format('old')}</p></div>")

    assert kinds(document, "afloat") in (["aside"], [])
    assert "afloat" not in document.text


def test_a_box_set_aside_is_compared_like_the_text_around_it() -> None:
    old, new = (page(f"<div class='donation-cta'><p>{BOX.format(word)}</p></div>") for word in ("old", "new"))
    found = compare(old, new)

    assert found.substantive
    assert [edit.kind for edit in found.edits] == ["aside"]


@pytest.mark.parametrize(
    "name", ["has-newsletter", "no-sidebar", "bioenergy", "layout--with-related", "relatedness", "content", "mediation"]
)
def test_a_state_a_modifier_or_a_longer_word_names_no_box(name: str) -> None:
    assert box_named({"class": name}) is None


def test_a_teaser_with_a_link_announces_another_page_and_without_one_is_the_standfirst() -> None:
    teaser = "<div class='news-teaser-text'><p>{}The ferries sail on, the council has decided late at night.</p></div>"

    assert kinds(page(teaser.format("")), "sail on") == ["paragraph"]
    assert kinds(page(teaser.format("<a href='/b'>More</a>: ")), "sail on") == ["aside"]


def test_a_box_that_holds_the_title_or_much_of_the_page_is_the_document_whatever_it_is_called() -> None:
    titled = read(f"<div class='promo'><h1>The vote</h1><p>{BOX}</p></div><div>{PROSE}</div>")
    large = read(f"<div><h1>The vote</h1>{PROSE}<div class='promo'>{PROSE.replace('council', 'mayor')}</div></div>")

    assert kinds(titled, "afloat") != ["aside"]
    assert "mayor" in large.text


def test_a_line_of_an_article_that_is_nothing_but_a_link_stands_aside() -> None:
    head = (
        "<head><meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2025-01-02'></head>"
    )
    body = f"<h1>The vote</h1>{PROSE}<p><a href='/t'>Trams stop at nine, says the line</a></p><p>At last, {LONG}</p>"

    def line(head: str) -> list[str]:
        page = f"<html>{head}<body><div>{body}</div></body></html>"
        return kinds(normalize(page.encode(), url="https://site.example/page"), "Trams")

    assert line(head) == ["aside"]
    assert line("") == ["paragraph"]


def test_a_heading_of_another_page_is_an_aside_and_the_title_never() -> None:
    document = read(f"<div><h1>The vote</h1>{PROSE}</div><div><h1><a href='/o'>x</a> Another story</h1></div>")

    assert kinds(document, "The vote") == ["heading"]
    assert kinds(document, "Another story") == ["aside"]


@pytest.mark.parametrize(
    "caption",
    [
        "<h2 class='figure__caption'>The pier at noon.</h2>",
        "<p class='imagedescription'>The pier at noon.</p>",
        "<div class='media__description'><p>The pier at noon.</p></div>",
        "<p><span class='rte-image--imageCaption'>The pier at noon.</span></p>",
        "<p class='photo-credit'>The pier at noon.</p>",
    ],
)
def test_what_is_named_as_the_text_of_a_picture_is_a_caption(caption: str) -> None:
    assert kinds(page(caption), "pier") == ["caption"]


def test_the_description_of_an_article_is_no_caption() -> None:
    assert kinds(page("<div class='article-description'><p>The pier at noon.</p></div>"), "pier") == ["paragraph"]
