"""Which passages of two texts belong together, as far as the place of an edit on a page depends on it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.comparing import Edit, split_sentences
from scraper.comparing.order import longest_increasing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.normalizing.document import Passage


@dataclass(slots=True)
class Sides:
    """Both texts with the edits sorted by the passage that they are shown in.

    `same` leads from a new passage to the old one that it is, `home` from an old passage that did not stay to the new
    one that holds most of it, `homes` back.
    """

    old: Sequence[Passage]
    new: Sequence[Passage]
    into: dict[int, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    out_of: dict[int, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    same: dict[int, int] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)
    homes: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def paired(old: Sequence[Passage], new: Sequence[Passage], edits: Iterable[Edit]) -> Sides:
    """Sort the edits by passage, and find for each passage what it was or became. Linear in the length of the text."""
    sides = Sides(old, new)
    for edit in edits:
        if edit.new_position is not None:
            sides.into[edit.new_position].append(edit)
        if edit.old_position is not None and (edit.new_position is None or edit.op == "move"):
            sides.out_of[edit.old_position].append(edit)
    sides.same = _stayed(sides)
    for i, counted in _votes(sides).items():
        sides.home[i] = max(counted, key=lambda j: (counted[j], -j))
        sides.homes[sides.home[i]].append(i)
    return sides


def _stayed(sides: Sides) -> dict[int, int]:
    waiting: dict[Passage, deque[int]] = defaultdict(deque)
    for i, passage in enumerate(sides.old):
        if i not in sides.out_of:
            waiting[passage].append(i)
    pairs = [
        (j, waiting[passage].popleft())
        for j, passage in enumerate(sides.new)
        if j not in sides.into and waiting.get(passage)
    ]
    return {pairs[k][0]: pairs[k][1] for k in longest_increasing([i for _, i in pairs])}


def _votes(sides: Sides) -> dict[int, Counter[int]]:
    """How many letters of each old passage that did not stay stand in which new one."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for j, into in sides.into.items():
        for edit in into:
            if edit.op == "edit" and edit.old_position is not None:
                votes[edit.old_position][j] += len(edit.new or "")
    holders: dict[str, list[int]] = defaultdict(list)
    for j, passage in enumerate(sides.new):
        if j not in sides.same:
            for sentence in split_sentences(passage.text):
                holders[sentence].append(j)
    stayed = set(sides.same.values())
    for i, passage in enumerate(sides.old):
        if i not in stayed:
            for sentence in split_sentences(passage.text):
                if len(holders.get(sentence, ())) == 1:
                    votes[i][holders[sentence][0]] += len(sentence)
    return votes
