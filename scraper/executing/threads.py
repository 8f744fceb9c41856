"""Hosts fetched side by side, each politely and by itself in a thread of this process.

What a thread has fetched and nobody has taken yet is bounded, so memory does not grow with the watch list.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.executing.batches import Batch, Delivered
from scraper.executing.hands import Hands
from scraper.fetching.batch import fetch_host

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from scraper.config import FetchSettings
    from scraper.fetching.visit import Sleep

HOSTS_AT_ONCE = 16
# Bodies may be large: this many wait to be stored, and each host has one under way.
ANSWERS_IN_HAND = 8

_Work = queue.SimpleQueue[Batch]


class _Results:
    """What was fetched and nobody has taken yet: `ANSWERS_IN_HAND` at most.

    A place is taken before an answer is put down, and given back once it was taken away. Both are queues in C: a
    `queue.Queue` with a bound wakes and locks in Python, twice for every page.
    """

    def __init__(self, places: int) -> None:
        self._items: queue.SimpleQueue[Delivered | BaseException] = queue.SimpleQueue()
        self._places: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(places):
            self._places.put(None)

    def offer(self, item: Delivered | BaseException, stop: threading.Event) -> bool:
        """Hand a result over; False where nobody waits for it any more."""
        while not stop.is_set():
            try:
                self._places.get(timeout=0.2)
            except queue.Empty:
                continue
            self._items.put(item)
            return True
        return False

    def none_waits(self) -> bool:
        """Whether the next `take` would have to wait."""
        return self._items.empty()

    def take(self, within: float | None = None) -> Delivered | None:
        """The next result; None where none comes `within` so many seconds. A fault that was handed over is raised."""
        try:
            item = self._items.get(timeout=within)
        except queue.Empty:
            return None
        self._places.put(None)
        if isinstance(item, BaseException):
            raise item
        return item


class Threads:
    """An executor of this process. Documents are not read here: the interpreter runs one thread at a time anyway."""

    def __init__(
        self, hosts_at_once: int = HOSTS_AT_ONCE, *, clock: Clock = system_clock, sleep: Sleep = time.sleep
    ) -> None:
        self._hosts_at_once = hosts_at_once
        self._clock = clock
        self._sleep = sleep

    def fetch(self, batches: Sequence[Batch], settings: FetchSettings) -> Generator[Delivered | None]:
        """Fetch every batch; give answers as they come, and None where none waits."""
        work: _Work = queue.SimpleQueue()
        for batch in batches:
            work.put(batch)
        results = _Results(ANSWERS_IN_HAND)
        stop = threading.Event()
        hands = Hands(partial(self._work, work, results, stop, settings), min(self._hosts_at_once, len(batches)))
        try:
            for _ in range(sum(len(batch.requests) for batch in batches)):
                if results.none_waits():
                    yield None
                delivered = None
                while delivered is None:
                    delivered = results.take(hands.look_in)
                    hands.suffice(waiting=not work.empty())
                yield delivered
        finally:
            stop.set()

    def _work(self, work: _Work, results: _Results, stop: threading.Event, settings: FetchSettings) -> None:
        """Take one host's batch after another. A fault of our own ends the run instead of hanging it."""
        try:
            while (batch := _next(work)) is not None:
                fetched = fetch_host(batch.requests, batch.state, settings, clock=self._clock, sleep=self._sleep)
                for result, state in fetched:
                    if not results.offer(Delivered(result, state), stop):
                        return
        except BaseException as fault:
            results.offer(fault, stop)


def _next(work: _Work) -> Batch | None:
    with suppress(queue.Empty):
        return work.get_nowait()
    return None
