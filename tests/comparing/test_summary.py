from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import compare, edit_key, unified
from scraper.normalizing.document import KINDS, Document, Link, Passage

TEXT = st.sampled_from(
    ["The ship left.", "The ship sank.", "Nobody said why.", "7 comments", "By A. Author", "– –", "x"]
)
DOCUMENTS = st.builds(
    Document,
    st.lists(st.builds(Passage, st.sampled_from(KINDS), TEXT), max_size=5).map(tuple),
    title=st.sampled_from([None, "A title", "B title"]),
    modified=st.sampled_from([None, "2025-03-07"]),
    links=st.lists(st.builds(Link, st.sampled_from(["a", "b"]), st.just("")), max_size=2).map(tuple),
)


def paragraphs(*texts: str) -> Document:
    return Document(tuple(Passage("paragraph", text) for text in texts))


@settings(max_examples=300)
@given(DOCUMENTS, DOCUMENTS)
def test_a_summary_is_one_short_line_and_empty_only_where_nothing_differs(old: Document, new: Document) -> None:
    found = compare(old, new)

    assert len(found.summary) <= 120
    assert "\n" not in found.summary
    assert bool(found.summary) is not found.same
    assert len(unified(found).splitlines()) == sum(
        map(len, (found.edits, found.fields_changed, found.links_added, found.links_removed))
    )


def test_the_summary_counts_and_shows_the_figure_that_changed() -> None:
    old = Document(
        (Passage("heading", "Envoy sees ties"), Passage("paragraph", "It has 300 troops. They left. It ended."))
    )
    new = Document(
        (Passage("heading", "Envoy saw ties"), Passage("paragraph", "It has 320 troops. They came here. It ended."))
    )

    assert compare(old, new).summary == 'Headline reworded; 1 sentence edited, 1 added, 1 removed; "300" became "320"'


def test_one_is_singular_and_two_are_plural() -> None:
    base = "The harbour was closed."

    assert compare(paragraphs(base), paragraphs(base, "One more came.")).summary == "1 sentence added"
    assert compare(paragraphs(base, "One.", "Two."), paragraphs(base)).summary == "2 sentences removed"


def test_the_plain_text_difference_reads_by_itself() -> None:
    old = paragraphs(
        "Kept as it is.", "It has 300 troops.", "This one goes away.", "A long line that moves to the top now.", "z z"
    )
    new = paragraphs(
        "A long line that moves to the top now.", "Kept as it is.", "It has 320 troops.", "z z", "Some new words."
    )

    assert unified(compare(old, new)).splitlines() == [
        "> 3>0 A long line that moves to the top now.",
        "~ 1>2 It has [-300-]{+320+} troops.",
        "- 2 This one goes away.",
        "+ 4 Some new words.",
    ]


def test_the_same_replacement_on_two_pages_has_the_same_key() -> None:
    one = compare(paragraphs("The Department of Defense said so."), paragraphs("The Department of War said so."))
    two = compare(paragraphs("He left the Defense, at last."), paragraphs("He left the War, at last."))

    assert edit_key(one.edits[0]) == edit_key(two.edits[0]) == "defense → war"


def test_the_same_added_notice_has_the_same_key_however_it_is_set() -> None:
    one = compare(paragraphs("a"), paragraphs("a", "This page was archived."))
    two = compare(paragraphs("b"), paragraphs("b", "This page was Archived"))

    assert edit_key(one.edits[0]) == edit_key(two.edits[0]) == "+ this page was archived"


def test_a_key_is_short_and_a_move_or_a_restyled_sentence_has_none() -> None:
    long = compare(paragraphs(), paragraphs("word " * 200)).edits[0]
    moved = compare(paragraphs("One line.", "Another longer line."), paragraphs("Another longer line.", "One line."))
    styled = compare(paragraphs("Yes, of course."), paragraphs("Yes of course."))

    assert len(edit_key(long) or "") <= 80
    assert [edit_key(edit) for edit in (*moved.edits, *styled.edits)] == [None, None]


def test_a_notice_that_was_there_already_is_said_to_have_changed() -> None:
    none = paragraphs("The general spoke.")
    one = paragraphs("The general spoke.", "Correction: An earlier version misstated his rank.")
    two = paragraphs("The general spoke.", "Correction: An earlier version misstated his rank and unit.")

    assert compare(none, one).summary == "Correction notice added"
    assert compare(one, two).summary.startswith("Correction notice changed")
    assert "correction_notice" not in compare(one, none).classes
