"""Processes begun together: the first loads what all of them need, and the others are copies of it.

To load Redline takes as long as to look at a hundred pages again, so it is done once however many processes there are.
The first is started from nothing but our own sources, and copied (`fork`) while it has one thread and no archive open.
"""

from __future__ import annotations

import os
import signal
import site
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

import scraper
from scraper.errors import WorkersError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from multiprocessing.connection import Connection

REMEDY = "`redline run --processes 0` does without"

_ENDS_WITHIN = 2.0
_COPIES_END_WITHIN = 1.0

# Ctrl-C is for the run to end, and with it ends this.
_PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "from scraper.executing.worker import main; main(*sys.argv[1:])"
)


def begin(archive: Path, count: int, room: int) -> list[Brood]:
    """Start `count` processes that read the archive at a path, with room for so many hosts at once in each.

    WorkersError where they cannot be started. Where a system's own libraries do not bear a copy, each loads for itself.
    """
    broods: list[Brood] = []
    try:
        while count > 0:
            size = count if sys.platform == "linux" else 1
            broods.append(Brood(archive, size, room))
            count -= size
    except BaseException:
        end(broods)
        raise
    return broods


def end(broods: Iterable[Brood]) -> None:
    """End all of their processes."""
    for brood in broods:
        brood.end()


class Brood:
    """`count` processes, with a line to each. One ends by itself where nobody holds its line any more."""

    def __init__(self, archive: Path, count: int, room: int) -> None:
        self.room = room
        # Of the C library's arenas each keeps what the bodies of some threads once took: of many 35 MB, of a second 4.
        env = {"MALLOC_ARENA_MAX": "1", **os.environ}
        root = str(Path(scraper.__file__).parents[1])
        if root not in (*site.getsitepackages(), site.getusersitepackages()):  # it was loaded from its sources
            env["PYTHONPATH"] = os.pathsep.join(filter(None, [root, env.get("PYTHONPATH")]))
        ours: list[Connection] = []
        its: list[Connection] = []
        try:
            for _ in range(count):
                one, other = Pipe()
                ours.append(one)
                its.append(other)
            numbers = [line.fileno() for line in its]
            self._process = subprocess.Popen(
                # Not from the folder that the run stands in (-P): a file there may have any name.
                [sys.executable, "-P", "-c", _PROGRAM, str(archive), str(room), *map(str, numbers)],
                pass_fds=numbers,
                stdin=subprocess.DEVNULL,
                env=env,
                process_group=0,
            )
        except OSError as error:
            _close(ours)
            raise WorkersError(f"no process can be started to fetch with ({error}): {REMEDY}") from None
        finally:
            _close(its)
        self.lines = ours

    def end(self) -> int:
        """End the processes, whatever they are doing, and give the exit code of the first."""
        _close(self.lines)
        until = time.monotonic() + _ENDS_WITHIN
        while self._runs() and time.monotonic() < until:
            time.sleep(0.005)
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):  # nobody is left of them
                os.killpg(self._process.pid, signal.SIGKILL)  # they hold nothing that could be lost
        return self._process.wait()

    def _runs(self) -> bool:
        """Whether the first is still there. Who has ended is not waited for yet, so that the group keeps its number."""
        if self._process.returncode is not None:
            return False
        if not hasattr(os, "waitid"):  # as in older Pythons on macOS, where nobody is a copy
            return self._process.poll() is None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the processes this is: the number of its line, and the copies that it has made of itself."""

    descriptor: int
    copies: tuple[int, ...] = ()

    def wait_for_copies(self) -> None:
        """Wait until every copy has ended, so that what they took is counted as ours; end those that do not."""
        until = time.monotonic() + _COPIES_END_WITHIN
        for copy in self.copies:
            with suppress(ChildProcessError):
                while os.waitpid(copy, os.WNOHANG) == (0, 0):
                    if time.monotonic() > until:
                        os.kill(copy, signal.SIGKILL)
                    time.sleep(0.005)


def take_place(descriptors: Sequence[int]) -> Place:
    """Become as many processes as there are lines, each of which holds its own line and no other."""
    copies: list[int] = []
    mine = descriptors[0]
    for descriptor in descriptors[1:]:
        if not (copy := os.fork()):
            mine, copies = descriptor, []
            break
        copies.append(copy)
    for descriptor in descriptors:
        if descriptor != mine:
            os.close(descriptor)
    return Place(mine, tuple(copies))


def _close(lines: Sequence[Connection]) -> None:
    for line in lines:
        line.close()
