"""What a page says of itself: title, byline, dates, language, canonical address, source of a syndicated copy.

Trusted in this order: JSON-LD (written by the publishing system for machines), OpenGraph and other `<meta>`, visible
text. The title is the exception: what readers see as the headline wins where another source agrees with it (below).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scraper.normalizing.dates import to_iso
from scraper.normalizing.links import absolute
from scraper.normalizing.text import settle
from scraper.normalizing.wording import syndicated_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from scraper.normalizing.document import Passage

# A hostile block of JSON-LD costs no more than this: characters, and nodes looked at.
_JSON_LENGTH = 500_000
_JSON_NODES = 2_000
_ARTICLE = re.compile(r"(?:.*Article|.*Posting|Report|WebPage|.*Page|PressRelease|SpecialAnnouncement)")
_SEPARATOR = re.compile(r"\s+(?:[|·•»›–—-]|::)\s+")
_BY = re.compile(r"^(?:story\s+)?(?:by|von|par|por)\s*:?\s+", re.IGNORECASE)
_FIGURE = re.compile(r"(?<!\w)\d")
_UPDATED = re.compile(r"(?:last\s+)?(?:updated|modified|reviewed)\b", re.IGNORECASE)
_MARKS_OF_ARTICLES = (
    '[itemtype]:is([itemtype$="Article"], [itemtype$="BlogPosting"])'  # a selector for each is tried on every element
    ', [itemprop]:is([itemprop="articleBody"], [itemprop="datePublished"])'
    ", .type-post, #comments, #respond, .comments-area, .commentlist"
)

_OF_THE_PAGE = 'meta, script[type="application/ld+json" i], link[rel~="canonical" i], base[href]'
_read_json = json.JSONDecoder(strict=False).decode

_META = {
    "byline": ("article:author", "author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"),
    "published": (
        "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "dcterms.created",
        "dcterms.issued", "dc.date.issued", "dc.date", "date", "pubdate", "publish-date", "sailthru.date",
    ),
    "modified": (
        "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified",
        "last-modified", "lastmod",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Metadata:
    """The fields found, for each the place it came from, and whether the page says that it is an article.

    `base` is the address as written that its relative links start from, where it names one (HTML 4.2.3).
    """

    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    is_article: bool = False
    base: str | None = None

    def offer(self, name: str, value: str | None, origin: str) -> None:
        """Take a value unless a more trusted one is there already."""
        if value and name not in self.values:
            self.values[name] = value
            self.origins[name] = origin


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """Read what the head and the structured data of a page say; `url` is the base of its addresses."""
    found = Metadata()
    # One look through the tree for all, since each costs as much as what it finds.
    nodes = tree.css(_OF_THE_PAGE)
    for article in _articles(nodes):
        found.offer("headline", _text(article.get("headline")), "json-ld")
        found.offer("byline", _names(article.get("author")), "json-ld")
        found.offer("published", _date(article.get("datePublished")), "json-ld")
        found.offer("modified", _date(article.get("dateModified")), "json-ld")
        found.offer("syndicated_from", _address(article.get("isBasedOn"), url), "json-ld")
        found.is_article |= not _is_page(article)
    found.base = next((node.attributes.get("href") for node in nodes if node.tag == "base"), None)
    meta = _meta(nodes)
    found.is_article = found.is_article or _is_marked_article(tree, meta)
    for name, keys in _META.items():
        for key in keys:
            value = meta.get(key)
            found.offer(name, (_author if name == "byline" else _date)(value), _origin(key))
    _read_title(found, tree, meta)
    _read_addresses(found, tree, nodes, meta, url)
    return found


def add_visible(found: Metadata, passages: tuple[Passage, ...], heading: str | None) -> None:
    """Complete the metadata from the kept passages. `heading` is the text of the page's h1.

    The title is the h1 where the headline, the OpenGraph title or the `<title>` (without its site) contains it;
    otherwise (an h1 may be the name of the site) the headline or the OpenGraph title, then the h1, then the `<title>`
    without its site suffix.
    """
    said = [found.values.get(name) for name in ("headline", "og_title", "page_title")]
    agreed = heading and any(value and heading.casefold() in value.casefold() for value in said)
    if heading and (agreed or not any(said[:2])):
        found.offer("title", heading, "text")
    for name in ("headline", "og_title", "page_title"):
        found.offer("title", found.values.get(name), found.origins.get(name, ""))
    for passage in passages:
        if passage.kind in {"byline", "date"}:
            for part in passage.text.split(" | "):
                _add_line(found, part, passage.kind)
        elif passage.kind == "notice":
            found.offer("syndicated_from", syndicated_from(passage.text), "text")


def _add_line(found: Metadata, text: str, kind: str) -> None:
    """Complete a date or the byline from a visible line, or from one part of a line that holds both."""
    read = to_iso(text)
    if read != text:
        found.offer("modified" if _UPDATED.match(text) else "published", read, "text")
    elif kind == "byline":
        found.offer("byline", _BY.sub("", text), "text")


def _read_title(found: Metadata, tree: LexborHTMLParser, meta: Mapping[str, str]) -> None:
    site = meta.get("og:site_name", "")
    found.offer("og_title", _without_site(meta.get("og:title") or meta.get("twitter:title") or "", site), "opengraph")
    node = tree.css_first("head > title") or tree.css_first("title")
    text = settle(node.text()) if node is not None else ""
    found.offer("page_title", _without_site(text, site) if site else _longest_part(text), "meta")


def _longest_part(title: str) -> str:
    """Take the name of a site off a title where the page does not say it; sections follow the title after ">"."""
    first = title.split(" > ")[0]
    parts = _SEPARATOR.split(first)
    return max(parts, key=len) if len(parts) == 2 else " – ".join(parts[:-1]) or first


def _without_site(title: str, site: str) -> str:
    """Take the name of the site off the end of a title."""
    if site and title.casefold().endswith(site.casefold()) and len(title) > len(site):
        rest = title[: -len(site)].rstrip()
        shorter = rest.rstrip("|·•»›:–—>-").rstrip()
        return shorter if shorter != rest and shorter else title
    return title


def _read_addresses(
    found: Metadata, tree: LexborHTMLParser, nodes: list[LexborNode], meta: Mapping[str, str], url: str
) -> None:
    link = next((node for node in nodes if node.tag == "link"), None)
    if link is not None:
        found.offer("canonical_url", absolute(link.attributes.get("href") or "", url), "meta")
    found.offer("canonical_url", absolute(meta["og:url"], url) if meta.get("og:url") else None, "opengraph")
    found.offer(
        "syndicated_from",
        absolute(meta.get("syndication-source") or "", url) if meta.get("syndication-source") else None,
        "meta",
    )
    found.offer(
        "syndicated_from",
        absolute(meta.get("original-source") or "", url) if meta.get("original-source") else None,
        "meta",
    )
    root = tree.css_first("html")
    language = settle(
        (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root is not None else ""
    )
    found.offer("language", language, "html")
    found.offer("language", settle(meta.get("content-language") or ""), "meta")


def _meta(nodes: list[LexborNode]) -> dict[str, str]:
    """Return the first value of each `<meta>` by its name in lower case."""
    values: dict[str, str] = {}
    for node in nodes:
        if node.tag != "meta":
            continue
        attributes = node.attributes
        key = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        content = attributes.get("content")
        if key and content and (value := settle(content)):
            values.setdefault(key.strip().lower(), value)
    return values


def _origin(key: str) -> str:
    return "opengraph" if key.startswith(("og:", "article:")) else "meta"


def _articles(nodes: list[LexborNode]) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON-LD nodes that describe the page: articles first, then pages. The unreadable is passed over."""
    objects = [thing for node in nodes if node.tag == "script" for thing in _objects(node.text() or "")]
    typed = [(_types(thing), thing) for thing in objects]
    for kinds, thing in typed:
        if any(not kind.endswith("Page") for kind in kinds):
            yield thing
    for kinds, thing in typed:
        if kinds and all(kind.endswith("Page") for kind in kinds):
            yield thing


