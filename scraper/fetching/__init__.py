"""Fetching: from a Request to an Answer and a Verdict, politely and through one guarded door.

`fetch_host` is the way in for a run, `Client` for a single fetch, `judge` for fresh and for stored answers alike.
Nothing outside this room opens a socket to the web.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import on_first_use

if TYPE_CHECKING:
    from scraper.fetching.batch import fetch_host
    from scraper.fetching.client import Client
    from scraper.fetching.guard import AddressGuard
    from scraper.fetching.identity import article_id, host_of, moved, publisher_family, same_page, settled_url
    from scraper.fetching.observation import (
        ABSENT_OUTCOMES,
        FAILURES,
        GOOD_OUTCOMES,
        OUTCOMES,
        Answer,
        Failure,
        Hop,
        Outcome,
        Request,
        Verdict,
    )
    from scraper.fetching.politeness import HostState
    from scraper.fetching.verdict import judge
    from scraper.fetching.visit import Postponed

__all__ = [
    "ABSENT_OUTCOMES",
    "FAILURES",
    "GOOD_OUTCOMES",
    "OUTCOMES",
    "AddressGuard",
    "Answer",
    "Client",
    "Failure",
    "Hop",
    "HostState",
    "Outcome",
    "Postponed",
    "Request",
    "Verdict",
    "article_id",
    "fetch_host",
    "host_of",
    "judge",
    "moved",
    "publisher_family",
    "same_page",
    "settled_url",
]

__getattr__ = on_first_use(
    __name__,
    {
        "ABSENT_OUTCOMES": "scraper.fetching.observation",
        "AddressGuard": "scraper.fetching.guard",
        "Answer": "scraper.fetching.observation",
        "Client": "scraper.fetching.client",
        "FAILURES": "scraper.fetching.observation",
        "Failure": "scraper.fetching.observation",
        "GOOD_OUTCOMES": "scraper.fetching.observation",
        "Hop": "scraper.fetching.observation",
        "HostState": "scraper.fetching.politeness",
        "OUTCOMES": "scraper.fetching.observation",
        "Outcome": "scraper.fetching.observation",
        "Postponed": "scraper.fetching.visit",
        "Request": "scraper.fetching.observation",
        "Verdict": "scraper.fetching.observation",
        "article_id": "scraper.fetching.identity",
        "fetch_host": "scraper.fetching.batch",
        "host_of": "scraper.fetching.identity",
        "judge": "scraper.fetching.verdict",
        "moved": "scraper.fetching.identity",
        "publisher_family": "scraper.fetching.identity",
        "same_page": "scraper.fetching.identity",
        "settled_url": "scraper.fetching.identity",
    },
)
