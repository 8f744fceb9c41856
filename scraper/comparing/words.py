"""Word-level marks inside one edited sentence.

The shortest edit script of Myers (An O(ND) Difference Algorithm, 1986) over words and signs. Its work is counted and
capped by the length of the input, never by time, so that the result is the same on every machine; beyond the cap the
words that occur once on both sides serve as anchors.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt
from typing import Literal, NamedTuple

from scraper.comparing.order import longest_increasing
from scraper.comparing.tokens import apart, equal_ends, has_words, is_word, tokens_of, word_count, words_of

MarkOp = Literal["equal", "delete", "insert"]
Matches = list[tuple[int, int]]
Stretches = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]
"""What was kept and what changed, as in `Exchange`."""

# Steps of Myers' algorithm that a comparison may take: ordinary rewording needs a fraction of it.
_STEPS_PER_TOKEN = 2
_STEPS_AT_LEAST = 400
_STEPS_AT_MOST = 400_000
# A short word left standing between two larger changes is harder to read than one replacement.
_ISLAND_LETTERS = 3
# A change of so many words is a larger one.
_LARGER = 2
# What was exchanged is remembered for as many edits as nearly every page has, of so many characters at most: 1 MB for
# ordinary sentences, 8 MB at most.
_PAGE, _SENTENCES = 1024, 4000


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an edited sentence that stayed, went or came."""

    op: MarkOp
    text: str


class Exchange(NamedTuple):
    """What differs between two sentences, before it is made readable.

    `changes` are pairs of (text gone, text come), either possibly empty; `kept` is what stands before, between and
    behind them: one more, and only the first and the last may be empty. `came` and `went` count the words.
    """

    kept: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    came: int
    went: int

    def mirrored(self) -> Exchange:
        """The same seen from the other side."""
        return Exchange(self.kept, tuple([(come, gone) for gone, come in self.changes]), self.went, self.came)


def word_marks(old: str, new: str) -> tuple[Mark, ...]:
    """Mark what differs between two sentences, word by word.

    The texts of `equal` and `delete` joined are `old`, those of `equal` and `insert` are `new`, both exactly.
    """
    kept, changes = _readable(exchange(old, new))
    marks: list[Mark] = []
    for equal, (gone, come) in zip(kept, (*changes, ("", "")), strict=True):
        if equal:
            marks.append(Mark("equal", equal))
        if gone:
            marks.append(Mark("delete", gone))
        if come:
            marks.append(Mark("insert", come))
    return tuple(marks)


def replacements(old: str, new: str) -> list[tuple[str, str]]:
    """The smallest pairs of (words gone, words come) of an edit, either side possibly empty."""
    found = exchange(old, new)
    # Changes that only white space divides are one.
    _, changes = _absorbed(found, [equal.isspace() for equal in found.kept[1:-1]])
    stripped = [(gone.strip(), come.strip()) for gone, come in changes]
    return [(gone, come) for gone, come in stripped if words_of(gone) != words_of(come)]


def words_changed(old: str, new: str) -> tuple[int, int]:
    """How many words came and how many went in an edit."""
    found = exchange(old, new)
    return found.came, found.went


def words_exchanged(old: str, new: str) -> tuple[int, int]:
    """The same by counts of what white space divides: what is told of texts too long for `words_changed`."""
    a, b = Counter(old.split()), Counter(new.split())
    return (b - a).total(), (a - b).total()


def exchange(old: str, new: str) -> Exchange:
    """What was exchanged between two sentences, word by word."""
    # Asked for by the tally, by the text of the difference and by the key of an edit, each over a whole page.
    return _exchange_of_sentences(old, new) if len(old) + len(new) <= _SENTENCES else _exchange(old, new)


@lru_cache(maxsize=_PAGE)
def _exchange_of_sentences(old: str, new: str) -> Exchange:
    return _exchange(old, new)


def _exchange(old: str, new: str) -> Exchange:
    # One canonical direction, so that going back reads as the exact mirror image.
    if old > new:
        return _exchange(new, old).mirrored()
    before, a, b, behind = _parted(old, new)
    matches = _match(a, b)
    kept: list[str] = []
    changes: list[tuple[str, str]] = []
    start = i = j = came = went = 0
    for x, y in (*matches, (len(a), len(b))):
        if x > i or y > j:
            gone, come = a[i:x], b[j:y]
            kept.append("".join(a[start:i]))
            changes.append(("".join(gone), "".join(come)))
            went += sum(map(is_word, gone))
            came += sum(map(is_word, come))
            start = x
        i, j = x + 1, y + 1
    kept.append("".join(a[start:]))
    kept[0] = before + kept[0]
    kept[-1] += behind
    return Exchange(tuple(kept), tuple(changes), came, went)


def _parted(old: str, new: str) -> tuple[str, list[str], list[str], str]:
    """What two texts begin with, the tokens of what differs, and what they end with: no token reaches over a blank."""
    words = apart(old, new)
    gone, come = words.narrowed(0, 0)
    behind = len(words.old) - words.tail
    before = " ".join([*words.old[: words.head], ""])
    return before, tokens_of(gone), tokens_of(come), " ".join(["", *words.old[behind:]])


def _readable(found: Exchange) -> Stretches:
    """Join changes that blanks or signs divide, then those that a lone short word divides."""
    joined = _absorbed(found, [not has_words(equal) for equal in found.kept[1:-1]])
    return _absorbed(joined, _lone_words(*joined))


def _lone_words(kept: tuple[str, ...], changes: tuple[tuple[str, str], ...]) -> list[bool]:
    """Of what stands between two changes, which is a short word alone between two larger ones."""
    short = [len(equal.strip()) <= _ISLAND_LETTERS and word_count(equal) <= 1 for equal in kept[1:-1]]
    if True not in short:
        return short
    large = [max(map(word_count, change)) >= _LARGER for change in changes]
    return [all(told) for told in zip(short, large, large[1:], strict=False)]


def _absorbed(found: Exchange | Stretches, too_small: list[bool]) -> Stretches:
    """What was kept and what changed, when some of what stands between two changes becomes part of both."""
    kept, changes = found[0], found[1]
    if True not in too_small:
        return kept, changes
    left, joined = [kept[0]], [changes[0]]
    for equal, small, (gone, come) in zip(kept[1:-1], too_small, changes[1:], strict=True):
        if small:
            joined[-1] = joined[-1][0] + equal + gone, joined[-1][1] + equal + come
        else:
            left.append(equal)
            joined.append((gone, come))
    return (*left, kept[-1]), tuple(joined)


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
            x, below = reach[at - 1] + 1, reach[at + 1]
            if k == -d or (k != d and x <= below):
                x = below
            y, start = x - k, x
            while x < n and y < m and a[x] == b[y]:
                x += 1
                y += 1
            steps -= 1 + x - start
            reach[at] = x
            if x >= n and y >= m:
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
