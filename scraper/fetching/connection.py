"""Connections through the door: HTTP as the standard library speaks it, read within the limits and nothing else.

`http.client` sends requests and undoes the framing of answers. What a message's length is, and whether a connection
may serve another page, is decided here (RFC 9112, 6.3 and 9): a body that may not be whole must not pass for one.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import re
import socket
import ssl
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from scraper.fetching.door import OverrunError
from scraper.fetching.heads import LONGEST_LINE, read_headers
from scraper.fetching.wire import Wire, version_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from scraper.fetching.door import Door

_BUFFER = 32 * 1024
_MOST_INTERIM = 20  # interim answers (RFC 9110, 15.2) before the final one
_EMPTY = frozenset({http.HTTPStatus.SWITCHING_PROTOCOLS, http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED})
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]+")


class ContradictionError(http.client.HTTPException):
    """Headers say two things of which one cannot be true."""


class BrokenChunkError(http.client.HTTPException):
    """A chunk's size is no number, so nobody knows what comes next."""


class _MeteredReader(io.RawIOBase):
    """The read side of a socket: no read outlasts the deadline, and no response outgrows the limit."""

    def __init__(self, door: Door, sock: socket.socket) -> None:
        super().__init__()
        self._door = door
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket open for as long as something is to be read
        self._sock = sock
        self._received = 0
        self.ended = False
        self.came_to_its_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.ended:
            return 0  # what is in the buffer already may be looked at; nothing more is asked of the socket
        self._sock.settimeout(self._door.left())
        count = self._sock.recv_into(buffer)
        self._received += count
        self.came_to_its_end |= count == 0
        if self._received > self._door.most_bytes:
            raise OverrunError("more bytes than allowed")
        return count

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """An answer read through a `_MeteredReader`, from its status line on.

    The library skips 100 alone and takes 103 for the answer; the real answer would then be read as that of the page
    asked for next on the same connection. So every interim answer is skipped here, and a connection on which more
    came than the answer, or may still come, is shut down and serves no other page.
    """

    length: int | None

    def __init__(self, door: Door, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        self._door = door
        self._sock = sock
        self._reader = _MeteredReader(door, sock)
        super().__init__(self, *args, **kwargs)  # type: ignore[arg-type]

    def makefile(self, _: str) -> io.BufferedReader:
        """Stand in for the socket, of which the library wants this alone."""
        return io.BufferedReader(self._reader, _BUFFER)

    @property
    def _original_response(self) -> Response:
        """Where `requests` looks for the message that set cookies."""
        return self

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                self._door.wire.http_version = version_of(version)
                return version, status, reason
            read_headers(self.fp)
        raise http.client.HTTPException(f"more than {_MOST_INTERIM} interim answers")

    def begin(self) -> None:
        """Read up to the body, and settle how long that is (RFC 9112, 6.3).

        A body that ends with the connection must end it in TLS too (9.8). Headers that broke off are not all (8).
        """
        version, status, reason = self._read_status()
        if not version.startswith(("HTTP/1.", "HTTP/0.9")):
            raise http.client.UnknownProtocol(version)
        self.version = 10 if version in ("HTTP/1.0", "HTTP/0.9") else 11
        self.code = self.status = status
        self.reason = reason.strip()
        self.headers = self.msg = read_headers(self.fp)
        if self._reader.came_to_its_end:
            raise http.client.HTTPException("its headers broke off")
        self._door.wire.answered = self._door.clock()
        empty = status in _EMPTY  # whatever its headers say (RFC 9112, 6.1 and 6.3)
        self.chunked = not empty and self._comes_in_chunks()
        self.chunk_left = None
        self.length = 0 if empty else None if self.chunked else self._announced()
        until_it_ends = self.length is None and not self.chunked
        self.will_close = until_it_ends or self._check_close()  # type: ignore[attr-defined]
        if until_it_ends and isinstance(self._sock, ssl.SSLSocket):
            self._sock.suppress_ragged_eofs = False  # type: ignore[attr-defined]

    def _comes_in_chunks(self) -> bool:
        """Whether Transfer-Encoding says so, which then counts and no length does.

        We ask for no other coding, and an answer in one cannot be read (RFC 9112, 6.1 and 7.4). Some servers name
        chunks twice, and an empty element is none (RFC 9110, 5.6.1).
        """
        named = ",".join(self.headers.get_all("Transfer-Encoding", ())).lower().split(",")
        codings = {part.strip() for part in named} - {"", "identity"}
        if codings - {"chunked"}:
            raise http.client.HTTPException("its body comes in a transfer coding that nobody asked for")
        return bool(codings)

    def _announced(self) -> int | None:
        """The Content-Length; None where there is none, or no number. Of several that differ none can be believed."""
        lengths = ",".join(self.headers.get_all("Content-Length", ())).split(",")
        found = {part.strip().lstrip("0") or "0" for part in lengths if part.strip()}
        if not all(part.isascii() and part.isdigit() for part in found):
            return None
        if len(found) > 1:
            raise ContradictionError
        return int(found.pop()[:20]) if found else None  # more digits than that no limit allows

    def _read_next_chunk_size(self) -> int:
        """The size of the next chunk: hexadecimal digits alone (RFC 9112, 7.1), where the library takes a sign too."""
        line = self.fp.readline(LONGEST_LINE + 1)
        size = line.partition(b";")[0].strip()
        if len(line) <= LONGEST_LINE and not line.endswith(b"\n"):
            raise http.client.IncompleteRead(b"")  # `00` may have been cut off `005`
        if len(line) > LONGEST_LINE or not _CHUNK_SIZE.fullmatch(size):
            raise BrokenChunkError
        return int(size, 16)

    def _safe_read(self, amt: int) -> bytes:
        """Bytes that must come: of a chunk, or the line end behind it, which the library throws away unseen."""
        data: bytes = super()._safe_read(amt)  # type: ignore[misc]
        if self.chunk_left == 0 and data != b"\r\n":
            raise BrokenChunkError
        return data

    def close(self) -> None:
        """Close, and end a connection on which the rest of the body is still to come."""
        if self.fp is not None:
            self._shut_down()
        super().close()

    def _close_conn(self) -> None:
        if self.fp is not None and not self._may_serve_another():
            self._shut_down()
        super()._close_conn()  # type: ignore[misc]

    def _shut_down(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)  # whoever asks next sees a closed connection and opens another

    def _may_serve_another(self) -> bool:
        if self.headers is None or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
            return False
        announced = self.chunked or self.headers.get("Content-Length", "0").strip() != "0"
        if announced and self.status in (http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED):
            return False
        self._reader.ended = True
        waiting = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return not (waiting or self.fp.peek(1))


class Connection(http.client.HTTPConnection):
    """A connection that is opened through the door, and notes at each request who is at its other end.

    With a `context` it speaks TLS. A trailing dot of the host is for the resolver alone.
    """

    sock: Any

    def __init__(self, door: Door, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host.rstrip("."), port)
        self.default_port = http.client.HTTPS_PORT if context else http.client.HTTP_PORT
        self.response_class = partial(Response, door)  # type: ignore[assignment]
        self._door = door
        self._name = host
        self._context = context
        self._peer: str | None = None
        self._certificate_sha256: str | None = None

    def connect(self) -> None:
        """Connect, and take the certificate's digest once for all requests of this connection."""
        sock = self._door.connect(self._name, self.port)
        self._peer = self._door.wire.peer
        if self._context is not None:
            sock = self._secured(sock, self._context)
            certificate = sock.getpeercert(binary_form=True)
            self._certificate_sha256 = hashlib.sha256(certificate).hexdigest() if certificate else None
        self.sock = sock

    def _secured(self, sock: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        try:
            sock.settimeout(self._door.left())
            return context.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise

    def send(self, data: Any) -> None:
        """Send a request's head, which comes in one piece and is noted. A GET has no body, and a POST is no look."""
        self._door.wire = Wire(bytes(data), self._peer, self._certificate_sha256, sent=self._door.clock())
        self.sock.settimeout(self._door.left())
        self.sock.sendall(data)


@lru_cache(maxsize=4)
def tls(bundle: str) -> ssl.SSLContext:
    """How TLS is spoken where the certificates in a file are trusted. Reading them takes longer than a handshake."""
    context = ssl.create_default_context(cafile=bundle)
    context.set_alpn_protocols(["http/1.1"])
    context.hostname_checks_common_name = False  # RFC 9110, 4.3.4
    return context
