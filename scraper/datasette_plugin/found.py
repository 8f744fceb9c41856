"""What a search found, as it is listed: page by page, the words that were asked for marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.archive.edit_search import changes_by
from scraper.archive.searching import CLOSE, OPEN
from scraper.datasette_plugin.excerpts import Piece, shortened
from scraper.datasette_plugin.labels import Label
from scraper.datasette_plugin.moments import Interval, Moment, interval, moment
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.archive.edit_search import Direction, EditHit
    from scraper.archive.searching import Hit, Wanted
    from scraper.datasette_plugin.asking import Ask

_SHOWN = re.compile(f"([{OPEN}{CLOSE}])")
_STANDS = Label("stands", "The latest version holds it.", "declared")
_GONE = Label("gone", "The latest version holds it no more.", "alarm")
_ADDED = Label("added", "An edit brought the words.", "plain")
_REMOVED = Label("removed", "An edit took the words away.", "alarm")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a passage; `hit` where it is a word that was asked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that stood (`seen` from and to), or an edit (`pieces`) with the interval in which it was made.

    `key` tells an edit from all others: its change, its place in it, and whether it brought the words or took them.
    """

    label: Label
    href: str
    version: str
    snippets: tuple[Snippet, ...] = ()
    pieces: tuple[Piece, ...] = ()
    seen: tuple[Moment, Moment] | None = None
    when: Interval | None = None
    key: tuple[int, int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found on one page."""

    title: str
    href: str
    publisher: str | None
    found: tuple[Found, ...]


def found_passage(ask: Ask, hit: Hit) -> tuple[Found, str]:
    """A passage as it is listed, with the address of its page."""
    span = f"version {hit.first_version}"
    if hit.last_version != hit.first_version:
        span = f"versions {hit.first_version} to {hit.last_version}"
    made = Found(
        label=_STANDS if hit.standing else _GONE,
        href=ask.links.version(hit.source_id, hit.last_version),
        version=span,
        snippets=snippets(hit.snippet),
        seen=(moment(hit.first_seen), moment(hit.last_seen)),
    )
    return made, ask.links.document(hit.source_id)


def changed_by(ask: Ask, wanted: Wanted, direction: Direction) -> tuple[int, ...]:
    """The changes with which words came or went, found once for a search, its further pages and its feeds."""
    key = ("changes by", direction, wanted.query, wanted.source_id)
    return ask.once(key, lambda: changes_by(ask.connection, wanted, direction))


def found_edits(ask: Ask, hits: Iterable[EditHit]) -> Iterator[tuple[EditHit, tuple[Found, str]]]:
    """Edits as they are listed, each with the address of its page. Each is made once: many words find it."""
    by_key = {(hit.change_id, hit.position, hit.added): hit for hit in hits}
    known = ask.once.each(
        "found edit", list(by_key), lambda keys: {key: _found_edit(ask, by_key[key], key) for key in keys}
    )
    return ((hit, (known[key], ask.links.document(hit.source_id))) for key, hit in by_key.items())


def _found_edit(ask: Ask, hit: EditHit, key: tuple[int, int, bool]) -> Found:
    span = f"version {hit.old_number} to {hit.new_number}" if hit.old_number else f"version {hit.new_number}"
    return Found(
        label=_ADDED if hit.added else _REMOVED,
        href=ask.links.change(hit.change_id),
        version=span,
        pieces=shortened(hit.old_text, hit.new_text),
        when=interval(hit.last_seen_old, hit.first_seen_new),
        key=key,
    )


def grouped(found: Iterable[tuple[Hit | EditHit, tuple[Found, str]]]) -> tuple[Group, ...]:
    """What was found by page, in the order of the first find on each."""
    groups: dict[str, Group] = {}
    for hit, (made, href) in found:
        group = groups.get(hit.source_id) or Group(visible(hit.title), href, hit.publisher, ())
        groups[hit.source_id] = replace(group, found=(*group.found, made))
    return tuple(groups.values())


def snippets(marked: str) -> tuple[Snippet, ...]:
    """The stretches of a snippet in which found words stand between OPEN and CLOSE."""
    stretches: list[Snippet] = []
    hit = False
    for part in _SHOWN.split(marked):
        if part in (OPEN, CLOSE):
            hit = part == OPEN
        elif part:
            stretches.append(Snippet(visible(part), hit))
    return tuple(stretches)
