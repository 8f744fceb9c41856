"""What machines may read of a served archive: robots.txt (RFC 9309), and what is not to stand in an index.

What a reader would look for is to be found: front page, documents, versions, and the differences of neighbours. What
has no end is not: searches, filters, tables and SQL, the differences of any two versions. The captures are left alone
as well: they are other people's pages, whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from datasette.utils.asgi import NotFound, Response

from scraper.datasette_plugin.access import archives
from scraper.datasette_plugin.links import DB, SOURCE, Links

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_OURS = re.compile(
    rf"/-/redline(?:/{DB}(?:/-/pages|/{SOURCE}(?:/(?:(?P<number>\d+)|(?P<old>\d+)\.\.(?P<new>\d+)))?)?)?/?\Z"
)


def may_be_indexed(path: str, query: bytes) -> bool:
    """Whether a page belongs in an index: one of ours, of which there is an end. The path is without host and query."""
    if query:
        return False
    if path in ("/", "/robots.txt"):
        return True
    ours = _OURS.search(path)
    if ours is None:
        return False
    return ours["old"] is None or int(ours["old"][-15:]) + 1 == int(ours["new"][-15:])


async def robots_txt(datasette: Datasette, request: Request) -> Response:  # noqa: ARG001  # Datasette hands it over by name
    """The instance's robots.txt; without an archive for everybody, none of ours."""
    names = await archives(datasette, None)
    if not names:
        raise NotFound("There is no robots.txt here.")
    lines = ["User-agent: *"]
    for name in names:
        links = Links.of(datasette, name)
        tables = quote(links.database, safe="/~%-._")
        lines += [f"Disallow: {tables}{end}" for end in ("/", "$", "?", ".")]
        lines += [
            f"Disallow: {links.root}?",
            f"Disallow: {links.root}/*?",
            f"Disallow: {links.root}/-/search",
            f"Disallow: {links.root}/-/capture/",
            # Longer than the lines above, so that the way back through the changes stays open.
            f"Allow: {links.root}?before=",
            f"Allow: {links.root}/*?before=",
            f"Allow: {links.root}/-/pages?after=",
        ]
    return Response.text("\n".join(lines) + "\n", headers={"cache-control": "public, max-age=3600"})
