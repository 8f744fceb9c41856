from __future__ import annotations

import gzip
import socket
import threading
import zlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Answer, Client, Request
from tests.scripted import Asked, Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.config import FetchSettings

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def fetch(settings: FetchSettings, url: str, **kwargs: Any) -> Answer:
    with Client(settings) as client:
        return client.fetch(Request("a", url, **kwargs))


def loopback(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
    """A resolver to which every name is this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_a_page_comes_back_as_it_was_sent(site: Scripted, settings: FetchSettings) -> None:
    body = bytes(range(256)) * 300
    site.pages["/a"] = page(body, ETag='"1"')

    answer = fetch(settings, site.url("/a"))

    assert (answer.status, answer.body, answer.failure, answer.error) == (200, body, None, None)
    assert answer.final_url == site.url("/a")
    assert answer.header("etag") == '"1"'


def test_what_is_asked_names_redline_and_wants_no_compression(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    fetch(settings, site.url("/"))

    asked = site.asked[0].headers
    assert asked["user-agent"] == "Redline tests"
    assert asked["accept-encoding"] == "identity"
    assert "if-none-match" not in asked
    assert "cookie" not in asked


def test_headers_keep_their_order_and_their_repetitions(site: Scripted, settings: FetchSettings) -> None:
    def answer(_: Asked) -> Iterable[bytes]:
        yield OK + b"Link: one\r\nX-Other: y\r\nlink: two\r\nContent-Length: 1\r\n\r\nx"

    site.pages["/"] = answer

    names = [name for name, _ in fetch(settings, site.url("/")).headers]

    assert names == ["Content-Type", "Link", "X-Other", "link", "Content-Length"]


def test_a_304_is_received_for_the_validators_that_were_sent(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = lambda asked: (
        [b"HTTP/1.1 304 Not Modified\r\n\r\n"] if asked.headers.get("if-none-match") == '"1"' else [OK + b"\r\nx"]
    )

    known = fetch(settings, site.url("/"), etag='"1"', last_modified="Mon, 02 Mar 2026 09:00:00 GMT")
    unknown = fetch(settings, site.url("/"))

    assert (known.status, known.body) == (304, b"")
    assert site.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert (unknown.status, unknown.body) == (200, b"x")


def test_validators_go_to_the_url_they_came_from_and_to_no_other(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/old": redirect("/new"), "/new": page("x")})

    fetch(settings, site.url("/old"), etag='"1"')
    fetch(settings, site.url("/old"), etag='"1"', validated_url=site.url("/new"))

    assert ["if-none-match" in asked.headers for asked in site.asked] == [True, False, False, True]


def test_redirects_are_followed_and_written_down(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/a": redirect("b/?x=1#part", 301), "/b/?x=1": redirect("/c", 308), "/c": page("here")})

    answer = fetch(settings, site.url("/a"))

    assert answer.body == b"here"
    assert answer.final_url == site.url("/c")
    assert [(hop.url, hop.status, hop.location) for hop in answer.redirects] == [
        (site.url("/a"), 301, "b/?x=1#part"),
        (site.url("/b/?x=1"), 308, "/c"),
    ]
    assert site.connections == 1


def test_a_location_in_utf8_is_read_as_utf8(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/a"] = lambda _: ["HTTP/1.1 302 Found\r\nLocation: /caf\u00e9\r\n\r\n".encode()]
    site.pages["/caf%C3%A9"] = page("here")

    answer = fetch(settings, site.url("/a"))

    assert answer.body == b"here"
    assert answer.redirects[0].location == "/café"


def test_a_redirect_loop_is_a_failure_that_says_so(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/a": redirect("/b"), "/b": redirect("/a")})

    answer = fetch(settings, site.url("/a"))

    assert answer.failure == "network_error"
    assert answer.error == f"redirect loop at {site.url('/b')}"
    assert answer.body is None


def test_a_redirect_that_sets_a_cookie_and_comes_back_is_no_loop(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/a"] = lambda asked: (
        [OK + b"\r\nhere"]
        if asked.headers.get("cookie") == "seen=1"
        else [b"HTTP/1.1 302 Found\r\nSet-Cookie: seen=1\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n"]
    )

    with Client(settings) as client:
        first = client.fetch(Request("a", site.url("/a")))
        second = client.fetch(Request("a", site.url("/a")))

    assert first.body == second.body == b"here"
    assert len(second.redirects) == 1, "a cookie must not outlive the fetch that it was set in"


def test_thirty_redirects_are_not_followed_to_the_end(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({f"/{n}": redirect(f"/{n + 1}") for n in range(30)})

    answer = fetch(settings, site.url("/0"))

    assert answer.error == "more than 10 redirects"
    assert len(answer.redirects) == len(site.asked) == 11


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://167772161/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1\\@example.org/",
        "http://[::1",
        "//127.0.0.1:99999/",
    ],
)
def test_a_redirect_cannot_lead_past_the_guard(site: Scripted, settings: FetchSettings, location: str) -> None:
    site.pages["/"] = redirect(location)

    answer = fetch(settings, site.url("/"))

    assert (answer.failure, answer.status, answer.body, answer.final_url) == ("network_error", None, None, None)
    assert len(answer.redirects) == len(site.asked) == 1
    assert "secret" not in (answer.error or "")


def test_the_socket_itself_refuses_a_name_that_leads_inside(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("secret")
    guarded = replace(settings, allow_private=())

    with Client(guarded, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert (answer.failure, answer.final_url) == ("network_error", None)
    assert "publisher.example (127.0.0.1) is a loopback address" in (answer.error or "")
    assert site.connections == 0


def test_a_redirect_with_a_huge_body_is_followed_without_reading_it(site: Scripted, settings: FetchSettings) -> None:
    sent = 0

    def flood(_: Asked) -> Iterator[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
        for _n in range(10_000):
            sent += 1
            yield b"\0" * 65536

    site.pages.update({"/a": flood, "/b": page("here")})

    assert fetch(settings, site.url("/a")).body == b"here"
    assert sent < 1000


def test_a_gigabyte_is_left_at_the_limit(site: Scripted, settings: FetchSettings) -> None:
    sent = 0

    def flood(_: Asked) -> Iterator[bytes]:
        nonlocal sent
        yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
        for _n in range(16_384):
            sent += 1
            yield b"10000\r\n" + b"\0" * 65536 + b"\r\n"

    site.pages["/"] = flood

    answer = fetch(replace(settings, max_bytes=1_000_000), site.url("/"))

    assert (answer.failure, answer.body, answer.status) == ("too_large", None, 200)
    assert answer.error == "the body is larger than max_bytes, 1_000_000 bytes"
    assert sent < 2000, "the connection must be closed as soon as it is sure"


def test_a_body_announced_too_large_is_not_read_at_all(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = lambda _: [OK + b"Content-Length: 99999999999999999999999999\r\n\r\n"]

    assert fetch(settings, site.url("/")).failure == "too_large"


def test_a_body_of_just_the_limit_is_kept(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/exact": page(b"x" * 1000), "/over": page(b"x" * 1001)})
    narrow = replace(settings, max_bytes=1000)

    assert fetch(narrow, site.url("/exact")).body == b"x" * 1000
    assert fetch(narrow, site.url("/over")).failure == "too_large"


def test_a_compressed_body_nobody_asked_for_is_decoded_and_counted_decoded(
    site: Scripted, settings: FetchSettings
) -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    site.pages.update(
        {
            "/gzip": page(gzip.compress(b"<p>text"), Content_Encoding="gzip"),
            "/deflate": page(zlib.compress(b"<p>text"), Content_Encoding="deflate"),
            "/twice": page(gzip.compress(gzip.compress(b"<p>text")), Content_Encoding="gzip, gzip"),
            "/bomb": page(bomb, Content_Encoding="gzip, gzip"),
        }
    )

    bodies = [fetch(settings, site.url(path)).body for path in ("/gzip", "/deflate", "/twice")]
    exploded = fetch(settings, site.url("/bomb"))

    assert bodies == [b"<p>text"] * 3
    assert (exploded.failure, exploded.body) == ("too_large", None)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80text\x03"),
        (", ".join(["gzip"] * 100), b""),
        ("gzip", b"<p>not compressed at all"),
        ("gzip", gzip.compress(b"cut short " * 100)[:-12]),
        ("gzip", gzip.compress(b"text")[:-8] + b"\0" * 8),
    ],
)
def test_a_body_that_cannot_be_decoded_is_never_a_body(
    site: Scripted, settings: FetchSettings, encoding: str, body: bytes
) -> None:
    site.pages["/"] = page(body, Content_Encoding=encoding)

    answer = fetch(settings, site.url("/"))

    assert (answer.failure, answer.body, answer.status) == ("network_error", None, 200)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (OK + b"Content-Length: 10\r\n\r\nhalf.", "broke off: 5 of 10 bytes of the body came"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf.\r\n", "broke off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf.\r\nzz\r\n", "chunks are broken"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf.", "broke off"),
        (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345", "contradict"),
        (b"", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "did not answer in HTTP"),
        (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\nx", "header line longer than 64 KiB"),
        (OK + b"X: y\r\n" * 200 + b"\r\nx", "more than 100 headers"),
        (OK + (b"X: " + b"y" * 60_000 + b"\r\n") * 3 + b"\r\nx", "more than 128 KiB of headers"),
    ],
)
def test_a_broken_answer_is_a_failure_and_never_a_body(
    site: Scripted, settings: FetchSettings, sent: bytes, says: str
) -> None:
    site.pages["/"] = lambda _: [sent]

    answer = fetch(settings, site.url("/"))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert says in (answer.error or "")
    assert "0x" not in (answer.error or "")
    assert "\n" not in (answer.error or "")


def test_a_dripping_body_ends_at_the_deadline(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    def drip(_: Asked) -> Iterator[bytes]:
        yield OK + b"\r\n"
        while True:
            moments.pass_by(4)
            yield b"x"

    site.pages["/"] = drip
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert answer.error == f"no whole answer from {site.host} within 10 s"


@pytest.mark.parametrize("line", [b"X-Slow: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_headers_without_end_stop_at_the_deadline(
    site: Scripted, settings: FetchSettings, moments: Moments, line: bytes
) -> None:
    def drip(_: Asked) -> Iterator[bytes]:
        yield b"" if line.startswith(b"HTTP") else OK
        while True:
            moments.pass_by(4)
            yield line

    site.pages["/"] = drip
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert (answer.failure, answer.status) == ("network_error", None)
    assert "within 10 s" in (answer.error or "")


def test_redirects_share_one_deadline(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    def slow(asked: Asked) -> Iterator[bytes]:
        moments.pass_by(4)
        yield f"HTTP/1.1 302 Found\r\nLocation: {asked.path}x\r\n\r\n".encode()

    site.pages.update({"/" + "x" * n: slow for n in range(12)})
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert "within 10 s" in (answer.error or "")
    assert len(answer.redirects) < 4


def test_silence_ends_at_the_deadline(site: Scripted, settings: FetchSettings) -> None:
    done = threading.Event()

    def silent(_: Asked) -> Iterator[bytes]:
        done.wait(30)
        yield b""

    site.pages["/"] = silent
    answer = fetch(replace(settings, timeout=0.1), site.url("/"))
    done.set()

    assert answer.error == f"no whole answer from {site.host} within 0.1 s"


def test_trailers_without_end_are_cut_off(site: Scripted, settings: FetchSettings) -> None:
    def trailers(_: Asked) -> Iterator[bytes]:
        yield OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
        while True:
            yield b"X: " + b"y" * 65536

    site.pages["/"] = trailers

    answer = fetch(replace(settings, max_bytes=1000), site.url("/"))

    assert (answer.failure, answer.body) == ("network_error", None)


def test_more_framing_than_body_is_cut_off(site: Scripted, settings: FetchSettings) -> None:
    def framing(_: Asked) -> Iterator[bytes]:
        yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"1;" + b"e" * 8000 + b"\r\nx\r\n"

    site.pages["/"] = framing

    answer = fetch(replace(settings, max_bytes=10_000), site.url("/"))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert "more than the largest body allowed" in (answer.error or "")


def test_nobody_listening_is_told_in_plain_words(settings: FetchSettings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        answer = fetch(settings, f"http://127.0.0.1:{port}/")

    assert (answer.failure, answer.error) == ("network_error", f"connection refused by 127.0.0.1:{port}")
    assert answer.status is None


def test_a_name_that_does_not_resolve_is_told_in_plain_words(settings: FetchSettings) -> None:
    def nobody(*_: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Client(settings, resolve=nobody) as client:
        answer = client.fetch(Request("a", "https://x.invalid/"))

    assert answer.error == "name does not resolve: x.invalid"


@pytest.mark.parametrize("url", ["", "x", "http://", "http://[::1", "ftp://example.org/", "http://ex ample.org/", "\0"])
def test_what_is_no_url_is_a_failure_and_no_exception(settings: FetchSettings, url: str) -> None:
    answer = fetch(settings, url)

    assert answer.failure == "network_error"
    assert answer.error


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


def test_the_host_header_carries_the_name(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    with Client(settings, resolve=loopback) as client:
        client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert site.asked[0].headers["host"] == f"publisher.example:{site.port}"


def test_a_second_address_is_tried_where_the_first_does_not_answer(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.99", "127.0.0.1")]

    with Client(settings, resolve=resolve) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert answer.body == b"x"


def test_the_environment_has_no_say(site: Scripted, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.pages["/"] = page("x")

    assert fetch(settings, site.url("/")).body == b"x"
