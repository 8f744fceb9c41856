"""The demo's site on loopback: two publishers on two ports, both living at the moment that `Sites.now` says."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from scraper.demo.site import answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.demo.pages import Publisher

ADDRESS = "127.0.0.1"
PORTS: dict[Publisher, int] = {"harbours": 8741, "estuary-post": 8742}
"""The ports that the sites ask for, so that the archive's addresses read the same in every demo."""


@dataclass(slots=True)
class Sites:
    """The running sites. Set `now` to move them to another moment of the fortnight."""

    now: datetime
    urls: dict[Publisher, str]


@contextmanager
def serve(now: datetime) -> Iterator[Sites]:
    """Serve both publishers until the block ends; a port that is taken gives way to a free one."""
    sites = Sites(now, {})
    servers = []
    try:
        for publisher, port in PORTS.items():
            server = _bind(publisher, sites, port)
            servers.append(server)
            sites.urls[publisher] = f"http://{ADDRESS}:{server.server_port}"
            # A short poll, because shutdown() waits for it to come round.
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield sites
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, publisher: Publisher, sites: Sites) -> None:
        self.publisher = publisher
        self.sites = sites
        super().__init__((ADDRESS, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; with Nagle's algorithm the second one waits for an acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        sites, publisher = self.server.sites, self.server.publisher
        rendered = answer(
            publisher,
            self.path,
            sites.now,
            base=sites.urls[publisher],
            if_none_match=self.headers.get("If-None-Match"),
        )
        # send_response would date the answer by the machine's clock; the site lives by its own.
        self.send_response_only(rendered.status)
        self.send_header("Date", format_datetime(sites.now, usegmt=True))
        for name, value in rendered.headers:
            self.send_header(name, value)
        if rendered.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(rendered.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(rendered.body)

    do_HEAD = do_GET  # noqa: N815  the base class looks for it under this name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing: the demo has its own report."""


def _bind(publisher: Publisher, sites: Sites, port: int) -> _Server:
    try:
        return _Server(port, publisher, sites)
    except OSError:
        return _Server(0, publisher, sites)
