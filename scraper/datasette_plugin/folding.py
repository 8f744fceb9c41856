"""How a difference is laid on pages: unchanged stretches folded away, and what is too much for one page on the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.datasette_plugin.marked_text import Place

_CONTEXT = 1  # unchanged passages left standing beside a change
_FOLD_FROM = 2
_FOLD_SHOWS = 20  # passages at each end of a fold that are on the page; `context=all` shows all of them
# What one page holds at most: letters of text, and rows. A page of so many letters weighs about half a megabyte.
_LETTERS = 250_000
_ROWS = 600
_ROW_LETTERS = 6_000  # a row shows no more than this, however long its passage is


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places in a row that are shown or folded away; `omitted` of them are not on the page at all."""

    folded: bool
    places: tuple[Place, ...]
    omitted: int = 0

    @property
    def count(self) -> int:
        """How many passages it stands for."""
        return len(self.places) + self.omitted


def folded(places: Sequence[Place]) -> list[Stretch]:
    """The places with long unchanged stretches folded, one passage of context left on each side of a change."""
    near = [False] * len(places)
    for at, place in enumerate(places):
        if place.op != "same":
            for beside in range(max(0, at - _CONTEXT), min(len(places), at + _CONTEXT + 1)):
                near[beside] = True
    stretches: list[Stretch] = []
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or near[at] != near[start]:
            stretches.append(_stretch(places[start:at], hidden=not near[start]))
            start = at
    return stretches


def unfolded(places: Sequence[Place]) -> list[Stretch]:
    """The places with every unchanged passage in its place."""
    return [Stretch(False, tuple(places))] if places else []


def leaves(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """The stretches cut into pages; there is always one. A fold is never cut."""
    pages: list[list[Stretch]] = [[]]
    letters = rows = 0
    for stretch in stretches:
        for part in [stretch] if stretch.folded else [Stretch(False, (place,)) for place in stretch.places]:
            cost = sum(min(place.letters, _ROW_LETTERS) for place in part.places)
            if pages[-1] and (letters + cost > _LETTERS or rows + len(part.places) > _ROWS):
                pages.append([])
                letters = rows = 0
            letters, rows = letters + cost, rows + len(part.places)
            _append(pages[-1], part)
    return pages


def _append(page: list[Stretch], part: Stretch) -> None:
    if page and not part.folded and not page[-1].folded:
        page[-1] = Stretch(False, page[-1].places + part.places)
    else:
        page.append(part)


def _stretch(places: Sequence[Place], *, hidden: bool) -> Stretch:
    if not hidden or len(places) < _FOLD_FROM:
        return Stretch(False, tuple(places))
    if len(places) <= 2 * _FOLD_SHOWS:
        return Stretch(True, tuple(places))
    return Stretch(True, (*places[:_FOLD_SHOWS], *places[-_FOLD_SHOWS:]), len(places) - 2 * _FOLD_SHOWS)
