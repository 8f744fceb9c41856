"""Did an edit change the name of someone or something?

A capital in the middle of a sentence makes a name, except where capitals say nothing (titles in title case, German
prose). Two more things do: a word beside "Department" or "Ministry" is part of its name whatever the case, and what a
named person is (deputy, assistant, secretary) tells one person from another.
"""

from __future__ import annotations

import re

from scraper.comparing.tokens import narrowed, words_of
from scraper.comparing.vocabulary import GERMAN, MONTHS, NUMBER_WORDS, ORGANISATIONS, ROLES, WEEKDAYS

_CAPITALISED = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_ORGANISATION_FORMS = ORGANISATIONS | {f"{word}'s" for word in ORGANISATIONS}
_NO_NAMES = MONTHS | WEEKDAYS | NUMBER_WORDS | {"i"}
# What stands before the first word of a sentence; an abbreviation ("Gen.") or an initial begins none.
_BEGINS = re.compile(r"(?:[a-zß-ÿ]{4}[.!?][\"'”’]? |[“„«\"])$")
# Between an organisation and what it is of: "Department of the Interior".
_OF = frozenset({"of", "for", "the", "and", "de", "la", "des", "du", "del", "für", "der"})
# So many words between the two at most.
_REACH = 3
# The share of long words with a capital from which on a capital says nothing.
_TITLE_CASE, _TITLE_CASE_PROSE = 0.5, 0.6
_LONG_WORD = 3
# Fewer long words than this show no style: a sentence of two names would be title case.
_ENOUGH_WORDS = 5
_GERMAN_WORDS = 2


def is_renamed(old: str, new: str, *, in_heading: bool) -> bool:
    """Whether two wordings of a sentence differ in a name, the name of an organisation, or what a person is called."""
    # Further away than this nothing that differs has a part in a name.
    narrow = narrowed(old, new, _REACH + 1)
    if _roles(narrow[0]) != _roles(narrow[1]) and _names(old) and _names(new):
        return True
    if all(text == text.lower() for text in narrow):
        return False
    near_one = any(not _ORGANISATION_FORMS.isdisjoint(words_of(text)) for text in narrow)
    if near_one and _organisations(old) != _organisations(new):
        return True
    return _names(old) != _names(new) and not any(_says_nothing(text, in_heading=in_heading) for text in (old, new))


def _names(text: str) -> list[str]:
    """Capitalised words, but for the first of a sentence or quotation, dates and numbers in words."""
    found = list(_CAPITALISED.finditer(text))[1:]
    names = (m[0] for m in found if m[0][0].isupper() and not _BEGINS.search(text, max(0, m.start() - 8), m.start()))
    return sorted(name for name in map(str.casefold, names) if name not in _NO_NAMES)


def _roles(text: str) -> list[str]:
    return sorted(word for word in words_of(text) if word in ROLES)


def _organisations(text: str) -> list[str]:
    """The capitalised words that stand beside an organisation: "Department of [Defense]", "[Defense] Department"."""
    words = _CAPITALISED.findall(text)
    folded = [word.casefold().removesuffix("'s").removesuffix("’s") for word in words]
    found: list[str] = []
    for place, word in enumerate(folded):
        if word not in ORGANISATIONS or not words[place][0].isupper():
            continue
        if place and words[place - 1][0].isupper() and folded[place - 1] not in _OF and place > 1:
            found.append(folded[place - 1])
        for step in range(1, _REACH + 1):
            after = place + step
            if after >= len(words) or (step == 1 and folded[after] not in _OF):
                break
            if folded[after] not in _OF:
                if words[after][0].isupper():
                    found.append(folded[after])
                break
    return sorted(found)


def _says_nothing(text: str, *, in_heading: bool) -> bool:
    """Whether a capital in this text says nothing: title case, all capitals, German."""
    words = _CAPITALISED.findall(text)
    if sum(word in GERMAN for word in words) >= _GERMAN_WORDS:
        return True
    long = [word for word in words[1:] if len(word) > _LONG_WORD]
    if not long or (len(long) < _ENOUGH_WORDS and not in_heading):
        return False
    share = sum(word[0].isupper() for word in long) / len(long)
    return len(words) > _LONG_WORD and share >= (_TITLE_CASE if in_heading else _TITLE_CASE_PROSE)
