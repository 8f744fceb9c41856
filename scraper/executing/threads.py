"""Hosts fetched side by side, each politely and by itself in a thread of this process.

What a thread has fetched and nobody has taken yet is bounded, so memory does not grow with the watch list.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from scraper.clock import Clock, system_clock
from scraper.executing.batches import Batch, Delivered
from scraper.fetching.batch import fetch_host

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from scraper.config import FetchSettings
    from scraper.fetching.visit import Sleep

HOSTS_AT_ONCE = 16
# Bodies may be large: this many wait to be stored, and each host has one under way.
ANSWERS_IN_HAND = 8

_Work = queue.SimpleQueue[Batch | None]
_Results = queue.Queue[Delivered | BaseException]


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
        results: _Results = queue.Queue(ANSWERS_IN_HAND)
        stop = threading.Event()
        for number in range(min(self._hosts_at_once, len(batches))):
            work.put(None)
            # Daemons: an interrupted run must end now, not when the slowest host has answered.
            arguments = (work, results, stop, settings)
            threading.Thread(target=self._work, args=arguments, name=f"fetch-{number}", daemon=True).start()
        try:
            for _ in range(sum(len(batch.requests) for batch in batches)):
                if results.empty():
                    yield None
                result = results.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            stop.set()

    def _work(self, work: _Work, results: _Results, stop: threading.Event, settings: FetchSettings) -> None:
        """Take one host's batch after another. A fault of our own ends the run instead of hanging it."""
        try:
            while (batch := work.get()) is not None:
                fetched = fetch_host(batch.requests, batch.state, settings, clock=self._clock, sleep=self._sleep)
                for result, state in fetched:
                    if not _offer(results, Delivered(result, state), stop):
                        return
        except BaseException as fault:
            _offer(results, fault, stop)


def _offer(results: _Results, item: Delivered | BaseException, stop: threading.Event) -> bool:
    """Hand a result over; False where nobody waits for it any more."""
    while not stop.is_set():
        try:
            results.put(item, timeout=0.2)
        except queue.Full:
            continue
        return True
    return False
