"""robots.txt, by RFC 9309: what it says of a URL, and what its absence or silence means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scraper.fetching.codes import Code
from scraper.fetching.observation import Request
from scraper.fetching.politeness import HostState, settled_delay
from scraper.fetching.robots_rules import Rule, Rules, rules_for

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

# Groups are matched by the product token alone (RFC 9309, 2.2.1), never by the whole User-Agent header, which names
# Mozilla too.
PRODUCT_TOKEN = "Redline"  # noqa: S105

KEPT_FOR = timedelta(hours=24)  # RFC 9309, 2.4
READ_AT_MOST = 512 * 1024
"""Bytes of a robots.txt, decoded. RFC 9309, 2.5, asks for 500 KiB at least."""

_MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2: to be followed at least; whoever redirects further has no robots.txt


@dataclass(frozen=True, slots=True)
class Decision:
    """What a robots.txt decides on a URL, and the line that does, with its number; None where no line is about it."""

    allowed: bool
    rule: str | None = None
    line: int | None = None


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

    Unavailable (4xx, or redirects without end) means that all is allowed (2.3.1.3, 2.3.1.2). Unreachable (5xx, or no
    answer) means that nothing is (2.3.1.4), save under the last copy, which may then be used past its day (2.4). 429
    counts as unreachable: a host that asks for fewer requests has not said that it has no rules.
    """
    status = answer.status or 0
    if answer.body is not None and 200 <= status < 300:
        text = _whole_lines(answer.body).decode("utf-8", "replace").removeprefix("\ufeff")
    elif (300 <= status < 500 and status != 429 and answer.failure is None) or _leads_nowhere(answer):
        text = ""
    elif state.robots is not None:
        return state, None
    else:
        what = f"it answered {status}" if status and answer.failure is None else answer.error or "no answer"
        return replace(state, robots_fetched=None), f"robots.txt of {state.host} could not be read ({what})"
    delay = settled_delay(_rules(text).crawl_delay)
    return replace(state, robots=text, robots_fetched=now, crawl_delay=delay), None


def trouble_code(answer: Answer) -> Code:
    """What a page comes to whose robots.txt got an answer from which `learn` could not learn."""
    return Code.ROBOTS_NO_ANSWER if answer.status is None else Code.ROBOTS_UNREADABLE


def decide(state: HostState, url: str) -> Decision:
    """What the remembered robots.txt says of a URL. Without a robots.txt, everything is allowed."""
    rule = _decisive(state.robots or "", url)
    return Decision(True) if rule is None else Decision(rule.allows, rule.written[:500], rule.line)


def forbids(state: HostState, url: str) -> str | None:
    """Why the remembered robots.txt forbids a URL; None where it allows it."""
    decision = decide(state, url)
    if decision.allowed:
        return None
    path = urlsplit(url).path or "/"
    return f"robots.txt of {state.host} forbids {path} to {PRODUCT_TOKEN} ({decision.rule})"


@lru_cache(maxsize=32)  # asked for what is noted as evidence, and again for what is done
def _decisive(text: str, url: str) -> Rule | None:
    return _rules(text).decisive(url)


def _rules(text: str) -> Rules:
    return rules_for(PRODUCT_TOKEN, text)


def _leads_nowhere(answer: Answer) -> bool:
    """Whether it was redirects, and nothing else, that kept the file from being read: too many, or in a circle."""
    hops = answer.redirects
    if not hops or answer.status is not None:
        return False
    target = urljoin(hops[-1].url, hops[-1].location)
    return len(hops) > _MOST_REDIRECTS or target in {hop.url for hop in hops}


def _whole_lines(body: bytes) -> bytes:
    """What is read of a body. `Disallow: /a` cut after the slash would forbid everything, so a cut line is none."""
    if len(body) < READ_AT_MOST:
        return body
    return body[: body.rfind(b"\n", 0, READ_AT_MOST) + 1]
