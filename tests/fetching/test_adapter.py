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


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "identity, chunked"])
def test_the_last_coding_says_whether_a_body_comes_in_chunks(
    site: Scripted, settings: FetchSettings, coding: str
) -> None:
    head = OK + f"Transfer-Encoding: {coding}\r\n\r\n".encode()
    site.pages["/"] = lambda _: [head + b"3\r\n<p>\r\n0\r\n\r\n"]

    assert fetch(settings, site.url("/")).body == b"<p>"


@pytest.mark.parametrize("size", [b"+3", b"0x3", b"3_", b"-3"])
def test_a_size_of_a_chunk_has_digits_alone(site: Scripted, settings: FetchSettings, size: bytes) -> None:
    site.pages["/"] = lambda _: [OK + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n<p>\r\n0\r\n\r\n"]

    answer = fetch(settings, site.url("/"))

    assert (answer.body, answer.error) == (None, f"{site.host} broke off: the body's chunks are broken")


def test_certificates_are_read_once_for_all_hosts_and_names_are_checked() -> None:
    context = tls(str(KEY))

    assert tls(str(KEY)) is context
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
