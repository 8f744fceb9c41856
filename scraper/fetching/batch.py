"""One host's batch: its pages one after the other, politely, over one session. The unit that runs in a worker.

A batch owes politeness to one host, so batches need no word with each other. What goes in and what comes out are
frozen records that pickle; the iterator itself stays where it runs.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.fetching.client import Client, Monotonic
from scraper.fetching.fan_in import may_fan_in, settle_fan_in
from scraper.fetching.identity import host_of
from scraper.fetching.observation import Answer, Request
from scraper.fetching.visit import Chance, Postponed, Sleep, Time, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.config import FetchSettings
    from scraper.fetching.politeness import HostState

BUDGET = 20 * 60.0
"""Seconds that one host's batch may take, waiting included. A host that asks for a minute between two pages must not
hold up the end of a run for an hour; what it has not come to is longest overdue the next time, and first."""

_Result = tuple[Answer | Postponed, "HostState"]


def fetch_host(
    requests: Sequence[Request],
    state: HostState,
    settings: FetchSettings,
    *,
    clock: Clock = system_clock,
    sleep: Sleep = time.sleep,
    monotonic: Monotonic = time.monotonic,
    chance: Chance = random.random,
    budget: float = BUDGET,
) -> Iterator[_Result]:
    """Fetch the pages of one host; give for each what came of it and the host's state after it.

    All URLs must be of the host that `state` names (`host_of`); any other is a ValueError. robots.txt is read first
    where it is not remembered, two requests to the host are `delay` seconds apart or what robots.txt asks for, and
    once the host says to come back later, or `budget` seconds have passed, the rest of the batch is `Postponed`.

    A redirect that is followed belongs to the same visit and does not wait. One that leads to another host is followed
    where that host's robots.txt allows it, and not before that host may be asked again.

    Pages come in the order asked for, save those whose redirect could be a catch-all's: they are kept to the end, to be
    seen together, as long as they are no more than one body of the largest size allowed.
    """
    held: list[Answer] = []
    room = settings.max_bytes
    with Client(settings, clock=clock, monotonic=monotonic) as client:
        passing = Time(clock, sleep, monotonic, chance, monotonic() + budget)
        with closing(Visit(client, state, settings, passing)) as visit:
            for request in requests:
                if host_of(request.url) != state.host:
                    raise ValueError(f"{request.url} is not of the host {state.host!r}")
                result = visit.look(request)
                size = len(result.body or b"") if isinstance(result, Answer) else 0
                if isinstance(result, Answer) and size <= room and may_fan_in(result):
                    held.append(result)
                    room -= size
                else:
                    yield result, visit.state
            for answer in settle_fan_in(held):
                yield answer, visit.state
