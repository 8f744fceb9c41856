from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import Mark, word_marks
from scraper.comparing.tokens import narrowed, tokens_of, word_count, words_of
from scraper.comparing.words import exchange, replacements, words_changed
from scraper.normalizing.text import settle

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["the", "a", "ship", "ships", " ", " ", ",", "."]), max_size=30).map("".join),
)


def side(marks: tuple[Mark, ...], gone: str) -> str:
    return "".join(mark.text for mark in marks if mark.op in ("equal", gone))


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_marks_give_both_sentences_back_exactly(old: str, new: str) -> None:
    marks = word_marks(old, new)

    assert side(marks, "delete") == old
    assert side(marks, "insert") == new
    assert all(mark.text for mark in marks)


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_marks_of_the_way_back_are_the_mirror_image(old: str, new: str) -> None:
    there, back = word_marks(old, new), word_marks(new, old)

    for op, other in (("delete", "insert"), ("insert", "delete"), ("equal", "equal")):
        assert [m.text for m in there if m.op == op] == [m.text for m in back if m.op == other]


@settings(max_examples=200)
@given(TEXTS.map(settle), TEXTS.map(settle), st.integers(1, 4))
def test_what_differs_is_the_same_part_of_both_texts(old: str, new: str, beside: int) -> None:
    a, b = narrowed(old, new, beside)
    begin = old.find(a)

    assert a in old
    assert any(old[:at] + b + old[at + len(a) :] == new for at in range(begin, len(old) + 1) if old.startswith(a, at))
    assert (words_of(a) == words_of(b)) == (words_of(old) == words_of(new))


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_words_changed_are_those_that_the_marks_show(old: str, new: str) -> None:
    changes = exchange(old, new).changes
    shown = sum(word_count(come) for _, come in changes), sum(word_count(gone) for gone, _ in changes)

    assert words_changed(old, new) == shown


def test_one_changed_word_is_one_replacement() -> None:
    marks = word_marks("The force of 300 troops left.", "The force of 320 troops left.")

    assert marks == (
        Mark("equal", "The force of "),
        Mark("delete", "300"),
        Mark("insert", "320"),
        Mark("equal", " troops left."),
    )


def test_a_blank_between_two_replaced_words_does_not_divide_them() -> None:
    assert word_marks("He met old friends.", "He met new rivals.")[1:3] == (
        Mark("delete", "old friends"),
        Mark("insert", "new rivals"),
    )


def test_a_lone_short_word_between_larger_changes_joins_them() -> None:
    marks = word_marks("big grey ships of seven proud nations", "small blue boats of several poor towns")

    assert [mark.op for mark in marks] == ["delete", "insert"]


def test_equal_sentences_have_one_mark_and_empty_ones_none() -> None:
    assert word_marks("Same.", "Same.") == (Mark("equal", "Same."),)
    assert word_marks("", "") == ()


def test_replacements_are_the_smallest_pairs_and_leave_punctuation_out() -> None:
    pairs = replacements("The Department of Defense, he said.", "The Department of War he said")

    assert pairs == [("Defense,", "War")]


def test_a_long_rewritten_line_still_finds_the_words_that_occur_once() -> None:
    old = " ".join(f"old{n} " * 30 + f"anchor{n}" for n in range(300))
    new = " ".join(f"new{n} " * 30 + f"anchor{n}" for n in range(300))
    kept = "".join(mark.text for mark in word_marks(old, new) if mark.op == "equal")

    assert all(f"anchor{n}" in kept for n in range(300))


def test_tokens_joined_are_the_text_and_scripts_without_spaces_split_by_character() -> None:
    text = "„Ja“, 1,5 % – it's 東京です ไทย हिन्दी"

    assert "".join(tokens_of(text)) == text
    assert words_of("東京です") == ("東", "京", "で", "す")
    assert words_of("हिन्दी की") != words_of("हिन्दी के")


def test_words_are_the_same_in_another_style() -> None:
    assert words_of("It’s 1,000 SHIPS — all told") == words_of("it's 1000 ships, all told!")
    assert words_of("36,982.92") == words_of("36 982,92") == words_of("36.982,92")
    assert words_of("3.5") != words_of("35")
    assert words_of("fell by -5") != words_of("fell by 5")
