"""What a worker of this machine says to the run that it fetches for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.portable import portable

if TYPE_CHECKING:
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
