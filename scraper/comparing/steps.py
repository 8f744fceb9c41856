"""The differences of an alignment one by one, in reading order."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from scraper.comparing.matching import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.comparing.align import Alignment, Units
    from scraper.comparing.comparison import Op
    from scraper.normalizing.document import Kind


class Unit(NamedTuple):
    """A sentence, or a whole passage that stands elsewhere: its passage by index, its place in that, its kind."""

    text: str
    position: int
    offset: int
    kind: Kind


class Step(NamedTuple):
    """One difference. `old` and `new` are the sentences on either side: one each as a rule, several where sentences
    were merged or split; empty on the side where there is nothing."""

    op: Op
    old: tuple[Unit, ...]
    new: tuple[Unit, ...]


def steps_of(alignment: Alignment) -> tuple[Step, ...]:
    """Every difference in the order of the new document; what went stands where it used to be."""
    old, new = alignment.old, alignment.new
    keyed: list[tuple[tuple[int, int, int], Step]] = []
    for i, j in alignment.moved:
        keyed.append(((j, 0, i), Step("move", _taken(old, (i,)), _taken(new, (j,)))))
    for olds, news in alignment.groups:
        keyed.append(((news[0], 0, olds[0]), Step("edit", _taken(old, olds), _taken(new, news))))
    came, went = came_and_went(alignment)
    keyed += [((j, 0, 0), Step("add", (), _taken(new, (j,)))) for j in came]
    anchors = sorted(alignment.stayed + [(olds[-1], news[-1]) for olds, news in alignment.groups]) if went else []
    for i in went:
        before = bisect_left(anchors, (i,))
        last = anchors[before - 1][1] if before else NONE
        keyed.append(((last, 1, i), Step("delete", _taken(old, (i,)), ())))
    keyed.sort(key=lambda pair: pair[0])
    return tuple(step for _, step in keyed)


def came_and_went(alignment: Alignment) -> tuple[list[int], list[int]]:
    """New units that are nowhere in the old document, and old ones that are nowhere in the new one, by index."""
    known_old, known_new = bytearray(len(alignment.old)), bytearray(len(alignment.new))
    for pairs in (alignment.stayed, alignment.moved):
        for i, j in pairs:
            known_old[i] = known_new[j] = 1
    for olds, news in alignment.groups + alignment.reflowed:
        for i in olds:
            known_old[i] = 1
        for j in news:
            known_new[j] = 1
    return [j for j, known in enumerate(known_new) if not known], [i for i, known in enumerate(known_old) if not known]


def _taken(units: Units, indexes: Iterable[int]) -> tuple[Unit, ...]:
    return tuple([Unit(units.texts[i], units.positions[i], units.offsets[i], units.kinds[i]) for i in indexes])
