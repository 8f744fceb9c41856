"""Sockets that obey: opened only to addresses that the guard has checked, and read only within the limits.

The `Door` is what every connection of one client goes through. It holds the guard, the moment at which the present
fetch must end, and how many bytes may come over the wire. Because both limits stand at the socket itself, they hold
for whatever the library above reads: status lines, headers, chunk sizes, trailers and bodies alike.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import socket
import ssl
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from scraper.fetching.wire import Wire, endpoint, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer
    from requests import PreparedRequest

    from scraper.clock import Clock
    from scraper.fetching.guard import AddressGuard

# Room for headers and chunk framing on top of the body. 128 KiB of headers are kept at most (see client.py).
_FRAMING = 1 << 20
_BUFFER = 32 * 1024
_MOST_INTERIM = 20  # interim answers (RFC 9110, 15.2) before the final one


class OverrunError(OSError):
    """More came over the wire than a body of the largest size allowed could need."""


class Door:
    """The guard and the limits of the fetch under way. One client, one door; not for two threads at once."""

    def __init__(self, guard: AddressGuard, monotonic: Callable[[], float], clock: Clock) -> None:
        self.guard = guard
        self.clock = clock
        self._monotonic = monotonic
        self._end = 0.0
        self.most_bytes = 0
        self.start: str | None = None
        """The URL that led to the one being asked for now; None where no redirect did."""
        self.paused_for = 0.0
        """Seconds of the fetch under way that were waiting of ours, and count for nothing."""
        self.wire = Wire()
        """What was seen of the exchange under way. Whoever begins another puts a new one here."""

    def open_until(self, seconds: float, most_bytes: int, start: str | None = None) -> None:
        """Begin a fetch that may take so many seconds and receive so many bytes of body, framing aside."""
        self._end = self._monotonic() + seconds
        self.start = start
        self.paused_for = 0.0
        # Tiny chunks cost more in framing than they carry, so twice the body is allowed for it.
        self.most_bytes = 2 * most_bytes + _FRAMING

    def left(self) -> float:
        """Seconds that are left; a TimeoutError where there are none."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        return left

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Give a part of the fetch no more than so many seconds of what is left."""
        end = self._end
        self._end = min(end, self._monotonic() + seconds)
        try:
            yield
        finally:
            self._end = end

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock of the fetch for as long as something else is waited for."""
        began = self._monotonic()
        try:
            yield
        finally:
            waited = self._monotonic() - began
            self._end += waited
            self.paused_for += waited

    def connect(self, host: str, port: int, options: Any) -> socket.socket:
        """Open a socket to the first checked address that takes it. Raises OSError or `FetchRefused`.

        `wire` begins anew with that address as its peer: what was seen on another connection is not of this one.
        Resolving is the one step that the deadline cannot cut short; the system's resolver has its own.
        """
        self.wire = Wire()
        found = self.guard.addresses(host, port, self.start)
        failed: OSError | None = None
        for tried, (family, kind, protocol, _, address) in enumerate(found):
            try:
                sock = self._dial(family, kind, protocol, address, options, share=len(found) - tried)
            except OSError as error:
                failed = error
            else:
                self.wire.peer = endpoint(address)
                return sock
        assert failed is not None
        raise failed

    def _dial(self, family: int, kind: int, protocol: int, address: Any, options: Any, *, share: int) -> socket.socket:
        sock = socket.socket(family, kind, protocol)
        try:
            for option in options or ():
                sock.setsockopt(*option)
            # A dead first address must not use up the time of a second one that answers.
            sock.settimeout(self.left() / share)
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


