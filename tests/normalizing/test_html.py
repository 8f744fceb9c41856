"""Blocks as a browser breaks them, at any depth and in any disorder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.normalizing import normalize

URL = "https://site.example/page"


def said(html: str) -> list[str]:
    return [f"{p.kind}: {p.text}" for p in normalize(html.encode(), url=URL).passages]


@pytest.mark.parametrize("depth", [260, 5_000, 100_000])
def test_text_behind_any_depth_is_kept(depth: int) -> None:
    assert said("<p>Before</p>" + "<div>" * depth + "Deep" + "</div>" * depth + "<p>Behind</p>") == [
        "paragraph: Before",
        "paragraph: Deep",
        "paragraph: Behind",
    ]


def test_text_behind_any_number_of_attributes_is_kept() -> None:
    many = " ".join(f"a{n}=1" for n in range(100_000))

    assert said(f"<p {many}>Text.</p><p>Behind.") == ["paragraph: Text.", "paragraph: Behind."]


def test_a_large_image_in_an_attribute_is_no_harm() -> None:
    assert said(f"<p>One</p><img alt='x' src='data:image/png;base64,{'ab/c' * 20_000}'><p>Two") == [
        "paragraph: One",
        "paragraph: Two",
    ]


def test_many_unclosed_items_are_no_depth() -> None:
    assert len(said("<ul>" + "".join(f"<li>Item {n}" for n in range(25_000)))) == 25_000


def test_depth_of_inline_elements_is_no_harm() -> None:
    assert said("<p>" + "<b>" * 5_000 + "Deep<p>Behind")[-1] == "paragraph: Behind"


def test_unclosed_tags_break_blocks_as_browsers_do() -> None:
    assert said("<ul><li>One<li>Two <b>bold</ul><p>Three<p>Four") == [
        "list_item: One",
        "list_item: Two bold",
        "paragraph: Three",
        "paragraph: Four",
    ]


def test_inline_elements_join_without_a_break() -> None:
    assert said("<p>un<em>believ</em>able, <a href='/x'>so</a>.</p>") == ["paragraph: unbelievable, so."]


def test_one_line_break_is_a_space_and_two_are_a_new_passage() -> None:
    assert said("<p>one<br>two<br> <br/>three</p>") == ["paragraph: one two", "paragraph: three"]


def test_nested_lists_are_items_of_their_own() -> None:
    assert said("<ul><li>Fruit<ul><li>Apple</li></ul>and more</li></ul>") == [
        "list_item: Fruit",
        "list_item: Apple",
        "list_item: and more",
    ]


def test_a_table_is_read_row_by_row() -> None:
    rows = "<tr><th>Port</th><th>Ships</th></tr><tr><td>North</td><td>4</td></tr><tr><td></td><td>5</td></tr>"

    assert said(f"<table>{rows}</table>") == ["table_row: Port | Ships", "table_row: North | 4", "table_row: 5"]


def test_a_table_that_lays_out_the_page_is_read_block_by_block() -> None:
    html = (
        "<table><tr><td><h2>News</h2><p>One.</p></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    )

    assert said(html) == ["heading: News", "paragraph: One.", "table_row: a | b"]


def test_buttons_that_title_panels_are_text_and_others_are_controls() -> None:
    html = "<h3><button>What?</button></h3><p>A bridge.</p><button>Play</button><button class='accordion'>Why?</button>"

    assert said(html) == ["heading: What?", "paragraph: A bridge.", "paragraph: Why?"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>Secret.</p>",
        "<p style='color:red; display : NONE'>Secret.</p>",
        "<div aria-hidden='true'><p>Secret.</p></div>",
        "<template><p>Secret.</p></template>",
        "<script>document.write('Secret.')</script>",
        "<svg><text>Secret.</text></svg>",
        "<!-- <p>Secret.</p> -->",
        "<noscript>Secret.</noscript>",
        "<p>Open <span hidden>Secret.</span> words.</p>",
        "<p>Open <b style='display:none'>Secret.</b> words.</p>",
        "<select><option>Secret.</option></select>",
        "<textarea>Secret.</textarea>",
    ],
)
def test_hidden_text_is_no_text(hidden: str) -> None:
    page = f"<p>{'Seen by every reader of this page. ' * 10}</p>{hidden}<p>The end.</p>"

    assert "Secret." not in normalize(page.encode(), url=URL).text
    assert normalize(page.encode(), url=URL).passages[-1].text == "The end."


@pytest.mark.parametrize(
    "panel",
    [
        "<button aria-controls='a7'>Q</button><div id='a7' hidden><p>Answer.</p></div>",
        "<div role='tabpanel' aria-hidden='true'><p>Answer.</p></div>",
        "<div class='accordion-content' style='display:none'><p>Answer.</p></div>",
        "<details><summary>Q</summary><p>Answer.</p></details>",
        "<p hidden='until-found'>Answer.</p>",
    ],
)
def test_text_that_a_click_opens_is_text(panel: str) -> None:
    page = f"<p>{'Seen by every reader of this page. ' * 10}</p>{panel}"

    assert "Answer." in normalize(page.encode(), url=URL).text


def test_a_page_hidden_as_a_whole_is_read_all_the_same() -> None:
    assert said("<body style='visibility:hidden'><div hidden><p>All there is.</p></div></body>") == [
        "paragraph: All there is."
    ]


def test_bytes_without_any_text_give_an_empty_document() -> None:
    assert [normalize(body, url=URL).passages for body in (b"", b"<", b"<html></html>")] == [()] * 3


WORDS = st.lists(
    st.sampled_from(["river", "bridge", "harbour", "council", "vote", "money", "paper"]), min_size=4, max_size=12
)
TAGS = st.sampled_from(["p", "h2", "li", "blockquote", "td", "div"])


@given(st.lists(st.tuples(TAGS, WORDS), min_size=1, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_a_one_word_edit_changes_exactly_one_passage(blocks: list[tuple[str, list[str]]], data: st.DataObject) -> None:
    def page(content: list[tuple[str, list[str]]]) -> bytes:
        wrap = {"li": "<ul><li>{}</li></ul>", "td": "<table><tr><td>{}</td></tr></table>"}
        inner = "".join(wrap.get(tag, f"<{tag}>{{}}</{tag}>").format(" ".join(words)) for tag, words in content)
        return f"<nav>Home</nav><main><h1>Title</h1>{inner}</main><footer>End</footer>".encode()

    number = data.draw(st.integers(0, len(blocks) - 1))
    tag, words = blocks[number]
    edited = [*blocks[:number], (tag, ["zibaldone", *words[1:]]), *blocks[number + 1 :]]
    before, after = normalize(page(blocks), url=URL), normalize(page(edited), url=URL)

    assert len(before.passages) == len(after.passages) == len(blocks) + 1
    assert [a != b for a, b in zip(before.passages, after.passages, strict=True)].count(True) == 1


@given(st.text(alphabet="<>/!-= \"'abdiptrlhu1\x00é", max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_disorder_of_tags_raises(html: str) -> None:
    # Behind a kilobyte of text: bytes that begin with many NULs are no page.
    body = f"<p>{'harbour ' * 130}{html}".encode()

    assert normalize(body, url=URL) == normalize(body, url=URL)


def test_the_text_behind_too_many_tags_is_kept_in_one_piece() -> None:
    many = "<i></i>" * 80_000
    tail = "<p>Second <b>part</b>.<script>no()</script> <p>Third.</p><script>left open"

    assert said(f"<p>First.{many}{tail}") == ["paragraph: First. Second part . Third."]
