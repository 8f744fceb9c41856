"""The address guard: which URL may be asked for at all, and which addresses a name may lead to.

A watch list, a redirect and a name server can each point the fetcher at the machine it runs on or at the network
behind it. So a URL is checked before it is asked for (`check_url`), and a name is resolved once, every one of its
addresses is checked, and the socket is opened to a checked address and no other (`addresses`, called by
`connection.py` at the moment of connecting). A name that changes its mind between check and use gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from scraper.errors import FetchRefused, UsageError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[..., Iterable[tuple[Any, ...]]]
"""What `socket.getaddrinfo` does; tests give another."""

DEFAULT_PORTS = {"http": 80, "https": 443}

# Pages are served on these. Any other port needs an address inside `allow_private`, where the keeper has said that
# they know what stands there: a fetcher must not be made to talk to a mail server, a Redis or an SSH daemon.
_WEB_PORTS = frozenset({80, 443, *range(8000, 9000)})

# Networks that are not the public Internet, with the name that the refusal gives them. The registries of RFC 6890,
# kept by IANA; `ipaddress.is_global` is not enough (it calls 224.0.0.1 and 64:ff9b::7f00:1 global).
_UNSAFE: tuple[tuple[str, str], ...] = (
    ("127.0.0.0/8", "a loopback address"),
    ("10.0.0.0/8", "a private address"),
    ("172.16.0.0/12", "a private address"),
    ("192.168.0.0/16", "a private address"),
    ("169.254.0.0/16", "a link-local address"),  # cloud metadata services answer on 169.254.169.254
    ("168.63.129.16/32", "a metadata address"),  # Azure's, on an address that looks public
    ("100.64.0.0/10", "an address behind carrier-grade NAT"),  # RFC 6598
    ("0.0.0.0/8", "an address of this host"),
    ("224.0.0.0/4", "a multicast address"),
    ("192.0.0.0/24", "a reserved address"),
    ("192.0.2.0/24", "a documentation address"),
    ("198.51.100.0/24", "a documentation address"),
    ("203.0.113.0/24", "a documentation address"),
    ("192.88.99.0/24", "a reserved address"),  # the old 6to4 relays, RFC 7526
    ("198.18.0.0/15", "a benchmarking address"),
    ("240.0.0.0/4", "a reserved address"),
    ("::1/128", "a loopback address"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("ff00::/8", "a multicast address"),
    ("2001::/23", "a reserved address"),  # Teredo's tunnels (RFC 4380) among them
    ("2001:db8::/32", "a documentation address"),
    ("3fff::/20", "a documentation address"),  # RFC 9637
)
_UNSAFE_NETWORKS = tuple((ipaddress.ip_network(network), name) for network, name in _UNSAFE)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out for global unicast
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")

# Where no page of anybody's stands, so the refusal offers no way round: these give a machine's secrets away.
_NEVER_OFFERED = frozenset({"a link-local address", "a metadata address"})

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_HOST = re.compile(r"[^\s/?#@\\%\[\]]+")
# What no two parsers read differently: a host of letters, digits, dots and hyphens, a port, and nothing behind them
# that could end or begin a host (RFC 3986, 3.2). Nearly every page's address is written so.
_UNDISPUTED = re.compile(r"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)(?:/[A-Za-z0-9._~/?:=&%+,;-]*)?")


class AddressGuard:
    """The one door between every request and the network.

    `allow_private` are networks in CIDR notation that may be reached although they are not public. A mistake in one
    is a `UsageError`. `resolve` stands in for `socket.getaddrinfo`.

    A redirect is followed into those networks only where the fetch began inside them: whoever can make a public page
    redirect must not choose which private one is read. So both methods take the URL that a redirect chain began at,
    or None where no redirect led there.
    """

    def __init__(self, allow_private: tuple[str, ...] = (), *, resolve: Resolver = socket.getaddrinfo) -> None:
        self._written = allow_private
        self._resolve = resolve
        self._allowed = tuple(_network(text) for text in allow_private)
        self._inside: set[str] = set()  # hosts that were let through by `allow_private` when they were last looked at

    def check_url(self, url: str, start: str | None = None) -> None:
        """Raise `FetchRefused` where the URL itself is one that must not be asked for. Nothing is resolved."""
        host, port = _host_and_port(url)
        numeric = _numeric_address(host)
        if numeric is not None:
            self._check(host, numeric, port, start)
        elif host in self._inside and not self._begins_inside(start):
            # A connection may stand open to it from an earlier fetch, so the check on connecting would not be made.
            raise FetchRefused(f"{_shown(host)} is in a private network, and a redirect from outside led there")
        elif ":" in host:
            raise FetchRefused(f"{_shown(url)}: {host!r} is not an address")

    def addresses(self, host: str, port: int, start: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Resolve a host once and return what `socket.getaddrinfo` says of it, each address checked.

        One address that may not be reached refuses the host as a whole: a name with a public and a private address
        is an attack or a mistake. A name that does not resolve raises `socket.gaierror`.
        """
        found = tuple(self._resolve(host, port, 0, socket.SOCK_STREAM))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        for *_, sockaddr in found:
            self._check(host, _address(str(sockaddr[0])), port, start)
        return found

    def _check(self, host: str, address: IPAddress, port: int, start: str | None) -> None:
        if self._is_allowed(address) and self._begins_inside(start):
            self._inside.add(host)
            return
        self._inside.discard(host)
        if (what := _unsafe(address)) is not None:
            found = host if host == str(address) else f"{host} ({address})"
            raise FetchRefused(f"{found} is {what}; {self._remedy(address, what, start)}")
        if port not in _WEB_PORTS:
            raise FetchRefused(f"{host}: port {port} is none that pages are served on; use 80, 443 or 8000 to 8999")

    def _begins_inside(self, start: str | None) -> bool:
        """True where no redirect led here, or one that began in a network of `allow_private`."""
        return start is None or urlsplit(start).hostname in self._inside

    def _is_allowed(self, address: IPAddress) -> bool:
        forms: list[IPAddress] = [address]
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            forms.append(address.ipv4_mapped)
        return any(form.version == net.version and form in net for form in forms for net in self._allowed)

    def _remedy(self, address: IPAddress, what: str, start: str | None) -> str:
        if start is not None:
            return "a redirect led there, and is not followed"
        if what in _NEVER_OFFERED:
            return "write the public address of the page"
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        address = mapped or address
        if address.is_loopback and address.version == 4:
            network = "127.0.0.0/8"
        else:
            network = f"{str(address).partition('%')[0]}/{address.max_prefixlen}"
        listed = ", ".join(f'"{text}"' for text in (*self._written, network))
        return f"to fetch it all the same, put allow_private = [{listed}] in [fetch]"


