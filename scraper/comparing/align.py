"""Two documents aligned sentence by sentence: what stayed, came, went, was reworded or stands elsewhere.

Equal passages first, then equal sentences inside what is left, then similar sentences. A paragraph that was only
merged with its neighbour, or split, has the same sentences and so gives no step at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.comparing.matching import NONE, Matching
from scraper.comparing.order import longest_increasing
from scraper.comparing.sentences import split_sentences
from scraper.comparing.similar import candidate, pair_similar
from scraper.comparing.stretches import absorb_neighbours, join_reflowed, pair_restyled

if TYPE_CHECKING:
    from scraper.comparing.comparison import Op
    from scraper.comparing.similar import Candidate
    from scraper.comparing.stretches import Group
    from scraper.normalizing.document import Document, Kind, Passage


# With more unmatched sentences than this on both sides, no one was reworded that a reader could be shown: each came or
# went. A count, so that the result is the same on every machine.
MOST_CANDIDATES = 100_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or a whole passage that stayed as it is, with the index and the kind of its passage."""

    text: str
    position: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Step:
    """One difference. `old` and `new` are the sentences on either side: one each as a rule, several where sentences
    were merged or split; empty on the side where there is nothing."""

    op: Op
    old: tuple[Unit, ...]
    new: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The steps in reading order, and whether the division into passages or their kinds differ."""

    steps: tuple[Step, ...]
    restructured: bool


def align(old: Document, new: Document) -> Alignment:
    """Align two documents. `align(b, a)` is the mirror image of `align(a, b)`."""
    # Ties are broken by place, which is not the same from both sides: so there is one canonical direction.
    backwards = [p.text for p in old.passages] > [p.text for p in new.passages]
    first, second = (new, old) if backwards else (old, new)
    matching, units_first, units_second = _match_sentences(first.passages, second.passages)
    groups = _similar_groups(matching, units_first, units_second)
    # Lines set as one paragraph, or the other way round, are no difference that a reader could be shown.
    reads_the_same = [_joined(olds, units_first) == _joined(news, units_second) for olds, news in groups]
    reflowed = [group for group, same in zip(groups, reads_the_same, strict=True) if same]
    groups = [group for group, same in zip(groups, reads_the_same, strict=True) if not same]
    kept = [(i, j) for i, j in enumerate(matching.to_new) if j != NONE]
    # A reworded sentence has its say too in which of its neighbours stayed and which moved.
    stable = _in_order(kept, groups + reflowed, units_first)
    moved = [(i, j) for i, j in kept if i not in stable]
    stayed = [(i, j) for i, j in kept if i in stable]
    if backwards:
        units_first, units_second = units_second, units_first
        groups = [(news, olds) for olds, news in groups]
        moved, stayed = ([(j, i) for i, j in pairs] for pairs in (moved, stayed))
        reflowed = [(news, olds) for olds, news in reflowed]
    steps = _in_reading_order(units_first, units_second, stayed, moved, groups, reflowed)
    kinds_differ = any(units_first[i].kind != units_second[j].kind for i, j in stayed + moved)
    return Alignment(steps, kinds_differ or bool(reflowed) or (not steps and old.passages != new.passages))


def _in_order(kept: list[tuple[int, int]], groups: list[Group], units: list[Unit]) -> set[int]:
    """Old indexes of what kept its order: as many as can, and of those the most text."""
    pairs = sorted(kept + [(olds[0], news[0]) for olds, news in groups])
    sizes = [len(units[i].text) for i, _ in pairs]
    one = sum(sizes) + 1
    return {pairs[k][0] for k in longest_increasing([j for _, j in pairs], [one + size for size in sizes])}


def _joined(indexes: list[int], units: list[Unit]) -> str:
    return " ".join(units[index].text for index in indexes)


def _match_sentences(old: tuple[Passage, ...], new: tuple[Passage, ...]) -> tuple[Matching, list[Unit], list[Unit]]:
    """Match equal passages, then equal sentences of the rest; only the rest is ever split."""
    passages = Matching([p.text for p in old], [p.text for p in new])
    passages.find_equal()
    units_old, whole_old = _units(old, passages.to_new)
    units_new, whole_new = _units(new, passages.to_old)
    if all([u.position for u in units] == [*range(len(side))] for units, side in ((units_old, old), (units_new, new))):
        return passages, units_old, units_new  # every passage is one sentence, and has been looked for
    sentences = Matching([u.text for u in units_old], [u.text for u in units_new])
    for position, index in whole_old.items():
        sentences.join(index, whole_new[passages.to_new[position]])
    sentences.find_equal()
    return sentences, units_old, units_new


def _units(passages: tuple[Passage, ...], match: list[int]) -> tuple[list[Unit], dict[int, int]]:
    """The units of a document, and which unit each matched passage became."""
    units: list[Unit] = []
    whole: dict[int, int] = {}
    for position, passage in enumerate(passages):
        if match[position] != NONE:
            whole[position] = len(units)
            units.append(Unit(passage.text, position, passage.kind))
        else:
            units += [Unit(s, position, passage.kind) for s in split_sentences(passage.text)]
    return units, whole


def _similar_groups(matching: Matching, units_old: list[Unit], units_new: list[Unit]) -> list[Group]:
    """Unmatched sentences that are the same one reworded, as groups of unit indexes."""
    if matching.to_new.count(NONE) + matching.to_old.count(NONE) > MOST_CANDIDATES:
        return []
    _, gap_old, gap_new = matching.gaps()
    old = _unmatched(units_old, matching.to_new, gap_old)
    new = _unmatched(units_new, matching.to_old, gap_new)
    if not old or not new:
        return []
    groups = pair_restyled(old, new)
    old, new = _without(old, new, groups)
    groups += [([old[i].index], [new[j].index]) for i, j in pair_similar(old, new)]
    left_old, left_new = _without(old, new, groups)
    absorb_neighbours(groups, units_old, units_new, left_old, left_new)
    left_old, left_new = _without(left_old, left_new, groups)
    return groups + join_reflowed(left_old, left_new)


def _unmatched(units: list[Unit], match: list[int], gaps: list[int]) -> list[Candidate]:
    return [candidate(k, gaps[k], u.kind, u.text) for k, u in enumerate(units) if match[k] == NONE]


def _without(
    old: list[Candidate], new: list[Candidate], groups: list[Group]
) -> tuple[list[Candidate], list[Candidate]]:
    used_old = {i for olds, _ in groups for i in olds}
    used_new = {j for _, news in groups for j in news}
    return [c for c in old if c.index not in used_old], [c for c in new if c.index not in used_new]


def _in_reading_order(
    old: list[Unit],
    new: list[Unit],
    stayed: list[tuple[int, int]],
    moved: list[tuple[int, int]],
    groups: list[Group],
    reflowed: list[Group],
) -> tuple[Step, ...]:
    """Every difference in the order of the new document; what went stands where it used to be."""
    keyed: list[tuple[tuple[int, int, int], Step]] = []
    for i, j in moved:
        keyed.append(((j, 0, i), Step("move", (old[i],), (new[j],))))
    for olds, news in groups:
        step = Step("edit", tuple(old[i] for i in olds), tuple(new[j] for j in news))
        keyed.append(((news[0], 0, olds[0]), step))
    seen_old = {i for i, _ in stayed + moved} | {i for olds, _ in groups + reflowed for i in olds}
    seen_new = {j for _, j in stayed + moved} | {j for _, news in groups + reflowed for j in news}
    keyed += [((j, 0, 0), Step("add", (), (unit,))) for j, unit in enumerate(new) if j not in seen_new]
    anchor = dict(stayed) | {olds[-1]: news[-1] for olds, news in groups}
    last = NONE
    for i, unit in enumerate(old):
        last = anchor.get(i, last)
        if i not in seen_old:
            keyed.append(((last, 1, i), Step("delete", (unit,), ())))
    keyed.sort(key=lambda pair: pair[0])
    return tuple(step for _, step in keyed)
