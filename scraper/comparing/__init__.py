"""Compare two documents: sentences aligned, words marked, each difference classified and weighed.

Pure: no input or output, no clock, no randomness; the same two documents give the same result on any machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import on_first_use

if TYPE_CHECKING:
    from scraper.comparing.comparer import compare
    from scraper.comparing.comparison import CLASSES, ChangeClass, Comparison, Edit, Op, Part
    from scraper.comparing.grouping import edit_key
    from scraper.comparing.passages import by_passage
    from scraper.comparing.sentences import split_sentences
    from scraper.comparing.significance import with_classes
    from scraper.comparing.summary import unified
    from scraper.comparing.words import Mark, word_marks

__all__ = [
    "CLASSES",
    "ChangeClass",
    "Comparison",
    "Edit",
    "Mark",
    "Op",
    "Part",
    "by_passage",
    "compare",
    "edit_key",
    "split_sentences",
    "unified",
    "with_classes",
    "word_marks",
]

__getattr__ = on_first_use(
    __name__,
    {
        "CLASSES": "scraper.comparing.comparison",
        "ChangeClass": "scraper.comparing.comparison",
        "Comparison": "scraper.comparing.comparison",
        "Edit": "scraper.comparing.comparison",
        "Mark": "scraper.comparing.words",
        "Op": "scraper.comparing.comparison",
        "Part": "scraper.comparing.comparison",
        "by_passage": "scraper.comparing.passages",
        "compare": "scraper.comparing.comparer",
        "edit_key": "scraper.comparing.grouping",
        "split_sentences": "scraper.comparing.sentences",
        "unified": "scraper.comparing.summary",
        "with_classes": "scraper.comparing.significance",
        "word_marks": "scraper.comparing.words",
    },
)
