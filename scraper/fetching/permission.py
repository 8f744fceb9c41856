"""What robots.txt said of an address, as evidence: the decision with the line that made it.

The first word is the decision: `allowed`, `denied`, `unreadable` or `not asked`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import scraper.fetching.robots as robots
from scraper.clock import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.fetching.politeness import HostState

NOT_ASKED = "not asked: robots = false"

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
    decision = robots.decide(state, url)
    if decision.rule is None:
        return "allowed: no rule against it"
    word = "allowed" if decision.allowed else "denied"
    return f"{word}: robots.txt, line {decision.line}: {' '.join(decision.rule.split())[:_SHOWN]}"
