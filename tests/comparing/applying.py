"""Edits applied: what is left of either text when every edit has taken its part of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from scraper.comparing import split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.comparing import Comparison
    from scraper.normalizing.document import Document, Passage

Claim = tuple[int | None, str | None]


def gives_the_new_text(found: Comparison, old: Document, new: Document) -> bool:
    """Whether the old text without what the edits say went is the new one without what they say came, word by word.

    Then the new text is the old one with the edits applied. An edit must stand where it says that it stands.
    """
    rest_old = _rest(old.passages, [(edit.old_position, edit.old) for edit in found.edits])
    return rest_old == _rest(new.passages, [(edit.new_position, edit.new) for edit in found.edits])


def _rest(passages: Sequence[Passage], claims: Sequence[Claim]) -> list[str]:
    taken: defaultdict[int, list[str]] = defaultdict(list)
    for position, text in claims:
        if position is not None and text is not None:
            for at, line in enumerate(text.split("\n"), position):
                taken[at].append(line)
    rest: list[str] = []
    for at, passage in enumerate(passages):
        rest += (_without(passage.text, taken[at]) if at in taken else passage.text).split()
    return rest


def _without(text: str, claims: list[str]) -> str:
    """The text without the claims, each taken once from where it still stands whole.

    Sentences that were merged into one need not be neighbours: where they are not, each is taken by itself.
    """
    if claims == [text]:
        return ""
    left = bytearray(b"\x01") * len(text)
    cursor = 0
    for claim in claims:
        start = _standing(text, claim, left, cursor)
        for part in [claim] if start >= 0 else split_sentences(claim):
            start = max(_standing(text, part, left, cursor), _standing(text, part, left, 0))
            assert start >= 0, f"not in the passage, or taken twice: {part!r}"
            cursor = start + len(part)
            left[start:cursor] = bytes(len(part))
    return "".join(letter if kept else " " for letter, kept in zip(text, left, strict=True))


def _standing(text: str, part: str, left: bytearray, begin: int) -> int:
    """Where `part` stands in `text` from `begin` on with no letter of it taken; -1 where it does not."""
    start = text.find(part, begin)
    while start >= 0 and 0 in left[start : start + len(part)]:
        start = text.find(part, start + 1)
    return start


def is_mirrored(there: Comparison, back: Comparison) -> bool:
    """Whether `back` says of every edit of `there` the opposite, and nothing else."""
    forth = Counter((e.old, e.new, e.old_position, e.new_position) for e in there.edits)
    return forth == Counter((e.new, e.old, e.new_position, e.old_position) for e in back.edits)