class _MeteredReader(io.RawIOBase):
    """The read side of a socket: no read outlasts the deadline, and no response outgrows the limit."""

    def __init__(self, door: Door, raw: io.RawIOBase, sock: socket.socket) -> None:
        super().__init__()
        self._door = door
        self._raw = raw
        self._sock = sock
        self._received = 0
        self.ended = False
        self.came_to_its_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if self.ended:
            return 0  # what is in the buffer already may be looked at; nothing more is asked of the socket
        self._sock.settimeout(self._door.left())
        count: int | None = self._raw.readinto(buffer)
        self._received += count or 0
        self.came_to_its_end |= count == 0
        if self._received > self._door.most_bytes:
            raise OverrunError("more bytes than allowed")
        return count

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _MeteredResponse(http.client.HTTPResponse):
    """A response read through a `_MeteredReader`, from its status line on.

    The library skips 100 alone and takes 103 for the answer; the real answer would then be read as that of the page
    asked for next on the same connection. So every interim answer is skipped here, and a connection on which more
    came than the answer, or may still come, is shut down and serves no other page.
    """

    def __init__(self, door: Door, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._door = door
        self._sock = sock
        self._reader = _MeteredReader(door, self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._reader, _BUFFER)

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                self._door.wire.http_version = version_of(version)
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_MOST_INTERIM} interim answers")

    def begin(self) -> None:
        """Read up to the body. A body that ends with the connection must end it in TLS too (RFC 9112, 9.8).

        The library takes headers that broke off for all of them; the end of the connection shows that they did (8).
        """
        super().begin()
        if self._reader.came_to_its_end:
            raise http.client.HTTPException("its headers broke off")
        self._door.wire.answered = self._door.clock()
        if self.length is None and not self.chunked and isinstance(self._sock, ssl.SSLSocket):
            self._sock.suppress_ragged_eofs = False  # type: ignore[attr-defined]

    def _close_conn(self) -> None:
        if self.fp is not None and not self._may_serve_another():
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)  # the pool sees a closed connection and opens another
        super()._close_conn()  # type: ignore[misc]

    def _may_serve_another(self) -> bool:
        if self.headers is None or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
            return False
        announced = self.chunked or self.headers.get("Content-Length", "0").strip() != "0"
        if announced and self.status in (http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED):
            return False
        self._reader.ended = True
        waiting = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return not (waiting or self.fp.peek(1))


class _GuardedHTTPConnection(HTTPConnection):
    """A connection that is opened through the door, and notes at each request who is at its other end."""

    def __init__(self, door: Door, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._door = door
        self._peer: str | None = None
        self._certificate_sha256: str | None = None

    def _new_conn(self) -> socket.socket:
        try:
            # urllib3 keeps a trailing dot in `_dns_host` for the resolver and drops it from `host` for the Host header.
            sock = self._door.connect(self._dns_host, self.port, self.socket_options)
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        self._peer = self._door.wire.peer
        self.response_class = partial(_MeteredResponse, self._door)  # type: ignore[assignment]
        return sock

    def send(self, data: Any) -> None:
        """Send a request's head, which comes in one piece and is noted. A GET has no body, and a POST is no look."""
        if self.sock is None:
            self.connect()
        self._door.wire = Wire(bytes(data), self._peer, self._certificate_sha256, sent=self._door.clock())
        super().send(data)


class _GuardedHTTPSConnection(_GuardedHTTPConnection, HTTPSConnection):
    def connect(self) -> None:
        """Connect, and take the certificate's digest once for all requests of this connection."""
        super().connect()
        sock: Any = self.sock
        certificate = sock.getpeercert(binary_form=True)
        self._certificate_sha256 = hashlib.sha256(certificate).hexdigest() if certificate else None


class _GuardedHTTPPool(HTTPConnectionPool):
    def __init__(self, door: Door, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ConnectionCls = partial(_GuardedHTTPConnection, door)  # type: ignore[assignment]


class _GuardedHTTPSPool(HTTPSConnectionPool):
    def __init__(self, door: Door, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ConnectionCls = partial(_GuardedHTTPSConnection, door)  # type: ignore[assignment]


class GuardedAdapter(HTTPAdapter):
    """The transport of a `requests.Session` whose every socket goes through one door."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._last: tuple[object, Any] = None, None
        super().__init__(pool_connections=8, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """The pool of connections for a request; for the origin that was asked last it is at hand.

        That pool is never one which was closed to make room: the one used last is the last to go.
        """
        origin = (*urlsplit(request.url or "")[:2], verify, cert)
        if self._last[0] != origin:
            self._last = origin, super().get_connection_with_tls_context(request, verify, proxies, cert)
        return self._last[1]

    def close(self) -> None:
        """Close every connection."""
        self._last = None, None
        super().close()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Build a pool manager whose pools make guarded connections and none other."""
        super().init_poolmanager(connections, maxsize, block, **kwargs)
        assert isinstance(self.poolmanager, PoolManager)
        self.poolmanager.pool_classes_by_scheme = {  # called like classes, which is all that the pool manager does
            "http": partial(_GuardedHTTPPool, self._door),  # type: ignore[dict-item]
            "https": partial(_GuardedHTTPSPool, self._door),  # type: ignore[dict-item]
        }

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Refuse: a proxy would resolve names where the guard cannot see them."""
        raise NotImplementedError("the fetcher uses no proxy")
