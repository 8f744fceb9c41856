"""What a worker of this machine says to the run that it fetches for, and in what form.

A message is two frames: itself, pickled, and the body of the answer in it, empty where there is none. Bodies are what
is long in a message, and one that goes beside the pickle is not copied into it and out again (PEP 574).
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, fields
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scraper.fetching.observation import Answer
from scraper.portable import portable

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scraper.executing.batches import Delivered
    from scraper.fetching.batch import Underway


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a worker: it has begun, and what it runs."""

    software: str


@portable
@dataclass(frozen=True, slots=True)
class Page:
    """What came of the next page of a part, and whether it is to be kept back; the part goes by its number."""

    number: int
    delivered: Delivered
    kept_back: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A part is through, and how far its batch has come with it."""

    number: int
    underway: Underway


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of our own, which ends the run."""

    error: BaseException


Message = Hello | Page | Ended | Fault

_BODY = [field.name for field in fields(Answer)].index("body")


class _Pickler(pickle.Pickler):
    """Leaves the body of an answer to be sent by itself."""

    def reducer_override(self, thing: Any) -> Any:
        """Take an answer apart as it takes itself apart, with its body as a buffer."""
        if not isinstance(thing, Answer) or thing.body is None:
            return NotImplemented
        taken = thing.__reduce__()
        assert isinstance(taken, tuple)  # as `portable` has it
        make, values = taken
        return make, (*values[:_BODY], pickle.PickleBuffer(thing.body), *values[_BODY + 1 :])


def frames_of(message: Message) -> tuple[memoryview, memoryview]:
    """The two frames of a message, to be sent one right behind the other."""
    written = BytesIO()
    bodies: list[pickle.PickleBuffer] = []
    _Pickler(written, pickle.HIGHEST_PROTOCOL, buffer_callback=bodies.append).dump(message)
    return written.getbuffer(), memoryview(bodies[0] if bodies else b"")


def hear(line: Connection) -> Message:
    """The next message on a line. EOFError or OSError where the other side is gone."""
    written, body = line.recv_bytes(), line.recv_bytes()
    message: Message = pickle.loads(written, buffers=[body])  # noqa: S301 - of a process of ours
    return message
