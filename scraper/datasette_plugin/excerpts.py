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

PieceOp = Literal["equal", "delete", "insert", "gap"]

_AROUND = 90  # letters of unchanged text on each side of a change
_GRAVE = 0.6  # a significance from which three edits are shown instead of two
_LONGEST = 280  # letters of a sentence that came or went whole
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
    """A stretch of text that stayed, went, came, or was left out of an excerpt."""

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
        return tuple(Piece(mark.op, mark.text) for mark in word_marks(old, new))
    return (Piece("insert", new or ""),) if old is None else (Piece("delete", old),)


def excerpts(item: News, edits: Sequence[KeyedEdit]) -> tuple[tuple[Excerpt, ...], int]:
    """The most telling edits of a change, shortened, and how many more there are."""
    most = 3 if item.change.significance >= _GRAVE else 2
    shown: list[Excerpt] = []
    title = next((field for field in item.details.get("fields", []) if field[0] == "title"), None)
    ranked = sorted((keyed.edit for keyed in edits if keyed.edit.op != "move"), key=_weight, reverse=True)
    if title and title[1] and title[2] and "headline" in item.change.classes:
        shown.append(Excerpt("Headline", shortened(title[1], title[2])))
        ranked = [edit for edit in ranked if edit.kind != "heading"]
    chosen = _varied(ranked, most - len(shown))
    shown += [Excerpt(_where(edit), shortened(edit.old_text, edit.new_text)) for edit in chosen]
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


def _weight(edit: EditRow) -> tuple[int, int, int, int]:
    telling = next((len(_TELLING) - at for at, name in enumerate(_TELLING) if name in edit.classes), 0)
    alone = 0 if "site_wide" in edit.classes else 1
    place = 2 if edit.kind not in FRAME_KINDS else 1 if edit.kind == "notice" else 0
    return (place, alone, telling, _OPS.get(edit.op, 0))


def _where(edit: EditRow) -> str | None:
    return _PLACES.get(edit.kind)
