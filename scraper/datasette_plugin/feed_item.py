"""A change as an entry of a feed: its title, what changed as safe markup with absolute links, and the interval."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from scraper.datasette_plugin.labels import ANNOUNCEMENTS, class_label, kind_label
from scraper.datasette_plugin.syndication import Category, FeedItem
from scraper.datasette_plugin.tag_uris import tag_uri
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.timeline import News
    from scraper.datasette_plugin.asking import Ask
    from scraper.datasette_plugin.entries import Entry
    from scraper.datasette_plugin.excerpts import Excerpt
    from scraper.datasette_plugin.moments import Interval

_NAMED = 20  # pages of a site-wide edit that an entry names
_LONGEST_TITLE = 300

_VERBS = {"removed": "Removed", "restored": "Came back", "restored_with_edits": "Came back", "moved": "Moved"}

_NOTHING = Markup()
_MARKS = {"delete": Markup("<del>{}</del>"), "insert": Markup("<ins>{}</ins>")}


def item_of(ask: Ask, archive: str, key: object, members: Sequence[News], made: Entry, *, cut: bool) -> FeedItem:
    """One event, its members the latest first; `cut` says that there may be more of them than were read."""
    change = members[0].change
    title = f"{made.title}: {made.summary}"
    # An id that is the same whichever page of the event was found last.
    path = ("change", str(change.id))
    if not isinstance(key, int):
        path = ("event", hashlib.sha256(repr(key).encode("utf-8", "replace")).hexdigest()[:32])
    if len(members) > 1:
        title = f"The same edit on {len(members)}{' or more' if cut else ''} pages of {made.publisher}"
    names = [name for name in ANNOUNCEMENTS if name in change.classes]
    names += [name for name in change.classes if name not in names]
    return FeedItem(
        id=tag_uri(ask.authority, archive, *path),
        url=ask.origin + made.permanent,
        title=_settled(title)[:_LONGEST_TITLE],
        summary=visible(f"{in_words(change.kind, made.when)} {_told(made)}"),
        html=str(_content(ask, members, made)),
        published=members[-1].found,
        updated=members[0].found,
        categories=(
            Category(change.kind, kind_label(change.kind).text),
            *(Category(name, class_label(name).text) for name in names),
        ),
        facts=_facts(members),
    )


def in_words(kind: str, when: Interval) -> str:
    """What became of the page and when, as far as the archive knows."""
    if when.after is None:
        return f"First seen {when.by.text}."
    return f"{_VERBS.get(kind, 'Changed')} between {when.after.text} and {when.by.text}."


def _told(made: Entry) -> str:
    """Whether the page told its readers, and the change in a line."""
    return " ".join(part for part in (f"{made.announcement.text}." if made.announcement else "", made.summary) if part)


def _content(ask: Ask, members: Sequence[News], made: Entry) -> Markup:
    paragraphs = [Markup("<p>{}</p>").format(in_words(members[0].change.kind, made.when))]
    if made.announcement:
        paragraphs.append(
            Markup("<p><strong>{}.</strong> {}</p>").format(made.announcement.text, made.announcement.meaning)
        )
    if made.summary:
        paragraphs.append(Markup("<p>{}</p>").format(visible(made.summary)))
    paragraphs += [_excerpt(excerpt) for excerpt in made.excerpts]
    if len(members) > 1:
        paragraphs.append(_pages(ask, members))
    if made.weight.parts:
        parts = "; ".join(f"{part.value} {part.reason}" for part in made.weight.parts)
        paragraphs.append(Markup("<p>Significance {} of 1: {}.</p>").format(made.weight.text, visible(parts)))
    ways = Markup('<p><a href="{}">Read it in the archive</a>, <a href="{}">timeline of the page</a></p>')
    paragraphs.append(ways.format(ask.origin + made.permanent, ask.origin + made.document_href))
    return Markup("\n").join(paragraphs)


def _excerpt(excerpt: Excerpt) -> Markup:
    marked = _NOTHING.join(_MARKS.get(piece.op, Markup("{}")).format(visible(piece.text)) for piece in excerpt.pieces)
    where = Markup("<b>{}</b> ").format(excerpt.where) if excerpt.where else _NOTHING
    return Markup('<blockquote dir="auto">{}{}</blockquote>').format(where, marked)


def _pages(ask: Ask, members: Sequence[News]) -> Markup:
    listed = _NOTHING.join(
        Markup('<li><a href="{}">{}</a></li>').format(
            ask.origin + ask.links.change(item.change.id), visible(item.change.title)
        )
        for item in members[:_NAMED]
    )
    rest = len(members) - _NAMED
    more = Markup("<li>and {} more</li>").format(rest) if rest > 0 else _NOTHING
    return Markup("<ul>{}{}</ul>").format(listed, more)


def _facts(members: Sequence[News]) -> dict[str, Any]:
    """What a program wants to know of the change beside the words, for the JSON form."""
    change = members[0].change
    return {
        "change": change.id,
        "source": change.source_id,
        "publisher": change.publisher,
        "kind": change.kind,
        "classes": list(change.classes),
        "significance": change.significance,
        "last_seen_old": change.last_seen_old,
        "first_seen_new": change.first_seen_new,
        "pages": len(members),
    }


def _settled(text: str) -> str:
    return " ".join(visible(text).split())
