"""The Memento protocol (RFC 7089) over versions: TimeGate, TimeMap, and the headers of a page that is a memento.

A memento is a version's page (URI-M); its Memento-Datetime is the moment of the first look that saw the version. That
it stood before is not known, and RFC 7089, 2.1.1 asks for the moment whose state is reflected. The file of a capture is
a memento too, dated by the first look that brought these bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.archive import mementos
from scraper.datasette_plugin.asking import Ask, Elsewhere, Resource, whole
from scraper.datasette_plugin.conditional import http_date
from scraper.datasette_plugin.datetimes import accepted, asked_moment
from scraper.datasette_plugin.link_format import LINK_FORMAT, WebLink, as_document, as_header
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.mementos import Around, Memento, Original

PAGE = 1000
"""Mementos in one document of a TimeMap."""

_WHOLLY_ENCODED = re.compile(r"https?%3a%2f%2f", re.IGNORECASE)
_ONE_SLASH = re.compile(r"(https?):/+", re.IGNORECASE)


def timegate(ask: Ask) -> Elsewhere | Resource:
    """Lead to the version of a URL that was in force at Accept-Datetime; without it, to the latest (RFC 7089, 4.2.1).

    A date that cannot be read is answered with 400 (4.5.3).
    """
    page = mementos.original(ask.connection, asked_url(ask))
    header = ask.headers.get("accept-datetime")
    try:
        moment = accepted(header) if header is not None else None
    except UsageError as error:
        return Resource(f"{error}.\n".encode(), "text/plain; charset=utf-8", status=400)
    chosen = (
        mementos.latest(ask.connection, page.source_id)
        if moment is None
        else mementos.in_force(ask.connection, page.source_id, moment)
    )
    links = _links(ask, page, mementos.around(ask.connection, page.source_id, chosen.number), gate=False)
    target = ask.origin + ask.links.version(page.source_id, chosen.number)
    # 2.1.2: what is negotiated is said in Vary. The answer is no memento itself, so it has no Memento-Datetime (2.1.1).
    return Elsewhere(target, {"vary": "accept-datetime", "link": as_header(links), "cache-control": "no-cache"})


def version_at(ask: Ask) -> Elsewhere:
    """Lead to the version of a URL that was in force at the time that the path names."""
    page = mementos.original(ask.connection, asked_url(ask))
    moment = asked_moment(unquote(ask.path["time"]))
    chosen = mementos.in_force(ask.connection, page.source_id, moment)
    return Elsewhere(ask.links.version(page.source_id, chosen.number, asked=moment))


def timemap(ask: Ask) -> Resource | Elsewhere:
    """The versions of a URL in link format (RFC 7089, 5); where they are many, the documents that list them."""
    page = mementos.original(ask.connection, asked_url(ask))
    asked = ask.path.get("page")
    number = whole(asked) if asked else None
    if page.known_as != page.url:
        # One page has one TimeMap, whichever of its addresses is asked for.
        return Elsewhere(ask.links.timemap(page.url, number))
    latest = mementos.latest(ask.connection, page.source_id)
    if number is None and latest.number > PAGE:
        return _index(ask, page, latest)
    found = mementos.listed(ask.connection, page.source_id, PAGE * ((number or 1) - 1), PAGE)
    if not found or number == 0:
        raise UsageError(f"this TimeMap has {-(-latest.number // PAGE)} pages, and {number} is not one of them")
    links = [
        WebLink(page.url, "original"),
        _timemap_link(ask, page, "self", number, found[0], found[-1]),
        WebLink(ask.origin + ask.links.timegate(page.url), "timegate"),
        *(_memento_link(ask, page, one, _role(one, found, latest, number or 1)) for one in found),
    ]
    return Resource(as_document(links), LINK_FORMAT, found[-1].seen)


def memento_headers(ask: Ask, source_id: str, number: int, url: str) -> dict[str, str]:
    """The headers of a version's page: Memento-Datetime, and its links to the rest (RFC 7089, 2.2 and 4.2)."""
    found = mementos.around(ask.connection, source_id, number)
    page = mementos.Original(source_id, url, url)
    return {"memento-datetime": http_date(found.this.seen), "link": as_header(_links(ask, page, found, gate=True))}


