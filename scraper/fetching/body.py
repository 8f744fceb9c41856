"""The body of a response: read whole within a limit, or, where a beginning is enough, cut there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.fetching.decoding import TooLargeError, decode, encodings

if TYPE_CHECKING:
    import requests

    from scraper.fetching.decoding import Check

_PIECE = 64 * 1024


def whole(response: requests.Response, limit: int, check: Check) -> bytes:
    """The body with its content encoding undone. `check` raises once there is no time left.

    Raises `TooLargeError` where it is longer than `limit` bytes, `UndecodableError`, or what the connection raises.
    """
    applied = encodings(response.headers.get("Content-Encoding"))
    return decode(received(response, limit), applied, limit, check)


def beginning(response: requests.Response, limit: int, check: Check) -> bytes:
    """The first `limit` bytes of the body, or all of it where it is shorter. The connection ends with a cut."""
    if encodings(response.headers.get("Content-Encoding")):
        return whole(response, limit, check)  # a compressed stream that is cut cannot be told from a broken one
    pieces: list[bytes] = []
    room = limit
    for piece in response.raw.stream(_PIECE, decode_content=False):
        pieces.append(piece[:room])
        room -= len(pieces[-1])
        if room == 0:
            response.close()
            break
    return b"".join(pieces)


def received(response: requests.Response, limit: int) -> bytes:
    """The body as it came over the wire, chunk framing undone; `TooLargeError` as soon as that is sure."""
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise TooLargeError
    pieces: list[bytes] = []
    room = limit
    for piece in response.raw.stream(_PIECE, decode_content=False):
        room -= len(piece)
        if room < 0:
            raise TooLargeError
        pieces.append(piece)
    return b"".join(pieces)
