"""A real HTTP server on loopback that says exactly what a test tells it to, however badly formed; and a clock."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; header names in lower case."""

    path: str
    headers: Mapping[str, str]


Page = tuple[int, Mapping[str, str], bytes]
Raw = Callable[[Asked], Iterable[bytes]]
"""Gives the bytes that are sent, status line and all; the connection is closed after them."""

HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(body: bytes | str, status: int = 200, **headers: str) -> Page:
    """A well-formed answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {**HTML, **named}, body.encode() if isinstance(body, str) else body


def redirect(location: str, status: int = 302, **headers: str) -> Page:
    return page("", status, Location=location, **headers)


@dataclass
class Scripted:
    """Serves `pages` (path → page or raw answer) on 127.0.0.1 in threads; remembers what was asked."""

    pages: dict[str, Page | Raw] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Scripted:
        script = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                script.connections += 1
                with suppress(OSError):
                    while (asked := _read(self.rfile)) is not None and script._serve(asked, self.wfile.write):
                        pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _serve(self, asked: Asked, write: Callable[[bytes], object]) -> bool:
        """Answer one request; True where the connection stays open."""
        self.asked.append(asked)
        answer = self.pages.get(asked.path, page("nothing here", 404))
        if callable(answer):
            for piece in answer(asked):
                write(piece)
            return False
        status, headers, body = answer
        lines = [f"HTTP/1.1 {status} As-told", *(f"{name}: {value}" for name, value in headers.items())]
        if "Content-Length" not in headers and status not in (204, 304):
            lines.append(f"Content-Length: {len(body)}")
        write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
        return True


def _read(stream: object) -> Asked | None:
    readline = stream.readline  # type: ignore[attr-defined]
    first = readline(65537).decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while line := readline(65537).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(first[1], headers)


class Moments:
    """Time that passes only when it is told to: a clock, a monotonic clock and a sleep that agree."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.slept: list[float] = []
        self._looked = threading.Condition()
        self._looks = 0

    def clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        with self._looked:
            self._looks += 1
            self._looked.notify_all()
        return self.now.timestamp()

    def in_step(self, pieces: Iterable[bytes], seconds: float) -> Iterator[bytes]:
        """Give each piece that many seconds after the one before, and wait until the client has looked at the time.

        A server that does not wait can send everything before a busy client reads any of it.
        """
        for piece in pieces:
            before = self._looks
            self.pass_by(seconds)
            yield piece
            self._await_look_after(before)

    def _await_look_after(self, before: int) -> None:
        with self._looked:
            self._looked.wait_for(lambda: self._looks > before, timeout=5)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
