"""Word-level marks inside one edited sentence.

The shortest edit script of Myers (An O(ND) Difference Algorithm, 1986) over words and signs. Its work is counted and
capped by the length of the input, never by time, so that the result is the same on every machine; beyond the cap the
words that occur once on both sides serve as anchors.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from math import isqrt
from typing import TYPE_CHECKING, Literal

from scraper.comparing.order import longest_increasing
from scraper.comparing.tokens import apart, equal_ends, is_word, narrowed, tokens_of, word_count, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    IslandTest = Callable[[int, str, int], bool]

MarkOp = Literal["equal", "delete", "insert"]
Matches = list[tuple[int, int]]

# Steps of Myers' algorithm that a comparison may take: ordinary rewording needs a fraction of it.
_STEPS_PER_TOKEN = 2
_STEPS_AT_LEAST = 400
_STEPS_AT_MOST = 400_000
# A short word left standing between two larger changes is harder to read than one replacement.
_ISLAND_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an edited sentence that stayed, went or came."""

    op: MarkOp
    text: str


def word_marks(old: str, new: str) -> tuple[Mark, ...]:
    """Mark what differs between two sentences, word by word.

    The texts of `equal` and `delete` joined are `old`, those of `equal` and `insert` are `new`, both exactly.
    """
    return tuple(_readable(_runs(old, new)))


def replacements(old: str, new: str) -> list[tuple[str, str]]:
    """The smallest pairs of (words gone, words come) of an edit, either side possibly empty."""
    pairs: list[tuple[str, str]] = []
    for changed, group in groupby(_joined_blanks(_runs(old, new)), key=lambda mark: mark.op != "equal"):
        if changed:
            marks = list(group)
            gone = "".join(m.text for m in marks if m.op == "delete").strip()
            come = "".join(m.text for m in marks if m.op == "insert").strip()
            if words_of(gone) != words_of(come):
                pairs.append((gone, come))
    return pairs


def words_changed(old: str, new: str) -> tuple[int, int]:
    """How many words came and how many went in an edit."""
    gone, come = map(tokens_of, narrowed(old, new))
    # One canonical direction, as the marks have.
    a, b = (come, gone) if old > new else (gone, come)
    kept = sum(is_word(a[i]) for i, _ in _match(a, b))
    return sum(map(is_word, come)) - kept, sum(map(is_word, gone)) - kept


def words_exchanged(old: str, new: str) -> tuple[int, int]:
    """The same by counts of what white space divides: what is told of texts too long for `words_changed`."""
    a, b = Counter(old.split()), Counter(new.split())
    return (b - a).total(), (a - b).total()


def _runs(old: str, new: str) -> list[Mark]:
    """Alternating marks before they are made readable."""
    if old > new:
        # One canonical direction, so that going back reads as the exact mirror image.
        flipped: dict[MarkOp, MarkOp] = {"equal": "equal", "delete": "insert", "insert": "delete"}
        return _settled([Mark(flipped[m.op], m.text) for m in _runs(new, old)])
    head, a, b, tail = _parted(old, new)
    marks = [Mark("equal", head)] if head else []
    i = j = 0
    for x, y in [*_match(a, b), (len(a), len(b))]:
        if x > i:
            marks.append(Mark("delete", "".join(a[i:x])))
        if y > j:
            marks.append(Mark("insert", "".join(b[j:y])))
        if x < len(a):
            marks.append(Mark("equal", a[x]))
        i, j = x + 1, y + 1
    return _settled([*marks, Mark("equal", tail)])


def _parted(old: str, new: str) -> tuple[str, list[str], list[str], str]:
    """What two texts begin with, the tokens of what differs, and what they end with: no token reaches over a blank."""
    words = apart(old, new)
    gone, come = words.narrowed(0, 0)
    before = " ".join([*words.old[: words.head], ""])
    after = " ".join(["", *words.old[len(words.old) - words.tail :]])
    return before, tokens_of(gone), tokens_of(come), after


def _settled(marks: list[Mark]) -> list[Mark]:
    """Neighbours joined; in each change the words gone stand before the words come."""
    out: list[Mark] = []
    for changed, group in groupby(marks, key=lambda mark: mark.op != "equal"):
        run = list(group)
        ops: tuple[MarkOp, ...] = ("delete", "insert") if changed else ("equal",)
        for op in ops:
            text = "".join(m.text for m in run if m.op == op)
            if text:
                out.append(Mark(op, text))
    return out


def _joined_blanks(marks: list[Mark]) -> list[Mark]:
    """Join changes that only white space divides."""
    return _absorbed(marks, lambda _before, island, _after: island.isspace())


def _readable(marks: list[Mark]) -> list[Mark]:
    """Join changes that blanks or signs divide, then those that a lone short word divides."""

    def lone(before: int, island: str, after: int) -> bool:
        return word_count(island) <= 1 and len(island.strip()) <= _ISLAND_LETTERS and before >= 2 and after >= 2

    joined = _absorbed(marks, lambda _before, island, _after: word_count(island) == 0)
    return _absorbed(joined, lone)


