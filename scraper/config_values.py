"""The values of a watch list: each reader takes what TOML gave and returns it checked, or says what to write instead.

A reader raises ValueError with the remedy as its text; `scraper.config` adds the line and the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from scraper.clock import parse_rhythm
from scraper.errors import FetchRefused
from scraper.fetching.guard import DEFAULT_PORTS, AddressGuard

Reader = Callable[[object], Any]

SHORTEST_USER_AGENT = 40
"""Shorter ones are turned away by edges of .gov hosts, which would then be read as a block."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"{}|^`\u2028\u2029\ud800-\udfff]")
_LONGEST_URL = 8000  # as much as RFC 9110, 4.1, asks every server to take

# What a private address needs is `allow_private`, which is for the fetch to judge.
_GUARD = AddressGuard(("0.0.0.0/0", "::/0"))


def one_line(value: object) -> str:
    """Text that is not empty and has no line break or control character."""
    text = _text(value)
    if not text.strip():
        raise ValueError("is empty: write some text or leave the key out")
    if _CONTROL.search(text):
        raise ValueError("has a line break or a control character: write it on one line")
    return text.strip()


def slug(value: object) -> str:
    """A name for ever: a lower-case letter or digit, then up to 79 more with hyphens."""
    text = _text(value)
    if _SLUG.fullmatch(text):
        return text
    instead = slugify(text)
    remedy = f", such as {instead!r}" if instead else ""
    raise ValueError(
        f"{shown(text)} is no slug: write 1 to 80 lower-case letters, digits and hyphens, hyphen not first{remedy}"
    )


def slugify(text: str) -> str:
    """The slug nearest to a text, cut at a word; empty where the text has no ASCII letter or digit."""
    whole = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return whole if len(whole) <= 80 else whole[:81].rpartition("-")[0] or whole[:80]


def web_address(value: object) -> str:
    """An absolute http or https URL with a host and without a user name, as `fetching` would let it out.

    Backslashes, spaces and control characters are refused because URL readers disagree about what they mean.
    """
    text = _text(value)
    if bad := _FORBIDDEN_IN_URL.search(text):
        raise ValueError(f"has {bad[0]!r} in it: percent-encode it or copy the address from the browser again")
    if len(text) > _LONGEST_URL:
        raise ValueError(f"{shown(text)} has {len(text):,} characters: no server takes more than {_LONGEST_URL:,}")
    if text.partition(":")[0].lower() not in DEFAULT_PORTS:
        raise ValueError(f"{shown(text)} is no web address: write it in full, with https:// or http://")
    try:
        _GUARD.check_url(text)
    except FetchRefused as refused:
        raise ValueError(str(refused)) from refused
    return text


def is_web_address(value: object) -> bool:
    """Whether `web_address` would accept a value."""
    try:
        web_address(value)
    except ValueError:
        return False
    return True


def same_address(url: str) -> str:
    """A form that two spellings of one request share: host in lower case, no default port, no fragment."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}{port}{parts.path or '/'}?{parts.query}"


def bare_host(url: str) -> str:
    """The host of a URL without ``www.``."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def rhythm(value: object) -> timedelta:
    """A fixed rhythm such as ``6h``."""
    text = _text(value)
    if len(text) > 20:
        raise ValueError(f"{shown(text)} is not a rhythm: write a number and one of m, h, d, w, such as 6h")
    return parse_rhythm(text)


def selector(value: object) -> str:
    """A CSS selector that soupsieve compiles."""
    import soupsieve  # with its parsers it takes longer to load than most lists to read, and few name a selector

    text = one_line(value)
    try:
        soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, RecursionError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(f"{shown(text)} is no CSS selector: {reason}") from error
    return text


def user_agent(value: object) -> str:
    """A User-Agent of printable ASCII (RFC 9110, section 10.1.5) that is long enough to be let in."""
    text = one_line(value)
    if not text.isascii():
        raise ValueError("has a character outside ASCII, which a header cannot carry: write it in plain letters")
    if len(text) < SHORTEST_USER_AGENT:
        raise ValueError(
            f"has {len(text)} characters: write at least {SHORTEST_USER_AGENT}, with a name and a way to reach you, "
            'such as "Mozilla/5.0 (compatible; <name>/1.0; +https://<your page>)"'
        )
    return text


def network(value: object) -> str:
    """A network of addresses in CIDR form; one that takes in every address would switch the guard off."""
    text = one_line(value)
    try:
        found = ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(f"{shown(text)} is no network: write one such as 127.0.0.0/8 or fd00::/8") from error
    if found.prefixlen == 0:
        raise ValueError(f"{shown(text)} takes in every address: name the networks that you mean")
    if "/" in text and str(found.network_address) != str(ip_network(text.partition("/")[0]).network_address):
        raise ValueError(f"{shown(text)} is an address inside a network: write {str(found)!r}")
    return str(found)


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"is {_kind(value)}: write true or false, without quotes")
    return value


def number(low: float, high: float, what: str) -> Reader:
    """A reader for a finite number from `low` to `high`; true and false are no numbers."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"is {_kind(value)}: write a number ({what}), without quotes")
        if not low <= value <= high:
            raise ValueError(f"is {_figure(value)}: write a number from {low:,} to {high:,} ({what})")
        return float(value)

    return read


def whole_number(low: int, high: int, what: str) -> Reader:
    """A reader for a whole number from `low` to `high`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"is {_kind(value)}: write a whole number ({what}), such as {high // 50:_}")
        if not low <= value <= high:
            raise ValueError(f"is {_figure(value)}: write a whole number from {low:,} to {high:,} ({what})")
        return value

    return read


def listed(item: Reader) -> Reader:
    """A reader for a list whose items another reader checks; said twice counts once."""

    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"is {_kind(value)}: write a list in brackets, such as {_bracketed(value)}")
        read_well: dict[Any, None] = {}
        wrong: dict[str, None] = {}
        for entry in value:
            try:
                read_well[item(entry)] = None
            except ValueError as error:
                wrong[str(error)] = None
        if wrong:
            raise ValueError("; and ".join(wrong))
        return tuple(read_well)

    return read


def shown(text: str) -> str:
    """A text as a message shows it: in quotes, on one line, and not at any length."""
    return repr(text if len(text) <= 120 else text[:119] + "…")


def _figure(value: float) -> str:
    """A number as a message shows it. Python does not write out one of more than 4,300 digits, nor is it a help."""
    return str(value) if isinstance(value, float) or abs(value) < 10**30 else "a number of more than 30 digits"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is {_kind(value)}: write text in quotes")
    return value


def _kind(value: object) -> str:
    """What a keeper would call a value that is not of the kind wanted."""
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
    return "a date or a time" if isinstance(value, date | time) else kinds.get(type(value), "of another kind")


def _bracketed(value: object) -> str:
    return f'["{value}"]' if isinstance(value, str) and len(value) <= 40 and value.isprintable() else '["…"]'
