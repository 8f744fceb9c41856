"""Dates that are the time of the request: a page that was modified just now at every look has said nothing.

Such a date is known by moving with the clock: it is within seconds of the answer at two readings in a row, and is not
the same at both. A date that is fresh once, since the page was edited just then, is not. All that is asked is in the
stored looks, so a rebuild finds the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.archive.look import Look
    from scraper.normalizing.document import Document

FIELDS = ("published", "modified")

# Between the writing of a page and of its Date header, and between two clocks that are kept.
_SLACK = timedelta(seconds=15)
_MINUTE = timedelta(minutes=1)
_DATE_ONLY = len("2026-03-02")
# All zones lie whole quarters of an hour from UTC, at most this many hours away.
_QUARTER = timedelta(minutes=15)
_FURTHEST = timedelta(hours=14)


def fresh(said: Mapping[str, str | None], look: Look) -> tuple[str, ...]:
    """Which of the FIELDS a page says to be the time of a look: within seconds of our clock, or of the answer's Date.

    A date without a zone counts where it is that in some zone; a day without a time never does.
    """
    return tuple(name for name in FIELDS if (value := said.get(name)) and _is_now(value, look))


def moving(
    before: tuple[str, ...], document: Document, latest: Mapping[str, str | None], look: Look
) -> tuple[str, ...]:
    """The FIELDS that move with the clock: fresh at the reading `before`, fresh now, and another value than stands."""
    now = fresh({name: getattr(document, name) for name in before}, look)
    return tuple(name for name in now if getattr(document, name) != latest[name])


def without(document: Document, fields: tuple[str, ...]) -> Document:
    """A document that does not say these dates, for comparing: what is said anew each time is no news."""
    return replace(document, **dict.fromkeys(fields))  # type: ignore[arg-type]  # all of them may be None


def _is_now(value: str, look: Look) -> bool:
    try:
        said = datetime.fromisoformat(value)
    except ValueError:
        return False
    if len(value) <= _DATE_ONLY:
        return False
    begun = from_text(look.moment)
    spans = [(begun, begun + timedelta(milliseconds=look.elapsed_ms))]
    if look.dated is not None:
        spans.append((look.dated, look.dated))
    return any(_lies_in(said, first, last) for first, last in spans)


def _lies_in(said: datetime, first: datetime, last: datetime) -> bool:
    # A time to the minute is up to a minute behind.
    early = _SLACK + (_MINUTE if said.second == 0 else timedelta(0))
    if said.tzinfo is not None:
        return first - early <= said <= last + _SLACK
    apart = said.replace(tzinfo=UTC) - first
    if abs(apart) > _FURTHEST:
        return False
    rest = (apart + early) % _QUARTER
    return rest <= early + _SLACK + (last - first)
