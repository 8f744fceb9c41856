"""The transport of a `requests.Session`: every request goes out over a connection through one door.

The library's own transport goes through three layers of pools, retries and responses, for wishes that nobody has here,
and they cost as much as the exchange itself. This one keeps a connection for each host asked lately, and hands on what
goes wrong as it is: `failures` reads the kinds of errors.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util import wait_for_read

from scraper.fetching.connection import Connection, tls
from scraper.fetching.guard import DEFAULT_PORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.fetching.connection import Response
    from scraper.fetching.door import Door

_CONNECTIONS = 8

_Origin = tuple[str, str, Any]


class GuardedAdapter(BaseAdapter):
    """Sends requests through a door. The limits are the door's; not for two threads at once."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door
        self._kept: OrderedDict[_Origin, Connection] = OrderedDict()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = True,  # noqa: ARG002 - reading is the caller's
        timeout: Any = None,  # noqa: ARG002 - the door's
        verify: bool | str = True,
        cert: Any = None,  # noqa: ARG002 - nobody is asked with a certificate of ours
        proxies: Any = None,  # noqa: ARG002 - a proxy would resolve names where the guard cannot see them
    ) -> requests.Response:
        """Send a request and give its response, with the body still to be read from `raw`.

        `verify` is the file of certificates that are trusted, else those that come with requests. Raises what the
        socket raises, and `http.client.HTTPException`.
        """
        connection = self._connection(request, verify)
        body: Any = request.body  # of many types to the library, which a GET and a POST of ours do not have
        try:
            if connection.sock is None:
                connection.connect()
            with suppress(BrokenPipeError, ConnectionResetError):  # who hung up may have answered before
                connection.request(request.method or "GET", request.path_url, body, request.headers)
            answer = connection.getresponse()
        except BaseException:
            connection.close()
            raise
        return _response(request, answer)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close every connection."""
        while self._kept:
            self._kept.popitem()[1].close()

    def _connection(self, request: requests.PreparedRequest, verify: bool | str) -> Connection:
        """The connection to a request's origin, opened or still to be; the one that was used longest ago makes room."""
        scheme, netloc, *_ = urlsplit(request.url or "")
        origin = (scheme, netloc, verify)
        connection = self._kept.get(origin)
        if connection is None:
            connection = self._kept[origin] = self._new(request.url or "", verify)
            if len(self._kept) > _CONNECTIONS:
                self._kept.popitem(last=False)[1].close()
        self._kept.move_to_end(origin)
        if connection.sock is not None and wait_for_read(connection.sock, timeout=0.0):
            connection.close()  # it was ended, or something came that nobody asked for
        return connection

    def _new(self, url: str, verify: bool | str) -> Connection:
        split = urlsplit(url)
        bundle = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
        context = tls(bundle) if split.scheme == "https" else None
        return Connection(self._door, split.hostname or "", split.port or DEFAULT_PORTS[split.scheme], context)


def _response(request: requests.PreparedRequest, answer: Response) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.reason = answer.reason
    response.headers = CaseInsensitiveDict(_joined(answer.msg.items()))
    response.url = request.url or ""
    response.request = request
    response.raw = answer
    return response


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers as a mapping, those of the same name joined by commas (RFC 9110, 5.3)."""
    joined: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        known = joined.get(lower := name.lower())
        joined[lower] = (known[0], f"{known[1]}, {value}") if known else (name, value)
    return dict(joined.values())
