"""A process beside the run: fetches hosts side by side, and works out of each answer what can be before it is stored.

It is started by `brood`, told what to do over a socket, and ends with it. What it needs to know of the archive it
reads there; it writes nothing.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import traceback
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

# Loaded elsewhere on first use. Here they are used at once, and the run has other things to do meanwhile.
import scraper.fetching.client
import scraper.normalizing.normalizer  # noqa: F401
from scraper.archive.preparing import Preparer
from scraper.executing.batches import Delivered
from scraper.executing.brood import Place, take_place
from scraper.executing.hands import Hands
from scraper.executing.messages import Ended, Fault, Hello, Page, frames_of
from scraper.executing.part import SOFTWARE
from scraper.fetching.batch import look_on
from scraper.fetching.observation import Answer
from scraper.fetching.signals import SIGNAL

if TYPE_CHECKING:
    from scraper.archive.groundwork import Groundwork
    from scraper.executing.messages import Message
    from scraper.executing.part import Part


class Worker:
    """The parts that this process has under way, a thread for each, and one preparer of answers for all."""

    def __init__(self, place: Place, archive: Path) -> None:
        self._place = place
        self._line = Connection(place.descriptor)
        self._speaking = threading.Lock()
        self._preparer = Preparer(archive)
        self._preparing = threading.Lock()
        self._parts: queue.SimpleQueue[tuple[int, Part]] = queue.SimpleQueue()

    def serve(self, most: int) -> None:
        """Do what is asked for until nobody asks any more, with as many threads as it needs, and `most` at most."""
        self._say(Hello(SOFTWARE))
        hands = Hands(self._work, most)
        try:
            while True:
                if self._line.poll(hands.look_in):
                    self._parts.put(self._line.recv())
                hands.suffice(waiting=not self._parts.empty())
        except (EOFError, OSError):
            self._place.wait_for_copies()

    def _work(self) -> None:
        while True:
            number, part = self._parts.get()
            try:
                self._do(number, part)
            except BaseException as fault:
                self._say(Fault(_portable(fault)))

    def _do(self, number: int, part: Part) -> None:
        looks = look_on(part.batch.requests, part.underway, part.settings)
        with closing(looks):
            while True:
                try:
                    looked = next(looks)
                except StopIteration as end:
                    self._say(Ended(number, end.value))
                    return
                ready = None if looked.kept_back else self._prepare(looked.result, part)
                self._say(Page(number, Delivered(looked.result, looked.state, ready), looked.kept_back))

    def _prepare(self, result: object, part: Part) -> Groundwork | None:
        if not isinstance(result, Answer) or result.source_id == SIGNAL:
            return None
        with self._preparing:
            return self._preparer.prepare(result, part.batch.rules_of(result))

    def _say(self, message: Message) -> None:
        frames = frames_of(message)
        with self._speaking:
            try:
                for frame in frames:
                    self._line.send_bytes(frame)
            except OSError:
                self._place.wait_for_copies()
                os._exit(0)  # nobody hears us any more


def _portable(fault: BaseException) -> BaseException:
    """A fault as it can travel, with the place where it happened."""
    told = "".join(traceback.format_exception(fault))
    fault.add_note(told)
    try:
        pickle.loads(pickle.dumps(fault))  # noqa: S301 - our own, to see whether it would arrive
    except Exception:
        return RuntimeError(told)
    return fault


def main(archive: str, threads: str, *descriptors: str) -> None:
    """Be the workers on the sockets of those numbers, beside an archive, with so many hosts at once in each."""
    code = 1
    try:
        place = take_place([int(descriptor) for descriptor in descriptors])
        Worker(place, Path(archive)).serve(int(threads))
        code = 0
    except BaseException as fault:
        sys.stderr.write(f"redline: a process to fetch with failed: {type(fault).__name__}: {fault}\n")
    finally:
        os._exit(code)  # threads may be in the middle of a fetch that nobody waits for
