from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetching.glimpse import MANY, headline, headlines, prose, refresh, runs


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>A  story\n of two</title>", "A story of two"),
        ("<TITLE lang=en>A &amp; B</TITLE>", "A & B"),
        ("<title>A&nbsp;\x1f<i>B</i>&#10;&lt;C&gt;</title>", "A B <C>"),
        ("<title>\u2003\x85A</title>", "A"),
        (f"<title>&#{'9' * 50};A</title>", "\ufffdA"),
        ("<title></title>", ""),
        ("<title>never closed", ""),
        ("<titled>no</titled>", ""),
        ("<p>no title", ""),
        ("", ""),
    ],
)
def test_the_first_title_is_read_as_text(markup: str, title: str) -> None:
    assert headline(markup.encode(), "title") == title


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<ul><li>menu of many words</ul><p>one two</p><P class=x>three", 3),
        ("<p>one<p>two</p><pre>not a paragraph</pre>", 2),
        ("<head><title>x y</title></head><div>one two</div><script>var a = 1</script><SCRIPT>b</SCRIPT>three", 3),
        ("<div>one</div><style>a {} b {}", 1),
        ("<head><meta charset=x><body><p>one two", 2),
        ("<div>" + "word " * 30 + "</div><p>imprint</p>", 30),
        ("<div>" + "<b>word</b> " * 30 + "</div><p>imprint</p>", 30),
        ("<a href=x>menu entry</a> " * 30 + "<p>one two</p>", 2),
        ("<li>menu entry</li>" * 30 + "<p>one two</p>", 2),
        ("<a name=top><div>" + "word " * 30 + "</div><p>imprint</p>", 30),
        ("<style>" + "a{}" * 200_000 + "</style><p>one two</p>", 2),
        ("<ul>" + "<li>entry</li>" * 50_000 + "</ul><p>one two</p>", MANY),
        ("", 0),
    ],
)
def test_prose_is_what_stands_in_paragraphs_or_long_runs_and_without_them_outside_the_tags(
    markup: str, words: int
) -> None:
    assert prose(markup.encode()) == words


@pytest.mark.parametrize(
    "piece",
    [
        b"<!--",
        b"<p ",
        b"<P>",
        b"<script ",
        b"</script>",
        b"<title",
        b"<",
        b"<p>x</p",
        b"<a ",
        b"<meta http-equiv=refresh ",
    ],
)
def test_hostile_repetition_is_read_in_one_pass(piece: bytes) -> None:
    """A quadratic scan of this much would not end in an hour."""
    body = piece * (1 << 20)

    assert prose(body) >= 0
    assert headline(body, "title") == ""
    assert headline(body, "h1") == ""
    assert refresh(body) is None
    assert len(runs(body)) <= 1 << 17


def test_the_runs_of_a_page_are_what_is_shown_of_it() -> None:
    page = (
        b"<title>T</title><!-- not <b>this</b> --><h1>A <i>story</i></h1><script>no</script><p>One &amp; <a>two</a>"
        b"<br>three</p><!-- never closed <p>four"
    )

    assert runs(page) == ["A story", "One & two three"]


@given(st.lists(st.sampled_from([b"<title>A</title><h1>B</h1>", b"<title>C</title><h1>D</h1>", b"<h1>E</h1>", b""])))
def test_every_body_has_its_own_headlines_in_whatever_order_it_is_asked_for(bodies: list[bytes]) -> None:
    for body in bodies:
        assert headlines(body) == headlines(bytes(bytearray(body))) == (headline(body, "title"), headline(body, "h1"))


def test_a_body_in_the_place_of_one_that_is_gone_is_not_taken_for_it() -> None:
    """The memory that a body leaves is given to the next of its size."""
    for number in range(50):
        assert headlines(b"<title>%04d</title>" % number + b" " * 5000) == (f"{number:04}", "")


def test_a_long_body_is_not_kept_from_being_forgotten() -> None:
    body = b"<title>A</title>" + b" " * (1 << 21)
    held = sys.getrefcount(body)

    assert headlines(body) == ("A", "")
    assert sys.getrefcount(body) == held


_PIECES = [
    "<p>",
    "</p>",
    "<P class=x>",
    "<div>",
    "</div>",
    "<a href=x>",
    "</a>",
    "<b>",
    "<",
    "a < b",
    "&am",
    "p; ",
    "&#32",
]
_PAGES = st.lists(st.sampled_from([*_PIECES, "one two ", "word " * 15, "\u00e9", "\n"]), max_size=60).map("".join)


@given(_PAGES, st.integers(1, 80), st.booleans())
def test_who_asks_for_enough_words_learns_whether_there_are_as_many(page: str, enough: int, plain: bool) -> None:
    words, told = prose(page.encode(), plain), prose(page.encode(), plain, enough)

    assert told == words if words < enough else told >= enough


@pytest.mark.parametrize("count", [1, 7, 8, 9, 100])
@pytest.mark.parametrize("piece", ["<p>one two ", "<p>one <b>two</b></p>", "<p>one two<a", "<p>one &am", "<p>&#65 B"])
def test_paragraphs_are_counted_to_the_last(piece: str, count: int) -> None:
    assert prose((piece * count).encode()) == 2 * count
