"""A document with what changed marked in place: one column that reads as the new text, the old struck through.

The comparison says what changed; this only finds the place of each edit on the page. It is pure. Finding the places is
cheap and done for the whole text; the words are marked only in the rows that are asked for, so that a page of a
difference of twenty thousand edits costs what is on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.comparing import Edit, by_passage, split_sentences
from scraper.datasette_plugin.excerpts import Piece, abridged, pieces
from scraper.datasette_plugin.labels import Label, badges
from scraper.datasette_plugin.pairing import Sides, paired
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.normalizing.document import Passage

RowOp = Literal["same", "changed", "added", "deleted", "moved_here", "moved_away"]

# A longer passage (letters) is no paragraph: its edits are shown by themselves, not amid all of its text.
_PARAGRAPH = 20_000
_EDITS_A_ROW = 20  # of such a passage


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the marked text before its words are marked: which passages it speaks of and what happened in them.

    `alone` where the passage is too long to be shown around its edits; `letters` is how much the row would show.
    """

    op: RowOp
    old: int | None
    new: int | None
    edits: tuple[Edit, ...]
    letters: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class MoveNote:
    """Where a moved text came from or went to: `key` is its place before and after, as indexes of passages."""

    text: str
    key: tuple[int, int]
    here: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A passage of the marked text."""

    op: RowOp
    kind: str
    pieces: tuple[Piece, ...]
    badges: tuple[Label, ...] = ()
    moves: tuple[MoveNote, ...] = ()

    @property
    def before(self) -> tuple[Piece, ...]:
        """What of it stood in the old text, for the left of two columns."""
        return () if self.op == "moved_here" else self._without("insert", "moved")

    @property
    def after(self) -> tuple[Piece, ...]:
        """What of it stands in the new text, for the right of two columns."""
        return () if self.op == "moved_away" else self._without("delete")

    def _without(self, *ops: str) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.op not in ops)


class MarkedText:
    """Two texts and the edits between them, laid out in one column. `places` are its rows in reading order."""

    def __init__(self, old: Sequence[Passage], new: Sequence[Passage], edits: Iterable[Edit]) -> None:
        self._sides = paired(old, new, edits)
        self.places = _places(self._sides)

    def row(self, place: Place) -> Row:
        """The row of a place, with its words marked."""
        sides, edits = self._sides, place.edits
        if place.op == "moved_away":
            return _pointer(edits[0], sides.old[place.old or 0].kind)
        if place.op == "deleted":
            text = " ".join(edit.old or "" for edit in edits)
            kind = sides.old[place.old or 0].kind
            return Row("deleted", kind, _shown((Piece("delete", text),)), _badges(edits))
        passage = sides.new[place.new or 0]
        if place.op in ("same", "moved_here"):
            marked: tuple[Piece, ...] = (Piece("equal", passage.text),)
        else:
            marked = _alone(edits) if place.alone else _marks(sides, place.new or 0)
        labels = () if place.op == "moved_here" else _badges(edits)  # that it moved is said already
        return Row(place.op, passage.kind, _shown(marked), labels, _came(edits))


def marked_text(old: Sequence[Passage], new: Sequence[Passage], edits: Iterable[Edit]) -> list[Row]:
    """The passages of both documents in reading order, each edit in its place."""
    text = MarkedText(old, new, by_passage(edits))
    return [text.row(place) for place in text.places]


def _places(sides: Sides) -> list[Place]:
    placed = [((at, 0, part), place) for at in range(len(sides.new)) for part, place in enumerate(_new(sides, at))]
    landed = {**{i: j for j, i in sides.same.items()}, **sides.home}
    last = -1
    for at in range(len(sides.old)):
        lost = [e for e in sides.out_of.get(at, ()) if e.op == "move" or at not in sides.home]
        placed += [((last, 1, at), place) for place in _lost(lost, at)]
        if not any(edit.op == "move" for edit in lost):
            last = landed.get(at, last)
    return [place for _, place in sorted(placed, key=lambda pair: pair[0])]


def _new(sides: Sides, at: int) -> list[Place]:
    """The places of a passage of the new text: one, or several where it is too long to be shown at once."""
    text, into = sides.new[at].text, sides.into.get(at, [])
    gone = [edit for i in sides.homes.get(at, ()) for edit in sides.out_of.get(i, ()) if edit.op == "delete"]
    edits = (*into, *gone)
    old = sides.same.get(at, next(iter(sides.homes.get(at, ())), None))
    if not edits:
        return [Place("same", old, at, (), len(text))]
    op: RowOp = "changed"
    if len(edits) == 1 and edits[0].op == "move" and edits[0].new == text:
        op = "moved_here"
    elif into and all(edit.op == "add" for edit in into) and _covers(into, text):
        op = "added"
    if op == "changed" and len(text) + sum(len(edit.old or "") for edit in edits) > _PARAGRAPH:
        return [Place(op, old, at, part, _letters(part), alone=True) for part in _parts(edits)]
    return [Place(op, old, at, edits, len(text) + sum(len(edit.old or "") for edit in gone))]


def _lost(edits: Sequence[Edit], at: int) -> list[Place]:
    """What left a place and stands nowhere near: deleted sentences joined, and a pointer where something moved away."""
    deleted = tuple(edit for edit in edits if edit.op == "delete")
    places = []
    if deleted:
        parts = _parts(deleted) if _letters(deleted) > _PARAGRAPH else [deleted]
        places = [Place("deleted", at, None, part, _letters(part)) for part in parts]
    away = [edit for edit in edits if edit.op == "move" and edit.old_position != edit.new_position]
    return places + [Place("moved_away", at, None, (edit,), 60) for edit in away]


def _parts(edits: Sequence[Edit]) -> list[tuple[Edit, ...]]:
    return [tuple(edits[start : start + _EDITS_A_ROW]) for start in range(0, len(edits), _EDITS_A_ROW)]


def _letters(edits: Iterable[Edit]) -> int:
    return sum(len(edit.old or "") + len(edit.new or "") for edit in edits)


def _covers(edits: Sequence[Edit], text: str) -> bool:
    return sum(len(edit.new or "") + 1 for edit in edits) >= len(text)


def _alone(edits: Iterable[Edit]) -> tuple[Piece, ...]:
    """The pieces of edits by themselves, with a gap for the text between them."""
    out: list[Piece] = []
    for edit in edits:
        out += [Piece("gap", ""), *_edit_pieces(edit)]
    return (*out, Piece("gap", ""))


def _edit_pieces(edit: Edit) -> tuple[Piece, ...]:
    return (Piece("moved", edit.new or ""),) if edit.op == "move" else pieces(edit.old, edit.new)


def _marks(sides: Sides, at: int) -> tuple[Piece, ...]:
    """The pieces of a changed passage, in reading order."""
    text = sides.new[at].text
    spans, loose = _located(text, sides.into.get(at, ()))
    events = [(start, 1, end, _edit_pieces(edit)) for start, end, edit in spans]
    for i in sides.homes.get(at, ()):
        for edit in sides.out_of.get(i, ()):
            if edit.op == "delete":
                offset = _offset(sides, i, at, edit, spans)
                lost = f" {edit.old}" if offset else f"{edit.old} "
                events.append((offset, 0, offset, (Piece("delete", lost),)))
    out: list[Piece] = []
    cursor = 0
    for start, _, end, marked in sorted(events, key=lambda event: event[:3]):
        if start > cursor:
            out.append(Piece("equal", text[cursor:start]))
        out += marked
        cursor = max(cursor, end)
    out.append(Piece("equal", text[cursor:]))
    for edit in loose:
        out += [Piece("equal", " "), *_edit_pieces(edit)]
    return tuple(piece for piece in out if piece.text)


def _located(text: str, edits: Iterable[Edit]) -> tuple[list[tuple[int, int, Edit]], list[Edit]]:
    """Where the new sentence of each edit stands in the passage, without overlap; and those that stand nowhere."""
    spans: list[tuple[int, int, Edit]] = []
    loose: list[Edit] = []
    cursor = 0
    for edit in edits:
        sentence = edit.new or ""
        start = text.find(sentence, cursor)
        if start < 0 or not sentence:
            loose.append(edit)
        else:
            cursor = start + len(sentence)
            spans.append((start, cursor, edit))
    return spans, loose


def _offset(sides: Sides, i: int, at: int, lost: Edit, spans: Sequence[tuple[int, int, Edit]]) -> int:
    """Where in the new passage a deleted sentence would stand: after what stood before it and is still there."""
    old, new = sides.old[i].text, sides.new[at].text
    place = old.find(lost.old or "")
    best = (-1, 0)
    for _, end, edit in spans:
        if edit.old_position == i and edit.old:
            best = max(best, _before(old.find(edit.old), end, place))
    for sentence in split_sentences(old[: max(place, 0)].rstrip()):
        found = new.find(sentence)
        if found >= 0:
            best = max(best, _before(old.find(sentence), found + len(sentence), place))
    offset = best[1]
    return next((end for start, end, _ in spans if start < offset < end), offset)


def _before(old_place: int, new_end: int, place: int) -> tuple[int, int]:
    return (old_place, new_end) if 0 <= old_place < place else (-1, 0)


def _came(edits: Iterable[Edit]) -> tuple[MoveNote, ...]:
    """For each text that moved into a passage, where it came from."""
    return tuple(
        MoveNote(
            f"Moved here, word for word, from passage {(edit.old_position or 0) + 1} of the earlier version", key, True
        )
        for edit in edits
        if edit.op == "move" and (key := (edit.old_position or 0, edit.new_position or 0))[0] != key[1]
    )


def _pointer(edit: Edit, kind: str) -> Row:
    """The row that stands where a text moved away from."""
    key = (edit.old_position or 0, edit.new_position or 0)
    note = MoveNote(f"Moved from here to passage {key[1] + 1}", key, False)
    return Row("moved_away", kind, _shown((Piece("equal", _opening(edit.old or edit.new or "")),)), (), (note,))


def _opening(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60].rsplit(' ', 1)[0]} …"


def _shown(marked: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(Piece(piece.op, visible(piece.text)) for piece in abridged(marked))


def _badges(edits: Iterable[Edit]) -> tuple[Label, ...]:
    classes = dict.fromkeys(name for edit in edits for name in edit.classes)
    return tuple(label for label in badges(tuple(classes)) if label.text != "wording")