def _network(text: str) -> IPNetwork:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise UsageError(f'allow_private: {text!r} is not a network; write one such as "127.0.0.0/8"') from None


@lru_cache(maxsize=512)  # a page of the watch list is looked at when the list is read and when it is asked for
def _host_and_port(url: str) -> tuple[str, int]:
    """Host and port; refused where two parsers read the host differently, as an attack would have it."""
    if undisputed := _UNDISPUTED.fullmatch(url):
        with suppress(FetchRefused):  # which is said below, of the whole URL
            return _of_origin(undisputed[1])
    elif found := _FORBIDDEN.search(url):
        raise FetchRefused(f"{_shown(url)}: the URL holds {_named(found[0])}; write the URL without it")
    return _read(url, undisputed=undisputed is not None)


@lru_cache(maxsize=1024)
def _of_origin(origin: str) -> tuple[str, int]:
    """Host and port of an undisputed URL that ends with them: the same for all pages of a host."""
    return _read(origin, undisputed=True)


def _read(url: str, *, undisputed: bool) -> tuple[str, int]:
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
        second = host if undisputed else _read_otherwise(url)
    except ValueError:
        raise FetchRefused(f"{_shown(url)}: this is not a URL that can be fetched") from None
    if split.scheme not in DEFAULT_PORTS:
        raise FetchRefused(f"{_shown(url)}: only http and https can be fetched")
    if not host or not (_HOST.fullmatch(host) or ":" in host):
        raise FetchRefused(f"{_shown(url)}: the URL names no host; write it as https://host/path")
    if "@" in split.netloc:
        raise FetchRefused(f"{_shown(url)}: a URL with a user name or password is not fetched; write it without")
    if host.isascii() and (second or "").strip("[]").lower().partition("%")[0] != host.partition("%")[0]:
        raise FetchRefused(f"{_shown(url)}: the host cannot be read with certainty")
    if not _is_name(host):
        raise FetchRefused(f"{_shown(url)}: no host has such a name; copy the address from the browser again")
    return host, port or DEFAULT_PORTS[split.scheme]


def _read_otherwise(url: str) -> str | None:
    """The host of a URL as urllib3 reads it, by which requests writes what is asked for; ValueError where it cannot."""
    from urllib3.exceptions import LocationParseError  # loads slowly, and whoever only stores asks for no address
    from urllib3.util import parse_url

    try:
        return parse_url(url).host
    except LocationParseError as error:
        raise ValueError(url) from error


def _is_name(host: str) -> bool:
    """Whether a name server could know the host: labels of 1 to 63 characters, 253 together (RFC 1035, 2.3.4)."""
    name = host.removesuffix(".")
    return len(name) <= 253 and (":" in name or all(0 < len(label) <= 63 for label in name.split(".")))


@lru_cache(maxsize=512)
def _numeric_address(host: str) -> IPAddress | None:
    """The address that a host is written as, in any spelling the resolver takes (`127.1`, `0x7f000001`).

    A dot at its end makes a number no name (WHATWG URL, 3.5), though it does to some resolvers.
    """
    try:
        found = socket.getaddrinfo(host.removesuffix("."), None, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return _address(str(found[0][4][0]))


def _address(text: str) -> IPAddress:
    return ipaddress.ip_address(text.partition("%")[0])


@lru_cache(maxsize=1024)
def _unsafe(address: IPAddress) -> str | None:
    """What kind of unsafe address this is; None where it is public. IPv4 carried inside IPv6 is looked at itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if (carried := _carried(address)) is not None:
            kinds = (_unsafe(inner) for inner in carried)
            return next((kind for kind in kinds if kind is not None), None)
        if address not in _PUBLIC_V6:
            return _kind(address) or "a reserved address"
    return _kind(address)


def _carried(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...] | None:
    """The IPv4 addresses that an IPv6 address stands for: mapped, 6to4, NAT64."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _SIX_TO_FOUR:
        return (ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF),)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return None


def _kind(address: IPAddress) -> str | None:
    return next((name for net, name in _UNSAFE_NETWORKS if address.version == net.version and address in net), None)


def _shown(url: str) -> str:
    """A URL fit for one line of a terminal, and without a password."""
    text = re.sub(r"//[^/?#]*@", "//…@", url)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 200 else text[:199] + "…"


def _named(character: str) -> str:
    return "a backslash" if character == "\\" else "a control character"
