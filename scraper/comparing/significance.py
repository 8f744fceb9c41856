"""How much a change matters, from 0 to 1, as a sum of named parts that are shown to the reader.

After the triage formula of EDGI's web monitoring (task-sheets): the share of text that changed counts with
diminishing returns, and what changes meaning counts on its own. Values are set by hand and documented here; the sum
is clamped to 0..1 and rounded to four decimals, so that it is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

from scraper.comparing.classify import in_order, is_substantive
from scraper.comparing.comparison import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.comparing.comparison import ChangeClass, Comparison

_DIGITS = 4
# Class, value and reason, for classes that weigh as such however often they occur.
_WEIGHTS: tuple[tuple[ChangeClass, float, str], ...] = (
    ("wording", 0.12, "the wording changed"),
    ("headline", 0.2, "the headline changed"),
    ("negation", 0.15, "a negation came or went"),
    ("correction_notice", 0.15, "a correction notice was added or reworded"),
    ("undeclared_edit", 0.15, "no notice was added and the page kept its own modified date"),
    ("number", 0.1, "a number changed"),
    ("quote", 0.1, "the words inside quotation marks changed"),
    ("name", 0.08, "a capitalised name changed"),
    ("byline", 0.08, "the byline changed"),
    ("date", 0.05, "a date in the text changed"),
    ("caption", 0.03, "a caption changed"),
    ("update_notice", 0.03, "an update notice was added or reworded"),
)
# The same for changes that leave the text saying what it said: together they stay at or below 0.1.
_SMALL: tuple[tuple[ChangeClass, float, str], ...] = (
    ("whitespace", 0.005, "white space changed"),
    ("punctuation", 0.01, "punctuation or capitals changed"),
    ("markup", 0.005, "the markup of the text changed"),
    ("counter", 0.005, "a counter or the day's date changed"),
    ("moved_text", 0.02, "text stands elsewhere"),
    ("image", 0.02, "images changed"),
)
_DATE_LINE = 0.01
_SHARE = 0.35
_REMOVED_EACH, _REMOVED_MOST = 0.03, 0.15
_ADDED_EACH, _ADDED_MOST = 0.02, 0.1
_LINKS_EACH, _LINKS_MOST = 0.01, 0.02
# What a class that takes other versions or other pages to see does to the sum before it.
_FACTORS: tuple[tuple[ChangeClass, float, str], ...] = (
    ("revert", 0.8, "the page went back to a version seen before"),
    ("site_wide", 0.5, "the same edit was made on many pages of the publisher"),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the body text substantive edits touch: whole sentences and words, of the words on both sides."""

    added: int = 0
    removed: int = 0
    words_changed: int = 0
    words_both: int = 0


def significance_parts(classes: tuple[ChangeClass, ...], extent: Extent, links: int, fields: int) -> tuple[Part, ...]:
    """The parts of a significance. `links` came or went; `fields` of metadata differ."""
    substantive = is_substantive(classes)
    parts: list[Part] = []
    for name, value, reason in (_WEIGHTS if substantive else ()) + _SMALL:
        if name in classes:
            parts.append(Part(name, value, reason))
    if not substantive and "date" in classes:
        parts.append(Part("date", _DATE_LINE, "the page's own date changed"))
    if substantive:
        parts += _extent_parts(extent)
    if links:
        parts.append(
            Part("links", round(min(_LINKS_MOST, _LINKS_EACH * links), _DIGITS), _counted(links, "link changed"))
        )
    if fields:
        parts.append(Part("metadata", 0.01, _counted(fields, "field of metadata changed")))
    return tuple(parts)


def _extent_parts(extent: Extent) -> list[Part]:
    parts: list[Part] = []
    if extent.words_changed:
        share = min(1.0, extent.words_changed / max(1, extent.words_both))
        value = round(_SHARE * log(1 + 1.718281828 * share), _DIGITS)
        parts.append(Part("text_changed", value, f"{share:.1%} of the words changed"))
    if extent.removed:
        value = round(min(_REMOVED_MOST, _REMOVED_EACH * extent.removed), _DIGITS)
        parts.append(Part("removed", value, _counted(extent.removed, "sentence removed")))
    if extent.added:
        value = round(min(_ADDED_MOST, _ADDED_EACH * extent.added), _DIGITS)
        parts.append(Part("added", value, _counted(extent.added, "sentence added")))
    return parts


def _counted(count: int, text: str) -> str:
    noun, _, rest = text.partition(" ")
    return f"{count} {noun}{'' if count == 1 else 's'} {rest}"


def total(parts: Iterable[Part]) -> float:
    """The significance: the sum of the parts, clamped to 0..1."""
    return round(min(1.0, max(0.0, sum(part.value for part in parts))), _DIGITS)


def with_classes(comparison: Comparison, extra: Iterable[ChangeClass]) -> Comparison:
    """The comparison with classes that only other versions or other pages show, and its significance for them.

    `site_wide` halves what there was and `revert` takes a fifth off, each as a negative part. Asking twice gives the
    same.
    """
    classes = in_order({*comparison.classes, *extra})
    lowering = {name for name, _, _ in _FACTORS}
    parts = [part for part in comparison.parts if part.name not in lowering]
    for name, factor, reason in _FACTORS:
        if name in classes:
            before = total(parts)
            # From the clamped sum: otherwise a change far above 1 would not be lowered at all.
            over = sum(part.value for part in parts) - before
            parts.append(Part(name, round(-over - (1 - factor) * before, _DIGITS), reason))
    return replace(comparison, classes=classes, parts=tuple(parts), significance=total(parts))
