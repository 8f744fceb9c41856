"""Undo a content encoding that nobody asked for, without ever holding more than the largest body allowed.

The fetcher asks for `identity`, so that what is received is what is stored. Some servers compress all the same. gzip
and deflate are undone here rather than by the library, because a compressed stream that was cut short must be
noticed (the library gives back what it could read), and because a chain of encodings must stay short: fifty
megabytes of zeros are 248 bytes of gzip in gzip. A small body can also be a great many empty gzip members, so they
are counted, and the deadline is looked at between slices.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

Check = Callable[[], object]
"""Called between slices of work; raises where there is no time left."""

# RFC 9110, section 8.4.1: x-gzip is gzip.
_KNOWN = frozenset({"gzip", "x-gzip", "deflate"})
_MOST = 2
_MOST_MEMBERS = 1000  # of 64 KiB each, as parallel compressors write them, they hold 60 MB
_SLICE = 16 * 1024


class UndecodableError(ValueError):
    """The body's content encoding cannot be undone; the text says why."""


class CutShortError(UndecodableError):
    """A compressed stream ended before its end, as one does whose sender broke off."""


class TooLargeError(ValueError):
    """The decoded body is larger than allowed."""


def encodings(header: str | None) -> tuple[str, ...]:
    """The encodings that a Content-Encoding header names, in the order they were applied. Unknown ones raise."""
    named = tuple(name for part in (header or "").lower().split(",") if (name := part.strip()) not in ("", "identity"))
    for name in named:
        if name not in _KNOWN:
            raise UndecodableError(f"the body is encoded as {name[:40]}, which was not asked for and is not read")
    if len(named) > _MOST:
        raise UndecodableError(f"the body is encoded {len(named)} times over")
    return named


def decode(body: bytes, applied: tuple[str, ...], max_bytes: int, check: Check = lambda: None) -> bytes:
    """Undo encodings, the last applied first. No step yields more than `max_bytes` (`TooLargeError`)."""
    for name in reversed(applied):
        body = _inflate(body, name, max_bytes, check)
    return body


def _inflate(body: bytes, name: str, max_bytes: int, check: Check) -> bytes:
    if not body:
        return body
    pieces: list[bytes] = []
    at, room = 0, max_bytes
    for _ in range(_MOST_MEMBERS):
        at, found = _member(body, at, name, room, check)
        pieces += found
        room -= sum(map(len, found))
        # gzip may hold several members one after the other (RFC 1952, 2.2); anything else that follows is padding.
        if body[at : at + 2] != b"\x1f\x8b":
            return b"".join(pieces)
    raise UndecodableError(f"the body's {name} stream has more than {_MOST_MEMBERS:,} members")


def _member(body: bytes, at: int, name: str, room: int, check: Check) -> tuple[int, list[bytes]]:
    """Unpack the stream that begins at `at`; give where it ends and what was in it.

    Slices of one size keep the work linear: the decompressor copies all that it is given and does not use.
    """
    stream = zlib.decompressobj(_window(body[at : at + 2], name))
    pieces: list[bytes] = []
    while not stream.eof:
        check()
        if not (piece := body[at : at + _SLICE]):
            raise CutShortError(f"the body's {name} stream ends early")
        try:
            # One byte past the room shows that there is more, without unpacking it.
            pieces.append(stream.decompress(piece, room + 1))
        except zlib.error:
            raise UndecodableError(f"the body is not the {name} that its header says") from None
        room -= len(pieces[-1])
        if room < 0:
            raise TooLargeError
        at += len(piece) - len(stream.unused_data)
    return at, pieces


def _window(body: bytes, name: str) -> int:
    """zlib's window argument. `deflate` means zlib (RFC 9110, 8.4.1.2), though some servers send it bare."""
    if name != "deflate":
        return 31
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return 15 if wrapped else -15
