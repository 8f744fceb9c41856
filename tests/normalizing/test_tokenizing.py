"""Where one stands in a page, held against a parser that reads all of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.normalizing.tokenizing import content_at, name_of

PIECES = """
<![endif]--> | <?xml a="b"?> | </> | </ b> | <!a --> | - | -- | <!- | <script><!-- | //--> | <style><!-- | <!--[if IE]>
<Script > | <p> | </p> | <b class="c"> | <b title='a < b' hidden> | <script> | </script> | <script nonce="n">
<!-- | --> | <!-- a --> | <style> | </style> | <STYLE > | <svg> | </svg> | <svg a="b"/> | <title> | </title> | words
<a title="
"> | <p title=' | '> | <textarea> | </textarea> | <textarea readonly> | < | > | a < b | <iframe> | </iframe>
<![CDATA[ | ]]> | <br/> | </b class="c"> | <table><tr><td> | </table> | <template> | </template> | <noscript>
</noscript> | <select> | </select> | <option> | <desc> | </desc> | <math> | </math> | --!> | <!--> | <img =" alt=">
=" | <b a= c> | <b a=b/> | <b a=b/c=d> | <b/a="b"> | <xmp> | <B> | <plaintext> | <frameset> | <foreignObject>
</foreignObject> | <colgroup> | <caption> | <title>Boat</title> | </form> | <input> | <p a="b"c='d'> | <p a ="b">
<p a="b" =" c="> | <p="> | <style>a < b</style> | <svg><title>Boat</title><path d="M1"/></svg>
<script>a < b</script> | <!doctype html> | <body> | <head> | </body> | </html> | <button> | <h1> | <li>
"""
PIECE = st.sampled_from(re.split(r" \| |\n", PIECES.strip()))
# A tag is written out by the parser in small letters and with quotes; what it takes for anything else stays as it is.
HERE = "<B here=1>"
TAG = '<b here="1">'


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECE, max_size=12))
def test_a_tag_is_one_wherever_none_is_said_to_be_open(pieces: list[str]) -> None:
    text = "".join(pieces)
    inside = content_at(text.encode(), 0, len(text), b"")
    if inside is None:
        return
    read = LexborHTMLParser(text + HERE).html or ""
    if not inside:
        assert TAG in read
    elif name_of(inside) in {b"script", b"style"}:
        assert HERE in read


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECE, max_size=6), st.lists(PIECE, max_size=6))
def test_a_page_is_followed_in_steps_as_in_one(before: list[str], after: list[str]) -> None:
    first, page = "".join(before).encode(), "".join([*before, "<i>", *after]).encode()
    halfway = content_at(page, 0, len(first), b"")
    if halfway is None:
        return
    stepwise, whole = content_at(page, len(first), len(page), halfway), content_at(page, 0, len(page), b"")
    assert stepwise is None or whole is None or name_of(stepwise) == name_of(whole)


@pytest.mark.parametrize(
    ("page", "inside"),
    [
        ("<!doctype html><html><body class='a'><p>words <!-- <b> --> words", ""),
        ("<p><script nonce='a' async>if (a", "script nonce='a' async"),
        ("<p><Style>", "Style"),
        ("<svg viewBox='0 0 1 1'><path d='M1'/>", "svg viewBox='0 0 1 1'"),
        ("<script>if (a < b) {}</script>\n<p title='a < b'>", ""),
        ("<p title='", None),
        ("<!-- <b>", "!--"),
        ("<textarea>", "textarea"),
        ("<!-->", None),
        ("<script><!-- <script>", None),
        ("<script><!-- a < b </script><p>", ""),
        ("<plaintext>words", None),
    ],
)
def test_what_stands_open_is_told(page: str, inside: str | None) -> None:
    found = content_at(page.encode(), 0, len(page), b"")
    assert found == (None if inside is None else inside.encode())


def test_an_element_that_was_open_is_left_at_its_end_tag() -> None:
    page = b"if (a < b) {}</script ><p>words"
    assert content_at(page, 0, 12, b"script nonce='a'") == b"script nonce='a'"
    assert content_at(page, 0, len(page), b"script nonce='a'") == b""
    assert content_at(page, 0, len(page), b"style") == b"style"
    assert content_at(b"words</textarea><p>", 0, 19, b"textarea") == b""
    assert content_at(b"<b></textarea><p>", 0, 17, b"textarea") == b""
    assert content_at(b"<b> --><p>", 0, 10, b"!--") == b""
    assert content_at(b"<b></svg x><p>", 0, 14, b"svg") is None
