"""Two documents aligned sentence by sentence: what stayed, came, went, was reworded or stands elsewhere.

Equal passages first, then equal sentences inside what is left, then similar sentences. A paragraph that was only
merged with its neighbour, or split, has the same sentences and so gives no step at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from scraper.comparing.matching import NONE, Matching
from scraper.comparing.order import longest_increasing, rises
from scraper.comparing.sentences import may_have_sentences, split_sentences
from scraper.comparing.similar import candidate, pair_alone, pair_similar
from scraper.comparing.stretches import absorb_neighbours, join_reflowed, pair_restyled

if TYPE_CHECKING:
    from scraper.comparing.similar import Candidate
    from scraper.comparing.stretches import Group
    from scraper.normalizing.document import Document, Kind, Passage


# With more unmatched sentences than this, or more letters in them, on both sides together, no one was reworded that a
# reader could be shown: what stands between two sentences that stayed was replaced. Counts, so that the result is the
# same on every machine.
MOST_CANDIDATES = 40_000
MOST_CANDIDATE_LETTERS = 2_500_000

Pair = tuple[int, int]
"""Two units that are the same, by their index in the old and in the new document."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a document in reading order, as lists of equal length: sentences, or whole passages that stayed.

    `positions` are the indexes of the passages that they stand in, `offsets` where in them, `kinds` the kinds of those.
    """

    texts: list[str]
    positions: list[int]
    offsets: list[int]
    kinds: list[Kind]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Alignment:
    """What became of the units of two documents.

    `stayed` kept their order, `moved` did not; each of `groups` is one sentence reworded, several where sentences were
    merged or split; `reflowed` is the same text in other passages. Any other unit came or went. `restructured`: the
    division into passages or their kinds differ. `unpaired`: there was too much for similar sentences to be looked for.
    """

    old: Units
    new: Units
    stayed: list[Pair]
    moved: list[Pair]
    groups: list[Group]
    reflowed: list[Group]
    restructured: bool
    unpaired: bool

    @property
    def differences(self) -> int:
        """How many sentences or groups of them differ."""
        known = len(self.stayed) + len(self.moved)
        grouped = sum(len(olds) + len(news) for olds, news in self.groups + self.reflowed)
        return len(self.old) + len(self.new) - 2 * known - grouped + len(self.moved) + len(self.groups)


def align(old: Document, new: Document) -> Alignment:
    """Align two documents. `align(b, a)` is the mirror image of `align(a, b)`."""
    # Ties are broken by place, which is not the same from both sides: so there is one canonical direction.
    backwards = [p.text for p in old.passages] > [p.text for p in new.passages]
    first, second = (new, old) if backwards else (old, new)
    matching, units_first, units_second = _match_sentences(first.passages, second.passages)
    similar = _similar_groups(matching, units_first, units_second)
    groups = similar or []
    # Lines set as one paragraph, or the other way round, are no difference that a reader could be shown.
    reads_the_same = [_joined(olds, units_first) == _joined(news, units_second) for olds, news in groups]
    reflowed = [group for group, same in zip(groups, reads_the_same, strict=True) if same]
    groups = [group for group, same in zip(groups, reads_the_same, strict=True) if not same]
    kept = [(i, j) for i, j in enumerate(matching.to_new) if j != NONE]
    kinds_differ = [units_first.kinds[i] for i, _ in kept] != [units_second.kinds[j] for _, j in kept]
    stayed, moved = _in_order(kept, groups + reflowed, units_first)
    restructured = kinds_differ or bool(reflowed)
    if backwards:
        units_first, units_second = units_second, units_first
        groups, reflowed = ([(news, olds) for olds, news in found] for found in (groups, reflowed))
        moved, stayed = ([(j, i) for i, j in pairs] for pairs in (moved, stayed))
    found = Alignment(units_first, units_second, stayed, moved, groups, reflowed, restructured, similar is None)
    if not restructured and old.passages != new.passages and not found.differences:
        return replace(found, restructured=True)
    return found


def _in_order(kept: list[Pair], groups: list[Group], units: Units) -> tuple[list[Pair], list[Pair]]:
    """Of what was kept, what kept its order (as much as can, and of that the most text), and what did not.

    A reworded sentence has its say too in which of its neighbours stayed and which moved.
    """
    pairs = sorted(kept + [(olds[0], news[0]) for olds, news in groups])
    places = [j for _, j in pairs]
    if rises(places):
        return kept, []
    sizes = [len(units.texts[i]) for i, _ in pairs]
    one = sum(sizes) + 1
    stable = {pairs[k][0] for k in longest_increasing(places, [one + size for size in sizes])}
    return [(i, j) for i, j in kept if i in stable], [(i, j) for i, j in kept if i not in stable]


def _joined(indexes: list[int], units: Units) -> str:
    return units.texts[indexes[0]] if len(indexes) == 1 else " ".join(units.texts[index] for index in indexes)


def _match_sentences(old: tuple[Passage, ...], new: tuple[Passage, ...]) -> tuple[Matching, Units, Units]:
    """Match equal passages, then equal sentences of the rest; only the rest is ever split."""
    passages = Matching([p.text for p in old], [p.text for p in new])
    passages.find_equal()
    olds, news = passages.free()
    units_old, first_old = _units(old, passages.old, olds)
    units_new, first_new = _units(new, passages.new, news)
    if len(units_old) == len(old) and len(units_new) == len(new):
        return passages, units_old, units_new  # every passage is one sentence, and has been looked for
    sentences = Matching(units_old.texts, units_new.texts)
    # A passage that was matched is one unit.
    for i, j in enumerate(passages.to_new):
        if j != NONE:
            sentences.join(first_old[i], first_new[j])
    sentences.find_equal()
    return sentences, units_old, units_new


def _units(passages: tuple[Passage, ...], texts: list[str], unmatched: list[int]) -> tuple[Units, list[int]]:
    """The units of a document, and for each passage its first: only passages that are not matched are ever split."""
    count = len(passages)
    kinds = [p.kind for p in passages]
    split = _split({at: texts[at] for at in unmatched})
    if not split:
        return Units(texts, [*range(count)], [0] * count, kinds), [*range(count)]
    units = Units([], [], [], [])
    first: list[int] = []
    made = done = 0
    for at, sentences in split.items():
        _take_whole(units, range(done, at), texts, kinds)
        made += at - done
        first += range(made - (at - done), made + 1)
        many = len(sentences)
        units.texts.extend(sentences)
        units.positions.extend([at] * many)
        units.offsets.extend(accumulate(map(_step, sentences[:-1]), initial=0) if many else ())
        units.kinds.extend([kinds[at]] * many)
        made, done = made + many, at + 1
    _take_whole(units, range(done, count), texts, kinds)
    first += range(made, made + count - done)
    return units, first


def _take_whole(units: Units, passages: range, texts: list[str], kinds: list[Kind]) -> None:
    """Add passages that are one unit each."""
    units.texts.extend(texts[passages.start : passages.stop])
    units.positions.extend(passages)
    units.offsets.extend([0] * len(passages))
    units.kinds.extend(kinds[passages.start : passages.stop])


def _step(sentence: str) -> int:
    """From where a sentence begins to where the next does."""
    return len(sentence) + 1


def _split(texts: dict[int, str]) -> dict[int, list[str]]:
    """The sentences of those texts that are not one sentence each."""
    if not may_have_sentences("\n".join(texts.values())) and all(texts.values()):
        return {}
    found = {at: split_sentences(text) for at, text in texts.items()}
    return {at: sentences for at, sentences in found.items() if len(sentences) != 1}


def _similar_groups(matching: Matching, old: Units, new: Units) -> list[Group] | None:
    """Unmatched sentences that are the same one reworded, as groups of unit indexes; None where there are too many."""
    left_old, left_new = matching.free()
    if not left_old or not left_new:
        return []
    if len(left_old) + len(left_new) > MOST_CANDIDATES:
        return None
    letters = sum(len(old.texts[i]) for i in left_old) + sum(len(new.texts[j]) for j in left_new)
    if letters > MOST_CANDIDATE_LETTERS:
        return None
    gaps_old, gaps_new = matching.gaps(left_old, left_new)
    placed_old, placed_new = [*zip(left_old, gaps_old, strict=True)], [*zip(left_new, gaps_new, strict=True)]
    plain = pair_alone((placed_old, old.texts), (placed_new, new.texts))
    used_old, used_new = set(plain), set(plain.values())
    return _groups(
        [candidate(i, gap, old.kinds[i], old.texts[i]) for i, gap in placed_old if i not in used_old],
        [candidate(j, gap, new.kinds[j], new.texts[j]) for j, gap in placed_new if j not in used_new],
        (old.texts, new.texts),
        [([i], [j]) for i, j in plain.items()],
    )


def _groups(
    old: list[Candidate], new: list[Candidate], texts: tuple[list[str], list[str]], groups: list[Group]
) -> list[Group]:
    """`groups` with those of the candidates."""
    groups += pair_restyled(old, new)
    old, new = _without(old, new, groups)
    groups += [([old[i].index], [new[j].index]) for i, j in pair_similar(old, new)]
    left_old, left_new = _without(old, new, groups)
    absorb_neighbours(groups, *texts, left_old, left_new)
    left_old, left_new = _without(left_old, left_new, groups)
    return groups + join_reflowed(left_old, left_new)


def _without(
    old: list[Candidate], new: list[Candidate], groups: list[Group]
) -> tuple[list[Candidate], list[Candidate]]:
    used_old = {i for olds, _ in groups for i in olds}
    used_new = {j for _, news in groups for j in news}
    return [c for c in old if c.index not in used_old], [c for c in new if c.index not in used_new]
