"""The workers of a Dask cluster: who is there, who has gone, and who has room for another part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.clock import system_clock
from scraper.errors import ClusterError
from scraper.executing.part import SOFTWARE, Introduction, introduce

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

CLOCKS_APART = 5.0
"""Seconds by which a worker's clock may differ from ours: looks are dated by it, and a host's pace is kept by it."""

_ANSWER_WITHIN = 30


@dataclass(slots=True)
class Worker:
    """One worker process: where it is, which process it is, how many parts it may have, and how many it has."""

    address: str
    process: str
    room: int
    parts: int = 0


class Crew:
    """Keeps count of the workers. `client` is a `distributed.Client`."""

    def __init__(self, client: Any, clock: Callable[[], datetime] = system_clock) -> None:
        self._client = client
        self._clock = clock
        self._workers: dict[str, Worker] = {}

    def __len__(self) -> int:
        return len(self._workers)

    def muster(self) -> set[str]:
        """Ask the scheduler who is there; greet who is new, and give the addresses of those who have gone.

        ClusterError where a worker runs other software than we do or its clock is off.
        """
        there: dict[str, int] = self._client.nthreads()
        gone = set(self._workers) - set(there)
        for address in gone:
            del self._workers[address]
        for address in sorted(set(there) - set(self._workers)):
            process = self._greet(address)
            if process is not None:
                # One part more than it has threads: the next one is there when a thread has done with its own.
                self._workers[address] = Worker(address, process, there[address] + 1)
        return gone

    def dismiss(self, address: str) -> None:
        """Forget a worker, so that who stands at its address next is greeted as new."""
        self._workers.pop(address, None)

    def free(self) -> Worker | None:
        """The worker with the most room; None where none has any."""
        best = max(self._workers.values(), key=lambda worker: worker.room - worker.parts, default=None)
        return best if best is not None and best.parts < best.room else None

    def _greet(self, address: str) -> str | None:
        """Which process a worker is; None where it went before it said so."""
        asked = self._clock()
        try:
            future = self._client.submit(introduce, workers=[address], allow_other_workers=False, pure=False)
            said: Introduction = future.result(timeout=_ANSWER_WITHIN)
        except ImportError as error:
            raise ClusterError(
                f"the worker at {address} cannot load Redline ({error}): install there what is installed here"
            ) from None
        except Exception as error:
            if "scraper" in str(error) and "module" in str(error).lower():
                raise ClusterError(
                    f"the worker at {address} cannot load Redline: install there what is installed here"
                ) from None
            return None
        if said.software != SOFTWARE:
            raise ClusterError(
                f"the worker at {address} runs {said.software}, and this is {SOFTWARE}: install the same on both sides"
            )
        check_clock(address, asked, said.now, said.now, self._clock())
        return said.process


def check_clock(address: str, sent: datetime, began: datetime, ended: datetime, received: datetime) -> None:
    """ClusterError where a worker says that it did something before it was asked, or after its answer was here."""
    early, late = (sent - began).total_seconds(), (ended - received).total_seconds()
    if max(early, late) > CLOCKS_APART:
        way = f"{early:.0f} seconds behind" if early > late else f"{late:.0f} seconds ahead of"
        raise ClusterError(
            f"the clock of the worker at {address} is at least {way} ours: set both by NTP, and run again"
        )
