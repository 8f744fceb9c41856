"""The demo's two publishers: what they answer to a request at a moment. Pure: same question, same bytes."""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.demo.noise import draw
from scraper.demo.pages import PAGE_NAMES, Page, Publisher, page_at, resource
from scraper.demo.script import NEW_DEPARTMENT, OLD_DEPARTMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.demo.noise import Noise

ROBOTS = "User-agent: *\nDisallow: /search\n"
HISTORICAL_NOTICE = (
    '<div class="historical-notice">You have accessed part of a historical collection of the {department}. Some of '
    "the information contained within may be outdated and links may not function.</div>\n"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer: status, headers (without Date and Content-Length) and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(
    publisher: Publisher, target: str, now: datetime, *, base: str, if_none_match: str | None = None
) -> Rendered:
    """What `publisher` answers to a GET of `target` (path and query) at `now`; `base` is its address without a path."""
    path = urlsplit(target).path
    if path == "/robots.txt":
        return _text(200, "text/plain", ROBOTS)
    if path == "/":
        return _front(publisher, now)
    if path.startswith(("/static/", "/media/")):
        return _asset(publisher, path)
    for page in (page_at(name, now) for name in PAGE_NAMES):
        if page.publisher != publisher or path not in (page.path, *page.former_paths):
            continue
        if page.state == "blocked":
            return _denied(base + path, now)
        if page.state == "gone":
            break
        if path != page.path:
            return Rendered(301, (("Location", page.path), ("Content-Type", "text/html")), b"")
        return _article(page, now, base, if_none_match)
    return _html(404, _layout("missing.html").substitute(publisher=publisher))


def _article(page: Page, now: datetime, base: str, if_none_match: str | None) -> Rendered:
    headers: tuple[tuple[str, str], ...] = (("Cache-Control", "no-cache"),)
    if "etag" in page.fields:
        said = json.dumps([page.fields, page.article, _department(now)])
        # Weak: it names the article and not the noise around it, as content systems' tags do.
        tag = f'W/"{sha256(said.encode()).hexdigest()[:16]}"'
        headers += (("ETag", tag),)
        if if_none_match == tag:
            return Rendered(304, headers, b"")
    fields = _FIELDS[page.publisher](page, now, base)
    return _html(200, _layout(f"layout-{page.publisher}.html").substitute(fields), headers)


def _shared(page: Page, base: str, noise: Noise) -> dict[str, str]:
    fields = {key: html.escape(value) for key, value in page.fields.items()}
    fields |= {key: str(value) for key, value in asdict(noise).items()}
    return fields | {"article": page.article, "url": base + page.path}


def _harbours(page: Page, now: datetime, base: str) -> dict[str, str]:
    """The fields of the government look."""
    noise = draw(page.name, now)
    department = _department(now)
    updated = ""
    if page.fields["modified"] != page.fields["published"]:
        updated = f'<p class="last-updated">Last updated: {_day(page.fields["modified"])}</p>\n'
    return _shared(page, base, noise) | {
        "department": department,
        "published_words": _day(page.fields["published"]),
        "notice": HISTORICAL_NOTICE.format(department=department) if "historical" in page.fields else "",
        "updated": updated,
        "related": _items(noise.related),
    }


def _estuary_post(page: Page, now: datetime, base: str) -> dict[str, str]:
    """The fields of the newspaper look."""
    noise = draw(page.name, now, int(page.fields["comments"]))
    published, modified = page.fields["published"], page.fields["modified"]
    updated = f' <time class="updated" datetime="{modified}">Updated {_minute(modified)}</time>'
    return _shared(page, base, noise) | {
        "today": f"{now:%A}, {_day(now.isoformat())}",
        "published_words": _minute(published),
        "updated": updated if modified != published else "",
        "podcasts": _items(noise.podcasts),
        "stories": _items(tuple(f"{story}, {since}" for story, since in noise.stories)),
        "comments": str(noise.comments),
        "json_ld": _json_ld(page, base),
    }


_FIELDS: dict[Publisher, Callable[[Page, datetime, str], dict[str, str]]] = {
    "harbours": _harbours,
    "estuary-post": _estuary_post,
}


def _json_ld(page: Page, base: str) -> str:
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.fields["title"],
        "description": page.fields["standfirst"],
        "datePublished": page.fields["published"],
        "dateModified": page.fields["modified"],
        "author": [{"@type": "Person", "name": page.fields["byline"]}],
        "publisher": {"@type": "Organization", "name": "The Estuary Post"},
        "mainEntityOfPage": base + page.path,
    }
    return json.dumps(said, ensure_ascii=False)


def _front(publisher: Publisher, now: datetime) -> Rendered:
    pages = [page_at(name, now) for name in PAGE_NAMES]
    links = [
        f'<li><a href="{page.path}">{html.escape(page.fields["title"])}</a></li>'
        for page in pages
        if page.publisher == publisher and page.state == "up"
    ]
    name = _department(now) if publisher == "harbours" else "The Estuary Post"
    fields = {"name": name, "publisher": publisher, "today": _day(now.isoformat()), "links": "\n".join(links)}
    return _html(200, _layout("layout-index.html").substitute(fields))


def _asset(publisher: Publisher, path: str) -> Rendered:
    name = path.rpartition("/")[2]
    pictures = {f"{picture}.svg" for picture in ("lock", "ferry", "dredger", "pilot-house")}
    if name == f"{publisher}.css":
        return _text(200, "text/css", resource(name))
    if name == "site.js":
        return _text(200, "text/javascript", "")
    if name in pictures and path.startswith("/media/"):
        return _text(200, "image/svg+xml", resource(name))
    return _html(404, _layout("missing.html").substitute(publisher=publisher))


def _denied(url: str, now: datetime) -> Rendered:
    """A refusal in the manner of a content delivery network's edge: it says nothing about the page."""
    reference = f"{sha256((url + now.isoformat()).encode()).hexdigest()[:8]}.{int(now.timestamp())}.1a2b3c"
    body = _layout("denied.html").substitute(url=html.escape(url), reference=reference)
    headers = (
        ("Server", "AkamaiGHost"),
        ("Mime-Version", "1.0"),
        ("Content-Type", "text/html"),
        ("Expires", format_datetime(now, usegmt=True)),
    )
    return Rendered(403, headers, body.encode())


def _department(now: datetime) -> str:
    """The name that the department's site gives itself at `now`."""
    renamed = NEW_DEPARTMENT in page_at("biography", now).article
    return NEW_DEPARTMENT if renamed else OLD_DEPARTMENT


@cache
def _layout(name: str) -> Template:
    return Template(resource(name))


def _day(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{moment.day} {moment:%B %Y}"


def _minute(iso: str) -> str:
    return f"{_day(iso)}, {datetime.fromisoformat(iso):%H:%M}"


def _items(titles: tuple[str, ...]) -> str:
    return "\n".join(f'<li><a href="/">{html.escape(title)}</a></li>' for title in titles)


def _html(status: int, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Rendered:
    return Rendered(status, (("Content-Type", "text/html; charset=utf-8"), *headers), text.encode())


def _text(status: int, media_type: str, text: str) -> Rendered:
    return Rendered(status, (("Content-Type", f"{media_type}; charset=utf-8"),), text.encode())
