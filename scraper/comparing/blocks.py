"""Two documents compared by stretches, where they have more differences than anybody reads one by one.

What stands between two sentences that stayed was replaced, as in any difference by lines: one edit for each such
stretch, whatever came, went, was reworded or moved in it. Where there are too many stretches, those with the least
text between them are joined, so that no two documents have more than `MOST_EDITS` edits. Applied to the old text they
still give the new one, and going back is still the mirror image.
"""

from __future__ import annotations

from heapq import nlargest
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from scraper.comparing.classify import classify_coarsely, classify_kind, in_order, is_wordless
from scraper.comparing.comparison import Edit
from scraper.comparing.notices import notices_in
from scraper.comparing.steps import came_and_went
from scraper.comparing.tally import Tally, Told
from scraper.comparing.tokens import rough_count, words_of
from scraper.comparing.words import words_exchanged
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.comparing.align import Alignment, Units
    from scraper.comparing.comparison import ChangeClass, Op
    from scraper.comparing.stretches import Group
    from scraper.normalizing.document import Kind

MOST_EDITS = 10_000

# What became of a unit; 0 where it stayed.
_LOST, _MOVED, _GROUPED = 1, 2, 3


class Block(NamedTuple):
    """A stretch of units of the old document, and the stretch of the new one that stands in its place."""

    old: range
    new: range


class _Side(NamedTuple):
    """The part of one document in a block: which of its units stand nowhere in the other, how many stand elsewhere,
    which reworded ones begin here. `differs`: not all of it is only set in other passages."""

    units: Units
    stretch: range
    lost: list[int]
    moved: int
    groups: list[Group]
    differs: bool

    @property
    def text(self) -> str | None:
        """The text as it stands in the document, a line for each passage."""
        return _text(self.units, self.stretch) if self.stretch else None

    @property
    def position(self) -> int | None:
        """Where it begins."""
        return self.units.positions[self.stretch.start] if self.stretch else None

    def texts(self) -> list[str]:
        """The texts that are nowhere on the other side."""
        return [self.units.texts[k] for k in self.lost]


def by_blocks(alignment: Alignment) -> Told:
    """The edits of an alignment in reading order, one for each stretch between sentences that stayed."""
    came, went = came_and_went(alignment)
    groups_old = {olds[0]: (olds, news) for olds, news in alignment.groups}
    groups_new = {news[0]: (olds, news) for olds, news in alignment.groups}
    fates_old = _fates(alignment.old, went, [i for i, _ in alignment.moved], [olds for olds, _ in alignment.groups])
    fates_new = _fates(alignment.new, came, [j for _, j in alignment.moved], [news for _, news in alignment.groups])
    tally = Tally()
    edits: list[Edit] = []
    for block in blocks_of(alignment, MOST_EDITS):
        old = _side(alignment.old, block.old, fates_old, groups_old)
        new = _side(alignment.new, block.new, fates_new, groups_new)
        if old.differs or new.differs:
            edits.append(_edit(old, new, alignment, tally))
    return Told(tuple(edits), tally)


def blocks_of(alignment: Alignment, most: int) -> list[Block]:
    """What stands between two units that stayed; the shortest of those are given up where there are over `most`."""
    texts = alignment.old.texts
    found: list[tuple[int, int, int, int]] = []
    between: list[int] = []
    i = j = letters = 0
    for x, y in alignment.stayed:
        if x > i or y > j:
            found.append((i, x, j, y))
            between.append(letters)
            letters = 0
        letters += len(texts[x])
        i, j = x + 1, y + 1
    if i < len(alignment.old) or j < len(alignment.new):
        found.append((i, len(alignment.old), j, len(alignment.new)))
        between.append(letters)
    # What stands before the first divides nothing.
    starts = sorted([0, *nlargest(most - 1, range(1, len(found)), key=lambda k: (between[k], -k))])
    last = [*(k - 1 for k in starts[1:]), len(found) - 1]
    return [
        Block(range(found[a][0], found[b][1]), range(found[a][2], found[b][3]))
        for a, b in zip(starts, last, strict=True)
    ]


