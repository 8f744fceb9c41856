"""Equal texts of two sequences matched, in linear time, wherever they stand.

After Heckel (A technique for isolating differences between files, 1978): a text that occurs once on both sides is the
same text, and the match spreads from it, and from both ends, to equal neighbours. What is left over, lines that occur
several times, is matched by counts, first between the same anchors and then anywhere.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from scraper.comparing.order import longest_increasing

NONE = -1


@dataclass(slots=True)
class Matching:
    """Which text of one side is which of the other, by index; `NONE` where there is none."""

    old: list[str]
    new: list[str]
    to_new: list[int] = field(default_factory=list)
    to_old: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.to_new = self.to_new or [NONE] * len(self.old)
        self.to_old = self.to_old or [NONE] * len(self.new)

    def join(self, i: int, j: int) -> None:
        """Match old text `i` with new text `j`."""
        self.to_new[i] = j
        self.to_old[j] = i

    def find_equal(self) -> None:
        """Match every equal text that is not matched yet, as far as the counts on both sides allow."""
        if not self._left_on_both_sides():
            return
        self._join_unique()
        if self._is_complete():
            return
        self._spread(forward=True)
        self._spread(forward=False)
        if not self._is_complete() and (left := self._left_on_both_sides()):
            _, gap_old, gap_new = self.gaps()
            self._join_by_count(left, gap_old, gap_new)
            self._join_by_count(left, [0] * len(self.old), [0] * len(self.new))

    def _is_complete(self) -> bool:
        return NONE not in self.to_new or NONE not in self.to_old

    def _left_on_both_sides(self) -> set[str]:
        """The texts that are not matched yet on either side."""
        old = {text for text, j in zip(self.old, self.to_new, strict=True) if j == NONE}
        return old.intersection(text for text, i in zip(self.new, self.to_old, strict=True) if i == NONE)

    def _join_unique(self) -> None:
        once_old, once_new = _once(self.old, self.to_new), _once(self.new, self.to_old)
        for text, i in once_old.items():
            j = once_new.get(text)
            if j is not None:
                self.join(i, j)

    def _spread(self, *, forward: bool) -> None:
        """Match equal neighbours of what is matched already; the two ends count as matched."""
        step = 1 if forward else -1
        j = 0 if forward else len(self.new) - 1
        for i in range(len(self.old)) if forward else range(len(self.old) - 1, -1, -1):
            free = 0 <= j < len(self.new) and self.to_new[i] == NONE and self.to_old[j] == NONE
            if free and self.old[i] == self.new[j]:
                self.join(i, j)
            # After an unmatched text there is nothing to spread from until the next match.
            j = self.to_new[i] + step if self.to_new[i] != NONE else len(self.new)

    def _join_by_count(self, texts: set[str], groups_old: list[int], groups_new: list[int]) -> None:
        """Match what is left of `texts` in the order in which it stands, within each group of places."""
        waiting: defaultdict[tuple[int, str], deque[int]] = defaultdict(deque)
        for j, text in enumerate(self.new):
            if self.to_old[j] == NONE and text in texts:
                waiting[groups_new[j], text].append(j)
        for i, text in enumerate(self.old):
            if self.to_new[i] == NONE and text in texts and waiting.get((groups_old[i], text)):
                self.join(i, waiting[groups_old[i], text].popleft())

    def stable(self) -> list[int]:
        """Old indexes of matched texts that kept their order: as many as can, and of those the most text."""
        matched = [i for i, j in enumerate(self.to_new) if j != NONE]
        sizes = [len(self.old[i]) for i in matched]
        one = sum(sizes) + 1
        return [matched[k] for k in longest_increasing([self.to_new[i] for i in matched], [one + s for s in sizes])]

    def gaps(self) -> tuple[list[int], list[int], list[int]]:
        """The stable old indexes, and for each text of both sides how many stable ones stand before it."""
        stable = self.stable()
        return stable, _ranks(stable, len(self.old)), _ranks([self.to_new[i] for i in stable], len(self.new))


def _once(texts: list[str], match: list[int]) -> dict[str, int]:
    """Where each unmatched text stands that does so once."""
    free = [place for place, matched in enumerate(match) if matched == NONE]
    named = [texts[place] for place in free]
    last = dict(zip(named, free, strict=True))
    if len(last) == len(named):
        return last
    first = dict(zip(reversed(named), reversed(free), strict=True))
    return {text: place for text, place in last.items() if first[text] == place}


def _ranks(anchors: list[int], length: int) -> list[int]:
    ranks: list[int] = []
    for number, anchor in enumerate([*anchors, length]):
        ranks += [number] * (anchor - len(ranks))
        if anchor < length:
            ranks.append(number)
    return ranks
