from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import compare, split_sentences
from scraper.comparing.align import align
from scraper.comparing.matching import NONE, Matching
from scraper.comparing.order import longest_increasing
from scraper.comparing.steps import steps_of
from scraper.normalizing.document import Document, Passage

SENTENCES = st.sampled_from(
    [
        "The ship left the harbour at dawn.",
        "The ship left the harbour at noon.",
        "Nobody said why.",
        "It rained.",
        "The price of bread rose by five per cent over the winter.",
        "The price of bread fell by five per cent over the winter.",
        "Two ministers met in the old hall.",
        "Table row 1",
        "Table row 2",
        "***",
    ]
)
# Without a full stop a line may be set as part of the next paragraph, which gives no step.
STOPPED = SENTENCES.filter(lambda text: text.endswith("."))
STOPPED_PASSAGES = st.lists(st.lists(STOPPED, min_size=1, max_size=4).map(" ".join), max_size=8)
PASSAGES = st.lists(st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join), max_size=8)


def paragraphs(*texts: str) -> Document:
    return Document(tuple(Passage("paragraph", text) for text in texts))


def sentences(document: Document) -> Counter[str]:
    return Counter(s for p in document.passages for s in split_sentences(p.text))


@settings(max_examples=200)
@given(PASSAGES, PASSAGES)
def test_the_steps_turn_the_old_sentences_into_the_new_ones(before: list[str], after: list[str]) -> None:
    old, new = paragraphs(*before), paragraphs(*after)
    words = Counter(" ".join(before).split())
    for edit in compare(old, new).edits:
        if edit.op != "move":
            gone = Counter((edit.old or "").split())
            assert gone <= words
            words = words - gone + Counter((edit.new or "").split())

    assert words == Counter(" ".join(after).split())


@settings(max_examples=200)
@given(STOPPED_PASSAGES, STOPPED_PASSAGES)
def test_every_sentence_is_accounted_for_once(before: list[str], after: list[str]) -> None:
    old, new = paragraphs(*before), paragraphs(*after)
    steps = [step for step in steps_of(align(old, new)) if step.op != "move"]
    gone = Counter(unit.text for step in steps for unit in step.old)
    come = Counter(unit.text for step in steps for unit in step.new)

    assert gone <= sentences(old)
    assert sentences(old) - gone + come == sentences(new)


@settings(max_examples=200)
@given(PASSAGES, PASSAGES)
def test_going_back_is_the_mirror_image(before: list[str], after: list[str]) -> None:
    old, new = paragraphs(*before), paragraphs(*after)
    there, back = compare(old, new), compare(new, old)
    seen = Counter((e.old, e.new, e.old_position, e.new_position) for e in there.edits)

    assert seen == Counter((e.new, e.old, e.new_position, e.old_position) for e in back.edits)
    assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)
    assert there.substantive == back.substantive


@settings(max_examples=50)
@given(PASSAGES)
def test_a_document_does_not_differ_from_itself(texts: list[str]) -> None:
    found = compare(paragraphs(*texts), paragraphs(*texts))

    assert found.same
    assert (found.substantive, found.classes, found.significance, found.summary) == (False, (), 0.0, "")


@settings(max_examples=100)
@given(st.permutations(range(7)))
def test_what_stays_in_order_is_as_long_as_can_be(values: list[int]) -> None:
    run = [values[i] for i in longest_increasing(values)]
    longest = max(n for n in range(8) for c in combinations(values, n) if list(c) == sorted(c))

    assert run == sorted(run)
    assert len(run) == longest


def test_of_two_runs_of_equal_length_the_heavier_stays() -> None:
    assert longest_increasing([1, 0], [5, 9]) == [1]
    assert longest_increasing([1, 0], [9, 5]) == [0]


def test_one_changed_word_in_a_long_paragraph_is_one_edit() -> None:
    long = "The ship left. It rained all day and all night. Nobody said why the harbour was closed. They waited."
    found = compare(paragraphs("First.", long, "Last."), paragraphs("First.", long.replace("closed", "open"), "Last."))

    assert [(e.op, e.old_position, e.new_position) for e in found.edits] == [("edit", 1, 1)]
    assert found.edits[0].new == "Nobody said why the harbour was open."


def test_identical_lines_are_matched_by_counts() -> None:
    found = compare(paragraphs("a", "x", "x", "x", "b"), paragraphs("a", "x", "x", "b"))

    assert [(e.op, e.old) for e in found.edits] == [("delete", "x")]


def test_a_repeated_line_that_goes_among_edits_moves_no_other() -> None:
    old = ["Yes.", "One alpha apple.", "Anchor one.", "Yes.", "Two beta bears.", "Anchor two.", "Yes.", "Three gamma."]
    new = ["One delta apple.", "Anchor one.", "Yes.", "Two omega bears.", "Anchor two.", "Yes.", "Three zeta."]
    ops = Counter(e.op for e in compare(paragraphs(*old), paragraphs(*new)).edits)

    assert ops["move"] == 0
    assert ops["delete"] == 1


def test_a_sentence_split_in_two_is_one_edit() -> None:
    old = "The delegation arrived on Monday and the ministers met in the old hall for talks about trade."
    new = "The delegation arrived on Monday. The ministers met in the old hall for talks about trade and fishing."
    edits = compare(paragraphs(old), paragraphs(new)).edits

    assert [(e.op, e.old, e.new) for e in edits] == [("edit", old, new)]


def test_rows_of_a_table_whose_figures_changed_are_edits() -> None:
    old = Document(tuple(Passage("table_row", f"Region {n} | {n * 7} | {n * 9} | {n + 1}") for n in range(20)))
    new = Document(tuple(Passage("table_row", f"Region {n} | {n * 8} | {n * 11} | {n + 2}") for n in range(20)))

    assert {e.op for e in compare(old, new).edits} == {"edit"}
    assert all((e.old_position == e.new_position) for e in compare(old, new).edits)


def test_matching_spreads_from_what_is_unique() -> None:
    matching = Matching(["x", "a", "x"], ["x", "a", "x", "x"])
    matching.find_equal()

    assert matching.to_new == [0, 1, 2]
    assert matching.to_old == [0, 1, 2, NONE]
