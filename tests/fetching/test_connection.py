from __future__ import annotations

import gzip
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Client, Request
from tests.fetching.asking import OK, fetch, loopback
from tests.scripted import Asked, Moments, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings


def test_a_dripping_body_ends_at_the_deadline(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    site.pages["/"] = lambda _: chain([OK + b"\r\n"], moments.in_step(repeat(b"x"), 4))
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert answer.error == f"no whole answer from {site.host} within 10 s"


@pytest.mark.parametrize("line", [b"X-Slow: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_headers_without_end_stop_at_the_deadline(
    site: Scripted, settings: FetchSettings, moments: Moments, line: bytes
) -> None:
    first = b"" if line.startswith(b"HTTP") else OK
    site.pages["/"] = lambda _: chain([first], moments.in_step(repeat(line), 4))
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert (answer.failure, answer.status) == ("network_error", None)
    assert "within 10 s" in (answer.error or "")


def test_silence_ends_at_the_deadline(site: Scripted, settings: FetchSettings) -> None:
    done = threading.Event()

    def silent(_: Asked) -> Iterator[bytes]:
        done.wait(30)
        yield b""

    site.pages["/"] = silent
    answer = fetch(replace(settings, timeout=0.1), site.url("/"))
    done.set()

    assert answer.error == f"no whole answer from {site.host} within 0.1 s"


def test_connections_are_kept_alive_and_a_closed_one_is_opened_again(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/a": page("one"), "/b": page("two"), "/end": lambda _: [OK + b"Content-Length: 3\r\n\r\nend"]})

    with Client(settings) as client:
        bodies = [client.fetch(Request("a", site.url(path))).body for path in ("/a", "/b", "/end", "/a")]

    assert bodies == [b"one", b"two", b"end", b"one"]
    assert site.connections == 2


@contextmanager
def overheard(reply: bytes) -> Iterator[tuple[int, bytearray]]:
    """A port where somebody listens, answers the first bytes with `reply` and hangs up."""
    heard = bytearray()

    def listen(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            heard.extend(connection.recv(4096))
            connection.sendall(reply)

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


def test_tls_spoken_to_a_plain_server_is_told_in_plain_words(settings: FetchSettings) -> None:
    with overheard(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        answer = fetch(settings, f"https://127.0.0.1:{port}/")

    assert answer.failure == "network_error"
    assert (answer.error or "").startswith(f"TLS with 127.0.0.1:{port} failed: ")


def test_tls_asks_for_the_name_and_not_for_the_checked_address(settings: FetchSettings) -> None:
    with overheard(b"") as (port, heard), Client(settings, resolve=loopback) as client:
        client.fetch(Request("a", f"https://publisher.example:{port}/"))

    assert b"publisher.example" in bytes(heard)


def test_a_second_address_is_tried_where_the_first_does_not_answer(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.99", "127.0.0.1")]

    with Client(settings, resolve=resolve) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert answer.body == b"x"


CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<p>old"


@pytest.mark.parametrize("interim", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_an_interim_answer_is_never_taken_for_the_answer(site: Scripted, settings: FetchSettings, interim: str) -> None:
    hints = f"HTTP/1.1 {interim}\r\nLink: </style.css>; rel=preload\r\n\r\n".encode()
    site.pages["/a"] = lambda _: [hints, hints + CUT]
    site.pages["/b"] = page("<p>new")

    with Client(settings) as client:
        first, second = (client.fetch(Request("a", site.url(path))) for path in ("/a", "/b"))

    assert (first.status, first.body) == (200, b"<p>old")
    assert (second.status, second.body) == (200, b"<p>new")


def test_interim_answers_without_end_are_a_failure(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = lambda _: repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    answer = fetch(settings, site.url("/"))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert "more than 20 interim answers" in (answer.error or "")


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n\r\n<p>old",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx<p>old",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n<p>old",
    ],
)
def test_what_comes_after_an_answer_is_never_read_as_that_of_the_next_page(
    site: Scripted, settings: FetchSettings, first: bytes
) -> None:
    asked_next = threading.Event()

    def late(_: Asked) -> Iterator[bytes]:
        yield first
        asked_next.wait(1)
        yield CUT

    def answer(_: Asked) -> Iterator[bytes]:
        asked_next.set()
        yield OK + b"Content-Length: 6\r\n\r\n<p>new"

    site.pages.update({"/a": late, "/b": answer})
    with Client(settings) as client:
        client.fetch(Request("a", site.url("/a"), etag='"1"'))
        second = client.fetch(Request("b", site.url("/b")))

    assert second.body == b"<p>new"
    assert site.connections == 2


def test_a_304_that_was_asked_for_keeps_the_connection(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/a": page("", 304, ETag='"1"'), "/b": page("two")})

    with Client(settings) as client:
        first = client.fetch(Request("a", site.url("/a"), etag='"1"'))
        second = client.fetch(Request("b", site.url("/b")))

    assert (first.status, first.failure, second.body) == (304, None, b"two")
    assert site.connections == 1


def test_a_304_that_was_not_asked_for_is_a_failure(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/a"] = page("", 304)

    answer = fetch(settings, site.url("/a"))

    assert (answer.failure, answer.status, answer.body) == ("network_error", 304, None)
    assert answer.error == "304 Not Modified to an unconditional request"


def test_a_connection_that_closes_unanswered_is_asked_again_only_where_it_was_kept_alive(
    site: Scripted, settings: FetchSettings
) -> None:
    site.pages["/"] = lambda _: []

    answer = fetch(settings, site.url("/"))

    assert "closed the connection without an answer" in (answer.error or "")
    assert site.paths() == ["/"]


def test_silence_after_a_slow_start_is_given_the_rest_of_the_time_and_no_more(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    given_up = threading.Event()

    def stalls(_: Asked) -> Iterator[bytes]:
        yield from moments.in_step([OK + b"Content-Length: 4\r\n\r\nha"], 9.9)
        given_up.wait(3)
        yield b"lf"

    site.pages["/"] = stalls
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))
    given_up.set()

    assert (answer.failure, answer.body) == ("network_error", None)


def test_a_dead_first_address_leaves_time_for_the_second(
    site: Scripted, settings: FetchSettings, moments: Moments, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unanswered(socket.socket):
        def connect(self, address: Any) -> None:
            if address[0] == "127.0.0.99":
                moments.pass_by(self.gettimeout() or 0)
                raise TimeoutError
            super().connect(address)

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.99", "127.0.0.1")]

    monkeypatch.setattr(socket, "socket", Unanswered)
    site.pages["/"] = page("x")
    with Client(settings, monotonic=moments.monotonic, resolve=resolve) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert answer.body == b"x"


def test_a_swarm_of_gzip_members_ends_at_the_deadline(site: Scripted, settings: FetchSettings) -> None:
    class Hasty(Moments):
        def monotonic(self) -> float:
            self.pass_by(0.1)
            return super().monotonic()

    hasty = Hasty()
    site.pages["/"] = page(gzip.compress(b"") * 500, Content_Encoding="gzip")
    with Client(settings, clock=hasty.clock, monotonic=hasty.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert "within 10 s" in (answer.error or "")
