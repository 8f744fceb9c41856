"""A part of a host's batch, as a worker does it: pages fetched one after the other, and read as documents.

A batch is done in parts so that its answers come while it goes on, so that no worker holds more than a few pages, and
so that a worker that is lost takes little with it. A part is bounded by pages, by bytes and by time.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from scraper import __version__
from scraper.archive.groundwork import Groundwork
from scraper.clock import Clock, system_clock
from scraper.executing.batches import Batch, Delivered
from scraper.fetching.batch import Underway, look_on
from scraper.fetching.observation import Answer
from scraper.fetching.signals import SIGNAL
from scraper.fetching.verdict import judge
from scraper.normalizing.reading import read
from scraper.normalizing.version import NORMALIZER

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.config import FetchSettings
    from scraper.fetching.client import Monotonic
    from scraper.fetching.visit import Sleep

PAGES = 25
BYTES = 8_000_000
SECONDS = 10.0
"""A part ends with the page that reaches one of these: pages, bytes of bodies, seconds. So a host that is asked slowly
gives its answers every ten seconds or so, and what a lost worker had fetched in vain is no more than that."""

SOFTWARE = f"Redline {__version__} (normaliser {NORMALIZER}) on Python {sys.version_info[0]}.{sys.version_info[1]}"
"""What has to be the same on both sides: the classes that travel, how a page is read, and the tables of Unicode."""

PROCESS = uuid4().hex
"""This process, and no other that ever stood at its address."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker is asked: the next pages of a batch, as far as it has come."""

    batch: Batch
    underway: Underway
    settings: FetchSettings


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a part: a result for each of its first pages, whether each is to be kept back, and when it was.

    `underway` is what the next part has to know.
    """

    delivered: tuple[Delivered, ...]
    kept_back: tuple[bool, ...]
    underway: Underway
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a worker says of itself."""

    software: str
    process: str
    now: datetime


def introduce() -> Introduction:
    """Say which process this is and what it runs."""
    return Introduction(SOFTWARE, PROCESS, system_clock())


def do_part_in(process: str, part: Part) -> Done | None:
    """Do a part in that process, and None in any other, where nothing is asked of the host.

    A scheduler gives what a dead worker had under way to whoever stands in for it, and says nothing. The host may have
    been asked a moment ago by the one that died; only the run knows that, and waits before it asks again.
    """
    return do_part(part) if process == PROCESS else None


def do_part(
    part: Part,
    *,
    clock: Clock = system_clock,
    sleep: Sleep = time.sleep,
    monotonic: Monotonic = time.monotonic,
) -> Done:
    """Fetch and read the pages of a part, or as many of them as it has room for."""
    began, ends = clock(), monotonic() + SECONDS
    delivered: list[Delivered] = []
    kept_back: list[bool] = []
    size = 0
    looks = look_on(part.batch.requests, part.underway, part.settings, clock=clock, sleep=sleep, monotonic=monotonic)
    try:
        looked = next(looks)
        while True:
            result = looked.result
            ready = _read(result, part.batch) if isinstance(result, Answer) and not looked.kept_back else None
            delivered.append(Delivered(result, looked.state, ready))
            kept_back.append(looked.kept_back)
            size += _size(result) if isinstance(result, Answer) else 0
            looked = looks.send(size >= BYTES or monotonic() >= ends)
    except StopIteration as end:
        return Done(tuple(delivered), tuple(kept_back), end.value, began, clock())
    finally:
        looks.close()


def _read(answer: Answer, batch: Batch) -> Groundwork | None:
    """The document in an answer that is worth reading. What goes wrong here, the one who stores it meets and tells."""
    try:
        if answer.source_id == SIGNAL or answer.body is None or (verdict := judge(answer)).outcome is not None:
            return None
        url, content_type = answer.final_url or answer.url, answer.header("content-type")
        reading = read(answer.body, url=url, content_type=content_type, rules=batch.rules_of(answer))
        return Groundwork(reading, verdict)
    except Exception:
        return None


def _size(answer: Answer) -> int:
    return len(answer.body or b"") + len(answer.encoded_body or b"")
