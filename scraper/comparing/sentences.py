"""A passage split into sentences, by rules that are the same for both sides of a comparison.

It matters less that a rare abbreviation is read rightly than that equal text is always split alike: where an edit
does move a boundary, the alignment joins the halves again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from scraper.comparing.vocabulary import ABBREVIATIONS, MONTHS, OPENERS

# Begun at the first stop of a row only: a passage of nothing but stops would be read once for each of them.
_BOUNDARY = re.compile(r"(?<![.!?…])([.!?…]+)([\"'”’»›)\]]*) (?=([\"'“‘«‹„(\[¿¡]*)(\S))")
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
    if not may_have_sentences(passage):
        return [passage]
    sentences: list[str] = []
    start = 0
    for count, found in enumerate(_BOUNDARY.finditer(passage), 2):
        # Known before the end of the passage: there will not be fewer of them.
        if count > _MANY and len(passage) < _SHORT * count:
            return [passage]
        if _ends_here(passage, start, found):
            sentences.append(passage[start : found.end() - 1])
            start = found.end()
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


def _ends_here(passage: str, start: int, found: re.Match[str]) -> bool:
    """Does the sentence that began at `start` end at this stop?"""
    first = found[4]
    if first.islower() or first in ".!?…" or found.start() == start:
        return False
    if found[1] != "." or found[2]:
        return True
    # A last word is never long; a bounded look back keeps a hostile passage linear.
    at = max(start, found.start() - 40)
    last = passage[at : found.start()].rpartition(" ")[2]
    if not last.isalpha() and (before := _UP_TO_LAST_WORD.match(last)):
        last = last[before.end() :]
    if last.isdigit() and len(last) <= 2:
        # "1. Introduction" opens a numbered item, "3. März" is a date.
        return found.start() - len(last) != start and _following(passage, found) not in MONTHS
    if "." in last or (len(last) == 1 and last.isupper()):
        following = _following(passage, found)
        return following in OPENERS and not (len(last) == len(following) == 1)
    return last.casefold() not in ABBREVIATIONS


def _following(passage: str, stop: re.Match[str]) -> str:
    """The word after a stop, case folded."""
    opening = _NEXT_WORD.match(passage, stop.end() + len(stop[3]))
    return opening[0].casefold() if opening else ""
