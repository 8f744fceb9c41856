"""Which unmatched sentence of the old document became which of the new one.

The measure is the Dice coefficient of the two sets of words (Dice 1945, as in NewsEdits, NAACL 2022), 0.5 and above
being the same sentence reworded. Candidates are found through words that few sentences share, and by place, so the
cost stays linear in the text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.comparing.tokens import masked, words_of

if TYPE_CHECKING:
    from scraper.normalizing.document import Kind

SAME_SENTENCE = 0.5
# A word is a clue while at most this many unmatched sentences on either side have it.
_RARE = 4
# Of the candidates that a sentence shares rare words with, only the best are measured.
_CANDIDATES = 8
# In a stretch of at most so many pairs each is measured, in a longer one only those of like place.
_SMALL_STRETCH = 36
# Two sentences in the same place with the same words around other figures: rows of a table, counts of the day.
_SAME_BUT_FIGURES = 0.75
# A tie is decided for the sentence that stands in the same stretch.
_SAME_PLACE = 0.1
# Above this, and in the same stretch, a pair needs no comparison with others further away.
_PLAINLY = 0.75 + _SAME_PLACE
# Sentences that stand alone in a stretch and share so many words, as blanks divide them, need no closer look.
_PLAINLY_ALONE = 0.8
# Kinds of which a stretch has one for a reason: replaced outright, it is still the same thing.
_ONE_OF_A_KIND: tuple[Kind, ...] = ("heading", "byline", "date")

Ranked = tuple[float, int, int, int]
Placed = tuple[list[tuple[int, int]], list[str]]
"""Unmatched sentences as (index, stretch), and the texts of all by index."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unmatched sentence: its index among all units, the stretch between two anchors that it stands in."""

    index: int
    gap: int
    kind: Kind
    text: str
    words: tuple[str, ...]
    word_set: frozenset[str]


def candidate(index: int, gap: int, kind: Kind, text: str) -> Candidate:
    """A candidate with its words; a sentence without words is its own only word."""
    words = words_of(text)
    return Candidate(index, gap, kind, text, words, frozenset(words or (text,)))


def pair_alone(old: Placed, new: Placed) -> dict[int, int]:
    """Pairs of sentences that are plainly the same and alone in their stretch, as old index to new index.

    `pair_similar` would give these pairs too, at ten times the cost: they are the ordinary edit.
    """
    alone_new = _alone(new[0])
    pairs: dict[int, int] = {}
    for gap, i in _alone(old[0]).items():
        j = alone_new.get(gap, -1)
        if i >= 0 and j >= 0:
            a, b = set(old[1][i].split()), set(new[1][j].split())
            if 2 * len(a & b) >= _PLAINLY_ALONE * (len(a) + len(b)) > 0:
                pairs[i] = j
    return pairs


def _alone(places: list[tuple[int, int]]) -> dict[int, int]:
    """The sentence of each stretch that has one; index -1 for a stretch that has several."""
    alone: dict[int, int] = {}
    for index, gap in places:
        alone[gap] = -1 if gap in alone else index
    return alone


def pair_similar(old: list[Candidate], new: list[Candidate]) -> list[tuple[int, int]]:
    """Pairs of places in `old` and `new`, each used at most once: best score first, then nearest.

    Sentences that are plainly the same and in the same place are paired first, so that in an ordinary edit nothing
    need be looked for elsewhere.
    """
    near = _ranked(old, new, _by_place(old, new))
    plain = _first_come([found for found in near if found[0] <= -_PLAINLY])
    used_old, used_new = {i for i, _ in plain}, {j for _, j in plain}
    left_old = [i for i in range(len(old)) if i not in used_old]
    left_new = [j for j in range(len(new)) if j not in used_new]
    far = _by_rare_words([old[i] for i in left_old], [new[j] for j in left_new])
    near = [found for found in near if found[2] not in used_old and found[3] not in used_new]
    known = {(i, j) for _, _, i, j in near}
    others = {(left_old[i], left_new[j]) for i, j in far} - known
    pairs = plain + _first_come(sorted(near + _ranked(old, new, others)))
    return pairs + _one_of_a_kind(old, new, pairs)


