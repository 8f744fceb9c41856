"""Words as the comparison sees them, and the lossless tokens that word marks are made of."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# Scripts written without spaces: each character counts as a word, or one edited character would
# make a whole paragraph look rewritten (Thai, Lao, Myanmar, Khmer, kana, Han).
_NO_SPACES = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
# Vowel signs and other marks are no `\w` in Python although they make words: without them a changed
# Hindi vowel would pass for punctuation.
_MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
)

_WORD = rf"[\w{_MARKS}]+(?:['’][\w{_MARKS}]+)*"
_SPACELESS_WORD = rf"[{_NO_SPACES}]|(?:[^\W{_NO_SPACES}]|[{_MARKS}])+(?:['’](?:[^\W{_NO_SPACES}]|[{_MARKS}])+)*"
_NUMBER = rf"\d+(?:[.,:]\d+)*(?![\w{_MARKS}])"
# Signs that change what a number says. `<` and its like only before a digit: elsewhere they are arrows of decoration.
_SIGN = r"[$€£¥₹%‰°±]|(?<![\w)\]])-(?=\d)|[<>≤≥=+](?=\s?\d)"

_HAS_NO_SPACES = re.compile(rf"[{_NO_SPACES}]")
_COMPARED = re.compile(rf"{_NUMBER}|{_WORD}|{_SIGN}")
_COMPARED_SPACELESS = re.compile(rf"{_NUMBER}|{_SPACELESS_WORD}|{_SIGN}")
# The words among the tokens of an ASCII text.
_ASCII_WORD = re.compile(r"\d+(?:[.,:]\d+)*(?!\w)|\w+(?:'\w+)*")
_TOKEN = re.compile(rf"\s+|{_NUMBER}|{_WORD}|.", re.DOTALL)
_TOKEN_SPACELESS = re.compile(rf"\s+|{_NUMBER}|{_SPACELESS_WORD}|.", re.DOTALL)
# One number however its thousands are divided: "36,982.92", "36 982,92" and "36.982,92". A lone point before three
# digits stays what it is, a decimal in English.
_GROUPED = re.compile(
    r"\d(?<![\d.,]\d)\d{0,2}(?:(?:,\d{3})+(?:\.\d+)?|(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"
    r"|(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})(?!\d)"
)
_DIVIDED = re.compile(r"\d[.,\s]\d{3}")
_DIVIDER = re.compile(r"[.,\s]")

_SENTENCE = 2000
# After so many equal items and one more, whole slices are compared.
_STRIDE = 63

# Typographic variants of one sign, and characters that nobody sees.
_SAME_SIGN = (
    *(("’", "'"), ("‘", "'"), ("ʼ", "'"), ("−", "-"), ("–", "-"), ("‑", "-")),
    *(("\u00ad", ""), ("\u200b", ""), ("\u2060", ""), ("\ufeff", "")),
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: case folded, one form of apostrophe, "1,000" as "1000".

    Currency, per cent and minus signs count as words, since they change what a number says. All other punctuation
    and all white space is left out: two texts with the same list differ in style alone.
    """
    # The pairing of sentences, each rule and the key of an edit ask for the words of the same few sentences, 1 KB each
    # as a rule; a whole page is asked for once and need not be kept.
    return _words_of_sentence(text) if len(text) <= _SENTENCE else _read_words(text)


@lru_cache(maxsize=512)
def _words_of_sentence(text: str) -> tuple[str, ...]:
    return _read_words(text)


def _read_words(text: str) -> tuple[str, ...]:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        # Ten searches in C: one table of all of them costs ten times as much.
        for sign, same in _SAME_SIGN:
            text = text.replace(sign, same)
    text = text.casefold()
    if _DIVIDED.search(text):
        text = _GROUPED.sub(_undivided, text)
    pattern = _COMPARED_SPACELESS if not text.isascii() and _HAS_NO_SPACES.search(text) else _COMPARED
    return tuple(pattern.findall(text))


def _undivided(found: re.Match[str]) -> str:
    """The digits together, a point before decimals: these have another sign before them than the thousands."""
    *groups, last = _DIVIDER.split(found[0])
    decimals = len(last) != 3 or found[0][-4] != found[0][len(groups[0])]
    return f"{''.join(groups)}.{last}" if decimals else "".join([*groups, last])


