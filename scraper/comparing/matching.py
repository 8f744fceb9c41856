"""Equal texts of two sequences matched, in linear time, wherever they stand.

After Heckel (A technique for isolating differences between files, 1978): a text that occurs once on both sides is the
same text, and the match spreads from it, and from both ends, to equal neighbours. What is left over, lines that occur
several times, is matched by counts, first between the same anchors and then anywhere.

Only texts that stand unmatched on both sides are looked at one by one: of two versions of a page those are few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.comparing.order import longest_increasing, rises

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

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

    def free(self) -> tuple[list[int], list[int]]:
        """The indexes of the texts that are not matched, of either side."""
        return _free(self.to_new), _free(self.to_old)

    def find_equal(self) -> None:
        """Match every equal text that is not matched yet, as far as the counts on both sides allow."""
        left = self._shared(*self.free())
        if not left[0]:
            return
        self._join_unique(*left)
        if self._is_complete():
            return
        self._spread_forward(left[0])
        self._spread_backward(left[0])
        left = self._shared(*([k for k in side if to[k] == NONE] for side, to in zip(left, self._to(), strict=True)))
        if left[0]:
            self._join_by_count(*left, *self.gaps(*left))
            self._join_by_count(*left)

    def _to(self) -> tuple[list[int], list[int]]:
        return self.to_new, self.to_old

    def _is_complete(self) -> bool:
        return NONE not in self.to_new or NONE not in self.to_old

    def _shared(self, olds: list[int], news: list[int]) -> tuple[list[int], list[int]]:
        """Those of the old and the new texts, by index, that are among both."""
        old, new = self.old, self.new
        both = {old[i] for i in olds}.intersection([new[j] for j in news])
        return ([i for i in olds if old[i] in both], [j for j in news if new[j] in both]) if both else ([], [])

    def _join_unique(self, olds: list[int], news: list[int]) -> None:
        to_new, to_old = self.to_new, self.to_old
        place_in_new = _once(self.new, news).get
        for text, i in _once(self.old, olds).items():
            j = place_in_new(text)
            if j is not None:
                to_new[i], to_old[j] = j, i

    def _spread_forward(self, olds: list[int]) -> None:
        """Match equal texts behind what is matched already; the start counts as matched."""
        to_new, to_old, last = self.to_new, self.to_old, len(self.new)
        for i in olds:
            if to_new[i] == NONE and (not i or to_new[i - 1] != NONE):
                j = to_new[i - 1] + 1 if i else 0
                if j < last and to_old[j] == NONE and self.old[i] == self.new[j]:
                    to_new[i], to_old[j] = j, i

    def _spread_backward(self, olds: list[int]) -> None:
        """The same from the end."""
        to_new, to_old, last = self.to_new, self.to_old, len(self.old) - 1
        for i in reversed(olds):
            if to_new[i] == NONE and (i == last or to_new[i + 1] != NONE):
                j = (to_new[i + 1] if i < last else len(self.new)) - 1
                if j >= 0 and to_old[j] == NONE and self.old[i] == self.new[j]:
                    to_new[i], to_old[j] = j, i

    def _join_by_count(
        self, olds: list[int], news: list[int], gaps_old: list[int] | None = None, gaps_new: list[int] | None = None
    ) -> None:
        """Match what is left of these in the order in which it stands: between the same anchors, or anywhere."""
        names_old: Iterable[Hashable] = map(self.old.__getitem__, olds)
        names_new: Iterable[Hashable] = map(self.new.__getitem__, news)
        if gaps_old is not None and gaps_new is not None:
            names_old, names_new = zip(names_old, gaps_old, strict=True), zip(names_new, gaps_new, strict=True)
        to_new, to_old = self.to_new, self.to_old
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for j, name in zip(news, names_new, strict=True):
            if to_old[j] == NONE:
                waiting[name].append(j)
        for i, name in zip(olds, names_old, strict=True):
            if to_new[i] == NONE and (found := waiting.get(name)):
                j = found.popleft()
                to_new[i], to_old[j] = j, i

    def stable(self) -> list[int]:
        """Old indexes of matched texts that kept their order: as many as can, and of those the most text."""
        matched = [i for i, j in enumerate(self.to_new) if j != NONE]
        values = [self.to_new[i] for i in matched]
        if rises(values):
            return matched
        sizes = [len(self.old[i]) for i in matched]
        one = sum(sizes) + 1
        return [matched[k] for k in longest_increasing(values, [one + size for size in sizes])]

    def gaps(self, olds: Iterable[int], news: Iterable[int]) -> tuple[list[int], list[int]]:
        """How many texts that kept their order stand before each of these unmatched ones."""
        stable = self.stable()
        partners = [self.to_new[i] for i in stable]
        return [bisect_left(stable, i) for i in olds], [bisect_left(partners, j) for j in news]


def _free(to: list[int]) -> list[int]:
    return [place for place, matched in enumerate(to) if matched == NONE]


def _once(texts: list[str], places: list[int]) -> dict[str, int]:
    """Where each of the texts in these places stands that does so once."""
    named = [texts[place] for place in places]
    last = dict(zip(named, places, strict=True))
    if len(last) == len(named):
        return last
    first = dict(zip(reversed(named), reversed(places), strict=True))
    return {text: place for text, place in last.items() if first[text] == place}
