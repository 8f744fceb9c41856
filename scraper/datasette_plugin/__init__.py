"""The reading side: a Datasette plugin with a front page, and a page for each document, version and difference.

Hooks only, and only those that Datasette 0.65 and 1.0 share. Beside databases that are no Redline archive the plugin
does nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl

from scraper.archive.older import lay_over
from scraper.archive.schema import SCHEMA_VERSION
from scraper.datasette_plugin.access import archive_version, archives
from scraper.datasette_plugin.links import Links
from scraper.datasette_plugin.sql_functions import lend
from scraper.datasette_plugin.views import front_path, routes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

    App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Any]]:
    """Our pages."""
    return list(routes())


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL our functions (see `sql_functions`).

    An archive of an earlier schema is read as one of today's, with nothing in what was added since.
    """
    lend(conn)
    if 0 < (archive_version(conn) or 0) < SCHEMA_VERSION:
        lay_over(conn)


@hookimpl  # type: ignore[untyped-decorator]
def menu_links(datasette: Datasette, actor: Any) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    """A way from Datasette's own pages to the front page of each archive."""

    async def inner() -> list[dict[str, str]]:
        names = await archives(datasette, actor)
        return [{"href": Links.of(datasette, name).front(), "label": f"What changed: {name}"} for name in names]

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Where Datasette serves one archive and nothing else, the site opens with its front page.

    Datasette's own index would count every table first. An index.html among the operator's templates comes before it.
    """

    def wrap(app: App) -> App:
        async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if (
                scope["type"] == "http"
                and scope["path"] in ("/", str(datasette.urls.instance()))
                and not _own_index(datasette)
            ):
                path = await front_path(datasette, None)
                if path is not None:
                    scope = {**scope, "path": path, "raw_path": path.encode()}
            await app(scope, receive, send)

        return serve

    return wrap


def _own_index(datasette: Datasette) -> bool:
    folder = getattr(datasette, "template_dir", None)
    return folder is not None and (Path(folder) / "index.html").is_file()
