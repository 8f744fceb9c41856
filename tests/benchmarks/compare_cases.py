"""Pairs of texts that a comparison is measured on: prose with edits, and texts made to stop a comparison.

All are made here, from a seed, the same on every machine. A text is a list of lines, a passage each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000
_SYLLABLES = [
    "ba", "co", "di", "fu", "ge", "hal", "ir", "jo", "kel", "lun", "mar", "ne", "os", "par", "qui", "ro", "sen", "ta",
    "ul", "ver", "wi", "xa", "yor", "zel",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of texts. `is_prose`: one of those that show how the cost grows with length."""

    name: str
    make: Callable[[], tuple[list[str], list[str]]]
    is_prose: bool = False


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """The words, and how often each and all before it occur."""
    names = random.Random(1)
    made = {"".join(names.choices(_SYLLABLES, k=1 + n % 4)) for n in range(9_000)}
    words = sorted(made, key=lambda word: (len(word), word))
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


class Prose:
    """Sentences of made-up words, a few of them frequent and most of them rare, as in any language (Zipf)."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._words, self._weights = _vocabulary()

    def word(self) -> str:
        """One word."""
        return self._random.choices(self._words, cum_weights=self._weights)[0]

    def sentence(self) -> str:
        """A sentence of 6 to 26 words, now and then with a name, a figure or a quotation."""
        words = self._random.choices(self._words, cum_weights=self._weights, k=self._random.randint(6, 26))
        words[0] = words[0].capitalize()
        extra = self._random.random()
        if extra < 0.15:
            words[3] = words[3].capitalize()
        elif extra < 0.25:
            words[4] = f"{self._random.randint(2, 99_000):,}"
        elif extra < 0.3:
            words[2], words[-1] = f"“{words[2]}", f"{words[-1]}”"
        return " ".join(words) + "."

    def paragraph(self) -> list[str]:
        """One to five sentences."""
        return [self.sentence() for _ in range(self._random.randint(1, 5))]

    def paragraphs(self, size: int) -> list[list[str]]:
        """Paragraphs of about `size` characters in all."""
        made: list[list[str]] = []
        while size > 0:
            made.append(self.paragraph())
            size -= sum(len(sentence) + 1 for sentence in made[-1])
        return made

    def edited(self, sentence: str) -> list[str]:
        """The sentence with another word in it; one time in ten without the sentence, or with one more behind it."""
        chance = self._random.random()
        if chance < 0.05:
            return []
        if chance < 0.1:
            return [sentence, self.sentence()]
        words = sentence.split(" ")
        words[self._random.randrange(1, len(words) - 1)] = self.word()
        return [" ".join(words)]


def _joined(paragraphs: list[list[str]]) -> list[str]:
    return [" ".join(sentences) for sentences in paragraphs if sentences]


def prose(size: int, share: float = 0.1) -> tuple[list[str], list[str]]:
    """Paragraphs, and the same with a share of their sentences edited."""
    makes, chooses = Prose(size), random.Random(size + 1)
    old = makes.paragraphs(size)
    new = [[e for s in p for e in (makes.edited(s) if chooses.random() < share else [s])] for p in old]
    return _joined(old), _joined(new)


def _different(size: int) -> tuple[list[str], list[str]]:
    return _joined(Prose(11).paragraphs(size)), _joined(Prose(12).paragraphs(size))


def _one_line(size: int, share: float) -> tuple[list[str], list[str]]:
    """One line; the other has a share of its words changed."""
    makes, chooses = Prose(5), random.Random(6)
    words = " ".join(_joined(makes.paragraphs(size))).split(" ")
    return [" ".join(words)], [" ".join(f"{makes.word()}x" if chooses.random() < share else w for w in words)]


def _numbered(count: int, form: str) -> list[str]:
    return [form.format(n) for n in range(count)]


def _shuffled(lines: list[str]) -> list[str]:
    return random.Random(7).sample(lines, len(lines))


def _of_two(seed: int) -> list[str]:
    return random.Random(seed).choices(["a", "b"], k=100_000)


def _one_word() -> tuple[list[str], list[str]]:
    words = ["word"] * 1_000_000
    return [" ".join(words)], [" ".join([*words[:500_000], "other", *words[500_000:]])]


def _endless(seed: int) -> list[str]:
    """One passage of 5 MB without the end of a sentence."""
    makes = Prose(seed)
    return [" ".join(makes.word() for _ in range(800_000))[: 5 * MEGABYTE]]


def _alike(count: int, seed: int) -> list[str]:
    """Passages of the same words but for one, and that one shared by a few."""
    chooses = random.Random(seed)
    return [
        f"The keeper of lock {chooses.randrange(count)} wrote in the book that the water stood high at the gate of the "
        "old canal all day."
        for _ in range(count)
    ]


def _merged(size: int) -> tuple[list[str], list[str]]:
    """Sentences of a paragraph run together by semicolons, seven at a time, with a word exchanged in each."""
    makes = Prose(21)
    old = [[makes.sentence() for _ in range(7)] for _ in range(size // 700)]
    new = [["; ".join(f"{s[:-1].lower()} {makes.word()}" for s in p) + "."] for p in old]
    return _joined(old), _joined(new)


def _woven() -> tuple[list[str], list[str]]:
    """Every other line stayed."""
    old, new = ([line for n in range(300_000) for line in (f"k{n}", f"{side}{n}")] for side in "ab")
    return old, new


def _mixed() -> tuple[list[str], list[str]]:
    """Paragraphs in another order, a tenth of the sentences edited, a tenth gone, a tenth new."""
    old, new = prose(5 * MEGABYTE, 0.1)
    chooses = random.Random(8)
    kept = [line for line in new if chooses.random() < 0.9]
    return old, _shuffled(kept + _joined(Prose(33).paragraphs(MEGABYTE // 2)))


def _dotted(letter: str) -> list[str]:
    """5 MB of sentences of one letter."""
    return [f"{letter}. " * (5 * MEGABYTE // 3)]


def cases() -> Iterator[Case]:
    """All pairs: prose first."""
    for size, name in ((10_000, "10 KB"), (100_000, "100 KB"), (MEGABYTE, "1 MB"), (5 * MEGABYTE, "5 MB")):
        yield Case(f"prose {name}, 10 % edited", lambda size=size: prose(size), is_prose=True)  # type: ignore[misc]
    five = 5 * MEGABYTE
    yield from (
        Case("100,000 equal lines, one fewer", lambda: (["same"] * 100_000, ["same"] * 99_999)),
        Case("two different texts, 1 MB", lambda: _different(MEGABYTE)),
        Case("two different texts, 5 MB", lambda: _different(five)),
        Case("one line of 1 MB, 10 % of words", lambda: _one_line(MEGABYTE, 0.1)),
        Case("one line of 1 MB, all other", lambda: (_one_line(MEGABYTE, 0)[0], [" ".join(_different(MEGABYTE)[1])])),
        Case("100,000 lines reversed", lambda: _both(_numbered(100_000, "line {}"), lambda old: old[::-1])),
        Case("5 MB of paragraphs reversed", lambda: _both(_joined(Prose(3).paragraphs(five)), lambda old: old[::-1])),
        Case("lines of two values, shuffled", lambda: (_of_two(1), _of_two(2))),
        Case("400,000 tiny lines, all other", lambda: (_numbered(400_000, "a{}"), _numbered(400_000, "b{}"))),
        Case("400,000 tiny lines reversed", lambda: _both(_numbered(400_000, "a{}"), lambda old: old[::-1])),
        Case("400,000 tiny lines shuffled", lambda: _both(_numbered(400_000, "a{}"), _shuffled)),
        Case("600,000 tiny lines, every other", _woven),
        Case("a word 1,000,000 times, one more", _one_word),
        Case("5 MB without a full stop", lambda: (_endless(1), _endless(2))),
        Case("5 MB of one-letter sentences", lambda: (_dotted("A"), _dotted("B"))),
        # No page of 5 MB has more: `<p>a`.
        Case("1,250,000 one-letter lines", lambda: (["a", "b"] * (five // 8), ["b", "c"] * (five // 8))),
        Case("5 MB of full stops", lambda: (["." * five], ["." * (five - 1) + "!"])),
        Case("5 MB of quotation marks", lambda: (['"' * five], ["“" * five])),
        Case("5 MB of digits and commas", lambda: (["1,234" * (five // 5)], ["1.234" * (five // 5)])),
        Case("5 MB of sentences of three words", lambda: (_sentences(1, five), _sentences(2, five))),
        Case("5 MB of prose shuffled and edited", _mixed),
        Case("1 MB of passages all alike", lambda: (_alike(9_000, 1), _alike(9_000, 2))),
        Case("5 MB of passages all alike", lambda: (_alike(45_000, 1), _alike(45_000, 2))),
        Case("1 MB of sentences merged", lambda: _merged(MEGABYTE)),
        Case("1 MB of sentences split", lambda: _merged(MEGABYTE)[::-1]),
        Case("5 MB of sentences merged", lambda: _merged(five)),
    )


def _sentences(seed: int, size: int) -> list[str]:
    """One passage of short sentences."""
    makes = Prose(seed)
    return [" ".join(f"{makes.word()} {makes.word()} {makes.word()}.".capitalize() for _ in range(size // 20))]


def _both(old: list[str], turn: Callable[[list[str]], list[str]]) -> tuple[list[str], list[str]]:
    return old, turn(old)
