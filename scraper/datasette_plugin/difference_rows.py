"""The rows of a difference as a page shows them: numbered, with the way from edit to edit and from move to move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.datasette_plugin.excerpts import Piece, place_name, shortened
from scraper.datasette_plugin.folding import Stretch, folded, leaves, unfolded
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.datasette_plugin.labels import Label
    from scraper.datasette_plugin.marked_text import MarkedText, MoveNote, Place, Row

INDEXED = 40
_INDEX_LETTERS = 110

_VERBS = {
    "changed": "Edited",
    "added": "Added",
    "deleted": "Removed",
    "moved_here": "Moved",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Where a moved text came from or went to, and the way there."""

    text: str
    href: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row on the page. `number` counts the edits; `before` and `after` are its columns where they are asked for."""

    op: str
    kind: str
    pieces: tuple[Piece, ...]
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    badges: tuple[Label, ...]
    notes: tuple[Note, ...]
    where: str | None
    number: int | None
    verb: str
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True)
class ShownStretch:
    """Rows that are shown, or folded away under their count."""

    folded: bool
    count: int
    rows: tuple[ShownRow, ...]
    omitted: int


@dataclass(frozen=True, slots=True)
class IndexLine:
    """An edit in the index at the top of the page."""

    number: int
    href: str
    verb: str
    where: str | None
    pieces: tuple[Piece, ...]
    badges: tuple[Label, ...]


@dataclass(slots=True)
class Layout:
    """A whole difference laid on pages, with no words marked yet.

    `first` is the number of the first edit of each page, `ends` how to reach either end of a move, by its key.
    """

    text: MarkedText
    pages: list[list[Stretch]]
    address: Callable[[int], str]
    first: list[int] = field(default_factory=list)
    numbered: list[tuple[int, Place]] = field(default_factory=list)
    ends: dict[tuple[int, int, bool], tuple[int, str]] = field(default_factory=dict)

    @property
    def edits(self) -> int:
        """How many numbered edits the text has."""
        return len(self.numbered)


def lay_out(text: MarkedText, address: Callable[[int], str], *, everything: bool) -> Layout:
    """Fold and page a marked text; `address` gives the address of a page by its number, from 1."""
    layout = Layout(text, leaves((unfolded if everything else folded)(text.places)), address)
    for page, stretches in enumerate(layout.pages, 1):
        layout.first.append(layout.edits + 1)
        for place in (place for stretch in stretches for place in stretch.places):
            if place.op in _VERBS:
                layout.numbered.append((page, place))
            _note_ends(layout, page, place)
    return layout


def _note_ends(layout: Layout, page: int, place: Place) -> None:
    for edit in place.edits:
        if edit.op == "move" and edit.old_position is not None and edit.new_position is not None:
            here = place.op != "moved_away"
            key = (edit.old_position, edit.new_position, here)
            layout.ends.setdefault(key, (page, f"edit-{layout.edits}" if here else _from(edit.old_position, key[1])))


def shown_page(layout: Layout, page: int, *, columns: bool) -> tuple[ShownStretch, ...]:
    """The rows of one page with their words marked."""
    number = layout.first[page - 1]
    stretches = []
    for stretch in layout.pages[page - 1]:
        rows = []
        for place in stretch.places:
            counted = place.op in _VERBS
            row = layout.text.row(place)
            rows.append(_shown(layout, page, row, number if counted else None, columns=columns))
            number += counted
        stretches.append(ShownStretch(stretch.folded, stretch.count, tuple(rows), stretch.omitted))
    return tuple(stretches)


def index(layout: Layout, page: int) -> tuple[IndexLine, ...]:
    """The first edits of the page that is shown, each shortened to its changed words."""
    first = layout.first[page - 1]
    lines = []
    for number, (on, place) in enumerate(layout.numbered[first - 1 : first - 1 + INDEXED], first):
        if on != page:
            break
        row = layout.text.row(place)
        lines.append(
            IndexLine(number, f"#edit-{number}", _VERBS[row.op], place_name(row.kind), _index_pieces(place), row.badges)
        )
    return tuple(lines)


def _index_pieces(place: Place) -> tuple[Piece, ...]:
    """The first two edits of a place in at most some hundred letters, what went before what came."""
    marked: list[Piece] = []
    for edit in sorted(place.edits, key=lambda edit: edit.new is not None)[:2]:
        marked += [Piece("equal", " ")] if marked else []
        marked += [Piece("equal", edit.new or "")] if edit.op == "move" else shortened(edit.old, edit.new)
    at = next((at for at, piece in enumerate(marked) if piece.op in ("delete", "insert")), 0)
    out: list[Piece] = []
    room = _INDEX_LETTERS
    for piece in marked[max(0, at - 1) :]:
        text = piece.text
        if piece.op == "equal" and not out and len(marked) > 1 and len(text) > 50:
            text = "… " + text[-50:].split(" ", 1)[-1]
        if len(text) > room:
            text = text[:room].rsplit(" ", 1)[0] + " …"
        out.append(Piece(piece.op, visible(text)))
        room -= len(text)
        if room <= 0:
            break
    return tuple(out)


def _shown(layout: Layout, page: int, row: Row, number: int | None, *, columns: bool) -> ShownRow:
    return ShownRow(
        op=row.op,
        kind=row.kind,
        pieces=row.pieces,
        before=row.before if columns else (),
        after=row.after if columns else (),
        badges=row.badges,
        notes=tuple(_note(layout, page, move) for move in row.moves),
        where=place_name(row.kind),
        number=number,
        verb=_VERBS.get(row.op, ""),
        previous=_to(layout, page, number - 1) if number else None,
        following=_to(layout, page, number + 1) if number else None,
    )


def _note(layout: Layout, page: int, move: MoveNote) -> Note:
    """The way to the other end of a move."""
    on, anchor = layout.ends.get((*move.key, not move.here), (page, ""))
    href = f"#{anchor}" if on == page else f"{layout.address(on)}#{anchor}"
    return Note(move.text, href if anchor else "", "" if move.here else _from(*move.key))


def _from(old: int, new: int) -> str:
    return f"from-{old}-{new}"


def _to(layout: Layout, page: int, number: int) -> str | None:
    if not 1 <= number <= layout.edits:
        return None
    on = layout.numbered[number - 1][0]
    return f"#edit-{number}" if on == page else f"{layout.address(on)}#edit-{number}"