def _absorbed(marks: list[Mark], too_small: IslandTest) -> list[Mark]:
    """Turn each equal stretch that is too small, and stands between two replacements, into part of the change."""
    out: list[Mark] = []
    for place, mark in enumerate(marks):
        inside = mark.op == "equal" and 0 < place < len(marks) - 1
        if inside and too_small(_changed_words(marks, place, -1), mark.text, _changed_words(marks, place, 1)):
            out += [Mark("delete", mark.text), Mark("insert", mark.text)]
        else:
            out.append(mark)
    return _settled(out)


def _changed_words(marks: list[Mark], place: int, step: int) -> int:
    """Words in the change next to `place`: of the larger of its two sides."""
    most = 0
    place += step
    while 0 <= place < len(marks) and marks[place].op != "equal":
        most = max(most, word_count(marks[place].text))
        place += step
    return most


def _match(a: list[str], b: list[str]) -> Matches:
    """Pairs of equal tokens, rising on both sides."""
    if len(a) == len(b) == 1:
        return [(0, 0)] if a == b else []
    found = _trimmed_myers(a, b, 0, 0)
    if found is not None:
        return found
    anchors = _anchors(a, b)
    if not anchors:
        return _ends(a, b, 0, 0)
    out: Matches = []
    i = j = 0
    for x, y in [*anchors, (len(a), len(b))]:
        part_a, part_b = a[i:x], b[j:y]
        out += _trimmed_myers(part_a, part_b, i, j) or _ends(part_a, part_b, i, j)
        if x < len(a):
            out.append((x, y))
        i, j = x + 1, y + 1
    return out


def _anchors(a: list[str], b: list[str]) -> Matches:
    """Tokens that occur exactly once on both sides, as many as rise together."""
    once_a, once_b = _once(a), _once(b)
    common = [(i, once_b[token]) for token, i in once_a.items() if token in once_b]
    return [common[k] for k in longest_increasing([j for _, j in common])]


def _once(tokens: list[str]) -> dict[str, int]:
    seen: dict[str, int] = {}
    for place, token in enumerate(tokens):
        seen[token] = -1 if token in seen else place
    return {token: place for token, place in seen.items() if place >= 0}


def _ends(a: list[str], b: list[str], i: int, j: int) -> Matches:
    """Only what is equal at both ends: the last resort."""
    head, tail = equal_ends(a, b)
    ends = [(i + len(a) - tail + k, j + len(b) - tail + k) for k in range(tail)]
    return [(i + k, j + k) for k in range(head)] + ends


def _trimmed_myers(a: list[str], b: list[str], i: int, j: int) -> Matches | None:
    """Matches of two token lists that begin at `i` and `j`; None where finding them takes too many steps."""
    steps = min(_STEPS_AT_LEAST + _STEPS_PER_TOKEN * (len(a) + len(b)), _STEPS_AT_MOST)
    head, tail = equal_ends(a, b)
    inner = _myers(a[head : len(a) - tail], b[head : len(b) - tail], steps)
    if inner is None:
        return None
    ends = _ends(a, b, i, j)
    return ends[:head] + [(x + i + head, y + j + head) for x, y in inner] + ends[head:]


def _myers(a: list[str], b: list[str], steps: int) -> Matches | None:
    """Myers' greedy algorithm; None once it has taken more than `steps`. The lists begin and end with other items.

    `reach[k + middle]` is how far along `a` the best path on diagonal k has come.
    """
    n, m = len(a), len(b)
    if not n or not m or n == m == 1:
        return []
    middle = min(n + m, isqrt(steps) + 1) + 1
    reach = [0] * (2 * middle + 1)
    trace: list[list[int]] = []
    for d in range(middle):
        trace.append(reach[middle - d - 1 : middle + d + 2])
        for k in range(-d, d + 1, 2):
            at = middle + k
            down = k == -d or (k != d and reach[at - 1] < reach[at + 1])
            x = start = reach[at + 1] if down else reach[at - 1] + 1
            while x < n and x - k < m and a[x] == b[x - k]:
                x += 1
            steps -= 1 + x - start
            reach[at] = x
            if x >= n and x - k >= m:
                return _walk_back(trace, n, m)
        steps -= d
        if steps < 0:
            return None
    return None


def _walk_back(trace: list[list[int]], x: int, y: int) -> Matches:
    """The matches on the path that Myers' algorithm found."""
    out: Matches = []
    for d in range(len(trace) - 1, -1, -1):
        reach = trace[d]
        k = x - y
        at = k + d + 1
        down = k == -d or (k != d and reach[at - 1] < reach[at + 1])
        px = reach[at + 1 if down else at - 1]
        py = px - (k + 1 if down else k - 1)
        while x > max(px, 0) and y > max(py, 0):
            x, y = x - 1, y - 1
            out.append((x, y))
        x, y = px, py
    out.reverse()
    return out
