"""Documents with more differences than anybody reads one by one, compared by stretches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.comparing.blocks as blocks
from scraper.comparing import Comparison, by_passage, compare, edit_key, unified
from scraper.normalizing.document import Document, Passage
from tests.comparing.applying import gives_the_new_text, is_mirrored

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = st.lists(
    st.sampled_from(
        [
            "The ship left.",
            "The ship sank.",
            "Nobody said why.",
            "It rained on 3 March.",
            "x",
            "Row 1 | 5",
            "Row 1 | 6",
            "They met, at last",
            "they met at last",
            "***",
        ]
    ),
    max_size=14,
)
PARAGRAPHS = st.lists(LINES.map(lambda lines: " ".join(lines[:4])).filter(bool), max_size=6)


def lines(*texts: str, modified: str | None = None) -> Document:
    return Document(tuple(Passage("paragraph", text) for text in texts), modified=modified)


def by_stretches(old: Document, new: Document, most: int = 1) -> Comparison:
    """Compare as if more than `most` differences were too many."""
    with (
        patch.object(sys.modules["scraper.comparing.comparer"], "MOST_EDITS", 0),
        patch.object(blocks, "MOST_EDITS", most),
    ):
        return compare(old, new)


@settings(max_examples=200)
@given(LINES, LINES, st.integers(1, 4))
def test_edits_of_stretches_give_the_new_text_and_are_mirrored(before: list[str], after: list[str], most: int) -> None:
    old, new = lines(*before), lines(*after)
    there, back = by_stretches(old, new, most), by_stretches(new, old, most)

    assert gives_the_new_text(there, old, new)
    assert is_mirrored(there, back)
    assert [e.classes for e in there.edits] == [e.classes for e in back.edits] or "notice" in str(there.classes)
    assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)
    assert len(there.edits) <= most


@settings(max_examples=150)
@given(PARAGRAPHS, PARAGRAPHS)
def test_stretches_that_begin_inside_a_passage_are_mirrored_too(before: list[str], after: list[str]) -> None:
    old, new = lines(*before), lines(*after)
    there = by_stretches(old, new, 3)

    assert is_mirrored(there, by_stretches(new, old, 3))
    for edit in there.edits:
        for text, position, side in ((edit.old, edit.old_position, old), (edit.new, edit.new_position, new)):
            if text is not None and position is not None:
                held = [passage.text for passage in side.passages[position : position + text.count("\n") + 1]]
                assert all(line in whole for line, whole in zip(text.split("\n"), held, strict=True))


@settings(max_examples=150)
@given(LINES, LINES)
def test_taken_apart_they_are_edits_of_single_passages(before: list[str], after: list[str]) -> None:
    old, new = lines(*before), lines(*after)
    found = by_stretches(old, new)
    apart = by_passage(found.edits)

    assert not any(edit.is_joined or (edit.op == "move" and None in (edit.old, edit.new)) for edit in apart)
    for edit in apart:
        assert edit.old_position is None or old.passages[edit.old_position].text == edit.old
        assert edit.new_position is None or new.passages[edit.new_position].text == edit.new
    assert Counter(e.old for e in apart if e.old) - Counter(e.new for e in apart if e.new) == (
        Counter(before) - Counter(after)
    )


@settings(max_examples=150)
@given(LINES, LINES)
def test_substance_does_not_depend_on_how_many_edits_are_too_many(before: list[str], after: list[str]) -> None:
    old, new = lines(*before), lines(*after)

    assert bool(by_stretches(old, new).edits) == bool(compare(old, new).edits)
    if not compare(old, new).substantive:
        assert not by_stretches(old, new).substantive


def test_a_stretch_has_a_line_for_each_passage() -> None:
    old = lines("Kept.", "One went here.", "Two went there.", "Also kept.")
    found = by_stretches(old, lines("Kept.", "Also kept.", "Three came now."), 5)

    assert [(e.op, e.old, e.new, e.old_position, e.new_position) for e in found.edits] == [
        ("delete", "One went here.\nTwo went there.", None, 1, None),
        ("add", None, "Three came now.", None, 2),
    ]
    assert found.summary == "1 sentence added, 2 removed"
    assert unified(found).splitlines() == ["- 1 One went here.", "- 2 Two went there.", "+ 2 Three came now."]
    assert edit_key(found.edits[0]) is None


def test_lines_in_another_order_are_moved_and_nothing_is_said_to_have_changed() -> None:
    texts = [f"Line number {n}" for n in range(30)]
    found = by_stretches(lines(*texts), lines(*texts[::-1]), 5)

    assert {edit.op for edit in found.edits} == {"move"}
    assert (found.substantive, found.classes, found.summary) == (False, ("moved_text",), "29 passages moved")
    assert {edit.op for edit in by_passage(found.edits)} == {"move"}
    assert len(by_passage(found.edits)) == 29


def test_a_stretch_that_differs_in_style_alone_is_no_change_of_wording() -> None:
    found = by_stretches(lines("They met", "at last, in Oran", "Z"), lines("They met.", "At last in Oran", "Z"))

    assert (found.substantive, found.classes) == (False, ("punctuation",))


def test_a_correction_among_many_edits_declares_them() -> None:
    old = lines("One went here.", "Two went there.", modified="2025-03-07")
    new = ["Three came now.", "Four came then."]

    assert "undeclared_edit" in by_stretches(old, lines(*new, modified="2025-03-07")).classes
    declared = by_stretches(old, lines(*new, "Correction: The count was wrong.", modified="2025-03-07"))
    assert "correction_notice" in declared.classes
    assert "undeclared_edit" not in declared.classes


def test_the_page_date_that_changed_among_many_edits_declares_them() -> None:
    old = Document((*lines("One went here.").passages, Passage("date", "1 March 2025")), modified="2025-03-01")
    new = Document((*lines("Two came there, at last.").passages, Passage("date", "9 May 2025")), modified="2025-03-01")

    assert "undeclared_edit" not in by_stretches(old, new).classes


def test_kinds_of_text_are_told_of_a_stretch() -> None:
    found = by_stretches(
        Document((Passage("caption", "Two ships."), Passage("byline", "By A. Author"))),
        Document((Passage("caption", "A crane at the quay."), Passage("byline", "By Sam Quill"))),
    )

    assert {"wording", "caption", "byline"} <= set(found.classes)


MANY = [f"Line {n} of the list" for n in range(30_000)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MANY, [f"Row {n} in a table" for n in range(30_000)]),
        (MANY, MANY[::-1]),
        (MANY, [f"{line}x" if n % 2 else line for n, line in enumerate(MANY)]),
        (["word " * 300_000], ["other " * 300_000]),
    ],
    ids=["all other", "reversed", "every other", "one line"],
)
def test_no_two_documents_have_more_edits_than_anybody_reads(before: Sequence[str], after: Sequence[str]) -> None:
    old, new = lines(*before), lines(*after)
    found = compare(old, new)

    assert 0 < len(found.edits) <= blocks.MOST_EDITS
    assert gives_the_new_text(found, old, new)
    assert is_mirrored(found, compare(new, old))


SCRIPT = """
import hashlib, random, sys
from unittest.mock import patch
import scraper.comparing.blocks as blocks
from scraper.comparing import compare, unified
from scraper.normalizing.document import Document, Passage

chooses = random.Random(5)
words = ["ship", "left", "Oran", "and", "the", "3", "March", "no", "was", "not", "“gone”", "Dr."]
text = lambda: " ".join(chooses.choices(words, k=chooses.randint(1, 9))) + chooses.choice([".", "", "!"])
page = lambda: Document(tuple(Passage("paragraph", " ".join(text() for _ in range(3))) for _ in range(12)))
seen = hashlib.sha256()
for most in (20_000, 0):
    with patch.object(sys.modules["scraper.comparing.comparer"], "MOST_EDITS", most), \\
         patch.object(blocks, "MOST_EDITS", 4):
        for _ in range(12):
            found = compare(page(), page())
            seen.update(repr((found, unified(found))).encode())
print(seen.hexdigest())
"""


def test_the_result_does_not_depend_on_the_seed_of_hashes() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=environment | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }

    assert len(found) == 1
    assert len(found.pop().strip()) == 64
