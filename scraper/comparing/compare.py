"""Compare two documents: the one function that knows the whole way from two Documents to a Comparison."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from scraper.comparing.align import align
from scraper.comparing.classify import classify_coarsely, classify_edit, classify_whole, in_order, is_substantive
from scraper.comparing.comparison import Comparison, Edit
from scraper.comparing.notices import date_line_of
from scraper.comparing.sentences import open_mark
from scraper.comparing.significance import Extent, significance_parts, total
from scraper.comparing.summary import summarise
from scraper.comparing.tokens import word_count, words_of
from scraper.comparing.words import words_changed, words_exchanged
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from scraper.comparing.align import Alignment, Step, Unit
    from scraper.comparing.comparison import ChangeClass
    from scraper.normalizing.document import Document

Field = tuple[str, str | None, str | None]

FIELDS = ("title", "byline", "published", "modified", "language", "canonical_url", "syndicated_from")

# With more differences than this between two documents (characters on both sides) nobody reads them one by one: they
# are told apart, but what is in each is not looked into, so that no input takes long.
MOST_DETAIL = 1_000_000
# Divides the name of the site from the title of the page: "Budget 2025 | Ministry of Finance".
_TITLE_PARTS = re.compile(r"\s+[|–—\-·•»:]+\s+")
_TITLE_COUNT = re.compile(r"^\(\d+\)\s*")


class _Lists(NamedTuple):
    """Links and images that came and went, each as (came, went)."""

    links: tuple[tuple[str, ...], tuple[str, ...]]
    images: tuple[tuple[str, ...], tuple[str, ...]]


def compare(old: Document, new: Document) -> Comparison:
    """Compare two documents sentence by sentence, and classify and weigh what differs.

    The result depends on nothing but the two documents. `compare(b, a)` has the edits of `compare(a, b)` mirrored.
    The cost is linear in the length of the text.
    """
    alignment = align(old, new)
    headings = _headline_positions(old), _headline_positions(new)
    in_detail = _size(alignment.steps) <= MOST_DETAIL
    edits = tuple(_edit(step, headings, (old, new), in_detail=in_detail) for step in alignment.steps)
    fields = _fields_changed(old, new)
    lists = _Lists(
        _came_and_went([x.url for x in old.links], [x.url for x in new.links]),
        _came_and_went([x.url for x in old.images], [x.url for x in new.images]),
    )
    if alignment.restructured or any(lists.links) or any(lists.images) or not all(map(_is_redated, edits)):
        edits = tuple(replace(edit, classes=("date",)) if _is_redated(edit) else edit for edit in edits)
    classes = _classes(alignment, edits, fields, lists, old, new)
    added, removed, extent = _extent(edits, old, new, in_detail=in_detail)
    parts = significance_parts(classes, extent, sum(map(len, lists.links)), len(fields))
    found = Comparison(
        substantive=is_substantive(classes),
        classes=classes,
        significance=total(parts),
        parts=parts,
        edits=edits,
        words_added=added,
        words_removed=removed,
        summary="",
        fields_changed=fields,
        links_added=lists.links[0],
        links_removed=lists.links[1],
        images_added=lists.images[0],
        images_removed=lists.images[1],
    )
    return summarise(found)


def _headline_positions(document: Document) -> frozenset[int]:
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
    passage = document.passages[units[0].position].text
    return open_mark(passage, max(0, passage.find(units[0].text)))


def _fields_changed(old: Document, new: Document) -> tuple[Field, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in FIELDS)
    alts_old, alts_new = ({x.url: x.alt for x in d.images} for d in (old, new))
    alts = [("image_alt", alt, alts_new[url]) for url, alt in alts_old.items() if alts_new.get(url, alt) != alt]
    return (*((name, a, b) for name, a, b in pairs if a != b), *alts)


def _came_and_went(old: list[str], new: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses that came and that went, by counts, each in the order of its document."""
    a, b = Counter(old), Counter(new)
    return tuple((b - a).elements()), tuple((a - b).elements())


def _classes(
    alignment: Alignment,
    edits: tuple[Edit, ...],
    fields: tuple[Field, ...],
    lists: _Lists,
    old: Document,
    new: Document,
) -> tuple[ChangeClass, ...]:
    found: set[ChangeClass] = {c for edit in edits for c in edit.classes}
    names = {name for name, _, _ in fields}
    if alignment.restructured:
        found.add("markup")
    if any(lists.links):
        found.add("link_target")
    if any(lists.images) or "image_alt" in names:
        found.add("image")
    if "title" in names and _is_retitled(old.title, new.title):
        found.add("headline")
    if _is_undeclared(found, edits, old, new):
        found.add("undeclared_edit")
    return in_order(found)


def _is_retitled(old: str | None, new: str | None) -> bool:
    """Do two titles differ in words, beyond the name of the site and a counter in front?

    A title that came or went altogether is metadata coming or going, not a headline that was reworded.
    """
    if not old or not new:
        return False
    a, b = _title_core(old), _title_core(new)
    return a != b and "".join(a) != "".join(b)


def _title_core(title: str) -> tuple[str, ...]:
    """The words of the longest part of a title."""
    parts = _TITLE_PARTS.split(_TITLE_COUNT.sub("", title))
    return max((words_of(part) for part in parts), key=len)


def _is_undeclared(found: set[ChangeClass], edits: tuple[Edit, ...], old: Document, new: Document) -> bool:
    """Was the wording changed without a word about it?

    Only where the page says when it was modified, on both sides, and says the same; a page without such a date has
    claimed nothing. A notice, or a visible dateline that came or changed, declares the edit.
    """
    if "wording" not in found or not old.modified or old.modified != new.modified:
        return False
    declared = not found.isdisjoint({"correction_notice", "update_notice"})
    return not (declared or any(edit.new is not None and _is_dateline(edit) for edit in edits))


def _is_redated(edit: Edit) -> bool:
    """Did the page's own dateline ("Last updated: …") take a new date?

    Where nothing else differs, the date is all that the page says of its change, and counts as wording; beside any
    other difference it is the page's own date, as it is where the markup names it so.
    """
    return edit.op == "edit" and date_line_of(edit.old or "") == date_line_of(edit.new or "") == "dateline"


def _is_dateline(edit: Edit) -> bool:
    return edit.op != "move" and (edit.kind == "date" or date_line_of(edit.new or "") == "dateline")


def _extent(edits: tuple[Edit, ...], old: Document, new: Document, *, in_detail: bool) -> tuple[int, int, Extent]:
    """Words that came and went in all edits, and how far the substantive ones reach."""
    came = went = body = added = removed = 0
    for edit in edits:
        plus, minus = _words_changed(edit, in_detail=in_detail)
        came += plus
        went += minus
        if is_substantive(edit.classes) and edit.kind not in FRAME_KINDS:
            body += plus + minus
            added += edit.op == "add"
            removed += edit.op == "delete"
    both = old.words + new.words if body else 0
    return came, went, Extent(added, removed, body, both)


def _words_changed(edit: Edit, *, in_detail: bool) -> tuple[int, int]:
    if edit.op == "move":
        return 0, 0
    if edit.old is not None and edit.new is not None:
        return (words_changed if in_detail else words_exchanged)(edit.old, edit.new)
    old, new = edit.old or "", edit.new or ""
    return (word_count(new), word_count(old)) if in_detail else (len(new.split()), len(old.split()))
