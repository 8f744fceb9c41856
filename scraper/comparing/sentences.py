"""A passage split into sentences, by rules that are the same for both sides of a comparison.

It matters less that a rare abbreviation is read rightly than that equal text is always split alike: where an edit
does move a boundary, the alignment joins the halves again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from scraper.comparing.vocabulary import ABBREVIATIONS, MONTHS, OPENERS

# Begun at the first stop of a row only: a passage of nothing but stops would be read once for each of them. The look
# back stands behind the first stop, for a pattern that begins with a set of signs is looked for three times as fast.
_BOUNDARY = re.compile(r"([.!?…](?<![.!?…]{2})[.!?…]*)([\"'”’»›)\]]*) (?=([\"'“‘«‹„(\[¿¡]*)(\S))")
_STOP = re.compile("[.!?…]")
_UP_TO_LAST_WORD = re.compile(r".*[\s\"'“‘«‹„(\[]", re.DOTALL)
_NEXT_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTE_MARK = re.compile('["“”„«»]')
# A German „ is closed by “, which opens in English.
_CLOSED_BY = {'"': '"', "“": "”", "„": "“”", "«": "»"}
# So many stops, so near to each other on average (in characters), are no prose but an attack or a dump: kept in one
# piece.
_MANY, _SHORT = 2000, 20


def split_sentences(passage: str) -> list[str]:
    """Split a passage into its sentences; `" ".join` of them is the passage again. An empty passage has none."""
    if not passage:
        return []
    sentences: list[str] = []
    start = 0
    for count, found in enumerate(_BOUNDARY.finditer(passage), 2):
        # Known before the end of the passage: there will not be fewer of them.
        if count > _MANY and len(passage) < _SHORT * count:
            return [passage]
        stop, end = found.span()
        stops, closing, opening, first = found.groups()
        if first.islower() or first in ".!?…" or stop == start:
            continue
        if stops != "." or closing or _ends_at(passage, start, stop, end + len(opening)):
            sentences.append(passage[start : end - 1])
            start = end
    if not sentences:
        return [passage]
    sentences.append(passage[start:])
    return sentences if all(sentences) else [passage]


def may_have_sentences(text: str) -> bool:
    """False where no sentence can end within the text: what costs least to know."""
    return _STOP.search(text) is not None


def open_mark(passage: str, place: int) -> str:
    """The quotation mark that is still open at `place` in `passage`; empty where none is.

    A straight mark opens and closes by turns; a curly one is closed by its own partner. What was opened and never
    closed long before (a typing error) is taken for open, as a reader takes it.
    """
    places, states = _open_marks(passage)
    before = bisect_left(places, place)
    return states[before - 1] if before else ""


@lru_cache(maxsize=16)
def _open_marks(passage: str) -> tuple[list[int], list[str]]:
    """Where in a passage a quotation mark changes what is open, and what is open from there on."""
    places: list[int] = []
    states: list[str] = []
    state = ""
    for found in _QUOTE_MARK.finditer(passage):
        mark = found[0]
        if not state and mark in _CLOSED_BY:
            state = mark
        elif state and mark in _CLOSED_BY[state]:
            state = ""
        places.append(found.start())
        states.append(state)
    return places, states


def _ends_at(passage: str, start: int, stop: int, following: int) -> bool:
    """Does the sentence that began at `start` end at the full stop at `stop`? The next word begins at `following`."""
    # A last word is never long; a bounded look back keeps a hostile passage linear.
    last = passage[max(start, stop - 40) : stop].rpartition(" ")[2]
    if not last.isalpha():
        if before := _UP_TO_LAST_WORD.match(last):
            last = last[before.end() :]
        if last.isdigit() and len(last) <= 2:
            # "1. Introduction" opens a numbered item, "3. März" is a date.
            return stop - len(last) != start and _word_at(passage, following) not in MONTHS
    if "." in last or (len(last) == 1 and last.isupper()):
        word = _word_at(passage, following)
        return word in OPENERS and not (len(last) == len(word) == 1)
    return last.casefold() not in ABBREVIATIONS


def _word_at(passage: str, place: int) -> str:
    """The word that begins at `place`, case folded."""
    word = _NEXT_WORD.match(passage, place)
    return word[0].casefold() if word else ""
