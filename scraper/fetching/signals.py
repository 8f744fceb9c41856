"""Where a publisher announces what it changes: sitemaps that robots.txt names, and feeds that its pages name. Pure.

A signal is asked for like a page, by `fetch_host` and so through the same guard, at the same pace and under the same
robots.txt. It belongs to no source: its request bears `SIGNAL` in the place of one, and nothing is asked beside it.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from scraper.fetching.decoding import decode
from scraper.fetching.identity import article_id, publisher_family, settled_url
from scraper.fetching.observation import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNAL = "signal:"
"""The name in the place of a source's id; no id can be like it."""

MOST_OF_A_HOST = 8
"""Sitemaps, or feeds, of one host that are followed: those that are named first."""

_LONGEST = 2_048
_HEAD = 256 * 1024
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2048})[ \t]*(?:#.*)?$", re.IGNORECASE | re.MULTILINE)
_LINK = re.compile(rb"<link\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"([a-z-]{1,20})\s*=\s*(?:\"([^\"]{0,2048})\"|'([^']{0,2048})'|([^\s\"'>]{1,2048}))", re.IGNORECASE
)
_FEED_TYPES = (b"application/rss+xml", b"application/atom+xml")
# Whether one of them stands in a page at all: a search for one sign is quicker than two for whole types.
_FEED_TYPE = re.compile(rb"\+xml(?:(?<=application/rss\+xml)|(?<=application/atom\+xml))")
# WordPress, for one, announces beside its feed those of comments, in the language of the site.
_COMMENTS = re.compile(r"kommenta|comm?ent", re.IGNORECASE)


def signal_request(
    url: str, etag: str | None = None, last_modified: str | None = None, validated_url: str | None = None
) -> Request:
    """The request for a signal, with the validators of the last answer that was read and the address it came from."""
    return Request(SIGNAL, url, etag=etag, last_modified=last_modified, validated_url=validated_url)


def sitemaps_named(robots: str | None, host: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (RFC 9309, 2.2.4; sitemaps.org), in its order, those of its publisher only.

    They stand outside the groups and are for everybody. A sitemap elsewhere would be somebody else's word.
    """
    named = (found[1] for found in _SITEMAP.finditer((robots or "").replace("\r", "\n")))
    return _first(url for url in named if _is_of(url, host))


def feeds_named(body: bytes, url: str) -> tuple[str, ...]:
    """The feeds that a page announces for itself, absolute, those of its publisher only and none of comments.

    `url` is where the page stands. Looked at are the links in its first 256 KiB.
    """
    head = body[:_HEAD]
    # Where no sign stands is known at once: a search for one byte is many times as fast as an expression.
    first, last = head.find(b"+"), head.rfind(b"+")
    if first < 0 or not _FEED_TYPE.search(head, first, last + len(b"+xml")):
        return ()
    return _first(_feeds(head, url))


def _feeds(head: bytes, url: str) -> Iterator[str]:
    host = urlsplit(url).hostname or ""
    for link in _LINK.finditer(head):
        if b"+xml" not in link[1].lower():
            continue
        said = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(link[1])}
        kind = said.get(b"type", b"").lower().partition(b";")[0].strip()
        if kind not in _FEED_TYPES or b"alternate" not in said.get(b"rel", b"").lower().split():
            continue
        written, title = (html.unescape(said.get(name, b"").decode("utf-8", "replace")) for name in (b"href", b"title"))
        address = _absolute(written.strip(), url)
        if address and not _COMMENTS.search(title + urlsplit(address).path) and _is_of(address, host):
            yield address


def _absolute(written: str, url: str) -> str | None:
    try:
        return urldefrag(urljoin(url, written)).url if written else None
    except ValueError:
        return None


def _is_of(url: str, host: str) -> bool:
    """Whether an address can be asked for and belongs to the publisher of a host (`host_of` or a bare name)."""
    try:
        split, own = urlsplit(url), urlsplit(f"//{host}").hostname or ""
        name = split.hostname or ""
    except ValueError:
        return False
    fit = split.scheme in ("http", "https") and len(url) <= _LONGEST
    return fit and publisher_family(name) == publisher_family(own)


def _first(urls: Iterator[str]) -> tuple[str, ...]:
    first: dict[str, None] = {}
    for url in urls:
        first.setdefault(url)
        if len(first) == MOST_OF_A_HOST:
            break
    return tuple(first)


def unpacked(body: bytes, most: int) -> bytes:
    """The body of a signal without the gzip in which a sitemap may be published (`sitemap.xml.gz`).

    Raises UndecodableError or TooLargeError, the latter where more than `most` bytes are in it.
    """
    return decode(body, ("gzip",), most) if body.startswith(b"\x1f\x8b") else body


def page_key(url: str) -> str:
    """What a watched page and its entry in a list are matched by: two addresses with one key name one page."""
    try:
        number = article_id(url)
        return settled_url(url) if number is None else f"{publisher_family(urlsplit(url).hostname or '')} {number}"
    except ValueError:
        return url
