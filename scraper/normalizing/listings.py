"""Lists of pages with the dates that their publisher gives them: sitemaps, indexes of sitemaps, and feeds.

They are read for what they say of other pages, and never as documents. The form of sitemaps is that of
https://www.sitemaps.org/protocol.html: at most 50,000 addresses in a file, `lastmod` a W3C date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import scraper.normalizing.encoding as encoding
from scraper.errors import Unreadable
from scraper.normalizing.feeds import dated_links
from scraper.normalizing.links import absolute
from scraper.normalizing.text import settle
from scraper.normalizing.xml_tree import parse_xml, walk_xml

Kind = Literal["sitemap", "index", "feed"]

MOST_ENTRIES = 50_000
"""Addresses that are read of one list. A longer sitemap breaks the protocol, and what follows is left out."""

_LONGEST_ADDRESS = 2_048  # the protocol has less
_LONGEST_DATE = 64  # characters; what is longer is no date, and would be kept as evidence
_LONGEST_FEED = 4_000_000  # characters; a feed is read into a tree, which takes many times its size
_MOST_ELEMENTS = 1_000_000  # some of 50,000 entries with pictures, videos and languages
_SITEMAPS: dict[str, Kind] = {"urlset": "sitemap", "sitemapindex": "index"}
_FEEDS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a list, absolute, and the date beside it as written; empty where there is none."""

    url: str
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list is and holds. `cut` is True where it goes on beyond what was read."""

    kind: Kind
    entries: tuple[Listed, ...]
    cut: bool = False


def read_listing(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """Read a sitemap, an index of sitemaps or a feed (RSS, Atom). Raises Unreadable for anything else.

    The work is bounded by the length of the body, and so is the memory, save 50,000 entries.
    """
    _, text = encoding.decode(body, content_type)
    sitemap = _Sitemap(url)
    try:
        walk_xml(text, sitemap.start, sitemap.end, sitemap.add)
    except _Enough:
        return Listing(sitemap.kind, tuple(sitemap.entries), cut=True)
    except _IsFeed:
        return _feed(text, url)
    return Listing(sitemap.kind, tuple(sitemap.entries))


def _feed(text: str, url: str) -> Listing:
    if len(text) > _LONGEST_FEED:
        raise Unreadable(f"a feed of {len(text):,} characters; no more than {_LONGEST_FEED:,} are read")
    entries = dated_links(parse_xml(text), url)
    if entries is None:
        raise Unreadable("neither a sitemap nor a feed")
    found = tuple(Listed(link, dated[:_LONGEST_DATE]) for link, dated in entries if len(link) <= _LONGEST_ADDRESS)
    return Listing("feed", found[:MOST_ENTRIES], cut=len(found) > MOST_ENTRIES)


class _Enough(Exception):
    """The list is longer than is read."""


class _IsFeed(Exception):
    """The root is that of a feed, which is read in another way."""


class _Sitemap:
    """Gathers address and date of each entry while the elements go by. Names count, not namespaces: many have none."""

    def __init__(self, url: str) -> None:
        self.kind: Kind = "sitemap"
        self.entries: list[Listed] = []
        self._url = url
        self._depth = self._elements = self._length = 0
        self._field: str | None = None
        self._said: dict[str, list[str]] = {}

    def start(self, _namespace: str, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise _Enough
        if self._depth == 1:
            self._begin(name)
        elif self._depth == 2:
            self._said = {}
        elif self._depth == 3 and name in ("loc", "lastmod"):
            # Of a second one in the same entry nothing is known; extensions have elements of that name deeper inside.
            self._field = name if name not in self._said else None
            self._length = 0

    def _begin(self, root: str) -> None:
        if root.lower() in _FEEDS:
            raise _IsFeed
        if root not in _SITEMAPS:
            raise Unreadable(f"neither a sitemap nor a feed: its root is <{root[:40]}>")
        self.kind = _SITEMAPS[root]

    def add(self, data: str) -> None:
        if self._field is not None and self._depth == 3 and self._length <= _LONGEST_ADDRESS:
            self._said.setdefault(self._field, []).append(data)
            self._length += len(data)

    def end(self) -> None:
        if self._depth == 3:
            self._field = None
        elif self._depth == 2 and "loc" in self._said:
            self._take(*(settle("".join(self._said.get(name, ()))) for name in ("loc", "lastmod")))
        self._depth -= 1

    def _take(self, address: str, dated: str) -> None:
        if not address or len(address) > _LONGEST_ADDRESS:
            return
        where = address if address.startswith(("https://", "http://")) else absolute(address, self._url)
        if where is None:
            return
        if len(self.entries) >= MOST_ENTRIES:
            raise _Enough
        self.entries.append(Listed(where, dated[:_LONGEST_DATE]))
