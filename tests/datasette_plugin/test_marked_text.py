"""The marked text shows both texts whole: nothing is lost, nothing is shown that was not said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import compare
from scraper.datasette_plugin.folding import folded
from scraper.datasette_plugin.marked_text import MarkedText, Place, Row, marked_text
from scraper.normalizing.document import Document, Passage

if TYPE_CHECKING:
    import pytest

SENTENCES = (
    "The ferry runs twice a day.",
    "The price is 48 crowns.",
    "The price is 61 crowns.",
    "No dog may enter the harbour.",
    "Dogs may enter the harbour.",
    "The lock was built in 1843.",
    "Jorun Askeby keeps it.",
    "Nobody asked her about the bar.",
)
paragraphs = st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), min_size=1, max_size=6)


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage("paragraph", text) for text in texts)


def marked(old: tuple[Passage, ...], new: tuple[Passage, ...]) -> list[Row]:
    return marked_text(old, new, compare(Document(old), Document(new)).edits)


def places(old: tuple[Passage, ...], new: tuple[Passage, ...]) -> list[Place]:
    return MarkedText(old, new, compare(Document(old), Document(new)).edits).places


def said(row: Row, *without: str) -> str:
    return " ".join("".join(piece.text for piece in row.pieces if piece.op not in without).split())


@settings(max_examples=150, deadline=None)
@given(paragraphs, paragraphs)
def test_without_what_was_struck_it_reads_as_the_new_text(old: list[list[str]], new: list[list[str]]) -> None:
    before, after = (passages(*(" ".join(p) for p in text)) for text in (old, new))

    rows = [row for row in marked(before, after) if row.op not in ("deleted", "moved_away")]

    assert [said(row, "delete") for row in rows] == [passage.text for passage in after]


@settings(max_examples=150, deadline=None)
@given(paragraphs, paragraphs)
def test_every_sentence_that_went_is_struck_somewhere(old: list[list[str]], new: list[list[str]]) -> None:
    before, after = (passages(*(" ".join(p) for p in text)) for text in (old, new))
    edits = compare(Document(before), Document(after)).edits

    struck = " ".join(piece.text for row in marked(before, after) for piece in row.pieces if piece.op == "delete")

    for edit in edits:
        if edit.op == "delete":
            assert edit.old is not None
            assert edit.old in struck


def test_a_sentence_cut_from_a_paragraph_is_struck_where_it_stood() -> None:
    rows = marked(
        passages(" ".join(SENTENCES[:2] + SENTENCES[5:6])), passages(" ".join(SENTENCES[:1] + SENTENCES[5:6]))
    )

    assert len(rows) == 1
    assert [(piece.op, piece.text) for piece in rows[0].pieces] == [
        ("equal", SENTENCES[0]),
        ("delete", f" {SENTENCES[1]}"),
        ("equal", f" {SENTENCES[5]}"),
    ]


def test_a_paragraph_that_was_cut_stands_struck_between_its_neighbours() -> None:
    rows = marked(passages(*SENTENCES[5:8]), passages(SENTENCES[5], SENTENCES[7]))

    assert [(row.op, said(row)) for row in rows] == [
        ("same", SENTENCES[5]),
        ("deleted", SENTENCES[6]),
        ("same", SENTENCES[7]),
    ]


def test_a_moved_paragraph_is_shown_at_both_places_and_struck_at_none() -> None:
    rows = marked(passages(*SENTENCES[4:8]), passages(SENTENCES[7], *SENTENCES[4:7]))

    assert [row.op for row in rows] == ["moved_here", "same", "same", "same", "moved_away"]
    assert not any(piece.op == "delete" for row in rows for piece in row.pieces)


def test_edits_of_whole_stretches_are_marked_passage_by_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["scraper.comparing.comparer"], "MOST_EDITS", 1)
    old, new = passages(*SENTENCES[:5]), passages(SENTENCES[5], SENTENCES[0], SENTENCES[6], SENTENCES[7], SENTENCES[4])

    rows = marked(old, new)

    assert any(edit.is_joined for edit in compare(Document(old), Document(new)).edits)
    assert [(row.op, said(row)) for row in rows] == [
        ("added", SENTENCES[5]),
        ("same", SENTENCES[0]),
        ("deleted", SENTENCES[1]),
        ("deleted", SENTENCES[2]),
        ("deleted", SENTENCES[3]),
        ("added", SENTENCES[6]),
        ("added", SENTENCES[7]),
        ("same", SENTENCES[4]),
    ]


def test_long_unchanged_stretches_are_folded_with_one_passage_of_context() -> None:
    many = [f"Passage number {at} of the report stands." for at in range(200)]
    old = passages(*many)
    new = passages(*many[:100], "Here is something new.", *many[100:])

    stretches = folded(places(old, new))

    assert [(s.folded, s.count) for s in stretches] == [(True, 99), (False, 3), (True, 99)]
    assert stretches[0].omitted == 59
    assert sum(s.count for s in stretches) == 201


def test_equal_texts_are_folded_whole() -> None:
    same = passages(*SENTENCES)

    assert [(s.folded, s.count) for s in folded(places(same, same))] == [(True, len(SENTENCES))]
