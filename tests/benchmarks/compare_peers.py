"""Other ways to compare two texts, those of them that are installed.

Each is a function from the lines of two texts to the number of differences that it found.
"""

from __future__ import annotations

import difflib
import importlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Compares = Callable[[list[str], list[str]], int]

_WORDS = re.compile(r"\s+|\S+")


def peers() -> Iterator[tuple[str, Compares]]:
    """Names and functions: the standard library first, then what is found beside it."""
    yield "difflib, lines", _matcher(difflib.SequenceMatcher, by_words=False)
    yield "difflib, words", _matcher(difflib.SequenceMatcher, by_words=True)
    if (cydifflib := _module("cydifflib")) is not None:
        yield "cydifflib, lines", _matcher(cydifflib.SequenceMatcher, by_words=False)
        yield "cydifflib, words", _matcher(cydifflib.SequenceMatcher, by_words=True)
    if (rapidfuzz := _module("rapidfuzz.distance")) is not None:
        yield "rapidfuzz Indel, words", lambda a, b: len(rapidfuzz.Indel.opcodes(_words(a), _words(b)))
    if (similar := _module("similar")) is not None:
        yield "similar, words", lambda a, b: len(similar.opcodes_str("words", "\n".join(a), "\n".join(b)))
    if (fast := _module("fast_diff_match_patch")) is not None:
        yield "diff-match-patch (C++)", lambda a, b: len(fast.diff("\n".join(a), "\n".join(b), timelimit=0))
    if (module := _module("diff_match_patch")) is not None:
        yield "diff-match-patch", lambda a, b: _match_patch(module, a, b)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _matcher(kind: Any, *, by_words: bool) -> Compares:
    """The opcodes of a SequenceMatcher that leaves nothing out: with `autojunk` a frequent word would not count."""

    def compares(a: list[str], b: list[str]) -> int:
        texts = (_words(a), _words(b)) if by_words else (a, b)
        return sum(op[0] != "equal" for op in kind(None, *texts, False).get_opcodes())

    return compares


def _words(lines: list[str]) -> list[str]:
    return _WORDS.findall("\n".join(lines))


def _match_patch(module: Any, a: list[str], b: list[str]) -> int:
    engine = module.diff_match_patch()
    engine.Diff_Timeout = 0
    return len(engine.diff_main("\n".join(a), "\n".join(b)))
