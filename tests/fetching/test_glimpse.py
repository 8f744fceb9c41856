from __future__ import annotations

import pytest

from scraper.fetching.glimpse import headline, prose


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>A  story\n of two</title>", "A story of two"),
        ("<TITLE lang=en>A &amp; B</TITLE>", "A & B"),
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
        ("", 0),
    ],
)
def test_prose_is_what_stands_in_paragraphs_or_else_outside_the_tags(markup: str, words: int) -> None:
    assert prose(markup.encode()) == words


@pytest.mark.parametrize("piece", [b"<p ", b"<P>", b"<script ", b"</script>", b"<title", b"<", b"<p>x</p"])
def test_hostile_repetition_is_read_in_one_pass(piece: bytes) -> None:
    """A quadratic scan of this much would not end in an hour."""
    body = piece * (1 << 20)

    assert prose(body) >= 0
    assert headline(body, "title") == ""
    assert headline(body, "h1") == ""
