from __future__ import annotations

import gzip
import socket
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Client, Request
from tests.fetching.asking import OK, fetch, loopback
from tests.scripted import Asked, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.config import FetchSettings


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


def test_the_socket_itself_refuses_a_name_that_leads_inside(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("secret")
    guarded = replace(settings, allow_private=())

    with Client(guarded, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert (answer.failure, answer.final_url) == ("network_error", None)
    assert "publisher.example (127.0.0.1) is a loopback address" in (answer.error or "")
    assert site.connections == 0


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


def test_the_host_header_carries_the_name(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    with Client(settings, resolve=loopback) as client:
        client.fetch(Request("a", f"http://publisher.example:{site.port}/"))

    assert site.asked[0].headers["host"] == f"publisher.example:{site.port}"


def test_the_environment_has_no_say(site: Scripted, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.pages["/"] = page("x")

    assert fetch(settings, site.url("/")).body == b"x"


def test_where_a_beginning_is_enough_no_more_is_read(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/long": page(b"x" * 5000), "/short": page(b"y" * 10)})

    with Client(replace(settings, max_bytes=1000)) as client:
        long, short = (client.fetch(Request("a", site.url(path)), enough=2000) for path in ("/long", "/short"))

    assert (long.body, short.body) == (b"x" * 2000, b"y" * 10)
