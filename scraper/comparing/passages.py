"""Edits of whole stretches taken apart again, for whoever shows a document passage by passage."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from scraper.comparing.comparison import Edit
from scraper.comparing.matching import NONE, Matching
from scraper.comparing.order import longest_increasing

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Line(NamedTuple):
    """A line of a joined edit: the passage that it is, or is a part of, by its position."""

    text: str
    position: int
    edit: Edit


def by_passage(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The same differences with no edit of more than one passage.

    Edits of one passage are as they were. From the others a line that is on both sides in the same order stayed and
    gives no edit, one in another order gives a `move`, and any other a `delete` or an `add` of the same kind and
    classes. These stand at the end.
    """
    apart: list[Edit] = []
    old: list[_Line] = []
    new: list[_Line] = []
    for edit in edits:
        if edit.is_joined or (edit.op == "move" and None in (edit.old, edit.new)):
            old += _lines(edit, edit.old, edit.old_position)
            new += _lines(edit, edit.new, edit.new_position)
        else:
            apart.append(edit)
    matching = Matching([line.text for line in old], [line.text for line in new])
    matching.find_equal()
    stayed = _stayed(old, new, matching.to_new)
    apart += [_moved(old[i], new[j]) for i, j in enumerate(matching.to_new) if j != NONE and i not in stayed]
    apart += [_deleted(line) for line, j in zip(old, matching.to_new, strict=True) if j == NONE]
    apart += [_added(line) for line, i in zip(new, matching.to_old, strict=True) if i == NONE]
    return tuple(apart)


def _stayed(old: list[_Line], new: list[_Line], to_new: list[int]) -> set[int]:
    """Old lines that stand in their own edit on the new side, in order. In another edit they stand elsewhere."""
    at_home = [(i, j) for i, j in enumerate(to_new) if j != NONE and old[i].edit is new[j].edit]
    stayed: set[int] = set()
    for _, group in groupby(at_home, key=lambda pair: id(old[pair[0]].edit)):
        pairs = list(group)
        stayed.update(pairs[k][0] for k in longest_increasing([j for _, j in pairs]))
    return stayed


def _lines(edit: Edit, text: str | None, position: int | None) -> Iterable[_Line]:
    lines = [] if text is None else text.split("\n")
    return (_Line(line, at, edit) for at, line in enumerate(lines, position or 0))


def _moved(old: _Line, new: _Line) -> Edit:
    return Edit("move", old.text, new.text, old.position, new.position, new.edit.kind, ("moved_text",))


def _deleted(line: _Line) -> Edit:
    return Edit("delete", line.text, None, line.position, None, line.edit.kind, line.edit.classes)


def _added(line: _Line) -> Edit:
    return Edit("add", None, line.text, None, line.position, line.edit.kind, line.edit.classes)
