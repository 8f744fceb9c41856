"""What the comparison gives: edits of sentences, classes, and a significance made of named parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from scraper.normalizing.document import Kind

COMPARER = "3"
"""The version of the comparer: raised whenever `compare` may give another result for the same two documents."""

Op = Literal["add", "delete", "edit", "move"]

ChangeClass = Literal[
    "wording",
    "whitespace",
    "punctuation",
    "markup",
    "link_target",
    "image",
    "number",
    "date",
    "name",
    "quote",
    "negation",
    "headline",
    "byline",
    "caption",
    "moved_text",
    "counter",
    "correction_notice",
    "update_notice",
    "undeclared_edit",
    "revert",
    "site_wide",
]
CLASSES: tuple[ChangeClass, ...] = get_args(ChangeClass)


@dataclass(frozen=True, slots=True)
class Edit:
    """One sentence that came, went, was reworded or stands elsewhere.

    Where sentences were merged or split by an edit, that side holds them joined by a space; a passage that moved
    unchanged is one `move` of the whole passage.

    Positions are indexes into `Document.passages` of the passage that the sentence stands in; None on the side
    where there is no sentence.

    Two documents with more differences than anybody reads one by one are compared by stretches: all that stands
    between two sentences that stayed is one edit, its texts a line for each passage, the first line from the passage
    of that position and each further one from the next. Its op is `add` or `delete` where one side is empty and `edit`
    where neither is; `move`, with one side possibly empty, where all its sentences stand elsewhere too. The function
    `by_passage` takes such edits apart again.
    """

    op: Op
    old: str | None
    new: str | None
    old_position: int | None
    new_position: int | None
    kind: Kind
    classes: tuple[ChangeClass, ...] = ()

    @property
    def is_joined(self) -> bool:
        """True where a text holds several passages, a line each."""
        return "\n" in (self.old or "") or "\n" in (self.new or "")


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a significance: how much it adds, and why in words that a reader understands."""

    name: str
    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two documents. Equal documents give no edits, no classes and significance 0."""

    substantive: bool
    classes: tuple[ChangeClass, ...]
    significance: float
    parts: tuple[Part, ...]
    edits: tuple[Edit, ...]
    words_added: int
    words_removed: int
    summary: str
    fields_changed: tuple[tuple[str, str | None, str | None], ...] = ()
    links_added: tuple[str, ...] = ()
    links_removed: tuple[str, ...] = ()
    images_added: tuple[str, ...] = ()
    images_removed: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """True where nothing at all differs."""
        things = (self.links_added, self.links_removed, self.images_added, self.images_removed)
        return not (self.edits or self.classes or self.fields_changed or any(things))
