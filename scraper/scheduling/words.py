"""Spans and rates as a keeper would say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.scheduling.hints import Hint

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(span: timedelta) -> str:
    """A length of time, in the unit that says it best: ``50 min``, ``5 h``, ``3 days``."""
    if span < 90 * _MINUTE:
        return f"{max(0, round(span / _MINUTE))} min"
    if span < 2 * _DAY:
        return f"{round(span / _HOUR)} h"
    return f"{round(span / _DAY)} days"


def pace(rate: float) -> str:
    """A rate in changes a day, as how often: ``about every 9 days``, ``less than once in 3 years``."""
    if rate <= 1 / 1000:
        return "less than once in 3 years"
    return f"about every {ago(timedelta(days=1 / rate))}"


@dataclass(frozen=True, slots=True)
class Pace:
    """Why a page without a rhythm of its own is due when it is.

    `own` and `others` are changes a day at the page's age, of the page and of its publisher's pages; `changed` says
    whether the page was seen to change at all; `since` is the time since the last look, and `floor` the longest that
    a page is left alone, where that is what decided. `silent` is the time since a list of the publisher's, one that
    announces its changes, said nothing of this page.
    """

    own: float
    others: float
    publisher: str | None
    changed: bool
    since: timedelta
    floor: timedelta | None = None
    silent: timedelta | None = None

    def __str__(self) -> str:
        like = f"pages of its age at {self.publisher} change {pace(self.others)}"
        known = f"it changes {pace(self.own)} at its age ({like})" if self.changed else f"no change seen yet; {like}"
        said = f"{known}; last looked at {ago(self.since)} ago"
        if self.silent is not None:
            said += f"; its publisher's list, which announces changes, named none {ago(self.silent)} ago"
        return said if self.floor is None else f"{said}; a look in {self.floor.days} days is the least"


@dataclass(frozen=True, slots=True)
class Heard:
    """Why a page is due on the word of a list: which kind, the date as written, and how often such words have held."""

    kind: str
    dated: str
    held: int
    heeded: int
    since: timedelta

    @classmethod
    def of(cls, hint: Hint, since: timedelta) -> Heard:
        """The words of a hint that holds a claim; `since` is the time since the last look."""
        assert hint.claim is not None
        return cls(hint.claim.kind, hint.claim.dated, hint.record.held, hint.record.heeded, since)

    def __str__(self) -> str:
        known = f"as it held {self.held} of {self.heeded} times" if self.heeded else "not yet put to the test"
        return f"{self.kind} says changed {self.dated} ({known}); last looked at {ago(self.since)} ago"
