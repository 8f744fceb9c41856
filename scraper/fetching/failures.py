"""Why a fetch failed, in one line that a person understands.

Libraries wrap an error in four others, each with the memory address of an object in its text. What is told here is
read from the types along the chain, never from their texts.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING, Any

import requests
from urllib3 import exceptions as urllib3_errors

from scraper.errors import FetchRefused
from scraper.fetching.codes import Code
from scraper.fetching.connection import BrokenChunkError, ContradictionError
from scraper.fetching.door import OverrunError
from scraper.fetching.identity import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEB_ERRORS = (
    requests.RequestException,
    urllib3_errors.HTTPError,
    http.client.HTTPException,
    FetchRefused,
    OSError,
    ValueError,  # a URL or a header that no parser takes, UnicodeError among them
)
"""All that the web can do to a fetch. What is not among these is a mistake of ours and passes through."""


_BROKEN_OFF = (http.client.IncompleteRead, BrokenChunkError, ConnectionResetError, ssl.SSLError)


def explain(error: BaseException, url: str, timeout: float) -> tuple[Code, str]:
    """Say in a code and in one line why asking for `url` failed. `timeout` is the fetch's limit in seconds."""
    causes = tuple(_chain(error))
    where = host_of(url) or "the host"
    for kind, code, say in _SAYINGS:
        if (found := next((cause for cause in causes if isinstance(cause, kind)), None)) is not None:
            return code, say(found, where) if callable(say) else say.format(error=found, where=where, timeout=timeout)
    # requests' own exceptions are OSErrors too, but only the system's carry a number.
    system = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno and cause.strerror), None)
    if system is not None:
        return Code.UNREACHABLE, f"{where} cannot be reached: {str(system.strerror).lower()}"
    if any(isinstance(cause, urllib3_errors.ProtocolError) for cause in causes):
        return Code.BROKE_OFF, f"{where} broke off before the answer was whole"
    return Code.NOT_HTTP, f"{where} gave an answer that could not be read ({type(error).__name__})"


def dropped(error: BaseException) -> bool:
    """True where the other side closed the connection before it sent anything."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in _chain(error))


def broke_off(error: BaseException) -> bool:
    """True where the other side ended a body early. Running out of time or room of ours is not that."""
    causes = tuple(_chain(error))
    ours = any(isinstance(cause, TimeoutError | OverrunError) for cause in causes)
    return not ours and any(isinstance(cause, _BROKEN_OFF) for cause in causes)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it, outermost first, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]


def _partial(error: Any, where: str) -> str:
    # http.client gives the bytes themselves, urllib3 their number.
    came = error.partial if isinstance(error.partial, int) else len(error.partial)
    wanted = f" of {came + error.expected}" if error.expected else ""
    return f"{where} broke off: {came}{wanted} bytes of the body came"


def _tls(error: Any, where: str) -> str:
    return f"TLS with {where} failed: {(error.reason or 'no reason given').replace('_', ' ').lower()}"


# The first kind that is found anywhere in the chain wins, so the particular stands before the general. A saying is a
# template over `error`, `where` and `timeout`, or a function of the error and the place.
_SAYINGS: tuple[tuple[Any, Code, str | Callable[[Any, str], str]], ...] = (
    (FetchRefused, Code.FORBIDDEN_ADDRESS, "{error}"),
    (OverrunError, Code.NOT_HTTP, "{where} sent more than the largest body allowed, in trailers or framing"),
    (socket.gaierror, Code.DNS, "name does not resolve: {where}"),
    (TimeoutError, Code.TIMEOUT, "no whole answer from {where} within {timeout:g} s"),
    (
        ssl.SSLCertVerificationError,
        Code.TLS_CERTIFICATE,
        "TLS certificate of {where} not valid: {error.verify_message}",
    ),
    (ssl.SSLError, Code.TLS, _tls),
    (ConnectionRefusedError, Code.CONNECTION_REFUSED, "connection refused by {where}"),
    (http.client.RemoteDisconnected, Code.CONNECTION_CLOSED, "{where} closed the connection without an answer"),
    (ConnectionResetError, Code.CONNECTION_CLOSED, "connection reset by {where}"),
    (BrokenPipeError, Code.CONNECTION_CLOSED, "{where} closed the connection"),
    (BrokenChunkError, Code.BROKE_OFF, "{where} broke off: the body's chunks are broken"),
    (http.client.IncompleteRead, Code.BROKE_OFF, _partial),
    (http.client.LineTooLong, Code.HEADERS_TOO_LARGE, "{where} sent a header line longer than 64 KiB"),
    (http.client.BadStatusLine, Code.NOT_HTTP, "{where} did not answer in HTTP"),
    (ContradictionError, Code.NOT_HTTP, "{where} sent headers that contradict each other"),
    (requests.exceptions.InvalidHeader, Code.NOT_HTTP, "{where} sent headers that contradict each other"),
    (http.client.HTTPException, Code.NOT_HTTP, "{where} sent an answer that breaks HTTP: {error}"),
    (requests.exceptions.InvalidURL, Code.FORBIDDEN_ADDRESS, "not a URL that can be fetched: {where}"),
    (urllib3_errors.LocationParseError, Code.FORBIDDEN_ADDRESS, "not a URL that can be fetched: {where}"),
    (UnicodeError, Code.FORBIDDEN_ADDRESS, "not a URL that can be fetched: {where}"),
)
