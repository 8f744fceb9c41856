"""Figures of the benchmarks: lines over a growing size, and bars side by side, drawn with Pillow.

The project has Pillow already for the cards of shared links, and a figure needs no more than lines, marks and letters:
that is why there is no plotting library here. Drawn at twice the size and made smaller, with a palette of few colours,
a figure is 10 to 30 KB.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from scraper.datasette_plugin.lettering import font

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Point = tuple[float, float]

_SCALE = 2
_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 24, 54, 58
_INK, _PALE, _PAPER = "#222222", "#dddddd", "#ffffff"
# Told apart by people who see no red or green, too (Okabe and Ito, 2008); Redline is the first.
_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")


@dataclass(frozen=True, slots=True)
class Axis:
    """What is told along one side of a figure, from `low` to `high`, by equal steps or by powers of ten."""

    label: str
    low: float
    high: float
    is_log: bool

    @classmethod
    def over(cls, label: str, values: Sequence[float], *, is_log: bool) -> Axis:
        """An axis that reaches over all values; one of equal steps begins at 0."""
        if is_log:
            low, high = 10.0 ** floor(log10(min(values)) + 1e-9), 10.0 ** ceil(log10(max(values)) - 1e-9)
            return cls(label, low, high if high > low else 10 * low, is_log)
        return cls(label, 0.0, 1.08 * max(values) or 1.0, is_log)

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        if self.is_log:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """The values that are written beside the axis."""
        if self.is_log:
            return [10.0**n for n in range(round(log10(self.low)), round(log10(self.high)) + 1)]
        step = 10.0 ** floor(log10(self.high / 3))
        step = next(step * n for n in (1, 2, 5, 10) if self.high / (step * n) <= 6)
        return [step * n for n in range(floor(self.high / step + 1e-9) + 1)]


def lines(
    path: Path,
    title: str,
    labels: tuple[str, str],
    series: dict[str, list[Point]],
    *,
    is_log: bool = True,
    is_joined: bool = True,
) -> None:
    """Draw a line for each name; `labels` are of the values from left to right and from bottom to top.

    Not joined, the points are a cloud of small marks.
    """
    points = [point for found in series.values() for point in found]
    across = Axis.over(labels[0], [x for x, _ in points], is_log=is_log)
    up = Axis.over(labels[1], [y for _, y in points], is_log=is_log)
    figure = _Figure(title)
    figure.axis_up(up)
    figure.axis_across(across)
    for colour, (name, found) in zip(_COLOURS, series.items(), strict=False):
        places = [(figure.across(across.share(x)), figure.up(up.share(y))) for x, y in found]
        if is_joined:
            figure.draw.line(places, fill=colour, width=(3 if name == "Redline" else 2) * _SCALE)
        for place in places:
            figure.draw.circle(place, (4 if is_joined else 2) * _SCALE, fill=colour)
    figure.legend(list(series))
    figure.save(path)


def bars(path: Path, title: str, label: str, groups: dict[str, dict[str, float]]) -> None:
    """Draw groups of bars from 0: for each name its values, by what they are of."""
    kinds = list(dict.fromkeys(kind for values in groups.values() for kind in values))
    up = Axis.over(label, [value for values in groups.values() for value in values.values()], is_log=False)
    figure = _Figure(title)
    figure.axis_up(up)
    for place, (name, values) in enumerate(groups.items()):
        width = 1 / len(groups)
        for number, (kind, value) in enumerate(values.items()):
            left = place * width + width * (0.12 + 0.76 * number / len(values))
            right = place * width + width * (0.12 + 0.76 * (number + 1) / len(values))
            box = (figure.across(left), figure.up(up.share(value)), figure.across(right) - _SCALE, figure.up(0))
            figure.draw.rectangle(box, fill=_COLOURS[kinds.index(kind)])
            figure.write((box[0] + box[2]) / 2, box[1] - 9 * _SCALE, _told(value), size=11)
        figure.write(figure.across((place + 0.5) * width), figure.up(0) + 14 * _SCALE, name, size=12)
    if len(kinds) > 1:
        figure.legend(kinds)
    figure.save(path)


class _Figure:
    """The paper of a figure, its frame and its letters. Places are pixels at twice the size."""

    def __init__(self, title: str) -> None:
        self.image = Image.new("RGB", (_WIDTH * _SCALE, _HEIGHT * _SCALE), _PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.write(_WIDTH * _SCALE / 2, 16 * _SCALE, title, size=16)

    def across(self, share: float) -> float:
        return (_LEFT + share * (_WIDTH - _LEFT - _RIGHT)) * _SCALE

    def up(self, share: float) -> float:
        return (_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)) * _SCALE

    def write(self, x: float, y: float, text: str, *, size: int = 12, anchor: str = "mm") -> None:
        self.draw.text((x, y), text, fill=_INK, font=font(size * _SCALE), anchor=anchor)

    def axis_up(self, axis: Axis) -> None:
        for tick in axis.ticks():
            y = self.up(axis.share(tick))
            self.draw.line([(self.across(0), y), (self.across(1), y)], fill=_PALE, width=_SCALE)
            self.write(self.across(0) - 8 * _SCALE, y, _told(tick), anchor="rm")
        self.draw.line([(self.across(0), self.up(0)), (self.across(1), self.up(0))], fill=_INK, width=_SCALE)
        self.write(8 * _SCALE, 38 * _SCALE, axis.label, anchor="lm")

    def axis_across(self, axis: Axis) -> None:
        for tick in axis.ticks():
            x = self.across(axis.share(tick))
            self.draw.line([(x, self.up(0)), (x, self.up(0) + 5 * _SCALE)], fill=_INK, width=_SCALE)
            self.write(x, self.up(0) + 14 * _SCALE, _told(tick))
        self.write(self.across(0.5), (_HEIGHT - 12) * _SCALE, axis.label)

    def legend(self, names: list[str]) -> None:
        x = (_WIDTH - _RIGHT) * _SCALE
        for colour, name in reversed([*zip(_COLOURS, names, strict=False)]):
            self.write(x, 38 * _SCALE, name, anchor="rm")
            x -= int(font(12 * _SCALE).getlength(name)) + 16 * _SCALE
            self.draw.rectangle((x, 33 * _SCALE, x + 10 * _SCALE, 43 * _SCALE), fill=colour)
            x -= 14 * _SCALE

    def save(self, path: Path) -> None:
        small = self.image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
        path.parent.mkdir(parents=True, exist_ok=True)
        small.quantize(64).save(path, optimize=True)
        print(f"figure: {path} ({path.stat().st_size / 1000:.0f} KB)")


def _told(value: float) -> str:
    """A figure in three digits at most, thousands and millions by their letters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
