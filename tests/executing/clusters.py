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
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def add_worker(self, threads: int = 2, **env: str) -> subprocess.Popen[bytes]:
        """Start a worker; it has no nanny, so that it is gone for good when it is killed."""
        options = ["worker", self.address, "--no-nanny", "--nthreads", str(threads), "--no-dashboard"]
        worker = self._start([*options, "--local-directory", str(self.folder)], env)
        self.workers.append(worker)
        return worker

    def _start(self, options: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "distributed.cli.dask_" + options[0], *options[1:]]
        with (self.folder / "log.txt").open("ab") as log:
            started = subprocess.Popen(line, env={**os.environ, **QUIET, **env}, stdout=log, stderr=log)
        self._stack.callback(_end, started)
        return started


@contextmanager
def scheduler(folder: Path, workers: int = 0, threads: int = 2) -> Iterator[Running]:
    """A scheduler on a free port of loopback, with so many workers started (they arrive when they are ready)."""
    told = folder / "scheduler.json"
    running = Running("", folder)
    with running._stack:
        options = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        running._start([*options, "--scheduler-file", str(told)], {})
        running.address = _address(told)
        for _ in range(workers):
            running.add_worker(threads)
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
