"""Since when a sentence has stood: over edits of its passage, over gaps, and never longer than it was seen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.lifetimes import Life
from scraper.archive.reading import BlamedPassage
from scraper.datasette_plugin.margin import Run, run_of, sentence_spans, sentences

spans = st.lists(
    st.tuples(st.integers(1, 12), st.one_of(st.none(), st.integers(0, 5))).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(spans, st.integers(1, 20))
def test_a_run_is_the_unbroken_stretch_of_versions_around_one(stood: list[tuple[int, int | None]], number: int) -> None:
    top = 40
    held = {n for first, last in stood for n in range(first, (last or top) + 1)}
    run = run_of(stood, number)

    if number not in held:
        assert run is None
        return
    assert run is not None
    assert all(n in held for n in range(run.first, (run.last or top) + 1))
    assert run.first - 1 not in held
    assert run.last is None or run.last + 1 not in held
    assert run.earlier == (min(held) if min(held) < run.first else None)


def test_a_sentence_keeps_its_age_when_the_one_beside_it_is_edited() -> None:
    lives = [Life("The pilot waits. The price is 48.", 1, 1), Life("The pilot waits. The price is 61.", 2, None)]
    passage = BlamedPassage(0, "paragraph", "The pilot waits. The price is 61.", 2, "2026-03-03T18:17:00.000Z", None, 2)

    parts = sentences(passage, 2, sentence_spans(lives))

    assert "".join(part.text for part in parts) == passage.text
    assert [(part.text, part.run) for part in parts if part.run] == [
        ("The pilot waits.", Run(1, None)),
        ("The price is 61.", Run(2, None)),
    ]


def test_a_sentence_that_was_gone_in_between_says_so() -> None:
    lives = [Life("The bar moves. It is deep.", 1, 2), Life("The bar moves.", 5, 6)]
    passage = BlamedPassage(0, "paragraph", "The bar moves.", 5, "2026-03-03T18:17:00.000Z", 6, 2)

    (part,) = sentences(passage, 6, sentence_spans(lives))

    assert part.run == Run(5, 6, earlier=1)
