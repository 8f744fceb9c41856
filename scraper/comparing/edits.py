"""Each difference as an edit of its own, with its classes and its words counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.comparing.classify import classify_coarsely, classify_edit, classify_whole
from scraper.comparing.comparison import Edit
from scraper.comparing.notices import date_line_of
from scraper.comparing.sentences import open_mark
from scraper.comparing.steps import steps_of
from scraper.comparing.tally import Tally, Told
from scraper.comparing.tokens import word_count, words_of
from scraper.comparing.words import words_changed, words_exchanged
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from scraper.comparing.align import Alignment
    from scraper.comparing.comparison import ChangeClass
    from scraper.comparing.steps import Step, Unit
    from scraper.normalizing.document import Document

# With more differences than this between two documents (characters on both sides) nobody reads them one by one: they
# are told apart, but what is in each is not looked into, so that no input takes long.
MOST_DETAIL = 2_500_000


def one_by_one(alignment: Alignment, old: Document, new: Document, *, beside: bool = False) -> Told:
    """The edits of an alignment in reading order. `beside` is whether links or images differ as well."""
    steps = steps_of(alignment)
    headings = headline_positions(old), headline_positions(new)
    in_detail = _size(steps) <= MOST_DETAIL
    edits = tuple(_edit(step, headings, (old, new), in_detail=in_detail) for step in steps)
    if beside or alignment.restructured or not all(map(_is_redated, edits)):
        edits = tuple(replace(edit, classes=("date",)) if _is_redated(edit) else edit for edit in edits)
    tally = Tally()
    for edit in edits:
        tally.count(edit.classes, edit.kind, {edit.op: 1}, _words_changed(edit, in_detail=in_detail))
    return Told(edits, tally)


def _is_redated(edit: Edit) -> bool:
    """Did the page's own dateline ("Last updated: …") take a new date?

    Where nothing else differs, the date is all that the page says of its change, and counts as wording; beside any
    other difference it is the page's own date, as it is where the markup names it so.
    """
    return edit.op == "edit" and date_line_of(edit.old or "") == date_line_of(edit.new or "") == "dateline"


def headline_positions(document: Document) -> frozenset[int]:
    """Positions of the document's own heading: the first heading, and any that repeats the title."""
    headings = [i for i, p in enumerate(document.passages) if p.kind == "heading"]
    title = words_of(document.title or "")
    same = {i for i in headings if title and words_of(document.passages[i].text) == title}
    return frozenset(same or headings[:1])


def _size(steps: tuple[Step, ...]) -> int:
    """Characters on both sides of all differences."""
    return sum(len(unit.text) for step in steps for unit in (*step.old, *step.new))


def _edit(
    step: Step,
    headings: tuple[frozenset[int], frozenset[int]],
    documents: tuple[Document, Document],
    *,
    in_detail: bool,
) -> Edit:
    old = " ".join(unit.text for unit in step.old) if step.old else None
    new = " ".join(unit.text for unit in step.new) if step.new else None
    old_position = step.old[0].position if step.old else None
    new_position = step.new[0].position if step.new else None
    kind = (step.new or step.old)[0].kind
    headline = kind == "heading" and (old_position in headings[0] or new_position in headings[1])
    classes: tuple[ChangeClass, ...]
    if step.op == "move":
        classes = ("moved_text",)
    elif not in_detail:
        classes = classify_coarsely(old, new, kind if kind not in FRAME_KINDS else (step.old or step.new)[0].kind)
    elif old is not None and new is not None:
        # Body text that became frame text, or the other way round, is judged as the body text it was.
        body = kind if kind not in FRAME_KINDS else step.old[0].kind
        marks = _open_mark(step.old, documents[0]), _open_mark(step.new, documents[1])
        classes = classify_edit(old, new, body, headline=headline, marks=marks)
    else:
        mark = _open_mark(step.old or step.new, documents[not step.old])
        classes = classify_whole(new or old or "", kind, added=old is None, headline=headline, mark=mark)
    return Edit(step.op, old, new, old_position, new_position, kind, classes)


def _open_mark(units: tuple[Unit, ...], document: Document) -> str:
    """The quotation mark that an earlier sentence of the passage opened, where it is still open before `units`."""
    if not units:
        return ""
    return open_mark(document.passages[units[0].position].text, units[0].offset) if units[0].offset else ""


def _words_changed(edit: Edit, *, in_detail: bool) -> tuple[int, int]:
    """Words that came and that went."""
    if edit.op == "move":
        return 0, 0
    if edit.old is not None and edit.new is not None:
        return (words_changed if in_detail else words_exchanged)(edit.old, edit.new)
    old, new = edit.old or "", edit.new or ""
    return (word_count(new), word_count(old)) if in_detail else (len(new.split()), len(old.split()))
