"""Words as the comparison sees them, and the lossless tokens that word marks are made of."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
_TOKEN = re.compile(rf"\s+|{_NUMBER}|{_WORD}|.", re.DOTALL)
_TOKEN_SPACELESS = re.compile(rf"\s+|{_NUMBER}|{_SPACELESS_WORD}|.", re.DOTALL)
# One number however its thousands are divided: "36,982.92", "36 982,92" and "36.982,92". A lone point before three
# digits stays what it is, a decimal in English.
_GROUPED = re.compile(
    r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"
    r"|(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})(?!\d)"
)
_DIVIDED = re.compile(r"\d[.,\s]\d{3}")

_SENTENCE = 2000

# Typographic variants of one sign, and characters that nobody sees.
_SAME_SIGN = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "−": "-", "–": "-", "‑": "-"} | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: case folded, one form of apostrophe, "1,000" as "1000".

    Currency, per cent and minus signs count as words, since they change what a number says. All other punctuation
    and all white space is left out: two texts with the same list differ in style alone.
    """
    # Each rule asks for the words of the same two sentences; a whole page is asked for once and need not be kept.
    return _words_of_sentence(text) if len(text) <= _SENTENCE else _read_words(text)


@lru_cache(maxsize=64)
def _words_of_sentence(text: str) -> tuple[str, ...]:
    return _read_words(text)


def _read_words(text: str) -> tuple[str, ...]:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_SAME_SIGN)
    text = text.casefold()
    if _DIVIDED.search(text):
        text = _GROUPED.sub(_undivided, text)
    pattern = _COMPARED_SPACELESS if not text.isascii() and _HAS_NO_SPACES.search(text) else _COMPARED
    return tuple(pattern.findall(text))


def _undivided(found: re.Match[str]) -> str:
    """The digits together, a point before decimals: these have another sign before them than the thousands."""
    *groups, last = re.split(r"[.,\s]", found[0])
    decimals = len(last) != 3 or found[0][-4] != found[0][len(groups[0])]
    return f"{''.join(groups)}.{last}" if decimals else "".join([*groups, last])


def masked(words: tuple[str, ...]) -> list[str]:
    """The same words with every number as `#`: what two rows of a table share when only their figures changed."""
    return ["#" if word[0].isdigit() else word for word in words]


def is_spaceless(text: str) -> bool:
    """Whether the text holds a script that is written without spaces between words (Chinese, Japanese, Thai, …)."""
    return not text.isascii() and _HAS_NO_SPACES.search(text) is not None


def tokens_of(text: str) -> list[str]:
    """Runs of white space, words, numbers and single signs; joined, they are the text again."""
    pattern = _TOKEN_SPACELESS if not text.isascii() and _HAS_NO_SPACES.search(text) else _TOKEN
    return pattern.findall(text)


def word_count(text: str) -> int:
    """How many words a text has, signs not counted."""
    return sum(1 for token in tokens_of(text) if token[0].isalnum() or token[0] == "_")
