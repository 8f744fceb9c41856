"""Whatever is called alike must read the same: checked against the reading itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.normalizing as normalizing
from scraper.normalizing import normalize
from scraper.normalizing.alike import reads_alike
from scraper.normalizing.document import Rules

HTML = "text/html; charset=utf-8"
PAGE = """<!DOCTYPE html>
<html lang="en" data-request="{0}"><head><meta charset="utf-8"><title>The ferry timetable</title>
<meta name="csrf-token" content="{0}"><link rel="stylesheet" href="/site.css?v={0}">
<script nonce="{0}">window.session = "{0}"; if (1 < 2) {{ start("{0}") }}</script>
<style nonce="{0}">.a {{ color: red }}</style>
<script type="application/ld+json" nonce="{0}">{{"@type": "NewsArticle", "headline": "The ferry timetable"}}</script>
</head><body class="page" data-session="{0}"><!-- rendered {0} -->
<main><h1>The ferry timetable</h1>
<div id="slot-ad-{0}" data-slot="{0}"></div>
<p data-block="1">The last ferry leaves the harbour at nine, and nobody is taken on board later than that.</p>
<form><input type="hidden" name="token" value="{0}"></form>
<svg viewBox="0 0 1 1"><title>Boat</title><path d="M1"/></svg>
<p>Tickets cost <b>four</b> crowns. <a href="/prices">Prices</a> are on a page of their own.</p></main>
</body></html>"""


def page(token: str, text: str = PAGE) -> bytes:
    return text.replace("{{", "{").replace("}}", "}").replace("{0}", token).encode()


def alike(old: bytes, new: bytes, content_type: str | None = HTML, rules: Rules | None = None) -> bool:
    found = reads_alike(old, new, content_type=content_type, rules=rules)
    if found:
        readings = [normalize(body, url="https://a.example/b", content_type=content_type) for body in (old, new)]
        assert readings[0].sha256 == readings[1].sha256
    return found


def test_a_page_served_again_with_other_tokens_reads_alike() -> None:
    assert alike(page("5f2a99d1c0b34e77"), page("0c7d21aa9e6f4b18"))
    assert alike(page("5f2a99d1c0b34e77"), page("0c7d21aa"))
    assert alike(page("5f2a99d1c0b34e77"), page("5f2a99d1c0b34e77"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at nine, and", "at ten, and"),
        ("The ferry timetable</title>", "The ferry timetables</title>"),
        ("The ferry timetable</h1>", "The ferry timetables</h1>"),
        ('"headline": "The ferry', '"headline": "A ferry'),
        ('href="/prices"', 'href="/fares"'),
        ("<b>four</b>", "<i>four</i>"),
        ('class="page"', 'class="modal"'),
        ("<title>Boat", "<title>Ship"),
        ("</main>", "<p>New.</p></main>"),
        ('name="csrf-token" content', 'name="author" content'),
        ('<p data-block="1">', '<p data-block="1" hidden>'),
        ("utf-8", "cp1252"),
    ],
)
def test_whatever_a_reading_may_look_at_is_no_noise(old: str, new: str) -> None:
    assert old in PAGE
    assert not alike(page("aa11bb22cc33"), page("dd44ee55ff66", PAGE.replace(old, new, 1)), content_type="text/html")


@pytest.mark.parametrize(
    "holder",
    [
        "<p title=\"<script nonce='{0}'>\">{0}</p>",  # within the value of an attribute nothing is a tag
        "<!-- <script> --><p>{0}</p>",  # nor within a comment, and what follows it is shown
        "<!-- <b data-x='{0}'> {0} --><p>seen</p><p>{0}</p>",
        "<!-- <b data-x='{0}--'><p>{0}</p>",
        "<script><!-- <script>{0}</script><p>{0}</p>",
        "<textarea readonly><script>{0}</textarea>",
        "<title><b data-x='{0}'>{0}</title>",
        "<svg><script/><text>{0}</text></svg>",
        "<svg><style><p>{0}</style></svg>",
        "<p data-x={0}>words</p><p>{0}</p>",
        "<p data-x='>'>{0}</p>",
        "<plaintext>{0}",
        '<script type=\'application/ld&#43;json\'>{{"headline": "{0}"}}</script>',
        "<img data-src='/{0}.png'>",
        "<button aria-controls='x-{0}'>More</button><div id='x-{0}' class='panel' hidden>Words</div>",
        "<a href='/?session={0}'>words</a>",
        '<img =" alt=\'><b data-x="{0}">\'>',  # an `=` where a name is expected begins one
        "<img alt=''=\" alt='><b data-x=\"{0}\">'>",
        "<svg a='b'/><textarea readonly><b data-x='{0}'></textarea><svg></svg>",
        "<svg><p><textarea readonly><b data-x='{0}'></textarea></svg>",
        "<svg><desc><p></svg></p></desc><style><p>{0}</p></style></svg>",
        "<select><style></select> < words {0}</style>",
        "<select><template></select></template><style></select> < words {0}</style>",
        "<iframe data-x='{0}'><b data-x='{0}'></iframe>",
        "<meta content='{0}' name='author' data-y=\"name='csrf'\">",
        "<p>words {0}</p>",
    ],
)
def test_what_only_looks_like_noise_is_read(holder: str) -> None:
    text = PAGE.replace("</main>", holder + "</main>")
    assert not alike(page("aa11bb22", text), page("cc33dd44", text))


def test_a_selector_of_the_keepers_may_look_at_attributes() -> None:
    old, new = page("aa11bb22"), page("cc33dd44")
    assert alike(old, new, rules=Rules(content="main", remove=(".share",)))
    assert not alike(old, new, rules=Rules(content="[data-block]"))
    assert not alike(old, new, rules=Rules(remove=("#slot-ad-aa11bb22",)))


def test_only_html_is_compared_so() -> None:
    old, new = (f"<rss><channel nonce='{token}'/></rss>".encode() for token in ("aa11", "bb22"))
    assert not alike(old, new, content_type="text/xml")
    assert not alike(page("aa11bb22"), page("cc33dd44"), content_type="application/xhtml+xml")


def test_other_encodings_and_wide_characters_are_left_to_the_reading() -> None:
    assert not alike(page("aa11"), page("bb22"), content_type="text/html; charset=utf-16")
    assert not alike(page("aa11"), page("bb22"), content_type="text/html; charset=iso-2022-jp")
    assert not alike(page("aa11"), page("é"), content_type="text/html; charset=cp1252")


def test_every_data_attribute_that_a_reading_names_is_no_noise() -> None:
    folder = Path(normalizing.__file__).parent
    sources = [path.read_text() for path in folder.glob("*.py") if path.name != "alike.py"]
    named = {name for source in sources for name in re.findall(r"[\"']\[?(data-[a-z-]+)[\"'=\]]", source)}
    assert "data-src" in named
    for name in named:
        text = PAGE.replace('data-block="1"', f'{name}="{{0}}"')
        assert not reads_alike(page("aa11bb22", text), page("cc33dd44", text), content_type=HTML)


PIECES = """
<!--[if IE]> | <![endif]--> | - {0} - | <script><!-- | //--> | <style><!-- | <?a {0}> | <!a {0}> | -
<p> | </p> | <b data-x="{0}"> | <script> | </script> | <script nonce="{0}"> | <!-- | --> | <style> | </style>
<svg> | </svg> | <title> | </title> | words {0} | plain words | <a title=" | "> | <p title=' | '>
<textarea readonly> | < | > | </textarea> | <input value="{0}"> | <iframe> | </iframe> | <![CDATA[ | ]]>
<div id="a-{0}" class="c"> | </div> | <br/> | <script type="application/ld+json"> | &lt;
<meta name="csrf-token" content="{0}"> | <table><tr><td> | <template> | </template> | <noscript> | </noscript>
<select> | <option data-y='{0}'> | <math> | </math> | --!> | <!--> | </script data-x="{0}"> | </select> | <desc>
</desc> | <textarea> | <img =" alt="> | <p hidden a='<' b="<b>"> | =" | '> | <svg data-x="{0}"/> | <svg id="{0}">
<iframe data-x='{0}' src="{0}"> | <script nonce="{0}" src='{0}'>{0} | < {0} | <b a= {0}> | <title>{0}</title>
<SELECT> | <Style> | </STYLE > | <input type=hidden value="{0}" hidden> | <b data-x="{0}>"> | <b a=b/>
"""


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(re.split(r" \| |\n", PIECES.strip())), max_size=14),
    st.sampled_from(["cd34", "c", "cd345"]),
)
def test_what_is_called_alike_reads_the_same_however_the_page_is_made(pieces: list[str], token: str) -> None:
    text = "<html><body>" + "".join(pieces) + "</body></html>"
    alike(text.replace("{0}", "ab12").encode(), text.replace("{0}", token).encode())


@pytest.mark.parametrize(
    "holder",
    [
        "<b title='a < b>'>words</b><b data-x='{0}' hidden class=\"c\">words</b>",
        "<!--[if lt IE 9]><script nonce='{0}' src='/a.js'></script><![endif]--><p>words</p>",
        "<script><!-- start('{0}') //--></script><style><!-- .a > b {color: {0}} --></style>",
        "<?xml version='1.0'?><title>a < b</title><p data-x='{0}'>a < b</p>",
        "<script></style><p><b data-x='{0}' </p>{0}</script>",
        "<svg id='{0}' class='i'><desc>Boat</desc><!-- a boat --><path id=\"p-{0}\" d='M1'/></svg>",
        "<iframe data-x='{0}' src='/map'></iframe>",
        "<select data-x='{0}'><option data-y='{0}'>One</option></select>",
        '<script nonce=\'{0}\'>{"name": "Åland"}</script>',
        "<script>for (i = 0; i < 9; i++) {} start('{0}') < 2</script>",
        "<input value='{0}'/><link rel='preload stylesheet' href=\"/{0}.css\"/>",
        "<STYLE nonce='{0}'>.a > b {color: {0}}</STYLE>",
        "<p data-x='{0}'>words</p><plaintext><b data-x='<!-- ",  # what follows the last difference is the same for both
    ],
)
def test_noise_is_known_in_all_the_usual_ways_of_writing(holder: str) -> None:
    text = PAGE.split("</main>")[0] + holder
    assert alike(page("aa11bb22", text), page("cc33dd", text))


def test_what_the_guard_before_the_parser_may_take_for_a_tag_is_no_noise() -> None:
    script = "<script>if (a <b) {} start('{0}')" + "; and so on then" * 1_300 + "</script>"
    text = PAGE.replace("</main>", script + "</main>")
    assert not alike(page("aa11bb22", text), page("cc33dd44", text))
    assert alike(page("aa11bb22", text.replace(" then", "")), page("cc33dd44", text.replace(" then", "")))


@pytest.mark.parametrize(("count", "found"), [(400, True), (401, False)])
def test_pages_of_which_too_many_pieces_differ_were_not_merely_served_again(count: int, found: bool) -> None:
    text = "<p>" + "<b data-x='{0}'>" * count + "<p>words"
    assert alike(page("ab12", text), page("cd345", text)) is found


@given(st.integers(0, 3), st.lists(st.integers(1, 5_000), max_size=6), st.booleans())
def test_differences_are_found_wherever_they_stand(token: int, runs: list[int], is_longer: bool) -> None:
    text = "<main>" + "".join("x" * run + "<b data-x='{0}'>" for run in runs) + "words</main>"
    old, new = page("ab" * (1 + is_longer), text), page("cd" + "e" * token, text)
    assert alike(old, new)
    assert not alike(old, new.replace(b"words", b"wordy"))


def test_a_piece_that_ends_sooner_in_one_of_two_pages_is_compared_as_one() -> None:
    text = "<main><p data-x='{0}'>words</main>"
    assert not alike(page("ab12", text), page("ab<2", text))
    assert not alike(page("ab12", text), page("ab12", text + "<p>"))
    assert not alike(page("ab12", text + "<p>"), page("cd34", text))
