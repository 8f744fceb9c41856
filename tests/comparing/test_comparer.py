from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scraper.comparing import compare
from scraper.normalizing.document import Document, Image, Link, Passage
from tests.comparing.applying import gives_the_new_text, is_mirrored

BASE = Document((Passage("paragraph", "The text."),), title="A title", byline="A. Author", modified="2025-03-07")


@pytest.mark.parametrize("name", ["byline", "published", "modified", "language", "canonical_url", "syndicated_from"])
def test_metadata_that_differs_is_told_but_is_not_substantive(name: str) -> None:
    other: dict[str, Any] = {name: "something else"}
    found = compare(BASE, replace(BASE, **other))

    assert found.fields_changed == ((name, getattr(BASE, name), "something else"),)
    assert not found.substantive
    assert found.summary.startswith("Page details changed")


def test_a_reworded_headline_is_one_edit_and_a_changed_field() -> None:
    old = Document((Passage("heading", "Envoy sees closer ties"),), title="Envoy sees closer ties")
    new = Document((Passage("heading", "Envoy sees wider ties"),), title="Envoy sees wider ties")
    found = compare(old, new)

    assert len(found.edits) == 1
    assert [name for name, _, _ in found.fields_changed] == ["title"]
    assert found.classes == ("wording", "headline")


def test_links_and_images_are_compared_by_counts() -> None:
    old = Document(BASE.passages, links=(Link("a", "x"), Link("a", "y"), Link("b", "z")), images=(Image("i", ""),))
    new = Document(BASE.passages, links=(Link("b", "z"), Link("a", "x"), Link("c", "w")), images=(Image("j", ""),))
    found = compare(old, new)

    assert (found.links_added, found.links_removed) == (("c",), ("a",))
    assert (found.images_added, found.images_removed) == (("j",), ("i",))


def test_empty_documents_compare() -> None:
    empty = Document(())

    assert compare(empty, empty).same
    assert [e.op for e in compare(empty, BASE).edits] == ["add"]
    assert [e.op for e in compare(BASE, empty).edits] == ["delete"]


def test_words_are_counted_where_they_came_and_went() -> None:
    old = Document((Passage("paragraph", "The force of 300 troops left."), Passage("paragraph", "Gone now entirely.")))
    new = Document((Passage("paragraph", "The force of 320 tired troops left."),))
    found = compare(old, new)

    assert (found.words_added, found.words_removed) == (2, 4)


LINES = [f"line {n}" for n in range(20_000)]
HOSTILE = {
    "equal lines, one more": (["x"] * 100_000, ["x"] * 99_999),
    "reversed lines": (LINES, LINES[::-1]),
    "one endless line": (["a b " * 100_000], ["b a " * 100_000]),
    "one endless word": (["x" * 1_000_000], ["y" * 1_000_000]),
    "full stops": ([". " * 100_000], ["! " * 100_000]),
    "tiny sentences": (["Ab. " * 100_000], ["Bc. " * 100_000]),
    "quotation marks": (['"' * 200_000], ["“" * 200_000]),
    "nothing in common": (LINES, [f"row {n}x" for n in range(20_000)]),
    "nothing but full stops": (["." * 300_000], ["." * 299_999 + "!"]),
    "initials": (["A. " * 100_000], ["B. " * 100_000]),
    "sentences of one passage in another order": (
        [" ".join(f"Sentence {n} says so." for n in range(5_000))],
        [" ".join(f"Sentence {n} says so." for n in range(4_999, -1, -1))],
    ),
    "passages alike but for one word": (
        [f"The keeper of lock {n % 700} wrote that the water stood high." for n in range(3_000)],
        [f"The keeper of lock {n * 7 % 900} wrote that the water stood high." for n in range(3_000)],
    ),
    "digits": (["1,000" * 50_000], ["1.000" * 50_000]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_compared_to_the_end(name: str) -> None:
    before, after = HOSTILE[name]
    old = Document(tuple(Passage("paragraph", text) for text in before))
    new = Document(tuple(Passage("paragraph", text) for text in after))
    found = compare(old, new)

    assert found.edits
    assert 0 < found.significance <= 1
    assert 0 < len(found.summary) <= 120
    assert gives_the_new_text(found, old, new)
    assert is_mirrored(found, compare(new, old))
