"""As many threads as keep this process busy, and no more.

Hosts that are asked politely keep a thread waiting nearly all of the time, and it takes many of them to fetch fast.
Hosts that answer at once keep it busy, and then every thread beyond a few only takes the interpreter from the others:
sixteen cost a third more than two (2,000 pages looked at again, docs/performance.md). So they are started one by one,
while work waits and the processor does not.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 2
"""So many begin at once."""

_LOOK_IN = 0.05
_BUSY = 0.4
"""The share of a core beyond which a process has enough to do."""


class Hands:
    """Threads that all do `work`, daemons, started when they are needed; `most` at most."""

    def __init__(
        self,
        work: Callable[[], None],
        most: int,
        *,
        spent: Callable[[], float] = time.process_time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self._most = most
        self._spent = spent
        self._monotonic = monotonic
        self._seen = (monotonic(), spent())
        self.count = 0
        for _ in range(min(FIRST, most)):
            self._start()

    @property
    def look_in(self) -> float | None:
        """Seconds after which `suffice` is to be asked again; None where that is over."""
        return _LOOK_IN if self.count < self._most else None

    def suffice(self, *, waiting: bool) -> None:
        """Start another thread where work waits and the ones before have left the processor idle for a while."""
        moment, spent = self._seen
        elapsed = self._monotonic() - moment
        if elapsed < _LOOK_IN or self.count >= self._most:
            return
        idle = self._spent() - spent < _BUSY * elapsed
        self._seen = (self._monotonic(), self._spent())
        if waiting and idle:
            self._start()

    def _start(self) -> None:
        # Daemons: an interrupted run must end now, not when the slowest host has answered.
        thread = threading.Thread(target=self._work, name=f"fetch-{self.count + 1}", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more of them
            if not self.count:
                raise
            self._most = self.count
        else:
            self.count += 1
