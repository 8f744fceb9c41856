"""The reading side: a Datasette plugin with a front page, and a page for each document, version and difference.

Hooks only, and only those that Datasette 0.65 and 1.0 share. Beside databases that are no Redline archive the plugin
does nothing.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.handle_exception import handle_exception as show_exception
from datasette.plugins import pm as plugins
from datasette.views.base import DatasetteError

from scraper.archive.older import lay_over
from scraper.archive.schema_version import SCHEMA_VERSION
from scraper.datasette_plugin.access import archive_version, archives, serves_archive
from scraper.datasette_plugin.limits import close_to_writing, explained, limit
from scraper.datasette_plugin.links import Links
from scraper.datasette_plugin.response_headers import NoncesInTemplates, protected
from scraper.datasette_plugin.robots import robots_txt
from scraper.datasette_plugin.sql_functions import lend
from scraper.datasette_plugin.views import front_path, routes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request
    from jinja2 import Environment

    App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Any]]:
    """Our pages; a robots.txt of another plugin, which an operator has chosen, comes before ours."""
    return [*routes(), (r"/robots\.txt$", robots_txt)]


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Give SQL our functions (see `sql_functions`).

    An archive of an earlier schema is read as one of today's, with nothing in what was added since. Where an archive
    is served, the SQL of visitors is limited, whichever of the databases it asks.
    """
    lend(conn)
    version = archive_version(conn)
    if 0 < (version or 0) < SCHEMA_VERSION:
        lay_over(conn)
    # Datasette writes to its own internal database, and shows it to nobody.
    if database in datasette.databases and database != "_internal" and serves_archive(datasette):
        files = sum(1 for served in datasette.databases.values() if served.path)
        limit(conn, archives=files, attaching=database == "_memory" and datasette.crossdb)
    if version is not None:
        close_to_writing(conn)


@hookimpl  # type: ignore[untyped-decorator]
def startup(datasette: Datasette) -> None:
    """Where archives are served, Python looks no more through what stays for good, such as modules and templates.

    It would do so at one page in some hundred, for 30 to 60 ms.
    """
    if serves_archive(datasette):
        settle()


@hookimpl  # type: ignore[untyped-decorator]
def menu_links(datasette: Datasette, actor: Any) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    """A way from Datasette's own pages to the front page of each archive."""

    async def inner() -> list[dict[str, str]]:
        names = await archives(datasette, actor)
        return [{"href": Links.of(datasette, name).front(), "label": f"What changed: {name}"} for name in names]

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Where Datasette serves archives and nothing else, the site opens with their front page.

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

        return protected(datasette, serve)

    return wrap


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Environment) -> None:
    """Let the scripts that stand in templates be told from any other."""
    env.add_extension(NoncesInTemplates)


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(datasette: Datasette, request: Request, exception: BaseException) -> Any:
    """A query that met a limit of size is the visitor's to mend, and no fault of the server.

    Nor is what Datasette itself has words for, such as a column that is not there to sort by: 0.65 calls that a 500.
    """
    if not serves_archive(datasette):
        return None
    if isinstance(exception, DatasetteError) and exception.status == 500:
        exception.status = 400
    line = explained(exception)
    if line is None:
        return None
    return show_exception(datasette, request, DatasetteError(line, title="Too much at once", status=400))


@cache
def settle() -> None:
    """Leave all that is in memory now out of the search for cycles; once in a process."""
    gc.collect()
    gc.freeze()


def _own_index(datasette: Datasette) -> bool:
    folder = getattr(datasette, "template_dir", None)
    return folder is not None and (Path(folder) / "index.html").is_file()


def _register_whole() -> None:
    """Take our hooks up where Datasette came by us before they were there.

    Datasette loads its plugins when it is imported. Whoever imports us first makes us import it, so that it finds this
    module begun and empty, and would serve archives without a page of ours.
    """
    module = sys.modules[__name__]
    if plugins.is_registered(module) and not plugins.get_hookcallers(module):
        name = plugins.get_name(module)
        plugins.unregister(module)
        plugins.register(module, name)


_register_whole()
