from __future__ import annotations

import socket
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Client, Request, guard
from tests.fetching.asking import OK, fetch, loopback
from tests.scripted import Asked, Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings


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


def test_redirects_share_one_deadline(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    def slow(asked: Asked) -> Iterator[bytes]:
        moments.pass_by(4)
        yield f"HTTP/1.1 302 Found\r\nLocation: {asked.path}x\r\n\r\n".encode()

    site.pages.update({"/" + "x" * n: slow for n in range(12)})
    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/")))

    assert "within 10 s" in (answer.error or "")
    assert len(answer.redirects) < 4


def test_a_redirect_that_never_ends_is_given_two_seconds(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    head = b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 500\r\n\r\n"
    site.pages["/a"] = lambda _: chain([head], moments.in_step(repeat(b"x"), 1))
    site.pages["/b"] = page("here")

    with Client(settings, clock=moments.clock, monotonic=moments.monotonic) as client:
        answer = client.fetch(Request("a", site.url("/a")))

    assert answer.body == b"here"


def test_a_public_page_cannot_redirect_into_an_allowed_network(
    site: Scripted, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one server stands in for both hosts: a socket to the public address is led to it after the check."""

    class Rerouted(socket.socket):
        def connect(self, address: Any) -> None:
            super().connect(("127.0.0.1", address[1]))

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        address = "93.184.216.34" if host == "public.example" else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "socket", Rerouted)
    monkeypatch.setattr(guard, "_WEB_PORTS", {site.port})
    site.pages.update({"/b": page("secret"), "/public": page("public")})
    with Client(settings, resolve=resolve) as client:
        inside, outside = (f"http://{name}.example:{site.port}" for name in ("inside", "public"))
        opened = [client.fetch(Request("a", f"{host}/b")).body for host in (inside, outside)]
        for target in (f"{inside}/b", site.url("/b"), f"http://never-seen.example:{site.port}/b"):
            site.pages["/a"] = redirect(target)
            answer = client.fetch(Request("a", f"{outside}/a"))
            assert (answer.failure, answer.body, len(answer.redirects)) == ("network_error", None, 1)
            assert "redirect" in (answer.error or "")
            assert "allow_private" not in (answer.error or "")

    assert opened == [b"secret", b"secret"]
    assert site.paths() == ["/b", "/b", "/a", "/a", "/a"]


def test_a_redirect_within_an_allowed_network_is_followed(site: Scripted, settings: FetchSettings) -> None:
    site.pages.update({"/a": redirect(f"http://two.example:{site.port}/b"), "/b": page("here")})

    with Client(settings, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"http://one.example:{site.port}/a"))

    assert answer.body == b"here"


def test_a_redirect_to_a_host_in_unicode_is_followed(site: Scripted, settings: FetchSettings) -> None:
    location = f"http://b\u00fccher.example:{site.port}/caf\u00e9"
    site.pages["/a"] = lambda _: [f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode()]
    site.pages["/caf%C3%A9"] = page("here")

    with Client(settings, resolve=loopback) as client:
        answer = client.fetch(Request("a", f"http://one.example:{site.port}/a"))

    assert answer.body == b"here"
    assert site.asked[-1].headers["host"] == f"xn--bcher-kva.example:{site.port}"
