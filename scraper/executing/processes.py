"""Processes of this machine that fetch and read, while this one stores.

The interpreter runs one thread at a time, so threads alone fetch, read and store on one core. Here a few processes of
our own (`worker`) have the hosts among them and give page after page; what is fetched and not yet taken waits in a
socket's buffer, and there is no more of it. A page that ends a process, as a fault in a parser written in C can, costs
neither the run nor any other page: what was under way there goes out again, the pages that may have done it last, each
in a process that does nothing else.
"""

from __future__ import annotations

import os
import selectors
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from scraper.clock import system_clock
from scraper.errors import UsageError, WorkersError
from scraper.executing.brood import REMEDY, Brood, begin, end
from scraper.executing.hosts import HostBatch
from scraper.executing.messages import Ended, Fault, Hello, Page, hear
from scraper.executing.part import SOFTWARE
from scraper.executing.threads import HOSTS_AT_ONCE, Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path
    from types import TracebackType

    from scraper.config import FetchSettings
    from scraper.executing.batches import Batch, Delivered

WORTH_IT = 50
"""Fewer pages than this are through before a process has begun."""
MOST = 4
"""One process stores, and has enough to do with what as many others read."""

_PAUSE = 0.05
"""Seconds without a page after which what has come is made safe."""
_PART = 200
"""Pages of a host that are given out at once: what a batch has used of its time is known again after so many."""


def worth_starting() -> int:
    """How many processes are worth starting beside this one: none where there is one core, or no way to start them.

    As many as there are cores. To store takes a third of the work, so the one who stores has time to spare on each.
    """
    if os.name != "posix":
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST) if cores > 1 else 0


class Processes:
    """An executor on `count` processes of this machine that read the archive at a path. Few pages are left to threads.

    As a context manager it begins at once where so many pages as are `expected` make that worth it; the archive need
    not be there yet. WorkersError where processes cannot be started.
    """

    def __init__(
        self,
        archive: Path,
        count: int,
        *,
        expected: int = 0,
        hosts_at_once: int = HOSTS_AT_ONCE,
        worth_it: int = WORTH_IT,
    ) -> None:
        if count and os.name != "posix":
            raise UsageError("processes beside a run are started on POSIX systems only: leave --processes out")
        self._archive = archive
        self._count = count
        self._expected = expected
        self._hosts_at_once = hosts_at_once
        self._worth_it = worth_it
        self._begun: list[_Worker] = []

    def __enter__(self) -> Self:
        if self._count > 0 and self._expected >= self._worth_it:
            self._begun = self._start(self._count)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end({worker.brood for worker in self._begun})

    def fetch(self, batches: Sequence[Batch], settings: FetchSettings) -> Generator[Delivered | None]:
        """Fetch and read every batch; give results as they come, and None where none waits."""
        if self._count < 1 or sum(len(batch.requests) for batch in batches) < self._worth_it:
            yield from Threads(self._hosts_at_once).fetch(batches, settings)
            return
        run = _Run(self._start, [HostBatch(batch, settings) for batch in batches])
        try:
            run.add(self._begun)
            self._begun = []
            run.add(self._start(min(self._count, len(batches)) - run.size))
            yield from run.results()
        finally:
            run.close()

    def _start(self, count: int) -> list[_Worker]:
        room = -(-self._hosts_at_once // self._count)
        return [_Worker(brood, line) for brood in begin(self._archive, count, room) for line in brood.lines]


@dataclass(eq=False, slots=True)
class _Worker:
    """A process, the line to it, and the hosts that are under way there, by the numbers of their parts."""

    brood: Brood
    line: Connection
    hosts: dict[int, HostBatch] = field(default_factory=dict)
    begun: bool = False
    alone: bool = False
    """It has a page that may end it, and gets nothing else to do."""


class _Run:
    """One call of `fetch`: the hosts that wait, and the processes with those that they have."""

    def __init__(self, start: Callable[[int], list[_Worker]], hosts: Sequence[HostBatch]) -> None:
        self._start = start
        self._waiting = deque(hosts)
        self._suspects: deque[HostBatch] = deque()
        self._workers: list[_Worker] = []
        self._broods: set[Brood] = set()
        self._lines = selectors.DefaultSelector()
        self._parts = 0

    @property
    def size(self) -> int:
        """How many processes there are."""
        return len(self._workers)

    def add(self, workers: Iterable[_Worker]) -> None:
        """Take processes into service."""
        for worker in workers:
            self._workers.append(worker)
            self._broods.add(worker.brood)
            self._lines.register(worker.line, selectors.EVENT_READ, worker)

    def results(self) -> Iterator[Delivered | None]:
        """Everything that comes, until every page is through."""
        while self._send():
            ready = self._lines.select(_PAUSE)
            if not ready:
                yield None
                ready = self._lines.select()
            for key, _ in ready:
                yield from self._hear(key.data)

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        end(self._broods)
        self._lines.close()

    def _send(self) -> bool:
        """Give out parts while there is room for them; say whether anything is still to come."""
        while self._waiting and (worker := self._free()) is not None:
            self._give(worker, self._waiting.popleft())
        while self._suspects and not self._waiting and (worker := self._idle()) is not None:
            worker.alone = True
            self._give(worker, self._suspects.popleft())
        return any(worker.hosts for worker in self._workers)

    def _free(self) -> _Worker | None:
        """The process with the most room; None where none has any."""
        free = [worker for worker in self._workers if not worker.alone and len(worker.hosts) < worker.brood.room]
        return min(free, key=lambda worker: len(worker.hosts), default=None)

    def _idle(self) -> _Worker | None:
        return next((worker for worker in self._workers if not worker.hosts), None)

    def _give(self, worker: _Worker, host: HostBatch) -> None:
        self._parts += 1
        worker.hosts[self._parts] = host
        with suppress(OSError):  # it has ended, as what is heard of it next will tell
            worker.line.send((self._parts, host.next_part(_PART)))

    def _hear(self, worker: _Worker) -> Iterator[Delivered]:
        try:
            message = hear(worker.line)
        except (EOFError, OSError):
            yield from self._lost(worker)
            return
        worker.begun = True
        if isinstance(message, Fault):
            raise message.error
        if isinstance(message, Hello) and message.software != SOFTWARE:
            raise WorkersError(f"a process to fetch with runs {message.software}, and this is {SOFTWARE}: run it again")
        if isinstance(message, Page):
            yield from worker.hosts[message.number].came(message.delivered, message.kept_back)
        elif isinstance(message, Ended):
            host = worker.hosts.pop(message.number)
            host.ended(message.underway)
            worker.alone = False
            self._again(host)

    def _lost(self, worker: _Worker) -> Iterator[Delivered]:
        """A process has ended. It was over one of the pages that it was at: the next of each of its hosts."""
        self._lines.unregister(worker.line)
        self._workers.remove(worker)
        worker.line.close()
        if not worker.begun:
            code = worker.brood.end()
            raise WorkersError(f"a process to fetch with ended before it had begun (exit code {code}): {REMEDY}")
        for host in worker.hosts.values():
            yield from host.lost(system_clock(), among=1)
            self._again(host)
        self.add(self._start(1))

    def _again(self, host: HostBatch) -> None:
        if host.suspect:
            self._suspects.append(host)
        elif not host.over:
            self._waiting.appendleft(host)
