"""No socket is opened to a forbidden address: seen by an audit hook below every library, not by asking the guard."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scraper.fetching import Client, Request, host_of
from tests.fetching.hostile.addresses import NAMES, PLAIN, SPELLINGS, TLS, URLS
from tests.fetching.test_connection import overheard
from tests.scripted import Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.config import FetchSettings

PUBLIC = "93.184.216.34"

_connected: list[Any] = []
_is_listening = False


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _is_listening and event in ("socket.connect", "socket.sendto"):
        _connected.append(arguments[1])


sys.addaudithook(_audit)


@pytest.fixture
def connected() -> Iterator[list[Any]]:
    """The address of every socket that is connected while the test runs, whoever connects it."""
    global _is_listening
    _connected.clear()
    _is_listening = True
    yield _connected
    _is_listening = False


@pytest.fixture
def strict(settings: FetchSettings) -> FetchSettings:
    return replace(settings, allow_private=())


class Internet:
    """One server of ours stands in for the public address; whatever else is connected to is written down as it is."""

    def __init__(self, site: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
        internet = self
        self.port = site.port
        self.asked: list[str] = []
        self.names: list[str] = []
        self.answers: list[tuple[str, ...]] = []

        class Rerouted(socket.socket):
            def connect(self, address: Any) -> None:
                internet.asked.append(address[0])
                super().connect(("127.0.0.1", internet.port) if address[0] == PUBLIC else address)

        monkeypatch.setattr(socket, "socket", Rerouted)

    def resolve(self, host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        self.names.append(host)
        found = self.answers.pop(0) if self.answers else (PUBLIC,)
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]


@pytest.fixture
def internet(site: Scripted, monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet(site, monkeypatch)


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_a_forbidden_url_opens_no_socket(
    strict: FetchSettings, internet: Internet, connected: list[Any], url: str
) -> None:
    with Client(strict, resolve=internet.resolve) as client:
        answer = client.fetch(Request("a", url))

    assert (connected, internet.asked, internet.names) == ([], [], [])
    assert (answer.failure, answer.final_url, answer.peer) == ("network_error", None, None)
    assert answer.error
    assert answer.error.isprintable()
    assert "secret" not in answer.error


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_a_redirect_to_it_opens_none_either(
    site: Scripted, strict: FetchSettings, internet: Internet, connected: list[Any], url: str
) -> None:
    site.pages["/a"] = lambda _: [b"HTTP/1.1 302 Found\r\nLocation: " + url.encode() + b"\r\nContent-Length: 0\r\n\r\n"]

    with Client(strict, resolve=internet.resolve) as client:
        answer = client.fetch(Request("a", "http://publisher.example/a"))

    assert set(internet.asked) == {PUBLIC}
    assert set(connected) == {("127.0.0.1", site.port)}
    # Some of them are addresses of the publisher's own where they stand in a header: `http:127.0.0.1/` is a path there.
    assert answer.failure == "network_error" or host_of(answer.final_url or "") == "publisher.example"


@pytest.mark.parametrize("answer", NAMES.values(), ids=NAMES.keys())
def test_a_name_that_leads_to_a_forbidden_address_opens_no_socket(
    strict: FetchSettings, internet: Internet, connected: list[Any], answer: tuple[str, ...]
) -> None:
    internet.answers = [answer]

    with Client(strict, resolve=internet.resolve) as client:
        got = client.fetch(Request("a", "http://publisher.example/"))

    assert (connected, internet.asked, internet.names) == ([], [], ["publisher.example"])
    assert (got.failure, got.final_url) == ("network_error", None)


@pytest.mark.parametrize("url", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_name_of_this_machine_opens_no_socket_however_it_is_written(
    strict: FetchSettings, internet: Internet, connected: list[Any], url: str
) -> None:
    internet.answers = [("127.0.0.1",)]

    with Client(strict, resolve=internet.resolve) as client:
        got = client.fetch(Request("a", url))

    assert (connected, internet.asked, got.failure) == ([], [], "network_error")


def test_a_redirect_to_a_name_that_leads_inside_opens_no_socket_there(
    site: Scripted, strict: FetchSettings, internet: Internet, connected: list[Any]
) -> None:
    site.pages["/a"] = redirect("http://inside.example/b")
    internet.answers = [(PUBLIC,), ("192.168.1.1",)]

    with Client(strict, resolve=internet.resolve) as client:
        got = client.fetch(Request("a", "http://publisher.example/a"))

    assert internet.asked == [PUBLIC]
    assert connected == [("127.0.0.1", site.port)]
    assert got.error == "inside.example (192.168.1.1) is a private address; a redirect led there, and is not followed"


def test_a_name_that_changes_between_check_and_connect_gains_nothing(
    site: Scripted, strict: FetchSettings, internet: Internet, connected: list[Any]
) -> None:
    site.pages["/a"] = page("public", Connection="close")
    internet.answers = [(PUBLIC,), ("127.0.0.1",)]

    with Client(strict, resolve=internet.resolve) as client:
        first = client.fetch(Request("a", "http://publisher.example/a"))
        client._session.close()  # so that the next page needs a connection of its own
        second = client.fetch(Request("a", "http://publisher.example/a"))

    assert (first.body, internet.asked) == (b"public", [PUBLIC]), (
        "it is resolved once, and connected to what was checked"
    )
    assert (second.failure, connected) == ("network_error", [("127.0.0.1", site.port)])


@pytest.mark.parametrize(("url", "name"), PLAIN.values(), ids=PLAIN.keys())
def test_a_good_url_is_asked_for_under_its_own_name(
    site: Scripted, strict: FetchSettings, internet: Internet, url: str, name: str
) -> None:
    site.pages.update({"/a": page("public"), "/a?to=x@127.0.0.1": page("public")})

    with Client(strict, resolve=internet.resolve) as client:
        got = client.fetch(Request("a", url))

    assert (internet.asked, got.body, site.asked[0].headers["host"]) == ([PUBLIC], b"public", name)
    assert got.peer == f"{PUBLIC}:{8080 if name.endswith(':8080') else 80}"


@pytest.mark.parametrize(("url", "name"), TLS.values(), ids=TLS.keys())
def test_tls_asks_the_checked_address_for_the_name(
    strict: FetchSettings, internet: Internet, url: str, name: str
) -> None:
    with overheard(b"") as (port, heard):
        internet.port = port
        with Client(strict, resolve=internet.resolve) as client:
            client.fetch(Request("a", url))

    # RFC 6066, 3: a name of type 0, its length in two octets, and the name without a dot at its end.
    assert b"\0" + len(name).to_bytes(2, "big") + name.encode() in bytes(heard)
    assert internet.asked == [PUBLIC]


def test_what_the_environment_says_of_proxies_is_not_heard(
    site: Scripted, strict: FetchSettings, internet: Internet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Scripted() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.host}/")
            monkeypatch.setenv(name.upper(), f"http://{proxy.host}/")
        monkeypatch.delenv("no_proxy", raising=False)
        (tmp_path / ".netrc").write_text("machine publisher.example login user password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("HOME", str(tmp_path))
        site.pages["/a"] = page("public")
        with Client(replace(strict, timeout=0.3), resolve=internet.resolve) as client:
            got = client.fetch(Request("a", "http://publisher.example/a"))
            client.fetch(Request("a", "https://publisher.example/a"))

        assert (got.body, proxy.connections) == (b"public", 0)
        assert set(internet.asked) == {PUBLIC}
        assert "authorization" not in site.asked[0].headers
