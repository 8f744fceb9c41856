"""A real Dask scheduler with worker processes on loopback, for as long as a test needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
# Nothing but what is asked for: no page for browsers, and no log on what is in order.
QUIET = {"DASK_LOGGING__DISTRIBUTED": "critical", "PYTHONPATH": str(ROOT)}


@dataclass
class Running:
    """A scheduler at `address`, and its worker processes."""

    address: str
    folder: Path
    env: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: subprocess.Popen[bytes] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def living(self) -> list[subprocess.Popen[bytes]]:
        """The workers that have not ended."""
        return [worker for worker in self.workers if worker.poll() is None]

    def staff(self, count: int, threads: int = 2) -> None:
        """Start workers until so many live. They have no nanny, so that one that is killed is gone for good."""
        for _ in range(count - len(self.living())):
            options = ["worker", self.address, "--no-nanny", "--nthreads", str(threads), "--no-dashboard"]
            self.workers.append(self._start([*options, "--local-directory", str(self.folder)]))

    def _start(self, options: list[str]) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "distributed.cli.dask_" + options[0], *options[1:]]
        with (self.folder / "log.txt").open("ab") as log:
            started = subprocess.Popen(line, env={**os.environ, **QUIET, **self.env}, stdout=log, stderr=log)
        self._stack.callback(_end, started)
        return started


@contextmanager
def scheduler(folder: Path, env: dict[str, str] | None = None) -> Iterator[Running]:
    """A scheduler on a free port of loopback. Its workers get `env`; they arrive some time after they are started."""
    told = folder / "scheduler.json"
    running = Running("", folder, env or {})
    with running._stack:
        running.scheduler = running._start(
            ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
        )
        running.address = _address(told)
        yield running


def _address(told: Path) -> str:
    import json

    for _ in range(300):
        try:
            return str(json.loads(told.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
