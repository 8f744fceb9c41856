"""From a request to a response: the archive checked, the page made in the archive's thread, the headers set."""

from __future__ import annotations

import asyncio
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from datasette.utils.asgi import Response

from scraper.datasette_plugin.access import archives, may_read, refusal
from scraper.datasette_plugin.across import AskAll, front_across, search_across
from scraper.datasette_plugin.asking import Ask, Attachment, Elsewhere, Page, Picture, Reply, Resource
from scraper.datasette_plugin.at_page import at_page
from scraper.datasette_plugin.card_page import difference_card, version_card
from scraper.datasette_plugin.conditional import stands, validators
from scraper.datasette_plugin.difference_page import change_page, difference_page
from scraper.datasette_plugin.document_page import document_page
from scraper.datasette_plugin.feed_page import feed
from scraper.datasette_plugin.front_page import front_page
from scraper.datasette_plugin.limits import lifted
from scraper.datasette_plugin.links import DB, SOURCE, Links
from scraper.datasette_plugin.memento_page import timegate, timemap, version_at
from scraper.datasette_plugin.phrase_page import phrase_page
from scraper.datasette_plugin.search_page import pages_page, search_page
from scraper.datasette_plugin.version_files import capture_file, citation_file, text_file
from scraper.datasette_plugin.version_page import look_page, version_page
from scraper.errors import ArchiveCorrupt, RedlineError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    View = Callable[[Datasette, Request], Awaitable[Response]]

Made = TypeVar("Made")

# Control characters, and the overrides with which a text could be made to read backwards: nothing that is escaped in
# HTML, and still no text to show. What a page holds to the byte is in its capture.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")

HEADERS = {
    # No script (or one file of our own), nothing from anywhere else: what a page said can never act in a browser.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_PICTURE_SECONDS = 3600  # a rebuild may change what the picture shows; the ETag says so then
# The request's headers that an answer may depend on.
_HEEDED = ("accept-datetime", "if-none-match", "if-modified-since")

ATTACHMENT_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def routes() -> list[tuple[str, View]]:
    """Our pages by the pattern of their paths."""
    pages: list[tuple[str, Callable[[Ask], Reply]]] = [
        (rf"/-/redline/{DB}/?$", front_page),
        (rf"/-/redline/{DB}/-/search$", search_page),
        (rf"/-/redline/{DB}/-/phrase$", phrase_page),
        (rf"/-/redline/{DB}/-/pages$", pages_page),
        (rf"/-/redline/{DB}/-/feed\.(?P<form>atom|json)$", feed),
        (rf"/-/redline/{DB}/{SOURCE}/feed\.(?P<form>atom|json)$", feed),
        (rf"/-/redline/{DB}/-/timegate/(?P<url>.+)$", timegate),
        (rf"/-/redline/{DB}/-/timemap/(?:(?P<page>\d+)/)?(?P<url>.+)$", timemap),
        (rf"/-/redline/{DB}/at/(?P<time>[^/]+)/(?P<url>.+)$", version_at),
        (rf"/-/redline/{DB}/-/look/(?P<id>[^/]+)$", look_page),
        (rf"/-/redline/{DB}/-/change/(?P<id>[^/]+)$", change_page),
        (rf"/-/redline/{DB}/-/capture/(?P<id>[^/]+)$", capture_file),
        (rf"/-/redline/{DB}/{SOURCE}$", document_page),
        (rf"/-/redline/{DB}/{SOURCE}/at(?:/(?P<time>[^/]+))?$", at_page),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<number>[^/.]+)$", version_page),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<number>[^/.]+)/text\.txt$", text_file),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<number>[^/.]+)/cite\.(?P<form>txt|bib|json|html)$", citation_file),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<number>[^/.]+)/card\.png$", version_card),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<old>[^/.]+)\.\.(?P<new>[^/.]+)$", difference_page),
        (rf"/-/redline/{DB}/{SOURCE}/(?P<old>[^/.]+)\.\.(?P<new>[^/.]+)/card\.png$", difference_card),
    ]
    over_all: list[tuple[str, View]] = [
        (r"/-/redline/?$", _across(front_across)),
        (r"/-/redline/-/search$", _across(search_across)),
        (r"/-/redline/-/pages$", _list),
    ]
    return [*over_all, *((pattern, _view(page)) for pattern, page in pages)]


def _view(page: Callable[[Ask], Reply]) -> View:
    """A Datasette view that answers with a page of an archive."""

    async def view(datasette: Datasette, request: Request) -> Response:
        name = unquote(request.url_vars["db"])
        if name not in datasette.databases or not await may_read(datasette, request.actor, name):
            return await _problem(datasette, request, None, 404, "No archive of that name is served here.")
        database = datasette.get_database(name)
        wrong = await database.execute_fn(lambda connection: refusal(connection, name))
        if wrong:
            return await _problem(datasette, request, None, 404, f"{wrong}.")
        links = Links.of(datasette, name)
        try:
            reply = await database.execute_fn(
                lambda connection: _made(page, _ask(connection, datasette, request, links))
            )
        except ArchiveCorrupt as error:
            return await _problem(datasette, request, links, 500, f"{error}: run `redline verify` on the archive.")
        except RedlineError as error:
            return await _problem(datasette, request, links, 404, f"{_for_readers(error)}.")
        return await _respond(datasette, request, links, reply)

    return view


def _made(page: Callable[[Ask], Made], ask: Ask) -> Made:
    with lifted(ask.connection):
        return page(ask)


