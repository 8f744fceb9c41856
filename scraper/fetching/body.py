"""The body of a response as it came: read whole within a limit, or, where a beginning is enough, cut there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.fetching.decoding import TooLargeError

if TYPE_CHECKING:
    import requests

_PIECE = 64 * 1024


def beginning(response: requests.Response, limit: int) -> bytes:
    """The first `limit` bytes of the body, or all of it where it is shorter. The connection ends with a cut."""
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
    """The whole body as it came over the wire, chunk framing undone.

    Raises `TooLargeError` as soon as it is sure to be longer than `limit` bytes, or what the connection raises.
    """
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
