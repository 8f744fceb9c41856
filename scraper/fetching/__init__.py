"""Fetching: from a Request to an Answer and a Verdict, politely and through one guarded door.

`fetch_host` is the way in for a run, `Client` for a single fetch, `judge` for fresh and for stored answers alike.
Nothing outside this room opens a socket to the web.
"""

from __future__ import annotations

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
