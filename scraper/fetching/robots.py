"""robots.txt, by RFC 9309: what it says of a URL, and what its absence or silence means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego

from scraper.fetching.observation import Request
from scraper.fetching.politeness import HostState, settled_delay

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

# Groups are matched by the product token alone (RFC 9309, 2.2.1): given the whole User-Agent header, the parser
# would find other crawlers' names in it too.
PRODUCT_TOKEN = "Redline"  # noqa: S105

KEPT_FOR = timedelta(hours=24)  # RFC 9309, 2.4
READ_AT_MOST = 512 * 1024
"""Bytes of a robots.txt, decoded. RFC 9309, 2.5, asks for 500 KiB at least."""

# The parser takes a directive without its colon too, so what it would read as a group's opening is read here.
_AGENT = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)([^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[\w-]*")
_OPENING = "User-agent: "


def robots_request(url: str) -> Request:
    """The request for the robots.txt that governs a URL."""
    split = urlsplit(url)
    return Request("robots.txt", f"{split.scheme}://{split.netloc}/robots.txt")


def is_fresh(state: HostState, now: datetime) -> bool:
    """True where the robots.txt that is remembered may still be used."""
    if state.robots is None or state.robots_fetched is None:
        return False
    return timedelta(0) <= now - state.robots_fetched < KEPT_FOR


def learn(state: HostState, answer: Answer, now: datetime) -> tuple[HostState, str | None]:
    """The state after robots.txt was asked for, and why nothing may be fetched, where that is so.

    Unavailable (4xx, or a redirect to nowhere) means that all is allowed (2.3.1.3). Unreachable (5xx, or no answer)
    means that nothing is (2.3.1.4), save under the last copy, which may then be used past its day (2.4). 429 counts as
    unreachable: a host that asks for fewer requests has not said that it has no rules.
    """
    status = answer.status or 0
    if answer.body is not None and 200 <= status < 300:
        text = _whole_lines(answer.body).decode("utf-8", "replace").removeprefix("\ufeff")
    elif 300 <= status < 500 and status != 429 and answer.failure is None:
        text = ""
    elif state.robots is not None:
        return state, None
    else:
        what = f"it answered {status}" if status and answer.failure is None else answer.error or "no answer"
        return replace(state, robots_fetched=None), f"robots.txt of {state.host} could not be read ({what})"
    delay = settled_delay(_parsed(text).crawl_delay(PRODUCT_TOKEN))
    return replace(state, robots=text, robots_fetched=now, crawl_delay=delay), None


def forbids(state: HostState, url: str) -> str | None:
    """Why the remembered robots.txt forbids a URL; None where it allows it."""
    if not state.robots or _parsed(state.robots).can_fetch(url, PRODUCT_TOKEN):
        return None
    return f"robots.txt of {state.host} forbids {urlsplit(url).path or '/'} to {PRODUCT_TOKEN}"


def _whole_lines(body: bytes) -> bytes:
    """What is read of a body. `Disallow: /a` cut after the slash would forbid everything, so a cut line is none."""
    if len(body) < READ_AT_MOST:
        return body
    return body[: body.rfind(b"\n", 0, READ_AT_MOST) + 1]


@lru_cache(maxsize=64)
def _parsed(text: str) -> Protego:
    return Protego.parse("\n".join(addressed_lines(text)))


def addressed_lines(text: str) -> list[str]:
    """The lines of a robots.txt, each opening of a group written as it concerns us."""
    return [_addressed(found[1]) if (found := _AGENT.match(line)) else line for line in text.splitlines()]


def agent_of(line: str) -> str | None:
    """Whom a line of `addressed_lines` opens a group for; None where it opens none."""
    return line.removeprefix(_OPENING) if line.startswith(_OPENING) else None


def _addressed(named: str) -> str:
    """A group's opening as it concerns us: ours, everybody's, or another crawler's.

    The parser finds a group's name inside ours, so that `R` would be us and `Redline/2.0` would not. By RFC 9309,
    2.2.1, the product token before a version is compared whole, in any case.
    """
    names = named.split()
    token = _TOKEN.match(names[0]) if names else None
    if token is not None and token[0].casefold() == PRODUCT_TOKEN.casefold():
        return _OPENING + PRODUCT_TOKEN
    return _OPENING + ("*" if names[:1] == ["*"] else "someone-else")
