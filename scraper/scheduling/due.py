"""When is a source due? Its keeper's rhythm where there is one, else when a look is worth its cost; and why then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING
from zlib import crc32

import scraper.scheduling.escalation as escalation
from scraper.config import rhythm_text
from scraper.fetching.observation import ABSENT_OUTCOMES, FAILED_OUTCOMES
from scraper.scheduling.gain import gain, worth_at
from scraper.scheduling.hints import Page
from scraper.scheduling.history import band_of
from scraper.scheduling.outlook import FLOOR, SHORTEST
from scraper.scheduling.words import Heard, Pace, ago

if TYPE_CHECKING:
    from scraper.config import Source
    from scraper.scheduling.hints import Hint
    from scraper.scheduling.history import History
    from scraper.scheduling.outlook import Outlook

# A scheduled job never starts to the minute. Without slack a page asked for every 6 hours would be found not yet
# due by seconds and be skipped until the next job, 6 hours later.
SLACK = timedelta(minutes=15)

JITTER = 0.1
"""By how much of itself a learnt interval is made longer or shorter, so that pages that were put on the list together
do not fall due together for ever."""

FIRST_LOOK = 4.0
"""How pressing a first look is: as pressing as a page that has waited twice as long as it should."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a source is due, and why then, in words for `redline status`.

    `pressing` orders what is due: the square of how many times its interval a page has waited, which among pages
    without a rhythm of their own is the order of what a look is worth. It grows without end, so none is starved.
    `learnt` is True where the schedule chose the moment, and may put it off when a run has more to do than usual.
    `failed` is True where the last look failed: such a page comes after the others, as refusals end a host's batch.
    """

    at: datetime
    reason: str | Pace | Heard
    pressing: float = 1.0
    learnt: bool = False
    failed: bool = False

    @property
    def why(self) -> str:
        """The reason in words. They are put together when somebody asks: a run of many pages never does."""
        return str(self.reason)

    def by(self, now: datetime) -> bool:
        """True where the source is due now, give or take the slack of a scheduled job."""
        return now >= self.at


def due(source: Source, history: History | None, outlook: Outlook, now: datetime, hint: Hint | None = None) -> Due:
    """Say when a source is to be looked at next. `hint` is what its publisher's lists say; a keeper's rhythm wins."""
    if history is None:
        return Due(now, "never looked at", FIRST_LOOK)
    if history.looked > now + SLACK:
        # Or a clock that once ran a year ahead would leave every page alone for a year.
        return Due(now, "its last look is dated in the future: a clock was wrong", FIRST_LOOK)
    in_turn = _by_rhythm(source.every, history, now) if source.every else _learnt(source, history, outlook, now, hint)
    if history.outcome in FAILED_OUTCOMES and not _doubted(history):
        return replace(_after_failure(in_turn, history, now), failed=True)
    return _soon_after_trouble(in_turn, source, history, now)


def _by_rhythm(every: timedelta, history: History, now: datetime) -> Due:
    at = history.looked + every - min(SLACK, every / 10)
    return Due(at, f"its own rhythm, every {rhythm_text(every)}; {_last(history, now)}", _waited(history, every, now))


def _learnt(source: Source, history: History, outlook: Outlook, now: datetime, hint: Hint | None) -> Due:
    last = history.seen or history.looked
    rates = outlook.rates.of_page(source.id, source.publisher, source.weight)
    age = history.age(last)
    threshold = outlook.threshold
    plain = worth_at(rates, age, threshold) - age
    wanted = plain * _jitter(source.id, last)
    worth = gain(rates, age, history.age(now)) / threshold if 0 < threshold < inf else 0.0
    reason: str | Pace | Heard | None = None
    if hint is not None and 0 < threshold < inf:
        page = Page(rates, source.weight, history, age, threshold)
        told, worth = hint.due(page, plain), hint.pressing(page, plain, history.age(now) - age)
        if hint.claim is not None and told < wanted:
            wanted, reason = told, Heard.of(hint, now - history.looked)
        elif hint.claim is None:
            wanted = max(wanted, told * _jitter(source.id, last))
    floor = FLOOR * (1 - JITTER * _chance(source.id, last))
    interval = min(max(timedelta(days=min(wanted, 9999)), SHORTEST), floor)
    # To the nearest run: one that comes a little early is better than one that comes a run too late.
    slack = min((outlook.wake or 2 * SLACK) / 2, interval / 4)
    pressing = max(worth, _waited(history, interval if not threshold else floor, now))
    reason = reason or _pace(source, history, outlook, now, interval, hint)
    return Due(last + interval - slack, reason, pressing, learnt=True)


def _pace(
    source: Source, history: History, outlook: Outlook, now: datetime, interval: timedelta, hint: Hint | None
) -> Pace:
    """How often the page changes, how often those like it do, and when it was last looked at."""
    band = band_of(history.age(now))
    others = outlook.rates.of_publisher(source.publisher)[band]
    return Pace(
        others * outlook.rates.factor_of(source.id),
        others,
        source.publisher,
        bool(history.changed),
        now - history.looked,
        FLOOR if interval > FLOOR * (1 - JITTER) else None,
        now - hint.silent_at if hint is not None and hint.silent_at is not None else None,
    )


def _after_failure(in_turn: Due, history: History, now: datetime) -> Due:
    """A failed attempt saw nothing: its turn has come as before, but who failed knocks less and less often."""
    again = escalation.retry(history.looked, history.failures)
    tries = "once" if history.failures < 2 else f"{history.failures} times in a row"
    why = f"{history.outcome.replace('_', ' ')} {tries}, so it is tried at longer intervals; {_last(history, now)}"
    if history.seen is None:
        return Due(again, why, _waited(history, again - history.looked, now))
    return Due(again, why, in_turn.pressing, in_turn.learnt) if again > in_turn.at else in_turn


def _soon_after_trouble(in_turn: Due, source: Source, history: History, now: datetime) -> Due:
    """A page that is not there, is doubted or has just moved is looked at on the ladder, before its turn."""
    again, why = None, ""
    if history.absent_since is not None and history.outcome in ABSENT_OUTCOMES:
        removed = history.removed
        again = escalation.absent_again(history.absent_since, history.looked, removed=removed)
        why = f"{'removed' if removed else 'not there'} for {ago(now - history.absent_since)}"
        if source.every is None:
            return Due(again, f"{why}; {_last(history, now)}", _waited(history, again - history.looked, now))
    elif _doubted(history) and history.doubt_since is not None:
        again = escalation.absent_again(history.doubt_since, history.looked, removed=False)
        why = f"most of its text went missing {ago(now - history.doubt_since)} ago"
    elif history.moved is not None:
        again = escalation.rung(history.moved, history.looked)
        why = f"it moved or came back {ago(now - history.moved)} ago"
    if again is None or again >= in_turn.at:
        return in_turn
    return Due(again, f"{why}; {_last(history, now)}", _waited(history, again - history.looked, now))


def _doubted(history: History) -> bool:
    return history.outcome == "extraction_suspect" and history.doubt_since is not None


def _waited(history: History, interval: timedelta, now: datetime) -> float:
    """The square of how many times its interval a page has waited since the last look at it."""
    return float(max(0.0, (now - history.looked) / max(interval, timedelta(minutes=5))) ** 2)


def _last(history: History, now: datetime) -> str:
    return f"last looked at {ago(now - history.looked)} ago"


def _jitter(source_id: str, last: datetime) -> float:
    return 1 + JITTER * (2 * _chance(source_id, last) - 1)


def _chance(source_id: str, last: datetime) -> float:
    """A number from 0 to 1 that is another for each page and look, and the same on every machine."""
    return crc32(f"{source_id} {last.isoformat()}".encode()) / 2**32