def _ranked(old: list[Candidate], new: list[Candidate], pairs: set[tuple[int, int]]) -> list[Ranked]:
    """The pairs that are similar, as (minus score, distance, old, new), best first."""
    ranked: list[Ranked] = []
    for i, j in pairs:
        score = similarity(old[i], new[j])
        if score >= SAME_SENTENCE:
            distance = abs(old[i].gap - new[j].gap)
            ranked.append((-round(score + (0.0 if distance else _SAME_PLACE), 9), distance, i, j))
    ranked.sort()
    return ranked


def similarity(a: Candidate, b: Candidate) -> float:
    """Dice coefficient of the words; in the same stretch figures may differ more freely."""
    shared = len(a.word_set & b.word_set)
    dice = 2 * shared / (len(a.word_set) + len(b.word_set))
    if dice >= SAME_SENTENCE or a.gap != b.gap:
        return dice
    x, y = masked(a.words), masked(b.words)
    if not x or not y:
        return dice
    if len(x) == len(y) and x == y:
        return _SAME_BUT_FIGURES
    both = Counter(x) & Counter(y)
    if not any(word != "#" for word in both):
        return dice
    return max(dice, _SAME_BUT_FIGURES * 2 * both.total() / (len(x) + len(y)))


def _by_rare_words(old: list[Candidate], new: list[Candidate]) -> set[tuple[int, int]]:
    """Pairs that share rare words: for each sentence of either side the few that share the most."""
    if not old or not new:
        return set()
    counts_old, counts_new = _having(old), _having(new)
    clues = {word for word, count in counts_old.items() if count <= _RARE and 0 < counts_new[word] <= _RARE}
    places_old, places_new = _postings(old, clues), _postings(new, clues)
    shared: Counter[tuple[int, int]] = Counter()
    for word, having in places_old.items():
        shared.update((i, j) for i in having for j in places_new[word])
    best: set[tuple[int, int]] = set()
    for side in (0, 1):
        rivals: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for pair, count in shared.items():
            rivals[pair[side]].append((-count, *pair))
        for found in rivals.values():
            best.update((i, j) for _, i, j in sorted(found)[:_CANDIDATES])
    return best


def _having(candidates: list[Candidate]) -> Counter[str]:
    """How many sentences have each word."""
    counts: Counter[str] = Counter()
    for found in candidates:
        counts.update(found.word_set)
    return counts


def _postings(candidates: list[Candidate], clues: set[str]) -> dict[str, list[int]]:
    """Which sentences have each of the clues. In the order of the sentences: sets have none to rely on."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(candidates):
        for word in found.word_set & clues:
            places[word].append(place)
    return places


def by_gap(candidates: list[Candidate]) -> dict[int, list[int]]:
    """Places of the candidates in each stretch between anchors."""
    gaps: defaultdict[int, list[int]] = defaultdict(list)
    for place, candidate in enumerate(candidates):
        gaps[candidate.gap].append(place)
    return gaps


def _by_place(old: list[Candidate], new: list[Candidate]) -> set[tuple[int, int]]:
    """Pairs in the same stretch: all where it is short, else those as far from its start or its end."""
    pairs: set[tuple[int, int]] = set()
    gaps_new = by_gap(new)
    for gap, olds in by_gap(old).items():
        news = gaps_new.get(gap, [])
        if len(olds) * len(news) <= _SMALL_STRETCH:
            pairs.update((i, j) for i in olds for j in news)
            continue
        pairs.update(zip(olds, news, strict=False))
        pairs.update(zip(reversed(olds), reversed(news), strict=False))
    return pairs


def _first_come(ranked: list[Ranked]) -> list[tuple[int, int]]:
    used_old: set[int] = set()
    used_new: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for _, _, i, j in ranked:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            pairs.append((i, j))
    return pairs


def _one_of_a_kind(old: list[Candidate], new: list[Candidate], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Left-over headings, bylines and dates, where a stretch has lost one and got one."""
    used_old, used_new = {i for i, _ in pairs}, {j for _, j in pairs}
    left_old = _lone(old, used_old)
    left_new = _lone(new, used_new)
    return [(i, left_new[key]) for key, i in left_old.items() if i >= 0 and left_new.get(key, -1) >= 0]


def _lone(candidates: list[Candidate], used: set[int]) -> dict[tuple[int, Kind], int]:
    lone: dict[tuple[int, Kind], int] = {}
    for place, candidate in enumerate(candidates):
        if place not in used and candidate.kind in _ONE_OF_A_KIND:
            key = (candidate.gap, candidate.kind)
            lone[key] = -1 if key in lone else place
    return lone
