from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Client, Request
from scraper.fetching.codes import Code
from scraper.fetching.wire import Wire, endpoint, version_of
from tests.fetching.asking import OK, fetch, loopback
from tests.fetching.test_tls import KEY
from tests.scripted import Asked, Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.config import FetchSettings

PEM = KEY.read_text()
DIGEST = sha256(ssl.PEM_cert_to_DER_cert(PEM[PEM.index("-----BEGIN CERTIFICATE-----") :])).hexdigest()


@contextmanager
def listening(answers: Iterable[bytes], *, tls: bool = False, address: str = "127.0.0.1") -> Iterator[tuple[int, Any]]:
    """A port that answers each request with the next of `answers`, on one connection after another; what it heard."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEY)
    left, heard = iter(answers), []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                speaker = context.wrap_socket(self.request, server_side=True) if tls else self.request
                while asked := speaker.recv(65536):
                    heard.append(asked)
                    speaker.sendall(next(left))

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads = True

    with Server((address, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield int(server.server_address[1]), heard
        server.shutdown()
        thread.join()


def test_the_request_is_told_as_the_server_heard_it(settings: FetchSettings) -> None:
    with listening([OK + b"Content-Length: 1\r\n\r\nx"]) as (port, heard):
        answer = fetch(settings, f"http://127.0.0.1:{port}/a", etag='"caf\u00e9"', last_modified="yesterday")

    lines = heard[0].decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    assert lines[0] == "GET /a HTTP/1.1"
    assert [f"{name}: {value}" for name, value in answer.request_headers] == lines[1:]
    assert answer.request_headers[0] == ("Host", f"127.0.0.1:{port}")
    assert ("If-None-Match", '"caf\u00e9"') in answer.request_headers


def test_a_page_says_who_answered_on_a_new_connection_and_on_a_kept_one(
    site: Scripted, settings: FetchSettings
) -> None:
    site.pages.update({"/a": page("one"), "/b": page("two")})

    with Client(settings, resolve=loopback) as client:
        url = f"http://publisher.example:{site.port}"
        first, second = (client.fetch(Request("a", url + path)) for path in ("/a", "/b"))

    assert site.connections == 1
    assert [first.peer, second.peer] == [f"127.0.0.1:{site.port}"] * 2
    assert [first.http_version, second.http_version] == ["1.1", "1.1"]
    assert [first.certificate_sha256, second.certificate_sha256] == [None, None]
    assert second.request_headers[0] == ("Host", f"publisher.example:{site.port}")


def test_the_peer_is_the_address_that_answered_and_not_the_first_that_was_tried(
    site: Scripted, settings: FetchSettings
) -> None:
    site.pages["/"] = page("x")

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.99", "127.0.0.1")]

    with Client(settings, resolve=resolve) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert answer.peer == f"127.0.0.1:{site.port}"


def test_hosts_whose_connections_are_kept_are_never_mistaken_for_each_other(
    site: Scripted, settings: FetchSettings
) -> None:
    site.pages["/"] = page("x")
    answers = [OK + b"Content-Length: 1\r\n\r\ny"] * 2
    with listening(answers) as (port, _), Client(settings) as client:
        peers = [client.fetch(Request("a", f"http://127.0.0.1:{at}/")).peer for at in (site.port, port) * 2]

    assert peers == [f"127.0.0.1:{site.port}", f"127.0.0.1:{port}"] * 2
    assert site.connections == 1


def test_the_certificate_is_told_for_each_page_of_a_kept_connection(settings: FetchSettings) -> None:
    with (
        listening([OK + b"Content-Length: 1\r\n\r\nx"] * 2, tls=True) as (port, _),
        Client(settings, resolve=loopback) as client,
    ):
        client._session.verify = str(KEY)
        answers = [client.fetch(Request("a", f"https://localhost:{port}/")) for _ in range(2)]

    assert [answer.body for answer in answers] == [b"x", b"x"]
    assert [answer.certificate_sha256 for answer in answers] == [DIGEST] * 2
    assert [answer.peer for answer in answers] == [f"127.0.0.1:{port}"] * 2
    assert answers[1].request_headers[0] == ("Host", f"localhost:{port}")


def test_where_the_handshake_fails_the_peer_is_known_and_nothing_was_sent(settings: FetchSettings) -> None:
    with listening([], tls=True) as (port, heard), Client(settings, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"https://localhost:{port}/"))

    assert heard == []
    assert (answer.failure, answer.peer) == ("network_error", f"127.0.0.1:{port}")
    assert (answer.request_headers, answer.certificate_sha256, answer.http_version) == ((), None, None)


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_an_ipv6_peer_is_written_in_brackets(settings: FetchSettings) -> None:
    try:
        with listening([OK + b"Content-Length: 1\r\n\r\nx"], address="::1") as (port, _):
            answer = fetch(replace(settings, allow_private=("::1/128",)), f"http://[::1]:{port}/")
    except OSError:
        pytest.skip("there is no IPv6 loopback here")

    assert (answer.body, answer.peer) == (b"x", f"[::1]:{port}")
    assert answer.request_headers[0] == ("Host", f"[::1]:{port}")


@pytest.mark.parametrize(
    ("sent", "status", "version"),
    [
        (OK + b"Content-Length: 10\r\n\r\nhalf.", 200, "1.1"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf.", 200, "1.0"),
        (OK + b"Content-Length: 99999999999\r\n\r\n", 200, "1.1"),
        (OK + b"X: y\r\n" * 200 + b"\r\nx", None, "1.1"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", None, None),
        (b"HTTP/1.1-odd 200 OK\r\nContent-Length: 10\r\n\r\nhalf.", 200, None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None, None),
        (b"", None, None),
    ],
)
def test_a_failure_says_who_was_asked_and_what(
    site: Scripted, settings: FetchSettings, sent: bytes, status: int | None, version: str | None
) -> None:
    site.pages["/"] = lambda _: [sent]

    answer = fetch(settings, site.url("/"))

    assert answer.failure is not None
    assert (answer.status, answer.http_version, answer.peer) == (status, version, site.host)
    assert answer.request_headers[0] == ("Host", site.host)


def test_what_is_told_is_of_the_last_page_that_was_asked(site: Scripted, settings: FetchSettings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{unused.getsockname()[1]}"
        site.pages.update(
            {
                "/moved": redirect("/here", Set_Cookie="seen=1"),
                "/here": page("x"),
                "/away": redirect(f"http://{nobody}/"),
                "/inside": redirect("http://10.0.0.1/"),
                "/loop": redirect("/loop"),
            }
        )
        moved, away, inside, loop = (
            fetch(settings, site.url(path), etag='"1"') for path in ("/moved", "/away", "/inside", "/loop")
        )

    sent = dict(moved.request_headers)
    assert (sent["Cookie"], "If-None-Match" in sent) == ("seen=1", False)
    for answer in (away, inside):
        assert answer.status is None
        assert (answer.peer, answer.request_headers, answer.http_version) == (None, (), None)
    assert (loop.final_url, loop.peer) == (site.url("/loop"), site.host)


def test_a_redirect_that_robots_txt_forbids_was_not_asked(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/a"] = redirect("/b")

    with Client(settings) as client:
        answer = client.fetch(Request("a", site.url("/a")), lambda *_: (Code.ROBOTS_DISALLOW, "forbidden"))

    assert (answer.failure, answer.peer, answer.request_headers) == ("robots_denied", None, ())


def test_a_redirect_that_no_time_was_left_for_has_sent_nothing(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages["/a"] = redirect(f"http://slow.example:{site.port}/b")

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        if host == "slow.example":
            moments.pass_by(20)
        return loopback(host, port)

    with Client(settings, clock=moments.clock, monotonic=moments.monotonic, resolve=resolve) as client:
        answer = client.fetch(Request("a", site.url("/a")))

    assert site.paths() == ["/a"]
    assert (answer.failure, answer.peer, answer.request_headers) == ("network_error", None, ())


def test_what_is_waited_for_before_a_redirect_is_no_time_of_the_fetch(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/a": redirect("/b"), "/b": page("here")})

    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/a")), lambda *_: moments.pass_by(300))

    assert (answer.body, answer.elapsed_ms) == (b"here", 0)


def test_a_connection_opened_again_is_told_by_its_own_peer(settings: FetchSettings) -> None:
    # The first connection ends when the second page is asked for, and the host has moved meanwhile.
    hosts = iter(["127.0.0.1", "127.0.0.2"])

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(hosts), port))]

    def answers() -> Iterator[bytes]:
        yield OK + b"Content-Length: 1\r\n\r\nx"
        raise ConnectionResetError

    with listening(answers()) as (port, heard), Client(settings, resolve=resolve) as client:
        first, second = (client.fetch(Request("a", f"http://publisher.example:{port}/")) for _ in range(2))

    assert (first.body, first.peer, len(heard)) == (b"x", f"127.0.0.1:{port}", 2)
    # Nobody listens at the second address: nothing was sent there, and the first is not what the failure is about.
    assert (second.failure, second.status) == ("network_error", None)
    assert (second.peer, second.request_headers) == (None, ())


def test_a_compressed_body_is_kept_as_it_came_beside_what_it_holds(site: Scripted, settings: FetchSettings) -> None:
    packed = gzip.compress(b"<p>text" * 100)

    def chunked(_: Asked) -> Iterable[bytes]:
        head = OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        yield head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)

    site.pages.update({"/whole": page(packed, Content_Encoding="gzip"), "/chunked": chunked})
    with Client(settings) as client:
        answers = [client.fetch(Request("a", site.url(path))) for path in ("/whole", "/chunked")]
        answers.append(client.fetch(Request("a", site.url("/whole")), enough=5000))

    assert [answer.body for answer in answers] == [b"<p>text" * 100] * 3
    assert [answer.encoded_body for answer in answers] == [packed] * 3


@pytest.mark.parametrize("headers", [b"", b"Content-Encoding: identity\r\n", b"Content-Encoding:\r\n"])
def test_a_body_that_is_what_came_is_not_kept_twice(site: Scripted, settings: FetchSettings, headers: bytes) -> None:
    site.pages["/"] = lambda _: [OK + headers + b"Content-Length: 7\r\n\r\n<p>text"]

    answer = fetch(settings, site.url("/"))

    assert (answer.body, answer.encoded_body) == (b"<p>text", None)


def test_a_304_has_no_encoded_body(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("", 304, Content_Encoding="gzip")

    answer = fetch(settings, site.url("/"), etag='"1"')

    assert (answer.status, answer.body, answer.encoded_body) == (304, b"", None)


def test_what_came_whole_is_kept_where_it_cannot_be_decoded(site: Scripted, settings: FetchSettings) -> None:
    cut, bomb = gzip.compress(b"cut short " * 100)[:-12], gzip.compress(bytes(100_000))
    site.pages.update({"/cut": page(cut, Content_Encoding="gzip"), "/bomb": page(bomb, Content_Encoding="gzip")})
    narrow = replace(settings, max_bytes=50_000)

    broken, exploded = fetch(narrow, site.url("/cut")), fetch(narrow, site.url("/bomb"))

    assert (broken.failure, broken.body, broken.encoded_body) == ("network_error", None, cut)
    assert (exploded.failure, exploded.body, exploded.encoded_body) == ("too_large", None, bomb)


def test_a_compressed_body_longer_than_the_limit_is_not_kept(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page(gzip.compress(b"x", 0) + b"\0" * 5000, Content_Encoding="gzip")

    answer = fetch(replace(settings, max_bytes=1000), site.url("/"))

    assert (answer.failure, answer.encoded_body) == ("too_large", None)


def test_an_endpoint_is_written_as_in_a_url() -> None:
    assert endpoint(("203.0.113.5", 443)) == "203.0.113.5:443"
    assert endpoint(("2001:db8::5", 8080, 0, 0)) == "[2001:db8::5]:8080"


def test_a_wire_that_nothing_went_over_tells_nothing() -> None:
    assert Wire().request_headers() == ()
    assert version_of("HTTP/2.0x") is None


def test_the_moments_of_the_last_exchange_are_noted(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    start = moments.now

    def slow(_: object) -> Iterator[bytes]:
        moments.pass_by(2)
        yield b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def slower(_: object) -> Iterator[bytes]:
        moments.pass_by(5)
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"

    site.pages |= {"/a": slow, "/b": slower}
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/a")))

    assert answer.started == start
    assert answer.sent == start + timedelta(seconds=2)
    assert answer.answered == start + timedelta(seconds=7)


def test_where_nobody_answered_there_is_no_moment_of_an_answer(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/a"] = lambda _: ()
    answer = fetch(settings, site.url("/a"))

    assert answer.failure == "network_error"
    assert answer.sent is not None
    assert answer.answered is None
