"""One host's batch: its pages one after the other, politely, over one session. The unit that runs in a worker.

A batch owes politeness to one host, so batches need no word with each other. What goes in and what comes out are
frozen records that pickle; the iterator itself stays where it runs. A batch may be done in parts, each by another
process: `Underway` is what a part has to know of those before it, so that the parts come to what the whole would.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.fetching.fan_in import may_fan_in, settle_fan_in
from scraper.fetching.identity import host_of
from scraper.fetching.observation import Answer, Request
from scraper.fetching.visit import Chance, Known, Postponed, Sleep, Time, Visit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from scraper.config import FetchSettings
    from scraper.fetching.client import Monotonic
    from scraper.fetching.politeness import HostState

BUDGET = 20 * 60.0
"""Seconds that one host's batch may take, waiting included. A host that asks for a minute between two pages must not
hold up the end of a run for an hour; what it has not come to is longest overdue the next time, and first."""

_Result = tuple[Answer | Postponed, "HostState"]


@dataclass(frozen=True, slots=True)
class Underway:
    """How far a batch has come. `seconds` of its time are left; `room` is how many bytes it may still keep back."""

    known: Known
    seconds: float
    room: int

    @classmethod
    def begin(cls, state: HostState, settings: FetchSettings, budget: float = BUDGET) -> Underway:
        """A batch that has asked for nothing yet."""
        return cls(Known(state), budget, settings.max_bytes)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of one page, the host's state after it, and whether it is to be kept back: see `settle_fan_in`."""

    result: Answer | Postponed
    state: HostState
    kept_back: bool = False


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
    underway = Underway.begin(state, settings, budget)
    looks = look_on(requests, underway, settings, clock=clock, sleep=sleep, monotonic=monotonic, chance=chance)
    with closing(looks):
        for looked in looks:
            state = looked.state
            if looked.kept_back and isinstance(looked.result, Answer):
                held.append(looked.result)
            else:
                yield looked.result, state
    for answer in settle_fan_in(held):
        yield answer, state


def look_on(
    requests: Sequence[Request],
    underway: Underway,
    settings: FetchSettings,
    *,
    clock: Clock = system_clock,
    sleep: Sleep = time.sleep,
    monotonic: Monotonic = time.monotonic,
    chance: Chance = random.random,
) -> Generator[Looked, bool | None, Underway]:
    """Go on with a batch: give each page as it comes, and return how far it has come then.

    Whoever sends True back for a page ends this part after it.
    """
    from scraper.fetching.client import Client  # requests loads slowly, and whoever only hands out batches needs none

    room = underway.room
    with Client(settings, clock=clock, monotonic=monotonic) as client:
        passing = Time(clock, sleep, monotonic, chance, monotonic() + underway.seconds)
        with closing(Visit(client, underway.known, settings, passing)) as visit:
            for request in requests:
                if host_of(request.url) != visit.state.host:
                    raise ValueError(f"{request.url} is not of the host {visit.state.host!r}")
                result = visit.look(request)
                size = len(result.body or b"") if isinstance(result, Answer) else 0
                kept_back = isinstance(result, Answer) and size <= room and may_fan_in(result)
                room -= size if kept_back else 0
                if (yield Looked(result, visit.state, kept_back)):
                    break
            return Underway(visit.known, passing.ends - monotonic(), room)