@lru_cache(maxsize=1024)
def masked(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same words with every number as `#`: what two rows of a table share when only their figures changed.

    Empty where there is no number.
    """
    found = tuple(["#" if word[0].isdigit() else word for word in words])
    return found if "#" in found else ()


class Apart(NamedTuple):
    """Two texts as words that blanks divide: so many are equal at the start of both, so many at the end of the rest.

    At least one word of either text counts as neither.
    """

    old: list[str]
    new: list[str]
    head: int
    tail: int

    def narrowed(self, before: int, behind: int) -> tuple[str, str]:
        """What differs, from the first word to the last, with up to so many equal words before it and behind it."""
        begin, end = max(0, self.head - before), max(0, self.tail - behind)
        return " ".join(self.old[begin : len(self.old) - end]), " ".join(self.new[begin : len(self.new) - end])


def apart(old: str, new: str) -> Apart:
    """Two texts divided into words, and how far those are equal from both ends."""
    # Asked for by several rules, as the words of a sentence are.
    return _apart_sentences(old, new) if len(old) + len(new) <= 2 * _SENTENCE else _apart(old, new)


@lru_cache(maxsize=16)
def _apart_sentences(old: str, new: str) -> Apart:
    return _apart(old, new)


def _apart(old: str, new: str) -> Apart:
    a, b = old.split(" "), new.split(" ")
    return Apart(a, b, *equal_ends(a, b, leave=1))


def narrowed(old: str, new: str, beside: int = 0) -> tuple[str, str]:
    """What differs between two texts, from the first word to the last, with up to `beside` equal words on each side.

    Words are what blanks divide. At least one is left of either text, so that what is equal in the narrowed texts is
    what is equal in the whole ones.
    """
    return apart(old, new).narrowed(beside, beside)


def equal_ends(a: list[str], b: list[str], *, leave: int = 0) -> tuple[int, int]:
    """How many items are equal at the start, and at the end of the rest, when `leave` of either list are left alone."""
    shorter = min(len(a), len(b)) - leave
    head = 0
    while head < shorter and a[head] == b[head]:
        head += 1
        if head & _STRIDE == 0:
            head = _leapt(head, shorter, lambda start, stop: a[start:stop] == b[start:stop])
    tail = 0
    shorter -= head
    while tail < shorter and a[-1 - tail] == b[-1 - tail]:
        tail += 1
        if tail & _STRIDE == 0:
            tail = _leapt(tail, shorter, lambda start, stop: a[-stop:-start] == b[-stop:-start])
    return head, tail


def _leapt(place: int, end: int, equal: Callable[[int, int], bool]) -> int:
    """How far a long equal stretch certainly reaches, told by slices of doubling length."""
    length = _STRIDE + 1
    while place + length <= end and equal(place, place + length):
        place += length
        length *= 2
    return place


def is_spaceless(text: str) -> bool:
    """Whether the text holds a script that is written without spaces between words (Chinese, Japanese, Thai, …)."""
    return not text.isascii() and _HAS_NO_SPACES.search(text) is not None


def tokens_of(text: str) -> list[str]:
    """Runs of white space, words, numbers and single signs; joined, they are the text again."""
    pattern = _TOKEN_SPACELESS if not text.isascii() and _HAS_NO_SPACES.search(text) else _TOKEN
    return pattern.findall(text)


def is_word(token: str) -> bool:
    """Whether a token is a word or a number, no sign and no blank."""
    return token[0].isalnum() or token[0] == "_"


def has_words(text: str) -> bool:
    """Whether a text has any word or number."""
    return not text.isspace() and word_count(text) > 0


def word_count(text: str) -> int:
    """How many words a text has, signs not counted."""
    return len(_ASCII_WORD.findall(text)) if text.isascii() else sum(map(is_word, tokens_of(text)))


def rough_count(texts: list[str]) -> int:
    """How many words texts have together, counted by their blanks; by token in scripts that have none."""
    together = "\n".join(texts)
    spaceless = [] if together.isascii() else list(filter(is_spaceless, texts))
    if spaceless:
        texts = [text for text in texts if not is_spaceless(text)]
        together = "\n".join(texts)
    return together.count(" ") + len(texts) + word_count("\n".join(spaceless))
