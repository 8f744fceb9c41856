"""Whole stretches of unmatched sentences: restyled, merged, split or set in other lines.

A full stop that became a semicolon makes two sentences one; a list whose items became one paragraph makes ten one.
The words tell that nothing came or went.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.comparing.similar import by_gap
from scraper.comparing.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.comparing.similar import Candidate

Group = tuple[list[int], list[int]]

# So much of a neighbour's words must be found in the other side of the edit for it to be a part of it.
_PART_OF = 0.6
# Sentences on one side of one edit.
_AT_MOST = 8
# A stretch as a whole with at least this share of words in common was set in other lines, not rewritten.
_REFLOWED = 0.8
# In a longer stretch (sentences on both sides) any two texts of one language share most of their words.
_REFLOWED_AT_MOST = 200


def pair_restyled(old: list[Candidate], new: list[Candidate]) -> list[Group]:
    """Groups for the stretches whose words are the same: sentence by sentence where that fits, else as a whole."""
    groups: list[Group] = []
    gaps_new = by_gap(new)
    for gap, places in by_gap(old).items():
        olds, news = [old[i] for i in places], [new[j] for j in gaps_new.get(gap, [])]
        if not news or _words(olds) != _words(news) or not any(c.words for c in olds):
            continue
        if len(olds) == len(news) and all(a.words == b.words for a, b in zip(olds, news, strict=True)):
            groups += [([a.index], [b.index]) for a, b in zip(olds, news, strict=True)]
        else:
            groups.append(([c.index for c in olds], [c.index for c in news]))
    return groups


def _words(candidates: list[Candidate]) -> list[str]:
    return [word for c in candidates for word in c.words]


def absorb_neighbours(
    groups: list[Group],
    old: Sequence[str],
    new: Sequence[str],
    left_old: list[Candidate],
    left_new: list[Candidate],
) -> None:
    """Extend pairs by left-over neighbours that were merged into, or split off, the other side. Changes `groups`.

    `old` and `new` are the texts of all units, by index.
    """
    free_old, free_new = {c.index for c in left_old}, {c.index for c in left_new}
    if not free_old and not free_new:
        return
    for olds, news in sorted(groups):
        _extend(olds, free_old, old, (news, new))
        _extend(news, free_new, new, (olds, old))


def _extend(run: list[int], free: set[int], texts: Sequence[str], other: tuple[list[int], Sequence[str]]) -> None:
    """Take neighbours into `run` while most of their words are among those of `other` not accounted for."""
    if run[0] - 1 not in free and run[-1] + 1 not in free:
        return
    rest = _bag(*other) - _bag(run, texts)
    while len(run) < _AT_MOST:
        for neighbour, where in ((run[-1] + 1, len(run)), (run[0] - 1, 0)):
            bag = _bag([neighbour], texts) if neighbour in free else Counter()
            if bag and (bag & rest).total() >= _PART_OF * bag.total():
                run.insert(where, neighbour)
                free.discard(neighbour)
                rest -= bag
                break
        else:
            return


def _bag(indexes: list[int], texts: Sequence[str]) -> Counter[str]:
    return Counter(word for index in indexes for word in words_of(texts[index]))


def join_reflowed(old: list[Candidate], new: list[Candidate]) -> list[Group]:
    """Groups for left-over stretches that share nearly all their words although no two sentences are alike."""
    groups: list[Group] = []
    gaps_new = by_gap(new)
    for gap, places in by_gap(old).items():
        olds, news = [old[i] for i in places], [new[j] for j in gaps_new.get(gap, [])]
        if not news or len(olds) == len(news) or len(olds) + len(news) > _REFLOWED_AT_MOST:
            continue
        a, b = Counter(_words(olds)), Counter(_words(news))
        if 2 * (a & b).total() >= _REFLOWED * (a.total() + b.total()) > 0:
            groups.append(([c.index for c in olds], [c.index for c in news]))
    return groups
