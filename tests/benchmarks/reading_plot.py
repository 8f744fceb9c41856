"""The waits of readers as a picture, drawn with the letters that the cards for shared links are drawn with. Pure."""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from scraper.datasette_plugin.lettering import font

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT, _WIDTH, _TOP, _PITCH = 330, 1180, 92, 21
_LEAST, _MOST = 0.5, 5000.0  # ms
_GOALS = ((100.0, "median asked for", "rb"), (400.0, "p99 asked for", "lb"))
_PAPER, _INK, _SOFT, _FAINT = "#fdfcf9", "#1b1b1a", "#5b5a56", "#e7e4dc"
_ONE, _TEN, _KEPT = "#1f6b3c", "#b01c2e", "#3b6ea8"


@dataclass(frozen=True, slots=True)
class Waits:
    """Median and 99th percentile in ms: by one reader and by ten, and by ten who ask again (None: not so asked)."""

    name: str
    one: tuple[float, float]
    ten: tuple[float, float]
    kept: tuple[float, float] | None


def draw(rows: Sequence[Waits]) -> bytes:
    """A PNG: a line for each page, from the median (a dot) to the 99th percentile, on a scale by tens."""
    image = Image.new("RGB", (_WIDTH, _TOP + _PITCH * len(rows) + 44), _PAPER)
    canvas = ImageDraw.Draw(image)
    _scale(canvas, image.height)
    for at, row in enumerate(rows):
        y = _TOP + _PITCH * at + _PITCH // 2
        canvas.text((_LEFT - 14, y), row.name, font=font(14), fill=_INK, anchor="rm")
        for waits, colour, shift in ((row.kept, _KEPT, -5), (row.one, _ONE, 0), (row.ten, _TEN, 5)):
            if waits is not None:
                _span(canvas, waits, y + shift, colour)
    out = io.BytesIO()
    # Few colours, since a plot has few: a quarter of the bytes.
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _scale(canvas: ImageDraw.ImageDraw, height: int) -> None:
    head = "Waits in ms on the wall: dot the median, bar the 99th percentile"
    canvas.text((16, 14), head, font=font(17, bold=True), fill=_INK)
    x = 16.0
    for text, colour in (("ten readers, asked again", _KEPT), ("one reader, anew", _ONE), ("ten readers, anew", _TEN)):
        canvas.ellipse((x, 46, x + 9, 55), fill=colour)
        canvas.text((x + 15, 50), text, font=font(14), fill=_INK, anchor="lm")
        x += 40 + font(14).getlength(text)
    bottom = height - 30
    for value in (1.0, 10.0, 100.0, 1000.0):
        canvas.line((place(value), _TOP, place(value), bottom), fill=_FAINT)
        canvas.text((place(value), bottom + 6), f"{value:,.0f}", font=font(14), fill=_SOFT, anchor="mt")
    for value, text, anchor in _GOALS:
        canvas.line((place(value), _TOP - 6, place(value), bottom), fill=_SOFT)
        canvas.text((place(value), _TOP - 10), f"{value:.0f}: {text}", font=font(13), fill=_SOFT, anchor=anchor)


def _span(canvas: ImageDraw.ImageDraw, waits: tuple[float, float], y: int, colour: str) -> None:
    median, p99 = (place(wait) for wait in waits)
    canvas.line((median, y, p99, y), fill=colour, width=2)
    canvas.ellipse((median - 4, y - 4, median + 4, y + 4), fill=colour)


def place(wait: float) -> float:
    """How far from the left (pixels) a wait in ms stands."""
    share = log10(min(max(wait, _LEAST), _MOST) / _LEAST) / log10(_MOST / _LEAST)
    return _LEFT + share * (_WIDTH - _LEFT - 30)
