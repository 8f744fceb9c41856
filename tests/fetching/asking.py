"""What the tests of the client share: one fetch, a resolver that knows only this machine, and how a page begins."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from scraper.fetching import Answer, Client, Request

if TYPE_CHECKING:
    from scraper.config import FetchSettings

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def fetch(settings: FetchSettings, url: str, **kwargs: Any) -> Answer:
    with Client(settings) as client:
        return client.fetch(Request("a", url, **kwargs))


def loopback(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
    """A resolver to which every name is this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
