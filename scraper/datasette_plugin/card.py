"""The picture of an edit for those who share a link: 1200 by 630 pixels, drawn from a few short texts. Pure.

The size is what Open Graph and Twitter cards ask for (1.91 to 1). The same card gives the same bytes with the same
Pillow, and its cost is bounded: the texts are cut before they are drawn, and the canvas has one size.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from PIL import __version__ as pillow_version

from scraper.datasette_plugin.excerpts import Piece
from scraper.datasette_plugin.lettering import Line, drawable, font, lines_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = (1200, 630)
_LOOK = 1  # of the drawing: raised with every change of it, so that no cache shows an older one
_MARGIN = 68
_PAPER, _INK, _SOFT, _LINE = "#fdfcf9", "#1b1b1a", "#5b5a56", "#dedbd2"
_RED, _RED_WASH, _RED_INK = "#b01c2e", "#fbe3e1", "#8c1424"
_GREEN, _GREEN_WASH, _GREEN_INK = "#1f6b3c", "#dcf1e0", "#14532d"
_MARKS = {"delete": (_RED_WASH, _RED_INK, _RED), "insert": (_GREEN_WASH, _GREEN_INK, _GREEN)}
_TITLE_LETTERS, _QUOTE_LETTERS, _LABEL_LETTERS = 180, 520, 70
_QUOTE_TOP_GAP, _FOOT = 34, 560
_TITLE_SIZES = ((54, 1), (48, 1), (44, 1), (44, 2), (38, 2))  # pixels, lines: the first in which all of it finds room
_SIZES = (56, 50, 46, 42, 38, 34, 30)  # of the quoted edit: the largest in which all of it finds room


@dataclass(frozen=True, slots=True)
class Card:
    """What is on a picture. `label` says in a word or two what happened, `loud` whether in red."""

    title: str
    publisher: str
    label: str
    loud: bool
    quote: tuple[Piece, ...]
    instead: str  # said where the quoted words cannot be drawn
    when: str
    archive: str


def etag(card: Card) -> str:
    """A name that changes with the picture, found without drawing it."""
    return hashlib.sha256(f"{_LOOK} {pillow_version} {card!r}".encode("utf-8", "backslashreplace")).hexdigest()[:32]


def png(card: Card) -> bytes:
    """Draw a card."""
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 13), fill=_RED)
    _brand(draw)
    top = _title(draw, card, _head(draw, card))
    _quote(draw, card, top + _QUOTE_TOP_GAP)
    _foot(draw, card)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _brand(draw: ImageDraw.ImageDraw) -> None:
    """The name of the project at the upper right, its first half struck."""
    face = font(38, bold=True)
    first, second = round(face.getlength("Red")), round(face.getlength("line"))
    x, y = SIZE[0] - _MARGIN - first - second, 48
    draw.text((x, y), "Red", font=face, fill=_INK)
    draw.text((x + first, y), "line", font=face, fill=_RED)
    draw.rectangle((x - 2, y + 26, x + first, y + 28), fill=_RED)


def _head(draw: ImageDraw.ImageDraw, card: Card) -> int:
    """What happened and who published it; gives where the title begins."""
    x, y = _MARGIN, 50
    label = _label(card.label)
    if label:
        face = font(26, bold=True)
        wide = round(face.getlength(label)) + 32
        colours = (_RED, _PAPER) if card.loud else (_LINE, _INK)
        draw.rounded_rectangle((x, y, x + wide, y + 42), 4, fill=colours[0])
        draw.text((x + 16, y + 21), label, font=face, fill=colours[1], anchor="lm")
        x += wide + 20
    publisher = _label(card.publisher)
    room = SIZE[0] - _MARGIN - 180 - x
    lines, _ = lines_of(words_of((Piece("equal", publisher),)), 28, room, 1)
    _lines(draw, lines, x, y + 4, 28, _SOFT)
    return 116


def _title(draw: ImageDraw.ImageDraw, card: Card, top: int) -> int:
    title = drawable(card.title[:_TITLE_LETTERS]) or _label(card.publisher) or "A page"
    words = words_of((Piece("equal", title),))
    for size, most in _TITLE_SIZES:
        lines, whole = lines_of(words, size, SIZE[0] - 2 * _MARGIN, most, bold=True)
        if whole:
            break
    _lines(
        draw,
        _ended(lines, whole and len(card.title) <= _TITLE_LETTERS, size, bold=True),
        _MARGIN,
        top,
        size,
        _INK,
        bold=True,
    )
    return top + len(lines) * round(size * 1.25)


def _quote(draw: ImageDraw.ImageDraw, card: Card, top: int) -> None:
    """The edit with its words struck and set in, in the largest letters in which it finds room."""
    marked = _drawable(card.quote)
    if not marked:
        marked = (Piece("equal", drawable(card.instead) or ""),)
    width, x = SIZE[0] - 2 * _MARGIN - 34, _MARGIN + 34
    words = words_of(marked)
    for size in _SIZES:
        pitch = round(size * 1.42)
        lines, whole = lines_of(words, size, width, (_FOOT - 20 - top) // pitch)
        if whole:
            break
    draw.rectangle((_MARGIN, top + 4, _MARGIN + 6, top + len(lines) * pitch - 4), fill=_RED if card.loud else _LINE)
    _lines(draw, _ended(lines, whole, size), x, top, size, _INK, pitch)


def _foot(draw: ImageDraw.ImageDraw, card: Card) -> None:
    draw.rectangle((_MARGIN, _FOOT, SIZE[0] - _MARGIN, _FOOT + 1), fill=_LINE)
    face, when, archive = font(25), _label(card.when), _label(card.archive)
    draw.text((_MARGIN, _FOOT + 34), when, font=face, fill=_SOFT, anchor="lm")
    # Where both do not fit, when it happened says more than where it is kept.
    if face.getlength(when) + face.getlength(archive) + 40 <= SIZE[0] - 2 * _MARGIN:
        draw.text((SIZE[0] - _MARGIN, _FOOT + 34), archive, font=face, fill=_SOFT, anchor="rm")


def _label(text: str) -> str:
    """A short text on one line; "" where it cannot be drawn."""
    drawn = drawable(text) or ""
    return drawn if len(drawn) <= _LABEL_LETTERS else drawn[:_LABEL_LETTERS].rsplit(" ", 1)[0] + " …"


def _drawable(quote: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces of a quotation as they can be drawn, cut at a word; none where one of them cannot be."""
    out: list[Piece] = []
    room = _QUOTE_LETTERS
    for piece in quote:
        drawn = drawable(piece.text[:room])
        if drawn is None:
            return ()
        lead, tail = piece.text[:1].isspace(), piece.text[:room][-1:].isspace()
        if len(piece.text) > room:
            drawn, tail = drawn.rsplit(" ", 1)[0] + " …", False
        out.append(Piece(piece.op, f"{' ' * lead}{drawn}{' ' * tail}"))
        room -= len(piece.text)
        if room <= 0:
            break
    return tuple(out)


