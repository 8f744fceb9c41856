"""A document with what changed marked in place: one column that reads as the new text, the old struck through.

The comparison says what changed; this only finds the place of each edit on the page. It is pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scraper.comparing import Edit, by_passage, split_sentences
from scraper.comparing.order import longest_increasing
from scraper.datasette_plugin.excerpts import Piece, pieces
from scraper.datasette_plugin.labels import Label, badges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.normalizing.document import Passage

RowOp = Literal["same", "changed", "added", "deleted", "moved_here", "moved_away"]

_CONTEXT = 1  # unchanged passages left standing beside a change
_FOLD_FROM = 2
_FOLD_SHOWS = 40  # passages at each end of a fold that are on the page; the version's own page has them all


@dataclass(frozen=True, slots=True)
class Row:
    """A passage of the marked text."""

    op: RowOp
    kind: str
    pieces: tuple[Piece, ...]
    badges: tuple[Label, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows in a row that are shown (`folded` is false) or folded away; `omitted` of them are not on the page at all."""

    folded: bool
    rows: tuple[Row, ...]
    omitted: int = 0

    @property
    def count(self) -> int:
        """How many passages it stands for."""
        return len(self.rows) + self.omitted


@dataclass(slots=True)
class _Sides:
    """Both texts with the edits sorted by the passage that they are shown in."""

    old: Sequence[Passage]
    new: Sequence[Passage]
    into: dict[int, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    out_of: dict[int, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    same: dict[int, int] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)


def marked_text(old: Sequence[Passage], new: Sequence[Passage], edits: Iterable[Edit]) -> list[Row]:
    """The passages of both documents in reading order, each edit in its place."""
    sides = _Sides(old, new)
    for edit in by_passage(edits):
        if edit.new_position is not None:
            sides.into[edit.new_position].append(edit)
        if edit.old_position is not None and (edit.new_position is None or edit.op == "move"):
            sides.out_of[edit.old_position].append(edit)
    _pair(sides)
    placed = [((at, 0, 0), _row(sides, at)) for at in range(len(new))]
    landed = {**{i: j for j, i in sides.same.items()}, **sides.home}
    last = -1
    for at in range(len(old)):
        lost = [e for e in sides.out_of.get(at, ()) if e.op == "move" or at not in sides.home]
        placed += [((last, 1, at), row) for row in _lost_rows(lost, old[at].kind)]
        if not any(edit.op == "move" for edit in lost):
            last = landed.get(at, last)
    return [row for _, row in sorted(placed, key=lambda pair: pair[0])]


def folded(rows: Sequence[Row]) -> list[Stretch]:
    """The rows with long unchanged stretches folded, one passage of context left on each side of a change."""
    near = [False] * len(rows)
    for at, row in enumerate(rows):
        if row.op != "same":
            for beside in range(max(0, at - _CONTEXT), min(len(rows), at + _CONTEXT + 1)):
                near[beside] = True
    stretches: list[Stretch] = []
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or near[at] != near[start]:
            stretches.append(_stretch(rows[start:at], hidden=not near[start]))
            start = at
    return stretches


def _stretch(rows: Sequence[Row], *, hidden: bool) -> Stretch:
    if not hidden or len(rows) < _FOLD_FROM:
        return Stretch(False, tuple(rows))
    if len(rows) <= 2 * _FOLD_SHOWS:
        return Stretch(True, tuple(rows))
    return Stretch(True, (*rows[:_FOLD_SHOWS], *rows[-_FOLD_SHOWS:]), len(rows) - 2 * _FOLD_SHOWS)


def _pair(sides: _Sides) -> None:
    """Find which passages stayed (`same`: new to old) and where the rest of the others stands (`home`: old to new)."""
    waiting: dict[Passage, deque[int]] = defaultdict(deque)
    for i, passage in enumerate(sides.old):
        if i not in sides.out_of:
            waiting[passage].append(i)
    pairs = [
        (j, waiting[passage].popleft())
        for j, passage in enumerate(sides.new)
        if j not in sides.into and waiting.get(passage)
    ]
    sides.same = {pairs[k][0]: pairs[k][1] for k in longest_increasing([i for _, i in pairs])}
    stayed = set(sides.same.values())
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for j, into in sides.into.items():
        for edit in into:
            if edit.op == "edit" and edit.old_position is not None:
                votes[edit.old_position][j] += len(edit.new or "")
    holders: dict[str, list[int]] = defaultdict(list)
    for j, passage in enumerate(sides.new):
        if j not in sides.same:
            for sentence in split_sentences(passage.text):
                holders[sentence].append(j)
    for i, passage in enumerate(sides.old):
        if i not in stayed:
            for sentence in split_sentences(passage.text):
                if len(holders.get(sentence, ())) == 1:
                    votes[i][holders[sentence][0]] += len(sentence)
    for i, counted in votes.items():
        sides.home[i] = max(counted, key=lambda j: (counted[j], -j))


def _row(sides: _Sides, at: int) -> Row:
    """One passage of the new text with what came into it and what went out of it."""
    passage = sides.new[at]
    into = sides.into.get(at, [])
    gone = {i: [e for e in sides.out_of[i] if e.op == "delete"] for i in sides.out_of if sides.home.get(i) == at}
    edits = [*into, *(e for es in gone.values() for e in es)]
    if not edits:
        return Row("same", passage.kind, (Piece("equal", passage.text),))
    whole = into[0] if len(into) == 1 and not any(gone.values()) else None
    if whole is not None and whole.op == "move" and whole.new == passage.text:
        note = f"Moved here, word for word, from passage {(whole.old_position or 0) + 1} of the earlier version"
        return Row("moved_here", passage.kind, (Piece("equal", passage.text),), _badges([whole]), note)
    op: RowOp = "added" if all(e.op == "add" for e in into) and _covers(into, passage.text) and into else "changed"
    return Row(op, passage.kind, _marks(sides, at, into, gone), _badges(edits))


def _covers(edits: Sequence[Edit], text: str) -> bool:
    return sum(len(edit.new or "") + 1 for edit in edits) >= len(text)


def _marks(sides: _Sides, at: int, into: Sequence[Edit], gone: dict[int, list[Edit]]) -> tuple[Piece, ...]:
    """The pieces of a changed passage, in reading order."""
    text = sides.new[at].text
    spans, loose = _located(text, into)
    events: list[tuple[int, int, int, tuple[Piece, ...]]] = []
    for start, end, edit in spans:
        marked = (Piece("equal", edit.new or ""),) if edit.op == "move" else pieces(edit.old, edit.new)
        events.append((start, 1, end, marked))
    for i, deletes in gone.items():
        for edit in deletes:
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
        out += [Piece("equal", " "), *pieces(edit.old, edit.new)]
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


def _offset(sides: _Sides, i: int, at: int, lost: Edit, spans: Sequence[tuple[int, int, Edit]]) -> int:
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


def _lost_rows(edits: Sequence[Edit], kind: str) -> list[Row]:
    """What left a place and stands nowhere near: deleted sentences joined, and a pointer where something moved away."""
    deleted = [edit for edit in edits if edit.op == "delete"]
    rows = []
    if deleted:
        text = " ".join(edit.old or "" for edit in deleted)
        rows.append(Row("deleted", kind, (Piece("delete", text),), _badges(deleted)))
    for edit in edits:
        if edit.op == "move" and edit.old_position != edit.new_position:
            note = f"Moved from here to passage {(edit.new_position or 0) + 1}"
            rows.append(Row("moved_away", kind, (Piece("equal", _opening(edit.old or edit.new or "")),), (), note))
    return rows


def _opening(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60].rsplit(' ', 1)[0]} …"


def _badges(edits: Iterable[Edit]) -> tuple[Label, ...]:
    classes = dict.fromkeys(name for edit in edits for name in edit.classes)
    return tuple(label for label in badges(tuple(classes)) if label.text != "wording")
