"""What is too long for a page is cut where it is said, and what stays is as it was."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.datasette_plugin.excerpts import Piece, abridged, pieces
from scraper.datasette_plugin.visible import visible


def test_a_passage_of_an_ordinary_length_is_left_as_it_is() -> None:
    marked = (Piece("equal", "The price is "), Piece("delete", "48"), Piece("insert", "61"), Piece("equal", " crowns."))

    assert abridged(marked) == marked


def test_the_middle_of_a_very_long_stretch_gives_way_to_a_count() -> None:
    marked = (Piece("equal", "a" * 50_000), Piece("insert", "new"), Piece("equal", "b" * 10))

    shown = abridged(marked)

    assert [piece.op for piece in shown] == ["equal", "gap", "equal", "insert", "equal"]
    assert shown[1].text == "48,600 unchanged letters left out"
    assert shown[3:] == marked[1:]


def test_marks_past_the_four_hundredth_are_counted() -> None:
    marked = tuple(Piece("insert" if at % 2 else "equal", "x") for at in range(2000))

    shown = abridged(marked)

    assert len(shown) == 401
    assert shown[-1] == Piece("gap", "800 more marked places in this passage")


@settings(max_examples=40, deadline=None)
@given(
    st.text("ab ", min_size=1, max_size=12),
    st.text("ab ", min_size=1, max_size=12),
    st.text("ab ", max_size=6),
    st.text("ab ", max_size=6),
)
def test_a_sentence_too_long_to_mark_by_word_is_still_marked_exactly(a: str, b: str, head: str, tail: str) -> None:
    old, new = (f"{head * 9000} {middle * 9000} {tail * 9000}" + "z" * 60_000 for middle in (a, b))

    marked = pieces(old, new)

    assert "".join(piece.text for piece in marked if piece.op != "insert") == old
    assert "".join(piece.text for piece in marked if piece.op != "delete") == new


def test_what_would_turn_the_reading_direction_is_written_out() -> None:
    assert visible("cost \u202e84\u202c million\x07") == "cost ⟨U+202E⟩84⟨U+202C⟩ million⟨U+0007⟩"
    assert visible("שלום\u200f, мир, line\nbreak\ttab") == "שלום\u200f, мир, line\nbreak\ttab"
