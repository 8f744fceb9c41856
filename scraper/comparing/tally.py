"""How much differs: sentences and words counted, whichever way the differences are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.comparing.classify import is_substantive
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.comparing.comparison import ChangeClass, Edit, Op
    from scraper.normalizing.document import Kind

# A summary tells of these in words of their own.
_TOLD: frozenset[ChangeClass] = frozenset({"headline", "byline", "correction_notice", "update_notice"})


@dataclass(slots=True)
class Tally:
    """Words that came and went, and how far substantive differences reach.

    `sentences`: substantive ones, and moved passages, by op. `added` and `removed` are whole sentences of the body,
    `body_words` the words on both sides of substantive differences in it.
    """

    words_came: int = 0
    words_went: int = 0
    added: int = 0
    removed: int = 0
    body_words: int = 0
    sentences: Counter[Op] = field(default_factory=Counter)

    def count(
        self, classes: tuple[ChangeClass, ...], kind: Kind, ops: Mapping[Op, int], words: tuple[int, int]
    ) -> None:
        """Add differences of one kind and the same classes: how many of each op, and the words that came and went."""
        self.words_came += words[0]
        self.words_went += words[1]
        self.sentences["move"] += ops.get("move", 0)
        if not is_substantive(classes):
            return
        if _TOLD.isdisjoint(classes):
            for op, count in ops.items():
                self.sentences[op] += count if op != "move" else 0
        if kind not in FRAME_KINDS:
            self.body_words += sum(words)
            self.added += ops.get("add", 0)
            self.removed += ops.get("delete", 0)


@dataclass(frozen=True, slots=True)
class Told:
    """The differences of two documents as edits, and how much they are."""

    edits: tuple[Edit, ...]
    tally: Tally
