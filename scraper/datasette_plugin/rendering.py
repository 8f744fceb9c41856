"""Our templates made into pages, with the headers that keep their reader safe."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scraper.datasette_plugin.asking import Anew
from scraper.datasette_plugin.kept import Answer
from scraper.datasette_plugin.response_headers import without_nonce

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request
    from jinja2 import Environment
    from markupsafe import Markup

    from scraper.datasette_plugin.asking import Once, Page
    from scraper.datasette_plugin.links import Links

_HERE = Path(__file__).parent

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

_environments: WeakKeyDictionary[Datasette, Environment | None] = WeakKeyDictionary()


def own_environment(datasette: Datasette) -> Environment | None:
    """Datasette's templates, for ours to be rendered at once; None where others stand in the place of any of ours.

    Datasette renders in its event loop, a coroutine for every macro: that costs twice the time, and everybody waits
    meanwhile. Templates of an operator may need that, and what Datasette gives its own; ours need neither.
    """
    if datasette not in _environments:
        _environments[datasette] = _environment(datasette)
    return _environments[datasette]


def _environment(datasette: Datasette) -> Environment | None:
    # 0.65 has one environment; 1.0 may have one for each request, where a plugin asks for that.
    theirs: Environment = getattr(datasette, "jinja_env", None) or datasette.get_jinja_environment(None)
    loader = theirs.loader
    assert loader is not None
    for path in (_HERE / "templates").glob("*.html"):
        _, found, _ = loader.get_source(theirs, path.name)
        if found is None or Path(found).resolve() != path.resolve():
            return None
    return theirs.overlay(enable_async=False)


def rendered(datasette: Datasette, environment: Environment, links: Links | None, page: Page, once: Once) -> Answer:
    """A page from templates of ours; it may be called in any thread. What stands on many pages alike is made `once`."""

    def piece(key: Hashable, macro: Callable[..., Markup], *given: Any) -> Markup:
        return once(("piece", key), lambda: macro(*given))

    with without_nonce():
        text = environment.get_template(page.template).render(_context(datasette, links, page) | {"piece": piece})
    return _answer(page, text)


async def html(datasette: Datasette, request: Request, links: Links | None, page: Page) -> Answer:
    """A page from whatever templates stand in the place of ours."""
    environment = own_environment(datasette)
    if environment is not None:
        return rendered(datasette, environment, links, page, Anew())
    with without_nonce():
        text = await datasette.render_template(page.template, _context(datasette, links, page), request=request)
    return _answer(page, text)


def _context(datasette: Datasette, links: Links | None, page: Page) -> dict[str, Any]:
    return {
        "page": page.model,
        "page_title": page.title,
        "links": links,
        "style": _static(datasette, "redline.css"),
        "styles": [_static(datasette, name) for name in page.styles],
        "scripts": [_static(datasette, name) for name in page.scripts],
        "home": datasette.urls.instance(),
        "piece": _piece,
    }


def _piece(_key: Hashable, macro: Callable[..., Any], *given: Any) -> Any:
    """What a macro makes; where Datasette renders, it is a coroutine, which Jinja awaits."""
    return macro(*given)


def _answer(page: Page, text: str) -> Answer:
    body = _UNSHOWN.sub("\ufffd", text).encode("utf-8", "replace")
    policy = HEADERS["content-security-policy"] + ("; script-src 'self'" if page.scripts else "")
    return Answer(body, "text/html; charset=utf-8", {**HEADERS, **page.headers, "content-security-policy": policy})


def _static(datasette: Datasette, name: str) -> str:
    return str(datasette.urls.static_plugins("redline", name)) + f"?{_hash(name)}"


@cache
def _hash(name: str) -> str:
    """Stands in a file's address, so that a browser never shows a new page in an old style."""
    return hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
