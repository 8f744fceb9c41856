"""What is named an aside: kept and compared like any passage, and no part of the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import compare
from scraper.normalizing import Document, Rules, normalize

URL = "https://site.example/page"
LONG = (
    "The council said on that day that the ferry will run through the winter and that the fares of all lines stay as"
    " they are until the spring timetable comes into force."
)
PROSE = "".join(f"<p>{n}. {LONG}</p>" for n in range(6))
STORY = f"<h1>The vote</h1>{PROSE}"
BOX = "<div class='c'><p>Harbour office of the town</p><p>Open on {} mornings</p></div>"
AUTHOR = (
    "<div class='d'><p>Petra Linnowe has written about harbours and ferries for {} years, and lives on the island with"
    " two dogs and a small boat.</p></div>"
)
ARTICLE = (
    '<head><meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2025-01-02"></head>'
)


def read(body: str, *, article: bool = False, rules: Rules | None = None) -> Document:
    head = ARTICLE if article else ""
    return normalize(f"<html>{head}<body>{body}</body></html>".encode(), url=URL, rules=rules)


def asides(document: Document) -> list[str]:
    return [p.text for p in document.passages if p.kind == "aside"]


def page(box: str = "market", years: str = "twenty", words: str = "") -> Document:
    return read(f"<div class='b'>{STORY}{words}</div>{BOX.format(box)}{AUTHOR.format(years)}")


def test_text_around_the_core_of_any_page_is_kept_as_asides_and_left_out_of_the_text() -> None:
    document = page()

    assert len(asides(document)) == 3
    assert document.text.splitlines()[0] == "The vote"
    assert "Harbour office" not in document.text
    assert "Petra Linnowe" not in document.text
    assert document.words == read(f"<div class='b'>{STORY}</div>").words


@pytest.mark.parametrize("edited", [page(box="Sunday"), page(years="thirty")])
def test_an_edit_of_an_aside_is_as_substantive_as_one_of_a_paragraph(edited: Document) -> None:
    found = compare(page(), edited)

    assert found.substantive
    assert "wording" in found.classes
    assert [edit.kind for edit in found.edits] == ["aside"]


def test_a_bare_date_that_moves_on_in_an_aside_is_a_counter_as_it_is_in_a_paragraph() -> None:
    old, new = (read(f"<div>{STORY}</div><div><p>{date}</p></div>") for date in ("March 3, 2025", "March 4, 2025"))

    assert asides(old) == ["March 3, 2025"]
    assert not compare(old, new).substantive


def test_what_becomes_an_aside_without_a_new_word_is_a_change_of_markup_alone() -> None:
    old = read(f"<div>{STORY}<p>Open on market mornings</p></div>")
    new = read(f"<div>{STORY}</div><div><p>Open on market mornings</p></div>")
    found = compare(old, new)

    assert asides(old) == []
    assert asides(new) == ["Open on market mornings"]
    assert found.classes == ("markup",)
    assert not found.substantive


def test_text_behind_the_end_of_any_page_is_an_aside() -> None:
    document = read(f"<div>{STORY}<p>Share this article</p><p>Next in the series</p></div>")

    assert asides(document) == ["Next in the series"]


def test_what_stands_above_the_headline_is_an_aside() -> None:
    document = read(f"<div><p>Effective: March 18, 2022</p>{STORY}</div>")

    assert asides(document) == ["Effective: March 18, 2022"]


def test_a_short_line_under_the_headline_is_an_aside_on_an_article_and_text_elsewhere() -> None:
    body = f"<div><div><h1>The vote</h1><p>Harbour desk</p></div><div>{PROSE}</div></div>"

    assert asides(read(body, article=True)) == ["Harbour desk"]
    assert asides(read(body)) == []


def test_captions_rows_notices_and_the_headline_keep_their_kinds_wherever_they_stand() -> None:
    around = (
        "<div><figure><figcaption>The pier at noon.</figcaption></figure></div>"
        "<div><p>Correction: An earlier version gave the wrong year.</p></div>"
        "<div><table><tr><td>Ferries</td><td>14</td></tr></table></div>"
    )
    document = read(f"<div><h1>The vote</h1></div><div>{PROSE}</div>{around}")

    assert [p.kind for p in document.passages if p.kind != "paragraph"] == ["heading", "caption", "notice", "table_row"]


def test_long_text_around_the_core_is_text_where_there_is_much_of_it() -> None:
    right = "".join(f"<p>Withdrawal, part {n}. {LONG}</p>" for n in range(14))
    terms = "".join(f"<p>Clause {n}. {LONG}</p>" for n in range(60))
    document = read(f"<div><h1>Terms</h1>{terms}</div><div>{right}</div>")

    assert asides(document) == []


def test_a_page_of_figures_around_a_little_prose_has_no_asides() -> None:
    counts = "".join(f"<div><p>Cases in ward {n}</p><p>{n * 17} confirmed today</p></div>" for n in range(60))
    document = read(f"<div>{STORY}</div>{counts}")

    assert asides(document) == []
    assert "Cases in ward 59" in document.text


@pytest.mark.parametrize(
    "body",
    [
        "<div><p>Closed today.</p></div><div><p>Call 555 0100.</p></div>",
        "<div><ul><li>Monday</li><li>Tuesday</li></ul></div><div><p>By boat</p></div>",
        "<table><tr><td>Ferries</td><td>14</td></tr></table><p>As of noon</p>",
        f"<div><p>{LONG}</p><p>{LONG}</p></div><div><p>{LONG} Again.</p><p>{LONG} And again.</p></div>",
    ],
)
def test_a_page_without_a_clear_core_has_no_asides(body: str) -> None:
    document = read(body)

    assert asides(document) == []
    assert document.words > 0


def test_what_a_keeper_selects_has_no_asides() -> None:
    body = f"<div id='x'><p>Kicker of the day</p><div>{STORY}</div>{BOX.format('market')}</div>"

    assert asides(read(body, rules=Rules(content="#x"))) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([LONG, LONG + " So it stays.", "Open today", "Tel. 555 0100", "Share"]), max_size=12),
    st.lists(st.sampled_from([LONG, LONG + " So it stays.", "Open today", "Tel. 555 0100", "Share"]), max_size=12),
)
def test_asides_never_hold_most_of_what_a_page_says(first: list[str], second: list[str]) -> None:
    boxes = ("".join(f"<p>{text}</p>" for text in texts) for texts in (first, second))
    document = read("".join(f"<div>{box}</div>" for box in boxes))
    kept = " ".join(p.text for p in document.passages)

    assert len(" ".join(asides(document))) <= 0.4 * len(kept)
    assert bool(document.text) == bool(kept)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5), st.integers(0, 20), st.sampled_from(["now", "never", "in the autumn of that year", "not"]))
def test_one_word_in_the_text_never_makes_another_passage_an_aside(number: int, at: int, word: str) -> None:
    words = LONG.split()
    edited = f"{number}. {' '.join([*words[:at], word, *words[at + 1 :]])}"
    body = f"<div class='b'>{STORY}</div>{BOX.format('market')}{AUTHOR.format('twenty')}"
    old, new = read(body), read(body.replace(f"{number}. {LONG}", edited))

    assert [p.kind for p in old.passages] == [p.kind for p in new.passages]