def _ask(connection: sqlite3.Connection, datasette: Datasette, request: Request, links: Links) -> Ask:
    query = {name: str(request.args.get(name)) for name in request.args}
    origin = str(datasette.absolute_url(request, "/")).rstrip("/")
    path = {name: value for name, value in request.url_vars.items() if value is not None}
    heeded = {name: value for name in _HEEDED if (value := request.headers.get(name)) is not None}
    # Settings of this plugin in Datasette's own configuration: `plugins: {redline: {authority: …}}`.
    authority = (datasette.plugin_config("redline") or {}).get("authority")
    holds = heeded.get("if-none-match")
    return Ask(connection, links, path, query, origin, holds, request.query_string, heeded, authority)


async def _respond(datasette: Datasette, request: Request, links: Links, reply: Reply) -> Response:
    if isinstance(reply, Elsewhere):
        return Response("", status=302, headers={**HEADERS, **reply.headers, "location": reply.to})
    if isinstance(reply, Resource):
        return _resource(request, reply)
    if isinstance(reply, Attachment):
        named = {"content-disposition": f'attachment; filename="{reply.filename}"', "etag": f'"{reply.sha256}"'}
        headers = {**ATTACHMENT_HEADERS, **reply.headers, **named}
        return Response(reply.body, headers=headers, content_type=reply.content_type)
    if isinstance(reply, Picture):
        return await _picture(datasette, request, reply)
    return await _html(datasette, request, links, reply, 200)


def _resource(request: Request, reply: Resource) -> Response:
    """Bytes with their validators, or 304 where the program that asks has them."""
    headers = {**ATTACHMENT_HEADERS, **reply.headers}
    if reply.status == 200:
        headers |= validators(reply.body, reply.modified)
        if stands(request.headers, headers):
            return Response("", status=304, headers=headers, content_type=reply.content_type)
    return Response(reply.body, status=reply.status, headers=headers, content_type=reply.content_type)


async def _picture(datasette: Datasette, request: Request, picture: Picture) -> Response:
    """A picture, or 304 where the browser holds it; kept by shared caches only where anybody may read the archive."""
    anybody = await may_read(datasette, None, unquote(request.url_vars["db"]))
    keep = f"{'public' if anybody else 'private'}, max-age={_PICTURE_SECONDS}"
    headers = {**ATTACHMENT_HEADERS, "etag": f'"{picture.etag}"', "cache-control": keep}
    if picture.body is None:
        return Response("", status=304, headers=headers)
    return Response(picture.body, headers=headers, content_type="image/png")


async def _html(datasette: Datasette, request: Request, links: Links | None, page: Page, status: int) -> Response:
    context = {
        "page": page.model,
        "page_title": page.title,
        "links": links,
        "style": _static(datasette, "redline.css"),
        "styles": [_static(datasette, name) for name in page.styles],
        "scripts": [_static(datasette, name) for name in page.scripts],
        "home": datasette.urls.instance(),
    }
    body = await datasette.render_template(page.template, context, request=request)
    policy = HEADERS["content-security-policy"] + ("; script-src 'self'" if page.scripts else "")
    headers = {**HEADERS, **page.headers, "content-security-policy": policy}
    return Response.html(_UNSHOWN.sub("\ufffd", body), status=status, headers=headers)


def _static(datasette: Datasette, name: str) -> str:
    return str(datasette.urls.static_plugins("redline", name)) + f"?{_hash(name)}"


@cache
def _hash(name: str) -> str:
    """Stands in a file's address, so that a browser never shows a new page in an old style."""
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]


def _for_readers(error: RedlineError) -> str:
    """The line of an error without what it tells a keeper to type: a reader has no command line, but links."""
    return re.sub(r": `redline [^`]*`[^:;]*$", "", str(error))


async def _problem(datasette: Datasette, request: Request, links: Links | None, status: int, line: str) -> Response:
    page = Page("redline_problem.html", "Not found" if status == 404 else "Something is wrong", line)
    return await _html(datasette, request, links, page, status)


def _across(page: Callable[[AskAll], Awaitable[Page]]) -> View:
    """A view over all archives; where there is only one, it leads there."""

    async def view(datasette: Datasette, request: Request) -> Response:
        names = await archives(datasette, request.actor)
        if len(names) < 2:
            return await _list(datasette, request)

        async def each(ask: Callable[[str, Ask], Any]) -> dict[str, Any]:
            return dict(zip(names, await asyncio.gather(*(one(name, ask) for name in names)), strict=True))

        async def one(name: str, ask: Callable[[str, Ask], Any]) -> Any:
            links = Links.of(datasette, name)
            database = datasette.get_database(name)
            return await database.execute_fn(
                lambda connection: _made(lambda asked: ask(name, asked), _ask(connection, datasette, request, links))
            )

        query = {name: str(request.args.get(name)) for name in request.args}
        links = Links.across(datasette)
        try:
            return await _html(datasette, request, links, await page(AskAll(each, query, links)), 200)
        except ArchiveCorrupt as error:
            return await _problem(datasette, request, None, 500, f"{error}: run `redline verify` on the archives.")
        except RedlineError as error:
            return await _problem(datasette, request, None, 404, f"{error}.")

    return view


async def _list(datasette: Datasette, request: Request) -> Response:
    """Lead to the only archive, or list those there are."""
    names = await archives(datasette, request.actor)
    if len(names) == 1:
        return Response("", status=302, headers={**HEADERS, "location": Links.of(datasette, names[0]).front()})
    listed = [(name, Links.of(datasette, name).front()) for name in names]
    links = Links.across(datasette) if names else None
    return await _html(datasette, request, links, Page("redline_archives.html", "Archives", listed), 200)


async def front_path(datasette: Datasette, actor: Any) -> str | None:
    """The path of the front page that stands for the whole site; None unless archives and nothing else are served."""
    served = [name for name, database in datasette.databases.items() if not database.is_memory]
    if not served or await archives(datasette, actor) != served:
        return None
    return Links.of(datasette, served[0]).front() if len(served) == 1 else Links.across(datasette).front()
