"""The door: what every connection of one client goes through, so that sockets obey.

It holds the guard, the moment at which the present fetch must end, and how many bytes may come over the wire. Because
both limits stand at the socket itself, they hold for whatever is read above it: status lines, headers, chunk sizes,
trailers and bodies alike.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scraper.fetching.wire import Wire, endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.clock import Clock
    from scraper.fetching.guard import AddressGuard

# Room for headers and chunk framing on top of the body. 128 KiB of headers are kept at most (see client.py).
_FRAMING = 1 << 20


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

    def connect(self, host: str, port: int) -> socket.socket:
        """Open a socket to the first checked address that takes it. Raises OSError or `FetchRefused`.

        `wire` begins anew with that address as its peer: what was seen on another connection is not of this one.
        Resolving is the one step that the deadline cannot cut short; the system's resolver has its own.
        """
        self.wire = Wire()
        found = self.guard.addresses(host, port, self.start)
        failed: OSError | None = None
        for tried, (family, kind, protocol, _, address) in enumerate(found):
            try:
                sock = self._dial(family, kind, protocol, address, share=len(found) - tried)
            except OSError as error:
                failed = error
            else:
                self.wire.peer = endpoint(address)
                return sock
        assert failed is not None
        raise failed

    def _dial(self, family: int, kind: int, protocol: int, address: Any, *, share: int) -> socket.socket:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a request is one piece, and nothing follows it
            # A dead first address must not use up the time of a second one that answers.
            sock.settimeout(self.left() / share)
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock
