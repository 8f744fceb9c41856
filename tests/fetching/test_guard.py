from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.util import Url, parse_url

from scraper.errors import FetchRefused, UsageError
from scraper.fetching import AddressGuard
from scraper.fetching.guard import _UNDISPUTED, _host_and_port


def resolver(*addresses: str) -> Any:
    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in found], socket.SOCK_STREAM, 6, "", (found, port)) for found in addresses]

    return resolve


@pytest.mark.parametrize(
    "url",
    [
        "https://www.defense.gov/Explore/News/Article/Article/2028603/5-things/",
        "http://example.org",
        "http://example.org:8080/?a=b@c#d",
        "https://bücher.example/ä",
        "http://93.184.216.34/",
        "http://[2606:4700::1111]/",
    ],
)
def test_ordinary_urls_pass(url: str) -> None:
    AddressGuard().check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "data:text/html,x",
        "jar:http://example.org!/x",
        "source:http://example.org/",
        "//example.org/",
        "example.org/page",
        "http:127.0.0.1/",
        "http:///path",
        "http://",
        "http://:80/",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1\\@example.com/",
        "http://[::1]%00.example.com/",
        "http://exa\tmple.com/",
        "http://example.com\r\nHost: x/",
        "http://example.com/\x00",
        "http://exa mple.com/",
        "http://exa%6dple.com/",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://[::1",
        "http://[not-an-address]/",
        "http://a..example.org/",
        "http://.example.org/",
        "http://" + "a" * 64 + ".example.org/",
        "http://" + "a." * 130 + "org/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        AddressGuard().check_url(url)

    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0177.0.0.1",
        "0",
        "2852039166",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[fe80::1%25lo]",
        "[fd00:ec2::254]",
        "100.100.100.200",
    ],
)
def test_an_unsafe_address_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(FetchRefused):
        AddressGuard().check_url(f"http://{host}/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "100.127.255.255",
        "0.0.0.0",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "240.0.0.1",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001::1",
        "2001:0:7f00:1::1",
        "2001:0:5db8:d822::80ff:fffe",
        "2001:0:808:808::f7f7:f7f7",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
        "100::1",
    ],
)
def test_a_name_that_leads_to_an_unsafe_address_is_refused(address: str) -> None:
    guard = AddressGuard(resolve=resolver(address))

    with pytest.raises(FetchRefused, match=r"^publisher\.example \(.+\) is an? .*address.*; "):
        guard.addresses("publisher.example", 443)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "1.1.1.1",
        "100.63.255.255",
        "172.32.0.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ],
)
def test_a_name_that_leads_to_a_public_address_passes(address: str) -> None:
    found = AddressGuard(resolve=resolver(address)).addresses("publisher.example", 443)

    assert [entry[4] for entry in found] == [(address, 443)]


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    guard = AddressGuard(resolve=resolver("93.184.216.34", "10.0.0.1"))

    with pytest.raises(FetchRefused, match=r"publisher\.example \(10\.0\.0\.1\) is a private address"):
        guard.addresses("publisher.example", 443)


def test_a_name_is_resolved_once() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def rebinding(host: str, port: int, *rest: object) -> Any:
        return resolver(*next(answers))(host, port)

    found = AddressGuard(resolve=rebinding).addresses("publisher.example", 80)

    assert [entry[4][0] for entry in found] == ["93.184.216.34"]


def test_the_refusal_of_loopback_says_how_to_allow_it() -> None:
    with pytest.raises(FetchRefused) as refused:
        AddressGuard().check_url("http://127.0.0.1:8001/")

    assert str(refused.value) == (
        '127.0.0.1 is a loopback address; to fetch it all the same, put allow_private = ["127.0.0.0/8"] in [fetch]'
    )


def test_the_remedy_keeps_what_is_allowed_already() -> None:
    with pytest.raises(FetchRefused, match=r'allow_private = \["127\.0\.0\.0/8", "::1/128"\]'):
        AddressGuard(("127.0.0.0/8",)).check_url("http://[::1]/")


def test_allowed_networks_are_reached_at_any_port_and_others_stay_closed() -> None:
    guard = AddressGuard(("127.0.0.0/8", "10.2.0.0/16"))

    guard.check_url("http://127.0.0.1:54321/")
    guard.check_url("http://10.2.3.4:9/")
    guard.check_url("http://[::ffff:127.0.0.1]/")
    with pytest.raises(FetchRefused):
        guard.check_url("http://10.3.0.1/")


@pytest.mark.parametrize("port", [22, 25, 6379, 7999, 9000, 65535])
def test_a_public_host_is_asked_on_web_ports_alone(port: int) -> None:
    guard = AddressGuard(resolve=resolver("93.184.216.34"))

    guard.addresses("publisher.example", 8443)
    with pytest.raises(FetchRefused, match=f"port {port}"):
        guard.addresses("publisher.example", port)
    with pytest.raises(FetchRefused, match=f"port {port}"):
        guard.check_url(f"http://93.184.216.34:{port}/")


def test_a_mistake_in_allow_private_is_told() -> None:
    with pytest.raises(UsageError, match="'loopback' is not a network"):
        AddressGuard(("loopback",))


def test_a_name_without_an_address_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        AddressGuard(resolve=resolver()).addresses("publisher.example", 80)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "168.63.129.16", "::ffff:169.254.169.254"])
def test_no_way_is_offered_to_where_machines_keep_their_secrets(address: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        AddressGuard(resolve=resolver(address)).addresses("publisher.example", 80)

    assert "allow_private" not in str(refused.value)


def test_a_redirect_enters_an_allowed_network_only_from_inside() -> None:
    guard = AddressGuard(("10.0.0.0/8",), resolve=resolver("10.0.0.1"))
    guard.addresses("inside.example", 80)

    guard.check_url("http://10.0.0.2/", "http://inside.example/a")
    guard.addresses("other.example", 80, "http://inside.example/a")
    for attempt in (
        lambda: guard.check_url("http://10.0.0.2/", "https://public.example/a"),
        lambda: guard.check_url("http://inside.example/", "https://public.example/a"),
        lambda: guard.addresses("inside.example", 80, "https://public.example/a"),
    ):
        with pytest.raises(FetchRefused, match="redirect") as refused:
            attempt()
        assert "allow_private" not in str(refused.value)


def test_a_host_that_a_second_parser_reads_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No URL is known that passes the checks before this one and is read in two ways; the next parser may differ."""
    monkeypatch.setattr("urllib3.util.parse_url", lambda _: Url(host="10.0.0.1"))

    with pytest.raises(FetchRefused, match="with certainty"):
        AddressGuard().check_url("http://example.org/#top")


@given(st.from_regex(_UNDISPUTED, fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_an_address_that_is_written_plainly_needs_no_second_parser(url: str) -> None:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None  # over 65,535, which is refused by the first
    assert port is None or parse_url(url).host == urlsplit(url).hostname


@pytest.mark.parametrize("url", ["http://a..example/x?y", "https://a.example:99999/x", f"http://{'a' * 64}.example/x"])
def test_a_host_that_is_refused_is_refused_under_each_of_its_addresses(url: str) -> None:
    for address in (url, f"{url}/another", url):
        with pytest.raises(FetchRefused) as refused:
            AddressGuard().check_url(address)
        assert str(refused.value).startswith(f"{address}: ")


@given(st.from_regex(_UNDISPUTED, fullmatch=True), st.text("aA0./:?=&%-", max_size=12))
@settings(max_examples=200, deadline=None)
def test_what_follows_an_origin_changes_nothing_of_it(url: str, tail: str) -> None:
    origin = urlsplit(url)
    bare, longer = f"{origin.scheme}://{origin.netloc}", f"{origin.scheme}://{origin.netloc}/{tail}"
    told: set[object] = set()
    for address in (bare, longer):
        try:
            told.add(_host_and_port(address))
        except FetchRefused as refused:
            told.add(str(refused).removeprefix(address))
    assert len(told) == 1
