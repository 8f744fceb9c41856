"""The client: one Request in, one Answer out, whatever the web does.

Everything observed goes into the Answer: the redirects that were followed, status and headers as received, the whole
body or none of it, and why there is none. Nothing is retried here (looking again is the business of the batch and the
schedule), save once when a kept-alive connection turns out to have been closed in the meantime.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urldefrag, urlsplit

import requests
from requests.cookies import extract_cookies_to_jar

import scraper.fetching.body as body
from scraper.clock import Clock, system_clock
from scraper.errors import FetchRefused
from scraper.fetching.adapter import GuardedAdapter
from scraper.fetching.codes import Code
from scraper.fetching.decoding import CutShortError, TooLargeError, UndecodableError, decode, encodings
from scraper.fetching.door import Door
from scraper.fetching.failures import WEB_ERRORS, broke_off, dropped, explain
from scraper.fetching.guard import AddressGuard, Resolver
from scraper.fetching.locations import as_meant, redirect_target
from scraper.fetching.observation import Answer, Failure, Hop, Request
from scraper.fetching.wire import Wire

if TYPE_CHECKING:
    from types import TracebackType

    from scraper.config import FetchSettings

Monotonic = Callable[[], float]
Refused = tuple[Code, str]
"""Why something is not asked for: what the fetch has come to, and the reason in words."""

Permit = Callable[[str, str], Refused | None]
"""Asked before each redirect is followed, with its target and the URL that the chain began at; None follows it."""

MAX_REDIRECTS = 10
MAX_HEADER_BYTES = 128 * 1024
_REDIRECT_BODY = 64 * 1024
_REDIRECT_SECONDS = 2.0

# The library says what it takes and gives in some releases only.
_take_cookies: Any = extract_cookies_to_jar

_CONDITIONS = ("If-None-Match", "If-Modified-Since")

_Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Reply:
    """The end of one fetch: what the last URL answered, or why it did not. `url` is None where it was not asked."""

    url: str | None
    status: int | None = None
    headers: _Headers = ()
    body: bytes | None = None
    encoded_body: bytes | None = None
    code: Code | None = None
    error: str | None = None
    broke_off: bool = False


class Session(requests.Session):
    """A session that never looks past the answer itself: it follows nothing, and asks neither proxies nor .netrc.

    The library's own way through a session costs as much as the request itself. What it does beyond preparing a
    request, sending it through an adapter and keeping cookies is for wishes that nobody has here.
    """

    def prepared(self, url: str, headers: dict[str, str]) -> requests.PreparedRequest:
        """A GET with the session's headers and cookies, and `headers` besides."""
        request = requests.PreparedRequest()
        request.prepare_method("GET")
        request.prepare_url(url, None)
        request.prepare_headers({**self.headers, **headers})
        if len(self.cookies):
            request.prepare_cookies(self.cookies)
        return request

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None, always. Looking for the next request, the library would read a redirect's whole body, however long."""
        return None

    def ask(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a request; the body is still to be read."""
        verify = True if self.verify is None else self.verify
        response = self.get_adapter(request.url or "").send(request, verify=verify)
        if "Set-Cookie" in response.headers:
            _take_cookies(self.cookies, request, response.raw)
        return response


class Client:
    """Fetches pages over one guarded session with kept-alive connections. A context manager; not for two threads.

    `settings` say how long, how much and from where; `clock`, `monotonic` and `resolve` stand in for the system's.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Clock = system_clock,
        monotonic: Monotonic = time.monotonic,
        resolve: Resolver = socket.getaddrinfo,
        guard: AddressGuard | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._guard = guard or AddressGuard(settings.allow_private, resolve=resolve)
        self._door = Door(self._guard, monotonic, clock)
        self._session = open_session(settings, self._door)
        self._spoken: set[tuple[str, str]] = set()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def aside(self) -> Client:
        """A second client with the same settings, clocks and guard, for what is asked in the middle of a fetch."""
        return Client(self._settings, clock=self._clock, monotonic=self._monotonic, guard=self._guard)

    def fetch(
        self,
        request: Request,
        permit: Permit | None = None,
        *,
        enough: int | None = None,
        led_from: str | None = None,
    ) -> Answer:
        """Fetch one page and return all that was observed. Nothing that the web does raises.

        `timeout` covers resolving, redirects and body together; `max_bytes` counts the decoded body. Cookies live as
        long as one fetch: a redirect that sets one and comes back works, and no page depends on the page before it.
        `permit` is asked before each redirect is followed, and what it takes is not counted. `enough` is for what may
        be cut: so many bytes of the body are read at most, whatever `max_bytes` says, and a longer body is no failure.
        `led_from` is the URL whose redirect made us ask, so that the guard does not take it for a wish of the keeper's.
        """
        started, tick = self._clock(), self._monotonic()
        self._door.open_until(self._settings.timeout, enough or self._settings.max_bytes, led_from)
        self._session.cookies.clear()
        hops: list[Hop] = []
        reply = self._follow(request, hops, permit, enough)
        wire = Wire() if reply.url is None else self._door.wire
        return Answer(
            source_id=request.source_id,
            url=request.url,
            started=started,
            elapsed_ms=round((self._monotonic() - tick - self._door.paused_for) * 1000),
            final_url=reply.url,
            status=reply.status,
            headers=reply.headers,
            redirects=tuple(hops),
            body=reply.body,
            failure=cast("Failure | None", reply.code and reply.code.outcome),
            error=reply.error,
            code=reply.code,
            request_headers=wire.request_headers(),
            peer=wire.peer,
            certificate_sha256=wire.certificate_sha256,
            http_version=wire.http_version,
            encoded_body=reply.encoded_body,
            broke_off=reply.broke_off,
            sent=wire.sent,
            answered=wire.answered,
        )

    def _follow(self, request: Request, hops: list[Hop], permit: Permit | None, enough: int | None) -> _Reply:
        """Ask, follow redirects and append them to `hops`, and return what came at the end."""
        url = urldefrag(request.url).url
        seen: set[tuple[str, frozenset[tuple[str, str | None]]]] = set()
        while True:
            try:
                response = self._ask(url, request)
            except WEB_ERRORS as error:
                return self._failed(url, error)
            with closing(response):
                target = redirect_target(url, response)
                if target is None:
                    return self._read(url, response, enough)
                hops.append(Hop(url, response.status_code, as_meant(response.headers["Location"])))
                self._drain(response)
            # The same URL with other cookies is no loop: a server may set one and send the client back.
            cookies = frozenset((c.name, c.value) for c in self._session.cookies)
            if (target, cookies) in seen:
                return _Reply(url, code=Code.REDIRECT_LOOP, error=f"redirect loop at {target[:500]}")
            if len(hops) > MAX_REDIRECTS:
                return _Reply(url, code=Code.REDIRECTS_ENDLESS, error=f"more than {MAX_REDIRECTS} redirects")
            seen.add((target, cookies))
            self._door.start = self._door.start or response.url
            if permit and (refused := self._refused(permit, target, self._door.start)) is not None:
                return _Reply(None, code=refused[0], error=refused[1])
            url = target

    def _refused(self, permit: Permit, target: str, start: str) -> Refused | None:
        with self._door.paused():
            return permit(target, start)

    def _ask(self, url: str, request: Request) -> requests.Response:
        """Send one GET through the guard and return the response with its body still to be read."""
        self._door.wire = Wire()
        self._guard.check_url(url, self._door.start)
        prepared = self._session.prepared(url, _validators(url, request))
        origin = urlsplit(url)[:2]
        again = origin in self._spoken
        try:
            response = self._session.ask(prepared)
        except WEB_ERRORS as error:
            # RFC 9112, 9.3.1: a GET on a kept-alive connection that closed unanswered may be sent once more.
            if not (again and dropped(error)):
                raise
            response = self._session.ask(prepared)
        self._spoken.add(origin)
        return response

    def _read(self, url: str, response: requests.Response, enough: int | None) -> _Reply:
        """Read the body whole or not at all; where a beginning is `enough`, no more than that."""
        headers = _received(response)
        status = response.status_code
        encoded: bytes | None = None

        def failed(code: Code, error: str) -> _Reply:
            response.close()
            return _Reply(url, status, headers, encoded_body=encoded, code=code, error=error)

        if sum(len(name) + len(value) for name, value in headers) > MAX_HEADER_BYTES:
            where = urlsplit(url).hostname
            response.close()
            return _Reply(url, status, code=Code.HEADERS_TOO_LARGE, error=f"{where} sent more than 128 KiB of headers")
        if status == HTTPStatus.NOT_MODIFIED and not any(name in response.request.headers for name in _CONDITIONS):
            return failed(Code.UNASKED_304, "304 Not Modified to an unconditional request")
        if not body.has_plain_length(response):
            return failed(Code.NOT_HTTP, f"{urlsplit(url).hostname} sent a Content-Length that is no number")
        limit = enough or self._settings.max_bytes
        try:
            applied = encodings(response.headers.get("Content-Encoding"))
            # A compressed stream that is cut cannot be told from a broken one, so its beginning is never enough.
            came = (body.beginning if enough and not applied else body.received)(response, limit)
            encoded = came if applied and came else None  # a 304 names an encoding and has no body
            return _Reply(url, status, headers, decode(came, applied, limit, self._door.left), encoded)
        except TooLargeError:
            return failed(Code.TOO_LARGE, f"the body is larger than max_bytes, {limit:_} bytes")
        except UndecodableError as error:
            return replace(failed(_undecoded(error), str(error)), broke_off=isinstance(error, CutShortError))
        except WEB_ERRORS as error:
            reply = failed(*explain(error, url, self._settings.timeout))
            return replace(reply, broke_off=broke_off(error))

    def _drain(self, response: requests.Response) -> None:
        """Read a redirect's short body, so that the connection can serve the next hop; drop a long or a slow one."""
        try:
            with self._door.at_most(_REDIRECT_SECONDS):
                body.received(response, _REDIRECT_BODY)
        except (TooLargeError, *WEB_ERRORS):
            response.close()

    def _failed(self, url: str, error: BaseException) -> _Reply:
        asked = None if isinstance(error, FetchRefused) else url
        code, said = explain(error, url, self._settings.timeout)
        return _Reply(asked, code=code, error=said)


def open_session(settings: FetchSettings, door: Door) -> Session:
    """A session whose every connection goes through the door, with the headers that all requests carry."""
    session = Session()
    session.trust_env = False  # no proxy, no .netrc, no certificate bundle from the environment
    session.adapters.clear()
    adapter = GuardedAdapter(door)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.clear()
    session.headers.update(
        {
            "User-Agent": settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.5",
            "Accept-Language": "en,*;q=0.5",
            "Accept-Encoding": "identity",
        }
    )
    return session


def _undecoded(error: UndecodableError) -> Code:
    return Code.BROKE_OFF if isinstance(error, CutShortError) else Code.UNDECODABLE


def _validators(url: str, request: Request) -> dict[str, str]:
    """Conditional headers, for the one URL whose capture they validate.

    An entity tag means something at its own URL alone (RFC 9110, 8.8.3), and a date sent elsewhere could earn a 304
    for another page that is merely older.
    """
    if url != urldefrag(request.validated_url or request.url).url:
        return {}
    values = ((value or "").strip() for value in (request.etag, request.last_modified))
    return {name: value for name, value in zip(_CONDITIONS, values, strict=True) if value and value.isprintable()}


def _received(response: requests.Response) -> _Headers:
    """Status headers in the order received, repeated ones included.

    The library's own mapping groups repeated headers under the first, so the message beneath it is read.
    """
    answer: Any = response.raw
    return tuple((str(name), str(value)) for name, value in answer.msg.items())
