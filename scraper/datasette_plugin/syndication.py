"""A feed as bytes: Atom (RFC 4287, paged by RFC 5005) and JSON Feed 1.1 (jsonfeed.org/version/1.1). Pure.

`updated` is the moment at which the archive found the change, since that is when the entry became what it is; when the
page was edited is known only as an interval, which the entry states in words and, in JSON, as `_redline`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"

_NAMESPACE = "http://www.w3.org/2005/Atom"  # said by the feed, and so of every name in it
_END = "</feed>"
# XML 1.0, 2.2: the characters that a document may hold; all others would make the whole feed unreadable.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Category:
    """A class of change: the name in the archive and the one for readers."""

    term: str
    label: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An entry: `html` is its content as markup that is safe to show, all links absolute; times are archive text."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: str
    updated: str
    categories: tuple[Category, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with absolute addresses of its own: the page for readers, this document, both forms, first and next."""

    id: str
    title: str
    subtitle: str
    author: str
    updated: str
    home: str
    this: str
    first: str | None
    following: str | None
    items: tuple[str, ...]  # as the form of the feed has them


@dataclass(frozen=True, slots=True)
class Form:
    """A form of feed: its media type, how an entry is written, and how a feed is, of entries that are written."""

    media_type: str
    entry: Callable[[FeedItem], str]
    feed: Callable[[Feed], bytes]


def atom_entry(item: FeedItem) -> str:
    """An entry of an Atom document, to stand within a feed."""
    entry = ElementTree.Element("entry")
    _put(entry, "id", item.id)
    _put(entry, "title", item.title, type="text")
    _put(entry, "link", None, rel="alternate", type="text/html", href=item.url)
    _put(entry, "published", item.published)
    _put(entry, "updated", item.updated)
    for category in item.categories:
        _put(entry, "category", None, term=category.term, label=category.label)
    _put(entry, "summary", item.summary, type="text")
    # RFC 4287, 4.1.3.3: type html is markup escaped into text; ElementTree escapes it.
    _put(entry, "content", item.html, type="html")
    written: str = ElementTree.tostring(entry, encoding="unicode")
    return written


def json_entry(item: FeedItem) -> str:
    """An item of a JSON feed."""
    return _as_json(
        {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            "summary": item.summary,
            "content_html": item.html,
            "date_published": item.published,
            "date_modified": item.updated,
            "tags": [category.label for category in item.categories],
            "_redline": dict(item.facts),
        }
    )


def as_atom(feed: Feed) -> bytes:
    """The feed as an Atom document, UTF-8."""
    root = ElementTree.Element("feed", {"xmlns": _NAMESPACE})
    _put(root, "id", feed.id)
    _put(root, "title", feed.title, type="text")
    _put(root, "subtitle", feed.subtitle, type="text")
    _put(root, "updated", feed.updated)
    _put(root, "generator", "Redline")
    # RFC 4287, 4.1.1: a feed names an author unless each entry does.
    _put(_put(root, "author", None), "name", feed.author)
    for rel, href, media_type in (
        ("self", feed.this, "application/atom+xml"),
        ("alternate", feed.home, "text/html"),
        ("first", feed.first, "application/atom+xml"),
        ("next", feed.following, "application/atom+xml"),
    ):
        if href:
            _put(root, "link", None, rel=rel, type=media_type, href=href)
    written: str = ElementTree.tostring(root, encoding="unicode")
    head = written.removesuffix(_END)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{head}{''.join(feed.items)}{_END}".encode()


def as_json(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1, UTF-8."""
    written = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": feed.home,
        "feed_url": feed.this,
        "next_url": feed.following,
        "language": "en",
        "authors": [{"name": feed.author}],
    }
    head = _as_json({name: value for name, value in written.items() if value is not None}).removesuffix("\n}")
    # No text holds a line feed of its own in JSON, so that what is written can be moved to the right.
    items = ",\n".join(feed.items).replace("\n", "\n  ")
    listed = f"[\n  {items}\n ]" if items else "[]"
    return f'{head},\n "items": {listed}\n}}\n'.encode("utf-8", "replace")


FORMS = {"atom": Form(ATOM, atom_entry, as_atom), "json": Form(JSON_FEED, json_entry, as_json)}
"""The forms by the ending of a feed's address."""


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _put(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    allowed = {key: _FORBIDDEN.sub("\ufffd", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, name, allowed)
    element.text = None if text is None else _FORBIDDEN.sub("\ufffd", text)
    return element
