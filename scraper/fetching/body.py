"""The body of a response as it came: read whole within a limit, or, where a beginning is enough, cut there."""

from __future__ import annotations

import http.client
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scraper.fetching.decoding import TooLargeError

if TYPE_CHECKING:
    import requests

_PIECE = 64 * 1024


def beginning(response: requests.Response, limit: int) -> bytes:
    """The first `limit` bytes of the body, or all of it where it is shorter. The connection ends with a cut."""
    came = _at_most(limit, response)
    response.close()
    return came


def received(response: requests.Response, limit: int) -> bytes:
    """The whole body as it came over the wire, chunk framing undone.

    Raises `TooLargeError` as soon as it is sure to be longer than `limit` bytes, or what the connection raises.
    """
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise TooLargeError
    came = _at_most(limit + 1, response)
    if len(came) > limit:
        raise TooLargeError
    return came


def _at_most(most: int, response: requests.Response) -> bytes:
    """So many bytes of the body, or all of it. IncompleteRead, with what came, where it ends before its end."""
    answer: Any = response.raw
    came = BytesIO()  # a list of pieces would take forty bytes for each, and a server may send two bytes at a time
    try:
        while (left := most - came.tell()) and (piece := answer.read(min(_PIECE, left))):
            came.write(piece)
    except http.client.IncompleteRead as error:  # of a body in chunks: whole ones of this piece, and a part of the last
        part = getattr(error.__cause__, "partial", b"")
        raise http.client.IncompleteRead(came.getvalue() + error.partial + part) from error
    if left and answer.length:
        raise http.client.IncompleteRead(came.getvalue(), answer.length)
    return came.getvalue()


def has_plain_length(response: requests.Response) -> bool:
    """Whether the Content-Length says how much is to come, or there is none, or chunks say it.

    With another one nobody can know whether a body is whole, so it is none (RFC 9112, 6.3).
    """
    length = response.headers.get("Content-Length")
    if length is None or "chunked" in response.headers.get("Transfer-Encoding", "").lower():
        return True
    return all(part.strip().isascii() and part.strip().isdigit() for part in length.split(","))
