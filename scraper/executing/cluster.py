"""Batches on the workers of a Dask cluster, part by part, as fast as what comes back is stored.

Each part is pinned to one worker process, and only the run decides what becomes of it. Dask would give the work of a
lost worker to another one by itself; then nobody would wait before the host is asked again, and one page that ends
processes would take every worker with it. So a part runs once or not at all, and is sent out anew from here.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from scraper.clock import system_clock
from scraper.errors import ClusterError, UsageError
from scraper.executing.crew import Crew, check_clock
from scraper.executing.hosts import HostBatch
from scraper.executing.part import do_part_in

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from scraper.config import FetchSettings
    from scraper.executing.batches import Batch, Delivered
    from scraper.executing.crew import Worker
    from scraper.executing.part import Done

NEEDED = "--cluster needs Dask: python -m pip install 'redline[cluster]'"
CONNECT_WITHIN = 10.0
WORKERS_WITHIN = 60.0
"""Seconds that a run waits for a worker while there is none: a lost one takes a few to be started again."""

_MUSTER_EVERY = 1.0
_GREETINGS = 5


@dataclass(eq=False, slots=True)
class _Flight:
    """A part that is out: which host's, at which worker, since when."""

    host: HostBatch
    worker: Worker
    future: Any
    sent: datetime


class Cluster:
    """An executor on the workers of the Dask scheduler at `address`. Use it as a context manager.

    UsageError where Dask is not installed or the address is none, ClusterError where nobody answers there.
    """

    def __init__(self, address: str, *, workers_within: float = WORKERS_WITHIN) -> None:
        self.address = address
        self.workers_within = workers_within
        self._client = _connect(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close(timeout=2)

    def fetch(self, batches: Sequence[Batch], settings: FetchSettings) -> Generator[Delivered | None]:
        """Fetch and read every batch; give results as they come, and None where none waits.

        A worker gets its next part when the results of one before have been taken, so that no more is under way than
        the workers have room for, however slowly it is stored. ClusterError where scheduler or workers stay away.
        """
        return _Run(self, self._client, [HostBatch(batch, settings) for batch in batches]).results()


class _Run:
    """One call of `fetch`: the hosts that wait, the parts that are out, and those that have come back."""

    def __init__(self, cluster: Cluster, client: Any, hosts: Sequence[HostBatch]) -> None:
        self._cluster = cluster
        self._client = client
        self._crew = Crew(client)
        self._waiting = deque(hosts)
        self._out: set[_Flight] = set()
        self._landed: queue.SimpleQueue[_Flight] = queue.SimpleQueue()
        self._mustered = self._staffed = float("-inf")

    def results(self) -> Generator[Delivered | None]:
        self._staffed = time.monotonic()
        try:
            while self._waiting or self._out:
                yield from self._muster()
                self._send()
                if self._landed.empty():
                    yield None
                try:
                    flight = self._landed.get(timeout=_MUSTER_EVERY / 4)
                except queue.Empty:
                    continue
                if flight in self._out:  # else it was given up before, and its pages were asked for elsewhere
                    yield from self._land(flight)
        finally:
            self._client.cancel([flight.future for flight in self._out], force=True)

    def _muster(self) -> Iterator[Delivered]:
        """See now and then who is there, and take back what those had who are gone."""
        now = time.monotonic()
        if now - self._mustered < _MUSTER_EVERY:
            return
        self._mustered = now
        try:
            gone = self._crew.muster()
        except OSError:
            raise ClusterError(f"the Dask scheduler at {self._cluster.address} is gone: {_WHOLE}") from None
        for flight in [flight for flight in self._out if flight.worker.address in gone]:
            yield from self._lost(flight)
        if len(self._crew):
            self._staffed = now
        elif now - self._staffed > self._cluster.workers_within:
            raise ClusterError(f"no worker is at the Dask scheduler {self._cluster.address}: {_WHOLE}")

    def _send(self) -> None:
        """Send out parts for as long as a host waits and a worker has room."""
        while self._waiting and (worker := self._crew.free()) is not None:
            host = self._waiting.popleft()
            worker.parts += 1
            future = self._client.submit(
                do_part_in,
                worker.process,
                host.next_part(),
                workers=[worker.address],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
            flight = _Flight(host, worker, future, system_clock())
            self._out.add(flight)
            future.add_done_callback(lambda _, landed=flight: self._landed.put(landed))

    def _land(self, flight: _Flight) -> Iterator[Delivered]:
        """Take what came back. The worker has room again once it has all been taken from us."""
        try:
            done: Done | None = flight.future.result(timeout=_MUSTER_EVERY)
        except TimeoutError:
            self._landed.put(flight)  # on its way; or its worker went with it, which the next muster tells
            return
        except Exception as error:
            if not _is_of_dask(error):
                raise
            done = None
        if done is None:
            self._crew.dismiss(flight.worker.address)
            yield from self._lost(flight)
            return
        check_clock(flight.worker.address, flight.sent, done.began, done.ended, system_clock())
        self._out.discard(flight)
        yield from flight.host.done(done)
        self._over(flight)

    def _lost(self, flight: _Flight) -> Iterator[Delivered]:
        self._out.discard(flight)
        self._client.cancel([flight.future], force=True)
        yield from flight.host.lost(system_clock())
        self._over(flight)

    def _over(self, flight: _Flight) -> None:
        flight.worker.parts -= 1
        if not flight.host.over:
            # Before the hosts that have not begun: so no more hosts are under way than the workers have room for.
            self._waiting.appendleft(flight.host)


_WHOLE = "what came before is stored; `redline run` looks at the rest once it is back"


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(NEEDED) from None
    # What Dask says of lost workers and closed connections, the run says in its own words.
    for name in ("asyncio", "distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("asyncio", "distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        for _ in range(_GREETINGS):
            # A scheduler that tells all its clients something at this moment (of a task given up by another one, say)
            # may send that along with its greeting, and the client asserts that the greeting comes alone.
            with suppress(AssertionError):
                return _begun(Client, address)
        raise TimeoutError
    except (OSError, TimeoutError):
        raise ClusterError(
            f"no Dask scheduler answers at {address}: start one with `dask scheduler`, and workers with `dask worker`"
        ) from None
    except ValueError as error:
        raise UsageError(f"{address} is no address of a Dask scheduler ({error}): tcp://HOST:8786 is one") from None


def _begun(kind: Any, address: str) -> Any:
    """A client that has begun, in two steps: one that fails to is closed now, and not whenever it is collected.

    That may be in the middle of the next one's beginning, where each waits for the other.
    """
    client = kind.__new__(kind)
    try:
        client.__init__(address, timeout=CONNECT_WITHIN, set_as_default=False)
    except BaseException:
        with suppress(Exception):
            client.close(timeout=2)
        raise
    return client


def _is_of_dask(error: Exception) -> bool:
    """Whether an error tells of the cluster, and not of what ran on it."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in (
        "distributed",
        "concurrent",
        "asyncio",
    )