def _fates(units: Units, lost: list[int], moved: list[int], grouped: list[list[int]]) -> bytearray:
    fates = bytearray(len(units))
    for indexes, fate in ((lost, _LOST), (moved, _MOVED), (chain.from_iterable(grouped), _GROUPED)):
        for k in indexes:
            fates[k] = fate
    return fates


def _side(units: Units, stretch: range, fates: bytearray, groups: dict[int, Group]) -> _Side:
    lost = [k for k in stretch if fates[k] == _LOST]
    moved = fates.count(_MOVED, stretch.start, stretch.stop)
    begun = [groups[k] for k in stretch if k in groups] if groups else []
    differs = fates.count(0, stretch.start, stretch.stop) < len(stretch)
    return _Side(units, stretch, lost, moved, begun, differs)


def _text(units: Units, stretch: range) -> str:
    pieces = [units.texts[stretch.start]]
    for k in stretch[1:]:
        pieces += (" " if units.positions[k] == units.positions[k - 1] else "\n", units.texts[k])
    return "".join(pieces)


def _edit(old: _Side, new: _Side, alignment: Alignment, tally: Tally) -> Edit:
    """The edit of a block; counted in `tally`."""
    if len(old.lost) == len(new.lost) == 1 and not (old.groups or new.groups):
        # One that went and one that came in its place: reworded, whatever is left of it.
        group = (old.lost, new.lost)
        old, new = (side._replace(lost=[], groups=[group]) for side in (old, new))
    reworded = [_wordings(group, alignment) for group in new.groups]
    classes, in_style = _classes(old, new, {*reworded, *(_wordings(group, alignment) for group in old.groups)})
    kind = _kind(new) if new.stretch else _kind(old)
    ops: dict[Op, int] = {"edit": len(reworded), "add": len(new.lost), "delete": len(old.lost), "move": new.moved}
    came, went = (rough_count(side.texts()) for side in (new, old))
    if in_style:
        came, went = words_exchanged(" ".join(old.texts()), " ".join(new.texts()))
    exchanged = [words_exchanged(gone, come) for gone, come, _ in reworded]
    words = came + sum(plus for plus, _ in exchanged), went + sum(minus for _, minus in exchanged)
    tally.count(classes, kind, ops, words)
    op: Op = "edit" if old.stretch and new.stretch else "add" if new.stretch else "delete"
    if classes == ("moved_text",):
        op = "move"
    return Edit(op, old.text, new.text, old.position, new.position, kind, classes)


def _kind(side: _Side) -> Kind:
    """The kind of the first unit of the body, or of the first where there is none."""
    kinds = side.units.kinds[side.stretch.start : side.stretch.stop]
    return next((kind for kind in kinds if kind not in FRAME_KINDS), kinds[0])


def _wordings(group: Group, alignment: Alignment) -> tuple[str, str, Kind]:
    olds, news = group
    gone = " ".join(alignment.old.texts[i] for i in olds)
    return gone, " ".join(alignment.new.texts[j] for j in news), alignment.new.kinds[news[0]]


def _classes(old: _Side, new: _Side, reworded: set[tuple[str, str, Kind]]) -> tuple[tuple[ChangeClass, ...], bool]:
    """The classes of all that is in a block, and whether what came and went differs in style alone."""
    found: set[ChangeClass] = {"moved_text"} if old.moved or new.moved else set()
    for gone, come, kind in reworded:
        found.update(classify_coarsely(gone, come, kind))
    if old.lost and new.lost and _same_words(old.texts(), new.texts()):
        return in_order(found | {"punctuation"}), True
    if (old.lost or new.lost) and all(map(is_wordless, chain(old.texts(), new.texts()))):
        return in_order(found | {"punctuation"}), False
    for kind in {side.units.kinds[k] for side in (old, new) for k in side.lost}:
        found.update(classify_kind(kind))
    found.update(notices_in(new.texts()))
    return in_order(found), False


def _same_words(old: Iterable[str], new: Iterable[str]) -> bool:
    """Whether two runs of texts have the same words, read as far as they have."""
    words_old, words_new = (chain.from_iterable(map(words_of, texts)) for texts in (old, new))
    return all(a == b for a, b in zip_longest(words_old, words_new))
