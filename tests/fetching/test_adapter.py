from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from scraper.fetching import Client, Request
from scraper.fetching.connection import tls
from tests.fetching.asking import OK, fetch, loopback
from tests.fetching.test_tls import KEY
from tests.scripted import Asked, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings


def test_the_connection_used_longest_ago_makes_room_for_a_ninth_host(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = page("x")

    with Client(settings, resolve=loopback) as client:
        for host in "abcdefgh":
            client.fetch(Request("p", f"http://{host}.example:{site.port}/"))
        for host in "a", "i", "a":
            client.fetch(Request("p", f"http://{host}.example:{site.port}/"))
        opened = site.connections
        client.fetch(Request("p", f"http://b.example:{site.port}/"))

    assert (opened, site.connections) == (9, 10)


def test_headers_of_the_same_name_are_one_to_who_asks_by_name_and_all_are_kept(
    site: Scripted, settings: FetchSettings
) -> None:
    site.pages["/"] = lambda _: [OK + b"Cache-Control: private\r\ncache-control: no-store\r\nContent-Length: 0\r\n\r\n"]

    answer = fetch(settings, site.url("/"))

    assert answer.headers[1:3] == (("Cache-Control", "private"), ("cache-control", "no-store"))


def test_an_answer_that_was_not_read_to_its_end_leaves_no_connection(site: Scripted, settings: FetchSettings) -> None:
    def endless(_: Asked) -> Iterator[bytes]:
        yield OK + b"Content-Length: 300000\r\n\r\n"
        for _chunk in range(3):
            yield bytes(100_000)

    site.pages.update({"/a": endless, "/b": page("<p>two")})
    with Client(settings) as client:
        first = client.fetch(Request("a", site.url("/a")), enough=1000)
        second = client.fetch(Request("b", site.url("/b")))

    assert (len(first.body or b""), second.body) == (1000, b"<p>two")
    assert site.connections == 2


@pytest.mark.parametrize(
    "codings",
    [["chunked"], ["Chunked"], ["identity, chunked"], ["identity", "chunked"], ["", "chunked,"], ["chunked"] * 2],
)
@pytest.mark.parametrize("length", [b"", b"Content-Length: 5\r\n"])
def test_chunks_are_undone_however_they_are_named(
    site: Scripted, settings: FetchSettings, codings: list[str], length: bytes
) -> None:
    head = OK + length + "".join(f"Transfer-Encoding: {coding}\r\n" for coding in codings).encode()
    site.pages["/"] = lambda _: [head + b"\r\n3\r\n<p>\r\n0\r\n\r\n"]

    assert fetch(settings, site.url("/")).body == b"<p>"


@pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "chunked, gzip", "xchunked"])
def test_a_transfer_coding_that_nobody_asked_for_is_no_body(
    site: Scripted, settings: FetchSettings, coding: str
) -> None:
    head = OK + f"Content-Length: 3\r\nTransfer-Encoding: {coding}\r\n\r\n".encode()
    site.pages["/"] = lambda _: [head + b"<p>and more"]

    answer = fetch(settings, site.url("/"))

    assert (answer.failure, answer.body) == ("network_error", None)
    assert "a transfer coding that nobody asked for" in (answer.error or "")


@pytest.mark.parametrize("status", [b"304 Not Modified", b"204 No Content"])
def test_an_answer_without_content_has_none_whatever_its_headers_say(
    site: Scripted, settings: FetchSettings, status: bytes
) -> None:
    site.pages["/"] = lambda _: [b"HTTP/1.1 " + status + b"\r\nTransfer-Encoding: chunked\r\n\r\n"]

    answer = fetch(settings, site.url("/"), etag='"1"')

    assert (answer.failure, answer.body) == (None, b"")


@pytest.mark.parametrize("cut", [b"", b"0", b"00", b"0005", b"0005\r\nhel", b"5\r\nhello", b"5\r\nhello\r\n00"])
def test_chunks_that_were_cut_off_are_no_body(site: Scripted, settings: FetchSettings, cut: bytes) -> None:
    site.pages["/"] = lambda _: [OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n" + cut]

    answer = fetch(settings, site.url("/"))

    came = {b"0005\r\nhel": 6, b"5\r\nhello": 8, b"5\r\nhello\r\n00": 8}.get(cut, 3)
    assert (answer.body, answer.broke_off) == (None, True)
    assert answer.error == f"{site.host} broke off: {came} bytes of the body came"


def test_a_chunk_ends_where_it_says(site: Scripted, settings: FetchSettings) -> None:
    site.pages["/"] = lambda _: [OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\n<p>XX0\r\n\r\n"]

    answer = fetch(settings, site.url("/"))

    assert (answer.body, answer.broke_off) == (None, True)
    assert answer.error == f"{site.host} broke off: the body's chunks are broken"


@pytest.mark.parametrize("etag", ['"a\r\n b"', '"a\nb"', "\x00"])
def test_an_entity_tag_that_cannot_be_sent_is_left_out(site: Scripted, settings: FetchSettings, etag: str) -> None:
    site.pages["/"] = page("x")

    answer = fetch(settings, site.url("/"), etag=etag)

    assert (answer.failure, answer.body) == (None, b"x")
    assert "If-None-Match" not in dict(answer.request_headers)


@pytest.mark.parametrize("size", [b"+3", b"0x3", b"3_", b"-3"])
def test_a_size_of_a_chunk_has_digits_alone(site: Scripted, settings: FetchSettings, size: bytes) -> None:
    site.pages["/"] = lambda _: [OK + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n<p>\r\n0\r\n\r\n"]

    answer = fetch(settings, site.url("/"))

    assert (answer.body, answer.error) == (None, f"{site.host} broke off: the body's chunks are broken")


def test_certificates_are_read_once_for_all_hosts_and_names_are_checked() -> None:
    context = tls(str(KEY))

    assert tls(str(KEY)) is context
    assert context.check_hostname
    assert not context.hostname_checks_common_name, "a name in the subject alone is none (RFC 9110, 4.3.4)"
    assert context.verify_mode is ssl.CERT_REQUIRED
