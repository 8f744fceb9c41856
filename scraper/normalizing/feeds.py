"""Feeds as documents: RSS 2.0 and 0.9x, RSS 1.0 (RDF), Atom (RFC 4287) and JSON Feed 1.1.

A feed reads as its title and its entries in their order: headline, date, byline, text. What a feed says of the moment
when it was put together (lastBuildDate, the feed's own updated) is left out: most servers write the time of the
request there.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.normalizing.dates import to_iso
from scraper.normalizing.document import Document, Image, Link, Passage
from scraper.normalizing.fragments import Fragment, read_fragment
from scraper.normalizing.json_text import Members
from scraper.normalizing.links import absolute, settle_link
from scraper.normalizing.text import paragraphs, settle
from scraper.normalizing.xml_tree import XML, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_JSON_FEED = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")
# A summary that is the beginning of the text ends with one of these, or with a word cut off.
_CUT = " .…[]"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry as the feed gives it; `texts` are HTML, the fullest first."""

    title: str = ""
    link: str | None = None
    date: str = ""
    byline: str = ""
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as it is given: its own fields and its entries."""

    title: str
    about: str = ""
    byline: str = ""
    language: str = ""
    home: str | None = None
    entries: tuple[_Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _EndTag:
    """Where an element ends that is being written out."""

    name: str


def read_feed(value: Node | Any, url: str, charset: str) -> Document | None:
    """The document of a feed, from the root of its XML or from its JSON; None where that is no feed."""
    feed = _from_xml(value) if isinstance(value, Node) else _from_json(value)
    return _document(feed, url, charset) if feed is not None else None


def dated_links(root: Node, url: str) -> list[tuple[str, str]] | None:
    """The address and the date, as written, of each entry of a feed in XML; None where the root is no feed's.

    An entry without an address is left out, and the date is empty where it gives none.
    """
    feed = _from_xml(root)
    if feed is None:
        return None
    links = ((absolute(entry.link, url), entry.date) for entry in feed.entries if entry.link)
    return [(link, date) for link, date in links if link]


def _document(feed: _Feed, url: str, charset: str) -> Document:
    passages = [Passage("heading", feed.title)] if feed.title else []
    passages += [Passage("paragraph", feed.about)] if feed.about else []
    links: dict[Link, None] = {}
    images: dict[Image, None] = {}
    for entry in feed.entries:
        where = absolute(entry.link, url) if entry.link else None
        lead = (("heading", entry.title), ("date", to_iso(entry.date)), ("byline", entry.byline))
        passages += [Passage(kind, text) for kind, text in lead if text]  # type: ignore[arg-type]
        if where and (settled := settle_link(where, url)):
            links.setdefault(Link(settled, entry.title))
        for fragment in _told(entry.texts, where or url):
            passages += fragment.passages
            links.update(dict.fromkeys(fragment.links))
            images.update(dict.fromkeys(fragment.images))
    home = absolute(feed.home, url) if feed.home else None
    said = {"title": feed.title, "byline": feed.byline, "language": feed.language, "canonical_url": home}
    given = {name: value for name, value in said.items() if value}
    origins = tuple((name, "feed") for name in given)
    listed = tuple(links), tuple(images)
    return Document(tuple(passages), **given, links=listed[0], images=listed[1], charset=charset, origins=origins)


def _told(texts: Iterable[str], base: str) -> Iterator[Fragment]:
    """The texts of an entry, without a summary that only repeats the beginning of the text before it."""
    before = ""
    for text in texts:
        fragment = read_fragment(text, base)
        said = " ".join(passage.text for passage in fragment.passages)
        if said and said.rstrip(_CUT) not in before:
            yield fragment
            before += said + "\n"


def _from_xml(root: Node) -> _Feed | None:
    if root.name == "feed":
        return _from_atom(root)
    channel = root.child("channel") if root.name.lower() in {"rss", "rdf"} else None
    if channel is None:
        return None
    holder = root if root.name.lower() == "rdf" else channel  # RSS 1.0 has its items beside the channel
    return _Feed(
        title=_plain(channel.child("title")),
        about=_flat(_text(channel.child("description"))),
        byline=_plain(channel.child("managingEditor")),
        language=_plain(channel.child("language")) or _plain(channel.child("language", _DUBLIN_CORE)),
        home=_home(channel),
        entries=tuple(_rss_entry(item) for item in holder.children("item")),
    )


def _home(channel: Node) -> str | None:
    return next((_plain(node) for node in channel.children("link") if node.namespace != _ATOM), None)


def _rss_entry(item: Node) -> _Entry:
    texts = (_text(item.child("encoded", _CONTENT)), _text(item.child("description")))
    link = next((_plain(node) for node in item.children("link") if node.namespace != _ATOM), "")
    guid = item.child("guid")
    if not link and guid is not None and guid.attributes.get("isPermaLink", "true") != "false":
        link = _plain(guid)
    return _Entry(
        title=_flat(_text(item.child("title"))),
        link=link or None,
        date=_plain(item.child("pubDate")) or _plain(item.child("date", _DUBLIN_CORE)),
        byline=_plain(item.child("creator", _DUBLIN_CORE)) or _plain(item.child("author")),
        texts=tuple(text for text in texts if text),
    )


def _from_atom(root: Node) -> _Feed | None:
    if root.namespace not in {_ATOM, ""}:
        return None
    return _Feed(
        title=_construct(root.child("title")),
        about=_construct(root.child("subtitle")),
        byline=_authors(root),
        language=settle(root.attributes.get(f"{{{XML}}}lang", "")),
        home=_alternate(root),
        entries=tuple(_atom_entry(entry) for entry in root.children("entry")),
    )


def _atom_entry(entry: Node) -> _Entry:
    texts = (_markup(entry.child("content")), _markup(entry.child("summary")))
    return _Entry(
        title=_construct(entry.child("title")),
        link=_alternate(entry),
        date=_plain(entry.child("updated")) or _plain(entry.child("published")),
        byline=_authors(entry),
        texts=tuple(text for text in texts if text),
    )


def _alternate(node: Node) -> str | None:
    """The address that an entry stands for: a link without `rel`, or with "alternate" (RFC 4287, 4.2.7.2)."""
    links = (link for link in node.children("link") if link.attributes.get("rel", "alternate") == "alternate")
    return next((link.attributes["href"] for link in links if link.attributes.get("href")), None)


def _authors(node: Node) -> str:
    return ", ".join(name for author in node.children("author") if (name := _plain(author.child("name"))))


def _construct(node: Node | None) -> str:
    """A text construct of Atom in one line (RFC 4287, 3.1)."""
    return _flat(_markup(node)) if node is not None else ""


def _markup(node: Node | None) -> str:
    """A text construct of Atom as HTML. Content of another type, or kept elsewhere, is none."""
    if node is None:
        return ""
    kind = node.attributes.get("type", "text")
    if kind in {"html", "text/html"}:
        return node.text()
    if kind == "xhtml":
        return _serialised(node)
    return _as_markup(node.text()) if kind in {"text", "text/plain"} else ""


def _serialised(root: Node) -> str:
    """The XHTML inside of an element as HTML for the parser; names of elements and their addresses are enough."""
    pieces: list[str] = []
    waiting: list[Node | str | _EndTag] = list(reversed(root.content))
    while waiting:
        item = waiting.pop()
        if isinstance(item, _EndTag):
            pieces.append(f"</{item.name}>")
        elif isinstance(item, str):
            pieces.append(html.escape(item, quote=False))
        else:
            said = "".join(f' {k}="{html.escape(v)}"' for k, v in item.attributes.items() if k.isidentifier())
            pieces.append(f"<{item.name}{said}>")
            waiting += [_EndTag(item.name), *reversed(item.content)]
    return "".join(pieces)


def _from_json(value: Any) -> _Feed | None:
    version = value.get("version") if isinstance(value, Members) else None
    if not isinstance(version, str) or not version.startswith(_JSON_FEED):
        return None
    items = value.get("items")
    listed = items if isinstance(items, list) else []
    return _Feed(
        title=_string(value, "title"),
        about=_string(value, "description"),
        byline=_json_authors(value),
        language=_string(value, "language"),
        home=_string(value, "home_page_url") or None,
        entries=tuple(_json_entry(item) for item in listed if isinstance(item, Members)),
    )


def _json_entry(item: Members) -> _Entry:
    html_text, plain, summary = (item.get(name) for name in ("content_html", "content_text", "summary"))
    texts = [html_text if isinstance(html_text, str) else ""]
    texts += [_as_markup(text) for text in (plain, summary) if isinstance(text, str)]
    return _Entry(
        title=_string(item, "title"),
        link=_string(item, "url") or _string(item, "external_url") or None,
        date=_string(item, "date_modified") or _string(item, "date_published"),
        byline=_json_authors(item),
        texts=tuple(text for text in texts if text),
    )


def _json_authors(item: Members) -> str:
    authors = item.get("authors")
    listed = authors if isinstance(authors, list) else [item.get("author")]
    return ", ".join(name for author in listed if isinstance(author, Members) and (name := _string(author, "name")))


def _string(item: Members, name: str) -> str:
    value = item.get(name)
    return settle(value) if isinstance(value, str) else ""


def _text(node: Node | None) -> str:
    return node.text() if node is not None else ""


def _plain(node: Node | None) -> str:
    return settle(_text(node))


def _flat(markup: str) -> str:
    """The text of a piece of HTML in one line. Plain text, as most titles are, comes out as it is."""
    if "<" not in markup and "&" not in markup:
        return settle(markup)
    return " ".join(passage.text for passage in read_fragment(markup, "").passages)


def _as_markup(text: str) -> str:
    """Plain text as HTML, a paragraph for each of its parts."""
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs(text))
