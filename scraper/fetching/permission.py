"""What robots.txt said of an address, as evidence: the decision with the line that made it.

The decision is the parser's (`robots.forbids`); here its reason is looked up, since the parser does not tell it. The
first word is the decision: `allowed`, `denied`, `unreadable` or `not asked`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from protego import Protego

import scraper.fetching.robots as robots
from scraper.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.fetching.politeness import HostState

NOT_ASKED = "not asked: robots = false"

_RULE = re.compile(r"\s*(allow|dis+al+ow|disallaw|diasllow)(?:\s*:|\s|$)\s*([^#]*)", re.IGNORECASE)
_SITE_WIDE = re.compile(r"\s*(?:sitemaps?|site-map|host)\b", re.IGNORECASE)
# What ends the naming of agents. The parser passes over a line that is no directive, and takes one without a colon.
_DIRECTIVE = re.compile(rf"[^#]*:|{_RULE.pattern}|\s*(?:crawl[- ]delay|request[- ]rate|visit[- ]time)\b", re.IGNORECASE)
_SHOWN = 200


def permission(state: HostState, url: str, now: datetime) -> str:
    """What the remembered robots.txt says of a URL, such as `denied: robots.txt, line 7: Disallow: /drafts/`."""
    said = _said(state, url)
    if not robots.is_fresh(state, now) and state.robots_fetched is not None:
        said += f" (as read at {to_text(state.robots_fetched)}: it could not be read again)"
    return said


def unreadable(trouble: str) -> str:
    """What is said where robots.txt could not be read, so that nothing was asked for."""
    return f"unreadable: {trouble}"


def _said(state: HostState, url: str) -> str:
    if not state.robots:
        return f"allowed: {state.host} has no robots.txt, or an empty one"
    denied = robots.forbids(state, url) is not None
    if not denied and _without_allow(state.robots).can_fetch(url, robots.PRODUCT_TOKEN):
        return "allowed: no rule against it"
    decision = "denied" if denied else "allowed"
    found = _line(state.robots, url, "disallow" if denied else "allow")
    return f"{decision}: robots.txt" if found is None else f"{decision}: robots.txt, line {found}"


def _line(text: str, url: str, kind: str) -> str | None:
    """The number and the text of the longest rule of a kind that is about a URL: RFC 9309, 2.2.2, has it decide."""
    best: tuple[int, str] | None = None
    for number, line, written, value in _our_rules(text):
        if written == kind and (best is None or len(value) > best[0]) and _is_about(value, url):
            best = len(value), f"{number}: {' '.join(line.split())[:_SHOWN]}"
    return best and best[1]


def _is_about(value: str, url: str) -> bool:
    return not Protego.parse(f"User-agent: *\nDisallow: {value}").can_fetch(url, robots.PRODUCT_TOKEN)


def _our_rules(text: str) -> Iterator[tuple[int, str, str, str]]:
    """The rules that are for us: number and text of the line, `allow` or `disallow`, and what of.

    Groups that name us come before those for everybody (RFC 9309, 2.2.1); several that name the same are one group.
    """
    found: dict[str, list[tuple[int, str, str, str]]] = {}
    agents: set[str] = set()
    open_to_names = False
    for number, line in enumerate(robots.addressed_lines(text), start=1):
        if (name := robots.agent_of(line)) is not None:
            agents = agents | {name} if open_to_names else {name}
            open_to_names = True
            found.setdefault(name, [])
        elif _DIRECTIVE.match(line) and not _SITE_WIDE.match(line):
            open_to_names = False
            if (rule := _RULE.match(line)) and (value := rule[2].strip()):
                kind = "allow" if rule[1].lower() == "allow" else "disallow"
                for agent in agents:
                    found[agent].append((number, line, kind, value))
    yield from found.get(robots.PRODUCT_TOKEN, found.get("*", []))


@lru_cache(maxsize=64)
def _without_allow(text: str) -> Protego:
    """The rules with every Allow blanked: what these allow is allowed by no line's leave."""
    lines = robots.addressed_lines(text)
    return Protego.parse("\n".join("Allow:" if _allows(line) else line for line in lines))


def _allows(line: str) -> bool:
    rule = _RULE.match(line)
    return rule is not None and rule[1].lower() == "allow"