def _ended(lines: list[Line], whole: bool, size: int, *, bold: bool = False) -> list[Line]:
    """Lines whose last ends in an ellipsis where not all words found room; the last word makes room for it."""
    if whole or not lines or not lines[-1].words:
        return lines
    *kept, (word, start, _) = lines[-1].words
    text = "…" if kept else word.text[: max(1, len(word.text) - 2)] + "…"
    end = start + round(font(size, bold=bold).getlength(text))
    return [*lines[:-1], Line((*kept, (type(word)("equal", text, word.joined), start, end)))]


def _lines(
    draw: ImageDraw.ImageDraw,
    lines: Sequence[Line],
    x: int,
    top: int,
    size: int,
    ink: str,
    pitch: int | None = None,
    *,
    bold: bool = False,
) -> None:
    face = font(size, bold=bold)
    pitch = pitch or round(size * 1.25)
    for at, line in enumerate(lines):
        y = top + at * pitch
        for (word, start, end), following in zip(line.words, [*line.words[1:], None], strict=True):
            # The wash runs on through the blank between two words of one state.
            upto = following[1] if following and following[0].op == word.op else end
            _word(draw, word.op, word.text, (x + start, x + end, x + upto), y, face, ink)


def _word(
    draw: ImageDraw.ImageDraw,
    op: str,
    text: str,
    at: tuple[int, int, int],
    y: int,
    face: object,
    ink: str,
) -> None:
    size = int(getattr(face, "size", 30))
    start, _, upto = at
    if op in _MARKS:
        wash, ink, line = _MARKS[op]
        draw.rectangle((start - 3, y + 2, upto + 3, y + round(size * 1.26)), fill=wash)
    draw.text((start, y), text, font=face, fill=ink)  # type: ignore[arg-type]
    if op in _MARKS:
        height = y + round(size * (0.72 if op == "delete" else 1.16))
        draw.rectangle((start - 3, height, upto + 3, height + max(2, size // 16)), fill=line)
