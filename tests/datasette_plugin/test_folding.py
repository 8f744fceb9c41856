"""A difference of any length is laid on pages of bounded weight, and none of its edits gets lost between them."""

from __future__ import annotations

from scraper.comparing import Edit
from scraper.datasette_plugin.difference_rows import index, lay_out, shown_page
from scraper.datasette_plugin.folding import leaves, unfolded
from scraper.datasette_plugin.marked_text import MarkedText, Place
from scraper.normalizing.document import Passage


def text_of(many: int, length: int = 40) -> tuple[MarkedText, tuple[Passage, ...], tuple[Passage, ...]]:
    """`many` paragraphs, each with an edited number, each followed by one that stayed."""
    filler = "word " * (length // 5)
    old = tuple(
        Passage("paragraph", f"Price of {at}: it is {'48' if at % 2 else 'kept'} {filler}") for at in range(2 * many)
    )
    new = tuple(Passage("paragraph", passage.text.replace(" 48 ", " 61 ")) for passage in old)
    edits = [
        Edit("edit", a.text, b.text, at, at, "paragraph", ("number",))
        for at, (a, b) in enumerate(zip(old, new, strict=True))
        if a != b
    ]
    return MarkedText(old, new, edits), old, new


def address(page: int) -> str:
    return f"?page={page}"


def test_every_edit_is_on_exactly_one_page_and_numbered_through() -> None:
    layout = lay_out(text_of(3000)[0], address, everything=False)

    numbers = [
        row.number
        for page in range(1, len(layout.pages) + 1)
        for stretch in shown_page(layout, page, columns=False)
        for row in stretch.rows
        if row.number
    ]

    assert len(layout.pages) > 3
    assert numbers == list(range(1, 3001))


def test_a_page_holds_no_more_rows_and_letters_than_a_browser_takes() -> None:
    for everything in (False, True):
        layout = lay_out(text_of(2000, 4000)[0], address, everything=everything)
        for stretches in layout.pages:
            places = [place for stretch in stretches for place in stretch.places]
            assert len(places) <= 600
            assert sum(place.letters for place in places) <= 260_000


def test_the_way_to_the_next_edit_leads_over_the_end_of_a_page() -> None:
    layout = lay_out(text_of(1000)[0], address, everything=False)
    rows = [row for stretch in shown_page(layout, 1, columns=False) for row in stretch.rows if row.number]
    onward = [row for stretch in shown_page(layout, 2, columns=False) for row in stretch.rows if row.number]

    assert rows[0].previous is None
    assert rows[0].following == "#edit-2"
    assert rows[-1].following == f"?page=2#edit-{len(rows) + 1}"
    assert onward[0].previous == f"?page=1#edit-{len(rows)}"


def test_the_index_names_the_first_edits_of_the_page() -> None:
    layout = lay_out(text_of(1000)[0], address, everything=False)
    first = layout.first[1]

    lines = index(layout, 2)

    assert [line.number for line in lines] == list(range(first, first + 40))
    assert all(sum(len(piece.text) for piece in line.pieces) < 130 for line in lines)
    assert all({"delete", "insert"} <= {piece.op for piece in line.pieces} for line in lines)


def test_both_ends_of_a_move_lead_to_each_other() -> None:
    old = tuple(Passage("paragraph", f"Passage {at} stands here.") for at in range(900))
    new = (old[899], *old[:899])
    edits = [Edit("move", old[899].text, old[899].text, 899, 0, "paragraph", ("moved_text",))]
    layout = lay_out(MarkedText(old, new, edits), address, everything=True)

    here = shown_page(layout, 1, columns=True)[0].rows[0]
    away = shown_page(layout, len(layout.pages), columns=True)[-1].rows[-1]

    assert (here.op, away.op) == ("moved_here", "moved_away")
    assert here.notes[0].href == f"?page={len(layout.pages)}#{away.notes[0].anchor}"
    assert away.notes[0].href == "?page=1#edit-1"
    assert here.before == ()
    assert away.after == ()


def test_one_enormous_passage_is_shown_by_its_edits() -> None:
    sentences = [f"Sentence {at} of the act says what it says." for at in range(20_000)]
    changed = [text.replace("says what", "said what") for text in sentences]
    old, new = Passage("paragraph", " ".join(sentences)), Passage("paragraph", " ".join(changed))
    edits = [Edit("edit", a, b, 0, 0, "paragraph") for a, b in zip(sentences, changed, strict=True)]

    layout = lay_out(MarkedText((old,), (new,), edits), address, everything=False)
    shown = [row for stretch in shown_page(layout, 1, columns=False) for row in stretch.rows]

    assert layout.edits == 1000  # twenty sentences in each
    assert sum(len(piece.text) for row in shown for piece in row.pieces) < 300_000
    assert shown[0].pieces[0].op == "gap"
    assert [piece.text for piece in shown[0].pieces if piece.op == "delete"][:2] == ["says", "says"]


def test_nothing_to_lay_out_is_one_empty_page() -> None:
    assert leaves(unfolded([])) == [[]]
    assert leaves([]) == [[]]
    assert isinstance(Place("same", 0, 0, (), 4), Place)
