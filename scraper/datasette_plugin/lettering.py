"""Letters for pictures: the fonts that come with Redline, what they can draw, and how a text is broken into lines.

The fonts are our own files, so that a card looks the same on every machine. They draw Latin, Greek and Cyrillic.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.datasette_plugin.excerpts import Piece, PieceOp

_FONTS = Path(__file__).parent / "fonts"
_FILES = {False: "DejaVuSerifCondensed.ttf", True: "DejaVuSerifCondensed-Bold.ttf"}
_NOWHERE = "\U0010ffff"  # stands in no font: what it draws is what a missing letter draws


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of text without a blank, in one state. `joined` where it follows the one before without a blank."""

    op: PieceOp
    text: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side with the place (pixels from the left) at which each begins and ends."""

    words: tuple[tuple[Word, int, int], ...]


@lru_cache(maxsize=32)
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A font in a size in pixels. The plain layout engine is asked for: the other is not built in everywhere."""
    return ImageFont.truetype(str(_FONTS / _FILES[bold]), size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str | None:
    """The text as it can be drawn; None where a letter of it cannot be, or reads from right to left.

    A sign that is no letter, such as an emoji, and a character that has no picture are written as their number. A text
    of which letters are missing is not drawn at all: it would quote what nobody said.
    """
    settled = unicodedata.normalize("NFC", visible(" ".join(text.split()))).replace("⟨", "[").replace("⟩", "]")
    out = []
    for letter in settled:
        if letter == " " or _has(letter):
            out.append(letter)
        elif unicodedata.category(letter)[0] in "LMN" or unicodedata.bidirectional(letter) in ("R", "AL", "AN"):
            return None
        else:
            out.append(f"[U+{ord(letter):04X}]")
    return "".join(out)


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    return bytes(font(32).getmask(letter)) != bytes(font(32).getmask(_NOWHERE))


def words_of(marked: Iterable[Piece]) -> list[Word]:
    """The words of marked pieces, each in the state of its piece."""
    words: list[Word] = []
    blank = True
    for piece in marked:
        for part in re.findall(r"\s+|\S+", piece.text):
            if part.isspace():
                blank = True
            else:
                instead = piece.op == "insert" and bool(words) and words[-1].op == "delete"
                words.append(Word(piece.op, part, not blank and not instead))
                blank = False
    return words


def lines_of(words: Sequence[Word], size: int, width: int, most: int, *, bold: bool = False) -> tuple[list[Line], bool]:
    """Break words into at most so many lines of a width in pixels; and whether all of them found room.

    Words that stand together without a blank stay together; one that is wider than the line is cut at it.
    """
    face = font(size, bold=bold)
    blank = round(face.getlength(" "))
    lines: list[Line] = []
    row: list[tuple[Word, int, int]] = []
    x = 0
    for group in _groups(words):
        group = [Word(word.op, _fitting(word.text, face, width), word.joined) for word in group]
        wide = sum(round(face.getlength(word.text)) for word in group)
        if row and x + blank + wide > width:
            lines.append(Line(tuple(row)))
            row, x = [], 0
            if len(lines) == most:
                return lines, False
        x += blank if row else 0
        for word in group:
            end = x + round(face.getlength(word.text))
            row.append((word, x, end))
            x = end
    return ([*lines, Line(tuple(row))] if row else lines), True


def _groups(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        if word.joined and groups:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _fitting(text: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    if face.getlength(text) <= width:
        return text
    kept = next((n for n in range(min(len(text), width), 0, -1) if face.getlength(text[:n] + "…") <= width), 1)
    return text[:kept] + "…"
