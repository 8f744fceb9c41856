"""Compare two documents: the one function that knows the whole way from two Documents to a Comparison."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from scraper.comparing.align import align
from scraper.comparing.blocks import MOST_EDITS, by_blocks
from scraper.comparing.classify import in_order, is_substantive
from scraper.comparing.comparison import Comparison
from scraper.comparing.edits import one_by_one
from scraper.comparing.notices import date_line_of
from scraper.comparing.significance import Extent, significance_parts, total
from scraper.comparing.summary import summarise
from scraper.comparing.tokens import rough_count, words_of
from scraper.normalizing.document import FRAME_KINDS

if TYPE_CHECKING:
    from scraper.comparing.comparison import ChangeClass, Edit
    from scraper.comparing.tally import Tally
    from scraper.normalizing.document import Document

Field = tuple[str, str | None, str | None]

FIELDS = ("title", "byline", "published", "modified", "language", "canonical_url", "syndicated_from")

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
    The cost is linear in the length of the text. With more than `MOST_EDITS` differences, or too much new text for
    similar sentences to be looked for (`MOST_CANDIDATES`), the edits are of whole stretches: see `Edit`.
    """
    alignment = align(old, new)
    lists = _Lists(
        _came_and_went([x.url for x in old.links], [x.url for x in new.links]),
        _came_and_went([x.url for x in old.images], [x.url for x in new.images]),
    )
    if alignment.unpaired or alignment.differences > MOST_EDITS:
        told = by_blocks(alignment)
    else:
        told = one_by_one(alignment, old, new, beside=any(lists.links) or any(lists.images))
    fields = _fields_changed(old, new)
    classes = _classes(told.edits, fields, lists, old, new, restructured=alignment.restructured)
    parts = significance_parts(classes, _extent(told.tally, old, new), sum(map(len, lists.links)), len(fields))
    found = Comparison(
        substantive=is_substantive(classes),
        classes=classes,
        significance=total(parts),
        parts=parts,
        edits=told.edits,
        words_added=told.tally.words_came,
        words_removed=told.tally.words_went,
        summary="",
        fields_changed=fields,
        links_added=lists.links[0],
        links_removed=lists.links[1],
        images_added=lists.images[0],
        images_removed=lists.images[1],
    )
    return summarise(found, told.tally.sentences)


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
    edits: tuple[Edit, ...],
    fields: tuple[Field, ...],
    lists: _Lists,
    old: Document,
    new: Document,
    *,
    restructured: bool,
) -> tuple[ChangeClass, ...]:
    found: set[ChangeClass] = {c for edit in edits for c in edit.classes}
    names = {name for name, _, _ in fields}
    if restructured:
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
    return not (declared or any(map(_is_dateline, edits)))


def _is_dateline(edit: Edit) -> bool:
    if edit.op == "move" or not edit.new:
        return False
    if edit.is_joined:
        # Of a whole stretch the class `date` is only said where a line with the page's own date is in it.
        return "date" in edit.classes or any(date_line_of(line) == "dateline" for line in edit.new.split("\n"))
    return edit.kind == "date" or date_line_of(edit.new) == "dateline"


def _extent(tally: Tally, old: Document, new: Document) -> Extent:
    """How far the substantive differences reach, beside the words of both documents."""
    both = [p.text for d in (old, new) for p in d.passages if p.kind not in FRAME_KINDS] if tally.body_words else []
    return Extent(tally.added, tally.removed, tally.body_words, rough_count(both))
