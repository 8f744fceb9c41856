"""Lines that only count, quotations over several sentences, and differences too large to look into."""

from __future__ import annotations

import sys

import pytest

from scraper.comparing import compare
from scraper.normalizing.document import Document, Kind, Passage


def one(text: str, kind: Kind = "paragraph") -> Document:
    return Document((Passage(kind, text),))


def lines(texts: list[str]) -> Document:
    return Document(tuple(Passage("paragraph", text) for text in texts))


@pytest.mark.parametrize("kind", ["byline", "date", "paragraph"])
def test_how_long_ago_in_the_line_with_the_date_only_counts(kind: Kind) -> None:
    old = one("2 March 2026, 05:10 · posted 3 hours ago", kind)
    found = compare(old, one("2 March 2026, 05:10 · posted 5 hours ago", kind))

    assert found.classes == ("counter",)


def test_a_byline_that_also_names_another_author_is_a_change() -> None:
    old = one("By Ada Quill · posted 3 hours ago", "byline")

    assert compare(old, one("By Ada Quill · posted 5 hours ago", "byline")).classes == ("counter",)
    assert compare(old, one("By Sam Quill · posted 5 hours ago", "byline")).classes == ("byline",)


def test_hours_in_a_sentence_of_prose_are_what_it_says() -> None:
    old = one("The tanker left the northern harbour 3 hours ago with forty people aboard, the coast guard said.")
    new = one("The tanker left the northern harbour 5 hours ago with forty people aboard, the coast guard said.")

    assert "number" in compare(old, new).classes


def test_a_sentence_taken_out_of_the_middle_of_a_quotation_is_of_class_quote() -> None:
    old = one("She spoke. “The sea is wide. Nobody owns the water here. We will wait.” Then she left.")
    new = one("She spoke. “The sea is wide. We will wait.” Then she left.")
    edit = next(edit for edit in compare(old, new).edits if edit.op == "delete")

    assert edit.old == "Nobody owns the water here."
    assert edit.classes == ("wording", "quote")


def test_the_same_sentence_outside_of_a_quotation_is_not() -> None:
    old = one("She spoke. “The sea is wide.” Nobody owns the water here. Then she left.")

    assert "quote" not in compare(old, one("She spoke. “The sea is wide.” Then she left.")).classes


def test_differences_too_large_to_look_into_are_still_told_apart_and_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["scraper.comparing.edits"], "MOST_DETAIL", 2_000)
    size = 100
    old = lines([f"Row {n} of the table has the value {n * 7}" for n in range(size)])
    new = lines([f"Row {n} of the table has the value {n * 7 + n % 2}." for n in range(size)])
    there, back = compare(old, new), compare(new, old)

    assert there.substantive
    assert sum(edit.classes == ("punctuation",) for edit in there.edits) == size // 2
    assert [(e.op, e.old, e.new) for e in there.edits] == [(e.op, e.new, e.old) for e in back.edits]
    assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)
