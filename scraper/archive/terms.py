"""What a reader typed into a search, as terms of the full-text index. Pure, and nothing that is typed is an error.

The index knows words as `unicode61` splits them, without accents and capitals: "resume" finds "Résumé". It has no word
inside a run of letters, so what is written without spaces between words (Chinese, Japanese, Thai) is looked for letter
by letter instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 60
"""Words and phrases that are heeded; FTS5 takes no expression of more than 256 parts."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`match` is an expression for the index (None: no word for it), `letters` what is looked for letter by letter."""

    match: str | None
    letters: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.match is not None or bool(self.letters)


def terms(query: str) -> Terms:
    """Every word of the query; those in quotation marks in that order."""
    return _terms(_split(query))


def phrase_terms(text: str) -> Terms:
    """The whole text as one phrase."""
    return _terms([" ".join(_storable(text).replace('"', " ").split())])


def match_expression(query: str) -> str:
    """The query as an FTS5 expression of quoted strings: no operator, no syntax error; empty where it has no word."""
    return _expression(_split(query))


def _terms(found: list[str]) -> Terms:
    from scraper.comparing.tokens import is_spaceless  # loads slowly, and hardly a command searches

    letters = tuple(term for term in found if is_spaceless(term))
    return Terms(_expression([term for term in found if not is_spaceless(term)]) or None, letters)


def _split(query: str) -> list[str]:
    phrases = re.findall(r'"([^"]*)"|(\S+)', _storable(query))
    return [quoted or bare.replace('"', "") for quoted, bare in phrases][:MOST]


def _expression(found: list[str]) -> str:
    return " ".join(f'"{term}"' for term in found if re.search(r"\w", term))


def _storable(query: str) -> str:
    """Without NUL, which ends an expression, and without lone surrogates, which no UTF-8 can hold."""
    return query.replace("\x00", " ").encode("utf-8", "replace").decode()
