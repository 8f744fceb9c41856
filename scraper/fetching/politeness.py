"""What is owed to a host: how long to wait, and when to leave it alone. Pure functions over a frozen state.

A `HostState` is loaded from the archive before a batch and stored after it, so that a Retry-After and a robots.txt
outlive the process. Time is the wall clock's, since that is what a stored moment is measured in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scraper.fetching.identity import host_of
from scraper.portable import portable

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from scraper.fetching.observation import Answer

MAX_CRAWL_DELAY = 60.0
"""Seconds. A robots.txt that asks for more gets this much, or one page of it would hold up all others."""

PATIENCE = MAX_CRAWL_DELAY
"""Seconds that a batch waits for a host at most; beyond that its pages are postponed."""

LONGEST_REST = timedelta(hours=24)
"""A Retry-After of years is a mistake, and must not end the watch."""

_AWAY = (429, 503)
_FIRST_REST = timedelta(minutes=2)  # after a refusal that names no time; doubled with each one more
_LONGEST_GUESS = timedelta(hours=1)
_FAILURES_BEFORE_REST = 3

JITTER = 0.25
"""The share by which a wait may be longer than it has to be, so that watchers do not all come back at one moment."""


@portable
@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of one host, named as by `host_of`.

    `crawl_delay` is in seconds, as robots.txt asks. `failures` counts the answers in a row that were errors of the
    host, or refusals of us. `robots` is the text of robots.txt, empty where the host has none, and None where it was
    not read; `robots_fetched` says when it was.
    """

    host: str
    crawl_delay: float | None = None
    next_allowed: datetime | None = None
    failures: int = 0
    robots: str | None = None
    robots_fetched: datetime | None = None


def delay_of(state: HostState, settings: FetchSettings) -> float:
    """Seconds between two requests to the host: the keeper's `delay`, or robots.txt's where that is more."""
    asked = state.crawl_delay if settings.robots else None
    return max(settings.delay, min(asked or 0.0, MAX_CRAWL_DELAY))


def pause(state: HostState, now: datetime) -> float:
    """Seconds until the host may be asked again; 0 where it may be asked now.

    No rest is longer than a day, so a moment further off was written by a clock that ran ahead, and says nothing.
    """
    if state.next_allowed is None or state.next_allowed <= now:
        return 0.0
    left = state.next_allowed - now
    return left.total_seconds() if left <= LONGEST_REST else 0.0


def resting_until(state: HostState, now: datetime) -> datetime | None:
    """The moment until which the host is to be left alone, where that is too far off to wait for; else None."""
    return state.next_allowed if pause(state, now) > PATIENCE else None


def after(
    state: HostState,
    answer: Answer,
    settings: FetchSettings,
    now: datetime,
    *,
    spread: float = 0.0,
    refused: bool = False,
    of_page: bool = True,
) -> HostState:
    """The state after a fetch that began or ended at this host, and ended at `now`. `spread`, from 0 to 1, is chance.

    `refused`: the answer turns away the visitor, not the page (`verdict.refuses`). `of_page` is False for what is asked
    beside the pages: that robots.txt came says nothing of whether a page will, nor does it that it was refused.

    429 and 503 are a request to go away for a while (RFC 9110, 10.2.3; RFC 6585, 4): as long as Retry-After says, or
    two minutes, doubled each time. Who came back when told to and is sent away again believes the guess where it is
    longer, or a host that always says "30 seconds" would be asked for every page of the batch. A host that fails in
    any other way, or refuses, is left alone after three failures in a row; refusals double the delay before they end
    a batch.
    What another host answered at the end of a redirect is not counted against this one.
    """
    if answer.final_url is None and not answer.redirects:
        return state  # refused by the guard: the host was never asked
    ours = answer.final_url is not None and host_of(answer.final_url) == state.host
    status = answer.status or 0
    refused = ours and of_page and refused
    failing = ours and (answer.failure == "network_error" or status >= 500 or status == 429 or refused)
    failures = state.failures + failing if failing or not of_page else 0
    longer = 1 + JITTER * spread
    rest = timedelta(seconds=delay_of(state, settings)) * longer
    if refused:
        rest = min(rest * (1 << min(failures - 1, 10)), max(rest, timedelta(seconds=PATIENCE)))
    if ours and status in _AWAY:
        said = asked_to_wait(answer, now)
        guess = _guess(failures if said is None else failures - 1)
        rest = max(rest, guess * longer, min(said or timedelta(0), LONGEST_REST))
    elif failing and failures >= _FAILURES_BEFORE_REST:
        rest = max(rest, _guess(failures - _FAILURES_BEFORE_REST + 1) * longer)
    return replace(state, failures=failures, next_allowed=now + rest)


def after_list(state: HostState, settings: FetchSettings, now: datetime, *, spread: float = 0.0) -> HostState:
    """The state after a sitemap or feed was asked for, whatever it answered: the next request comes at the pace.

    A list is a file beside the pages, and often made by another program: that it is away or asks to be left alone is
    waited for with lists (`signals.rest_until`), and says nothing of the pages. Only 429 does: see `after`.
    """
    rest = timedelta(seconds=delay_of(state, settings)) * (1 + JITTER * spread)
    return replace(state, next_allowed=now + rest)


def asked_to_wait(answer: Answer, now: datetime) -> timedelta | None:
    """How long a 429 or 503 asks to be left alone; None where it names no time, or is another answer."""
    return retry_after(answer.header("Retry-After"), now) if answer.status in _AWAY else None


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds, or an HTTP date as time from `now`. None where it is neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))


def _guess(failures: int) -> timedelta:
    if failures < 1:
        return timedelta(0)
    doublings = min(failures - 1, 10)
    return min(_FIRST_REST * (1 << doublings), _LONGEST_GUESS)


def settled_delay(asked: str | None) -> float | None:
    """A Crawl-delay that can be kept, in seconds: None where it is none or negative, never above the most allowed."""
    try:
        seconds = float(asked or "")
    except ValueError:
        return None
    return min(seconds, MAX_CRAWL_DELAY) if math.isfinite(seconds) and seconds >= 0 else None