def capture_headers(ask: Ask, capture_id: int) -> dict[str, str]:
    """The headers of a capture's file: the moment of the first look that brought these bytes, and its original."""
    seen = mementos.capture_seen(ask.connection, capture_id)
    if seen is None:
        return {}
    _, url, moment = seen
    links = [
        WebLink(url, "original"),
        WebLink(ask.origin + ask.links.timegate(url), "timegate"),
        WebLink(ask.origin + ask.links.timemap(url), "timemap", LINK_FORMAT),
    ]
    return {"memento-datetime": http_date(moment), "link": as_header(links)}


def asked_url(ask: Ask) -> str:
    """The URL that ends the path, as its publisher writes it.

    The path comes as it was sent. A URL that was encoded whole (`https%3A%2F%2F…`) is decoded once; in any other, what
    is percent-encoded belongs to the URL, as does the query string of the request. A slash that a proxy took out of
    `//` is put back.
    """
    url = ask.path["url"]
    if _WHOLLY_ENCODED.match(url):
        url = unquote(url)
    else:
        own = "&".join(part for part in ask.raw_query.split("&") if part)
        url = f"{url}?{own}" if own else url
    if not _ONE_SLASH.match(url):
        url = f"http://{url}"
    return _ONE_SLASH.sub(lambda found: f"{found[1].lower()}://", url, count=1)


def _links(ask: Ask, page: Original, found: Around, *, gate: bool) -> list[WebLink]:
    """Original, TimeGate (from a memento), TimeMap, and the mementos that matter from this one."""
    links = [WebLink(page.known_as, "original")]
    if gate:
        links.append(WebLink(ask.origin + ask.links.timegate(page.url), "timegate"))
    links.append(_timemap_link(ask, page, "timemap", None, found.first, found.last))
    roles: dict[Memento, list[str]] = {}
    named = (("first", found.first), ("prev", found.previous), ("", found.this), ("next", found.following))
    for role, memento in (*named, ("last", found.last)):
        if memento is not None:
            roles.setdefault(memento, []).append(role)
    links += [_memento_link(ask, page, memento, " ".join(filter(None, names))) for memento, names in roles.items()]
    return links


def _memento_link(ask: Ask, page: Original, memento: Memento, role: str) -> WebLink:
    href = ask.origin + ask.links.version(page.source_id, memento.number)
    return WebLink(href, f"{role} memento".strip(), datetime=memento.seen)


def _timemap_link(ask: Ask, page: Original, rel: str, number: int | None, first: Memento, last: Memento) -> WebLink:
    href = ask.origin + ask.links.timemap(page.url, number)
    return WebLink(href, rel, LINK_FORMAT, since=first.seen, until=last.seen)


def _role(one: Memento, found: list[Memento], latest: Memento, number: int) -> str:
    first = "first" if number == 1 and one is found[0] else ""
    last = "last" if one.number == latest.number else ""
    return f"{first} {last}".strip()


def _index(ask: Ask, page: Original, latest: Memento) -> Resource:
    """A TimeMap of TimeMaps (RFC 7089, 5.1.1 calls it an index)."""
    pages = mementos.boundaries(ask.connection, page.source_id, PAGE)
    links = [
        WebLink(page.url, "original"),
        _timemap_link(ask, page, "self", None, pages[0][0], latest),
        WebLink(ask.origin + ask.links.timegate(page.url), "timegate"),
        *(_timemap_link(ask, page, "timemap", at, first, last) for at, (first, last) in enumerate(pages, start=1)),
    ]
    return Resource(as_document(links), LINK_FORMAT, latest.seen)