def _is_marked_article(tree: LexborHTMLParser, meta: Mapping[str, str]) -> bool:
    """Whether OpenGraph, microdata, the class that WordPress gives a post, or a comment thread say that it is one.

    Some systems call every page an article in OpenGraph; only what was published on a day has been one.
    """
    if meta.get("og:type", "").casefold() == "article" and "article:published_time" in meta:
        return True
    if tree.css_first(_MARKS_OF_ARTICLES) is not None:
        return True
    names = tree.body.attributes.get("class") if tree.body is not None else None
    return not {"single", "single-post"}.isdisjoint((names or "").split())


def _is_page(node: Mapping[str, Any]) -> bool:
    """Whether a node describes a page of any kind and no article."""
    return all(kind.endswith("Page") for kind in _types(node))


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind for kind in listed if isinstance(kind, str) and _ARTICLE.fullmatch(kind)]


def _objects(text: str) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON-LD block: at its top, in lists, in ``@graph`` and in ``mainEntity``."""
    if len(text) > _JSON_LENGTH:
        return []
    try:
        waiting = [_read_json(text.strip().removesuffix(";"))]
    except (ValueError, RecursionError):
        return []
    found: list[Mapping[str, Any]] = []
    seen = 0
    while waiting and seen < _JSON_NODES:
        seen += 1
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item[:_JSON_NODES])
        elif isinstance(item, dict):
            found.append(item)
            waiting.extend(item[key] for key in ("@graph", "mainEntity") if key in item)
    return found


def _text(value: object) -> str | None:
    return settle(value) or None if isinstance(value, str) else None


def _date(value: object) -> str | None:
    """Return a date in ISO 8601 or as written; the name of a date format or an unfilled template is none."""
    text = _text(value)
    return to_iso(text) if text and _FIGURE.search(text) else None


def _author(value: str | None) -> str | None:
    """Return the name of an author; the address of an author's page is none."""
    return None if value and value.startswith(("http://", "https://")) else value


def _address(value: object, url: str) -> str | None:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return absolute(value, url) if isinstance(value, str) else None


def _names(value: object) -> str | None:
    """Return the names of one or several authors, joined by commas."""
    listed = value if isinstance(value, list) else [value]
    names = [_text(item.get("name")) if isinstance(item, dict) else _text(item) for item in listed[:50]]
    return ", ".join(dict.fromkeys(name for name in names if name and not name.startswith("http"))) or None
