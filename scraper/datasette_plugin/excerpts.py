"""What an edit did, in a few marked words: the excerpt that stands for a change in a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scraper.comparing import word_marks
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.reading import EditRow
    from scraper.archive.timeline import KeyedEdit, News
    from scraper.comparing import Edit

PieceOp = Literal["equal", "delete", "insert", "moved", "gap"]

_AROUND = 90  # letters of unchanged text on each side of a change
_GRAVE = 0.6  # a significance from which three edits are shown instead of two
_LONGEST = 280  # letters of a sentence that came or went whole
# What a page shows of one passage (letters, marks), so that no text can make a page that a browser chokes on.
_MARKABLE = 100_000
_SHOWN = 6_000
_ENDS = 700
_MARKS = 400
_TELLING = ("negation", "headline", "number", "date", "quote", "name", "caption", "wording")
_OPS = {"edit": 3, "delete": 2, "add": 1, "move": 0}
_PLACES = {
    "heading": "Heading",
    "caption": "Caption",
    "byline": "Byline",
    "date": "Date line",
    "notice": "Notice",
    "table_row": "Table",
    "aside": "Beside the text",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went, came or moved here; a gap says what was left out."""

    op: PieceOp
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One edit of a change with its words marked; `where` says what it stands in, where that is not the body text."""

    where: str | None
    pieces: tuple[Piece, ...]


def pieces(old: str | None, new: str | None) -> tuple[Piece, ...]:
    """The marked words of an edit, whole."""
    if old is not None and new is not None:
        if len(old) + len(new) > _MARKABLE:
            return _ends_marked(old, new)
        return tuple(Piece(mark.op, mark.text) for mark in word_marks(old, new))
    return (Piece("insert", new or ""),) if old is None else (Piece("delete", old),)


def _ends_marked(old: str, new: str) -> tuple[Piece, ...]:
    """The marks of an edit that nobody reads word by word: what is equal at both ends, up to a blank, stays."""
    head = _common(old, new)
    head = old.rfind(" ", 0, head) + 1
    shorter = min(len(old), len(new)) - head
    tail = _common(old[len(old) - shorter :][::-1], new[len(new) - shorter :][::-1])
    blank = old.find(" ", len(old) - tail)
    tail = len(old) - blank if tail and blank >= 0 else 0
    marked = (
        Piece("equal", old[:head]),
        Piece("delete", old[head : len(old) - tail]),
        Piece("insert", new[head : len(new) - tail]),
        Piece("equal", old[len(old) - tail :]),
    )
    return tuple(piece for piece in marked if piece.text)


def _common(a: str, b: str) -> int:
    """How many letters two texts have in common at their start."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle - 1)
    return low


def abridged(marked: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces without what is too much for a page: the middle of very long ones, and marks past the four hundredth.

    What was left out is said in a gap; what is short enough is left as it is.
    """
    kept = list(marked[:_MARKS])
    if sum(len(piece.text) for piece in kept) > _SHOWN:
        kept = [part for piece in kept for part in _abridge(piece)]
    if len(marked) > _MARKS:
        left = sum(piece.op in ("delete", "insert") for piece in marked[_MARKS:])
        kept.append(Piece("gap", f"{left:,} more marked places in this passage"))
    return tuple(kept)


def _abridge(piece: Piece) -> tuple[Piece, ...]:
    most = _ENDS if piece.op == "equal" else _SHOWN // 2
    left = len(piece.text) - 2 * most
    if piece.op == "gap" or left <= most:
        return (piece,)
    said = "unchanged " if piece.op == "equal" else ""
    gap = Piece("gap", f"{left:,} {said}letters left out")
    return (Piece(piece.op, piece.text[:most]), gap, Piece(piece.op, piece.text[-most:]))


def excerpts(item: News, edits: Sequence[KeyedEdit]) -> tuple[tuple[Excerpt, ...], int]:
    """The most telling edits of a change, shortened, and how many more there are."""
    most = 3 if item.change.significance >= _GRAVE else 2
    shown: list[Excerpt] = []
    title = next((field for field in item.details.get("fields", []) if field[0] == "title"), None)
    ranked = sorted((keyed.edit for keyed in edits if keyed.edit.op != "move"), key=telling, reverse=True)
    if title and title[1] and title[2] and "headline" in item.change.classes:
        shown.append(Excerpt("Headline", shortened(title[1], title[2])))
        ranked = [edit for edit in ranked if edit.kind != "heading"]
    chosen = _varied(ranked, most - len(shown))
    shown += [Excerpt(place_name(edit.kind), shortened(edit.old_text, edit.new_text)) for edit in chosen]
    return tuple(shown), len(ranked) - len(chosen)


def _varied(ranked: list[EditRow], room: int) -> list[EditRow]:
    """The first of the ranking; where they all say what went, the last place is for what came instead."""
    chosen = ranked[:room]
    if len(chosen) > 1 and all(edit.op == "delete" for edit in chosen):
        came = next((edit for edit in ranked if edit.op != "delete" and edit.kind not in FRAME_KINDS), None)
        if came is not None:
            chosen[-1] = came
    return chosen


def said_last(text: str) -> Excerpt:
    """How a page that is gone began, as far as an excerpt goes."""
    return Excerpt("It said", (Piece("delete", _cut(text, _LONGEST)),))


def shortened(old: str | None, new: str | None) -> tuple[Piece, ...]:
    """The marked words of an edit with what stands far from them left out."""
    marked = pieces(old, new)
    return tuple(_shorten(marked, at) for at in range(len(marked)) if marked[at].text)


def _shorten(marked: Sequence[Piece], at: int) -> Piece:
    piece = marked[at]
    if piece.op != "equal":
        return Piece(piece.op, _cut(piece.text, _LONGEST))
    before, after = at > 0, at < len(marked) - 1
    if len(piece.text) <= _AROUND * (before + after) + 20:
        return piece
    head = _cut(piece.text, _AROUND) if before else ""
    tail = _cut_front(piece.text, _AROUND) if after else ""
    return Piece("equal", f"{head} {tail}" if head and tail else head or tail)


def _cut(text: str, most: int) -> str:
    """At most so many letters, cut before a word."""
    if len(text) <= most:
        return text
    return re.sub(r"\s+\S*$", "", text[:most]) + " …"


def _cut_front(text: str, most: int) -> str:
    return text if len(text) <= most else "… " + re.sub(r"^\S*\s+", "", text[-most:])


def telling(edit: EditRow | Edit) -> tuple[int, int, int, int]:
    """How much an edit tells of a change: what is greater comes first."""
    named = next((len(_TELLING) - at for at, name in enumerate(_TELLING) if name in edit.classes), 0)
    alone = 0 if "site_wide" in edit.classes else 1
    place = 2 if edit.kind not in FRAME_KINDS else 1 if edit.kind == "notice" else 0
    return (place, alone, named, _OPS.get(edit.op, 0))


def place_name(kind: str) -> str | None:
    """What a passage of a kind is called beside an edit; None for body text, which needs no name."""
    return _PLACES.get(kind)
