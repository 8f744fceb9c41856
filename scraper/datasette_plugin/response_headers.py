"""The headers that keep a reader safe, on every answer of an instance that serves an archive.

Datasette sends none of them on its own pages, and those pages carry scripts within the HTML. Rather than allow every
script there (`'unsafe-inline'`), each `<script` that stands in a template gets the answer's nonce when the
template is compiled (Content Security Policy Level 3, 2.3.1 and 8.1). Scraped text comes in later, as a value, and can
never have it. Templates of the operator and of other plugins get it in the same way.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import secrets
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from jinja2.ext import Extension
from markupsafe import Markup

from scraper.datasette_plugin.access import serves_archive
from scraper.datasette_plugin.robots import may_be_indexed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from datasette.app import Datasette
    from jinja2 import Environment

    App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

HEADERS: dict[str, str] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",  # for browsers that do not know frame-ancestors
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, where it has not said otherwise."""

DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For what is no page: JSON, CSV, files. Opened in a browser it can do nothing."""

_SCRIPT = re.compile(r"<(script)\b(?![^>]*\snonce=)", re.IGNORECASE)
_HANDLER = re.compile(r'<[a-z][^<>]*\son[a-z]+="([^"{}<>&]+)"', re.IGNORECASE)
_handlers: set[str] = set()  # the hashes of the handlers that stand in templates, as source expressions
_nonce: ContextVar[str] = ContextVar("redline_nonce", default="")


def datasette_policy(nonce: str) -> str:
    """The policy for Datasette's own pages, the strictest with which they work, as tried in Chromium.

    Styles within the page are allowed: the SQL editor makes such elements itself, without a nonce.
    """
    handlers = f" 'unsafe-hashes' {' '.join(sorted(_handlers))}" if _handlers else ""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'{handlers}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class NoncesInTemplates(Extension):
    """Gives every script that is written in a template the nonce of the answer.

    A handler in an attribute (Datasette 1.0 has one) cannot bear it, and is allowed by the hash of its very words.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["redline_nonce"] = _attribute

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002  # Jinja's
        """The source of a template, before it is compiled."""
        for handler in _HANDLER.findall(source):
            digest = base64.b64encode(hashlib.sha256(handler.encode()).digest()).decode()
            _handlers.add(f"'sha256-{digest}'")
        return _SCRIPT.sub(r"<\1{{ redline_nonce() }}", source)


def _attribute() -> Markup:
    nonce = _nonce.get()
    return Markup(' nonce="{}"').format(nonce) if nonce else Markup("")


@contextlib.contextmanager
def without_nonce() -> Iterator[None]:
    """For a page of ours: its policy knows no nonces, and its bytes stay the same until it says something else."""
    token = _nonce.set("")
    try:
        yield
    finally:
        _nonce.reset(token)


def protected(datasette: Datasette, app: App) -> App:
    """The application with safe headers on all its answers; as it was where no archive is served."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not serves_archive(datasette):
            await app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        indexed = may_be_indexed(scope["path"], scope.get("query_string", b""))

        async def sending(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_ours(message.get("headers", ()), nonce, indexed=indexed)}
            await send(message)

        token = _nonce.set(nonce)
        try:
            await app(scope, receive, sending)
        finally:
            _nonce.reset(token)

    return serve


def _with_ours(headers: Any, nonce: str, *, indexed: bool) -> list[tuple[bytes, bytes]]:
    """The headers of an answer and those of ours that it does not have itself."""
    said = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in headers}
    page = said.get("content-type", "").startswith(("text/html", "application/xhtml+xml"))
    ours = {**HEADERS, "content-security-policy": datasette_policy(nonce) if page else DATA_POLICY}
    if not indexed:
        ours["x-robots-tag"] = "noindex"
    added = [(name.encode(), value.encode()) for name, value in ours.items() if name not in said]
    return [*headers, *added]
