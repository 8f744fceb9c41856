"""From a request to a response: the archive checked, the page made in the archive's thread, the headers set."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import replace
from functools import partial
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
from scraper.datasette_plugin.kept import Answer, Facts, State, kept
from scraper.datasette_plugin.limits import lifted
from scraper.datasette_plugin.links import DB, SOURCE, Links
from scraper.datasette_plugin.memento_page import timegate, timemap, version_at
from scraper.datasette_plugin.phrase_page import phrase_page
from scraper.datasette_plugin.rendering import HEADERS, html, own_environment, rendered
from scraper.datasette_plugin.search_page import pages_page, search_page
from scraper.datasette_plugin.version_files import capture_file, citation_file, text_file
from scraper.datasette_plugin.version_page import look_page, version_page
from scraper.errors import ArchiveCorrupt, RedlineError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Hashable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    View = Callable[[Datasette, Request], Awaitable[Response]]

Made = TypeVar("Made")

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
        links, key = Links.of(datasette, name), _shared(datasette, request)
        async with kept(datasette).alone(key) if key else contextlib.nullcontext():
            return await _answered(datasette, request, links, page, name, key)

    return view


async def _answered(
    datasette: Datasette, request: Request, links: Links, page: Callable[[Ask], Reply], name: str, key: Hashable
) -> Response:
    """What was answered before, or what the page says now; its fault in a line where it cannot."""

    def asked(connection: sqlite3.Connection) -> tuple[State, Answer | Reply] | str:
        if wrong := refusal(connection, name):
            return wrong
        state = kept(datasette).state(name, connection)
        known: Answer | None = kept(datasette).get(state, key)
        if known is not None:
            return state, known
        ask = _ask(connection, datasette, request, links, state)
        made, environment = _made(page, ask), own_environment(datasette)
        if isinstance(made, Page) and environment is not None:
            # Here and not in the event loop, where everybody else would wait for it.
            return state, _checked(request, rendered(datasette, environment, links, made, ask.once))
        return state, made

    try:
        found = await datasette.get_database(name).execute_fn(asked)
    except ArchiveCorrupt as error:
        return await _problem(datasette, request, links, 500, f"{error}: run `redline verify` on the archive.")
    except RedlineError as error:
        return await _problem(datasette, request, links, 404, f"{_for_readers(error)}.")
    if isinstance(found, str):
        return await _problem(datasette, request, None, 404, f"{found}.")
    state, reply = found
    if isinstance(reply, Page):
        reply = _checked(request, await html(datasette, request, links, reply))
    elif isinstance(reply, Resource) and reply.status == 200:
        written = Answer(reply.body, reply.content_type, {**ATTACHMENT_HEADERS, **reply.headers})
        reply = _checked(request, written, reply.modified)
    if not isinstance(reply, Answer):
        return await _respond(datasette, request, reply)
    if key is not None:
        kept(datasette).put(state, key, reply, len(reply.body) + len(repr(key)))
    return _sent(request, reply)


def _shared(datasette: Datasette, request: Request) -> Hashable:
    """What an answer depends on beside the archive; None where it may be for this reader alone.

    That is where somebody has signed in, or the templates of an operator may look at the request.
    """
    if request.actor is not None or own_environment(datasette) is None:
        return None
    when = request.headers.get("accept-datetime")
    return str(datasette.absolute_url(request, "/")), request.path, request.query_string, when


def _checked(request: Request, answer: Answer, modified: str | None = None) -> Answer:
    """An answer with what a reader who has it can ask by whether it still stands."""
    headers = {**answer.headers, **validators(answer.body, modified)}
    if request.actor is not None:
        headers["cache-control"] = "private, no-cache"
    return replace(answer, headers=headers)


def _sent(request: Request, answer: Answer) -> Response:
    """An answer, or 304 where the reader has it."""
    headers = dict(answer.headers)
    if stands(request.headers, headers):
        return Response("", status=304, headers=headers, content_type=answer.content_type)
    return Response(answer.body, headers=headers, content_type=answer.content_type)


def _made(page: Callable[[Ask], Made], ask: Ask) -> Made:
    with lifted(ask.connection):
        return page(ask)


def _ask(connection: sqlite3.Connection, datasette: Datasette, request: Request, links: Links, state: State) -> Ask:
    query = {name: str(request.args.get(name)) for name in request.args}
    origin = str(datasette.absolute_url(request, "/")).rstrip("/")
    path = {name: value for name, value in request.url_vars.items() if value is not None}
    heeded = {name: value for name in _HEEDED if (value := request.headers.get(name)) is not None}
    # Settings of this plugin in Datasette's own configuration: `plugins: {redline: {authority: …}}`.
    authority = (datasette.plugin_config("redline") or {}).get("authority")
    holds = heeded.get("if-none-match")
    once = Facts(kept(datasette), state)
    return Ask(connection, links, path, query, origin, holds, request.query_string, heeded, authority, once)


async def _respond(
    datasette: Datasette, request: Request, reply: Elsewhere | Resource | Attachment | Picture
) -> Response:
    """An answer that is not kept: it is short, or long, or says that something cannot be."""
    if isinstance(reply, Elsewhere):
        return Response("", status=302, headers={**HEADERS, **reply.headers, "location": reply.to})
    if isinstance(reply, Attachment):
        named = {"content-disposition": f'attachment; filename="{reply.filename}"', "etag": f'"{reply.sha256}"'}
        headers = {**ATTACHMENT_HEADERS, **reply.headers, **named}
        return Response(reply.body, headers=headers, content_type=reply.content_type)
    if isinstance(reply, Picture):
        return await _picture(datasette, request, reply)
    headers = {**ATTACHMENT_HEADERS, **reply.headers}
    return Response(reply.body, status=reply.status, headers=headers, content_type=reply.content_type)


async def _picture(datasette: Datasette, request: Request, picture: Picture) -> Response:
    """A picture, or 304 where the browser holds it; kept by shared caches only where anybody may read the archive."""
    anybody = await may_read(datasette, None, unquote(request.url_vars["db"]))
    keep = f"{'public' if anybody else 'private'}, max-age={_PICTURE_SECONDS}"
    headers = {**ATTACHMENT_HEADERS, "etag": f'"{picture.etag}"', "cache-control": keep}
    if picture.body is None:
        return Response("", status=304, headers=headers)
    return Response(picture.body, headers=headers, content_type="image/png")


def _for_readers(error: RedlineError) -> str:
    """The line of an error without what it tells a keeper to type: a reader has no command line, but links."""
    return re.sub(r": `redline [^`]*`[^:;]*$", "", str(error))


async def _problem(datasette: Datasette, request: Request, links: Links | None, status: int, line: str) -> Response:
    page = Page("redline_problem.html", "Not found" if status == 404 else "Something is wrong", line)
    answer = await html(datasette, request, links, page)
    return Response(answer.body, status=status, headers=dict(answer.headers), content_type=answer.content_type)


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

            def asked(connection: sqlite3.Connection) -> Any:
                state = kept(datasette).state(name, connection)
                return _made(partial(ask, name), _ask(connection, datasette, request, links, state))

            return await datasette.get_database(name).execute_fn(asked)

        query = {name: str(request.args.get(name)) for name in request.args}
        links = Links.across(datasette)
        try:
            answer = await html(datasette, request, links, await page(AskAll(each, query, links)))
            return _sent(request, _checked(request, answer))
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
    answer = await html(datasette, request, links, Page("redline_archives.html", "Archives", listed))
    return _sent(request, _checked(request, answer))


async def front_path(datasette: Datasette, actor: Any) -> str | None:
    """The path of the front page that stands for the whole site; None unless archives and nothing else are served."""
    served = [name for name, database in datasette.databases.items() if not database.is_memory]
    if not served or await archives(datasette, actor) != served:
        return None
    return Links.of(datasette, served[0]).front() if len(served) == 1 else Links.across(datasette).front()
