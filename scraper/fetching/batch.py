"""One host's batch: its pages one after the other, politely, over one session. The unit that runs in a worker.

A batch owes politeness to one host alone, so batches need no word with each other. What goes in and what comes out
are frozen records that pickle; the iterator itself stays where it runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import scraper.fetching.robots as robots
from scraper.clock import Clock, system_clock
from scraper.fetching.client import Client, Monotonic, Permit
from scraper.fetching.identity import host_of
from scraper.fetching.observation import Answer, Failure, Request
from scraper.fetching.permission import NOT_ASKED, permission, unreadable
from scraper.fetching.politeness import HostState, after, asked_to_wait, pause, resting_until

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.config import FetchSettings

Sleep = Callable[[float], None]

BUDGET = 20 * 60.0
"""Seconds that one host's batch may take, waiting included. A host that asks for a minute between two pages must not
hold up the end of a run for an hour; what it has not come to is longest overdue the next time, and first."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """A page that was not looked at: its host is to be left alone until a later moment, or this batch's time is up."""

    source_id: str
    url: str
    until: datetime
    reason: str


def fetch_host(
    requests: Sequence[Request],
    state: HostState,
    settings: FetchSettings,
    *,
    clock: Clock = system_clock,
    sleep: Sleep = time.sleep,
    monotonic: Monotonic = time.monotonic,
    budget: float = BUDGET,
) -> Iterator[tuple[Answer | Postponed, HostState]]:
    """Fetch the pages of one host in order; give for each what came of it and the host's state after it.

    All URLs must be of the host that `state` names (`host_of`); any other is a ValueError. robots.txt is read first
    where it is not remembered, two requests to the host are `delay` seconds apart or what robots.txt asks for, and
    once the host says to come back later, or `budget` seconds have passed, the rest of the batch is `Postponed`.

    A redirect that is followed belongs to the same visit and does not wait. One that leads to another host is not
    counted against this one, and neither that host's robots.txt nor its own delay is asked about: it was this host
    that sent us there, for one page, and what it redirects to is asked for at this host's pace.
    """
    with Client(settings, clock=clock, monotonic=monotonic) as client:
        visit = _Visit(client, state, settings, clock, sleep, ends=monotonic() + budget, monotonic=monotonic)
        for request in requests:
            if host_of(request.url) != state.host:
                raise ValueError(f"{request.url} is not of the host {state.host!r}")
            yield visit.look(request), visit.state


class _Visit:
    """The batch under way: the state as it stands, and why the host is closed to us, where it is."""

    def __init__(
        self,
        client: Client,
        state: HostState,
        settings: FetchSettings,
        clock: Clock,
        sleep: Sleep,
        *,
        ends: float,
        monotonic: Monotonic,
    ) -> None:
        self.state = state
        self._client = client
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._ends = ends
        self._monotonic = monotonic
        self._said = NOT_ASKED
        self._closed: tuple[Failure, str] | None = None
        self._away: tuple[datetime, str] | None = None

    def look(self, request: Request) -> Answer | Postponed:
        """Fetch one page, or say why it is not fetched."""
        if self._closed is None and (postponed := self._postponed(request)) is not None:
            return postponed  # nothing is asked of a resting host, not even its robots.txt
        started = self._clock()
        self._said = NOT_ASKED
        if self._settings.robots and (refused := self._by_robots(request.url)) is not None:
            failure, reason = refused
            return Answer(request.source_id, request.url, started, 0, failure=failure, error=reason, robots=self._said)
        if (postponed := self._postponed(request)) is not None:
            return postponed
        answer = self._ask(request, self._permit if self._settings.robots else None)
        return replace(answer, robots=self._said)

    def _by_robots(self, url: str) -> tuple[Failure, str] | None:
        """The failure and the reason, where robots.txt forbids a URL or could not be read."""
        if self._closed is None and not robots.is_fresh(self.state, self._clock()):
            self._read_robots(url)
        if self._closed is not None or self._away is not None:
            self._said = unreadable(self._closed[1]) if self._closed else self._said
            return self._closed
        self._said = permission(self.state, url, self._clock())
        reason = robots.forbids(self.state, url)
        return None if reason is None else ("robots_denied", reason)

    def _read_robots(self, url: str) -> None:
        answer = self._ask(robots.robots_request(url), None, enough=robots.READ_AT_MOST)
        self.state, trouble = robots.learn(self.state, answer, self._clock())
        if trouble is None:
            return
        # In any case nothing is fetched. Who names a time to come back denies nothing, and a host that gave no
        # answer at all is a failing network.
        if asked_to_wait(answer, self._clock()) is not None and self.state.next_allowed is not None:
            self._away = (self.state.next_allowed, trouble)
        else:
            self._closed = ("network_error" if answer.status is None else "robots_denied", trouble)

    def _permit(self, url: str) -> str | None:
        """Whether a redirect may be followed: this host's rules for this host's pages; other hosts' are not read."""
        if host_of(url) != self.state.host:
            return None
        self._said = permission(self.state, url, self._clock())
        return robots.forbids(self.state, url)

    def _ask(self, request: Request, permit: Permit | None, *, enough: int | None = None) -> Answer:
        if (seconds := pause(self.state, self._clock())) > 0:
            self._sleep(seconds)
        answer = self._client.fetch(request, permit, enough=enough)
        self.state = after(self.state, answer, self._settings, self._clock())
        return answer

    def _postponed(self, request: Request) -> Postponed | None:
        """Why a page is not asked for now, and until when, where that is so."""
        now = self._clock()
        if self._away is not None:
            until, reason = self._away
        elif (resting := resting_until(self.state, now)) is not None:
            until, reason = resting, f"{self.state.host} is left alone for now"
        elif (seconds := pause(self.state, now)) > self._ends - self._monotonic():
            until = now + timedelta(seconds=seconds)
            reason = f"{self.state.host} has had its share of this run, and is left alone"
        else:
            return None
        return Postponed(request.source_id, request.url, until, reason)
