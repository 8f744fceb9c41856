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
    from collections.abc import Mapping

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"

_NAMESPACE = "http://www.w3.org/2005/Atom"
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
    items: tuple[FeedItem, ...]


def as_atom(feed: Feed) -> bytes:
    """The feed as an Atom document, UTF-8."""
    ElementTree.register_namespace("", _NAMESPACE)
    root = ElementTree.Element(_name("feed"))
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
    for item in feed.items:
        _entry(root, item)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


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
        "items": [_item(item) for item in feed.items],
    }
    told = {name: value for name, value in written.items() if value is not None}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _entry(root: ElementTree.Element, item: FeedItem) -> None:
    entry = _put(root, "entry", None)
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


def _item(item: FeedItem) -> dict[str, Any]:
    return {
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


def _put(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    allowed = {key: _FORBIDDEN.sub("\ufffd", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, _name(name), allowed)
    element.text = None if text is None else _FORBIDDEN.sub("\ufffd", text)
    return element


def _name(local: str) -> str:
    return f"{{{_NAMESPACE}}}{local}"
