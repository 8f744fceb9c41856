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
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

import scraper
from scraper.errors import WorkersError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

REMEDY = "`redline run --processes 0` does without"

_ENDS_WITHIN = 2.0

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
        for brood in broods:
            brood.end()
        raise
    return broods


class Brood:
    """`count` processes, with a line to each. One ends by itself where nobody holds its line any more."""

    def __init__(self, archive: Path, count: int, room: int) -> None:
        self.room = room
        # Of the C library's many arenas each keeps what the bodies of some threads once took: 35 MB.
        env = {"MALLOC_ARENA_MAX": "2", **os.environ}
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
        try:
            return self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:  # one is deep in a parser; it holds nothing that could be lost
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()


def one_of(descriptors: Sequence[int]) -> int:
    """Become as many processes as there are lines, and give each the number of its own; it holds no other."""
    mine = 0
    for number in range(1, len(descriptors)):
        if os.fork() == 0:
            mine = number
            break
    for number, descriptor in enumerate(descriptors):
        if number != mine:
            os.close(descriptor)
    return descriptors[mine]


def wait_for_copies() -> None:
    """Wait until every copy of this process has ended, so that what they took is counted as ours."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _close(lines: Sequence[Connection]) -> None:
    for line in lines:
        line.close()
