"""A comparison in words: one line for lists and feeds, and a plain-text difference that reads by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.comparing.classify import is_substantive
from scraper.comparing.notices import notice_of
from scraper.comparing.words import replacements, word_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.comparing.comparison import ChangeClass, Comparison, Edit, Op
    from scraper.comparing.notices import Notice
    from scraper.comparing.words import MarkOp

LONGEST = 120
_SIGNS: dict[MarkOp, str] = {"equal": "%s", "delete": "[-%s-]", "insert": "{+%s+}"}
# With more text than this in all edits together, words are no longer marked inside of them; characters.
MOST_MARKED = 1_000_000
_LONGEST_REPLACEMENT = 24
# In a longer text than this nobody looks for one word; characters on both sides.
_LONGEST_REWORDED = 20_000
_DONE: tuple[tuple[Op, str], ...] = (("edit", "edited"), ("add", "added"), ("delete", "removed"))
_SAID: tuple[tuple[ChangeClass, str], ...] = (
    ("headline", "headline reworded"),
    ("byline", "byline changed"),
)
_NOTICES: tuple[tuple[Notice, str], ...] = (
    ("correction_notice", "correction notice"),
    ("update_notice", "update notice"),
)
_STYLE: tuple[tuple[ChangeClass, str], ...] = (
    ("date", "page date changed"),
    ("counter", "counter changed"),
    ("punctuation", "punctuation changed"),
    ("whitespace", "white space changed"),
    ("markup", "markup changed"),
)
_FIELD_NAMES = {
    "published": "date published",
    "modified": "date modified",
    "canonical_url": "canonical address",
    "syndicated_from": "original publisher",
    "image_alt": "text of an image",
}


def summarise(comparison: Comparison, sentences: Mapping[Op, int]) -> Comparison:
    """The comparison with its summary: one line of at most 120 characters; empty only where nothing differs.

    `sentences`: how many of the text were edited, added, removed and moved.
    """
    return replace(comparison, summary=_line(_clauses(comparison, sentences)))


def _line(clauses: list[str]) -> str:
    """As many clauses as fit, the first with a capital."""
    line = ""
    for clause in clauses:
        longer = f"{line}; {clause}" if line else clause
        if len(longer) <= LONGEST:
            line = longer
    return line[:1].upper() + line[1:]


def _clauses(comparison: Comparison, sentences: Mapping[Op, int]) -> list[str]:
    clauses = [text for name, text in _SAID if name in comparison.classes]
    clauses += [
        f"{text} {_added_or_changed(comparison, name)}" for name, text in _NOTICES if name in comparison.classes
    ]
    moves = sentences.get("move", 0)
    if text := _sentences(sentences):
        clauses.append(text)
    if text := _replacement(comparison):
        clauses.append(text)
    if moves:
        clauses.append(_count(moves, "passage") + " moved")
    if not comparison.substantive:
        clauses += [text for name, text in _STYLE if name in comparison.classes]
    notices = sum(1 for e in comparison.edits if e.kind == "notice" and not e.classes)
    if notices:
        clauses.append(_count(notices, "page notice") + " changed")
    clauses += _lists("link", comparison.links_added, comparison.links_removed)
    clauses += _lists("image", comparison.images_added, comparison.images_removed)
    fields = list(dict.fromkeys(_FIELD_NAMES.get(name, name) for name, _, _ in comparison.fields_changed))
    if fields and not comparison.substantive:
        clauses.append(f"page details changed: {', '.join(fields)}")
    return clauses


def _added_or_changed(comparison: Comparison, name: Notice) -> str:
    edits = [edit for edit in comparison.edits if name in edit.classes]
    return "changed" if all(edit.old is not None and notice_of(edit.old) == name for edit in edits) else "added"


def _sentences(sentences: Mapping[Op, int]) -> str:
    """How many sentences of the text were edited, added and removed."""
    words: list[str] = []
    for op, done in _DONE:
        count = sentences.get(op, 0)
        if count:
            words.append(f"{_count(count, 'sentence') if not words else count} {done}")
    return ", ".join(words)


def _replacement(comparison: Comparison) -> str:
    """The one replacement that says most: a lone edit's, or the first of a number or a negation."""
    edits = [e for e in comparison.edits if e.op == "edit" and is_substantive(e.classes)]
    telling = [e for e in edits if {"number", "negation"} & set(e.classes)]
    for edit in edits if len(edits) == 1 else telling[:1]:
        if len(edit.old or "") + len(edit.new or "") > _LONGEST_REWORDED:
            continue
        pairs = replacements(edit.old or "", edit.new or "")
        if len(pairs) == 1 and max(map(len, pairs[0])) <= _LONGEST_REPLACEMENT:
            gone, come = pairs[0]
            if gone and come:
                return f'"{gone}" became "{come}"'
            return f'"{come}" added' if come else f'"{gone}" removed'
    return ""


def _lists(noun: str, added: tuple[str, ...], removed: tuple[str, ...]) -> list[str]:
    if added and removed:
        return [f"{_count(len(added), noun)} added, {len(removed)} removed"]
    if added or removed:
        return [f"{_count(len(added or removed), noun)} {'added' if added else 'removed'}"]
    return []


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def unified(comparison: Comparison) -> str:
    """The comparison as plain text, a line for each difference, in reading order.

        ~ 4 The force of [-300-]{+320+} troops left.   a sentence edited, marked as wdiff does
        + 7 A sentence that was added.
        - 6 A sentence that was removed.
        > 9>2 Text that stands elsewhere.
        @ title: [-Old title-]{+New title+}              a field of metadata; so too `@ link:` and `@ image:`

    The numbers are positions of passages, counted from 0 as in `Edit`; `9>2` is from 9 to 2. For people and for
    grep: the edits themselves are the record that programs read.
    """
    in_detail = sum(len(edit.old or "") + len(edit.new or "") for edit in comparison.edits) <= MOST_MARKED
    lines = [line for edit in comparison.edits for line in _edit_lines(edit, in_detail=in_detail)]
    lines += [f"@ {name}: {_wdiff(old or '', new or '')}" for name, old, new in comparison.fields_changed]
    for name, added, removed in (
        ("link", comparison.links_added, comparison.links_removed),
        ("image", comparison.images_added, comparison.images_removed),
    ):
        lines += [f"@ {name}: [-{url}-]" for url in removed] + [f"@ {name}: {{+{url}+}}" for url in added]
    return "\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines)


def _edit_lines(edit: Edit, *, in_detail: bool) -> Iterator[str]:
    if not edit.is_joined:
        yield _edit_line(edit, in_detail=in_detail)
        return
    for sign, text, position in (("-", edit.old, edit.old_position), ("+", edit.new, edit.new_position)):
        for place, line in enumerate((text or "").split("\n") if text is not None else (), position or 0):
            yield f"{'>' if edit.op == 'move' else sign} {place} {line}"


def _edit_line(edit: Edit, *, in_detail: bool) -> str:
    places = [str(p) for p in (edit.old_position, edit.new_position) if p is not None]
    where = ">".join(dict.fromkeys(places))
    if edit.op == "edit":
        old, new = edit.old or "", edit.new or ""
        return f"~ {where} {_wdiff(old, new) if in_detail else f'[-{old}-]{{+{new}+}}'}"
    sign = {"add": "+", "delete": "-", "move": ">"}[edit.op]
    return f"{sign} {where} {edit.old if edit.new is None else edit.new}"


def _wdiff(old: str, new: str) -> str:
    return "".join([_SIGNS[mark.op] % mark.text for mark in word_marks(old, new)])
