"""How far our clock was from a server's: what the Date header of an answer can tell, and no more than that.

A server's clock is no better witness than ours, and one that is off tells nothing. But where the servers of many hosts
agree with each other and not with us, it is our clock that was off; and where they agree with us, it was right.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

_SECOND = timedelta(seconds=1)
_DIGITS_OF_AGE = 9  # thirty years; a cache that says more is mistaken


def server_date(answer: Answer) -> datetime | None:
    """The moment that the Date header gives (RFC 9110, 6.6.1); None where there is none or it cannot be read."""
    return _read(answer.header("Date") or "")


@lru_cache(maxsize=256)  # it is asked for several times of an answer, and many answers are of one second
def _read(written: str) -> datetime | None:
    try:
        dated = parsedate_to_datetime(written.strip())
        # The asctime form of RFC 9110, 5.6.7, names no zone; all three forms are in UTC.
        return dated.replace(tzinfo=UTC) if dated.tzinfo is None else dated.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def clock_offset(answer: Answer) -> int | None:
    """Whole seconds by which our clock was ahead of the server's (negative: behind), at the least; None: not known.

    The server wrote its Date at some time between the sending of the request and the arrival of the answer's head, and
    a Date leaves out the fraction of its second. So the two clocks allow for a range of offsets: where that range holds
    0 they agree, and elsewhere its end nearest to 0 is what is certain. An answer out of a cache was dated when it was
    made, `Age` seconds before it was sent (RFC 9111, 5.1), and an Age leaves out a fraction too.

    A cache that sends an old answer without an Age makes our clock look ahead, and never behind.
    """
    dated = server_date(answer)
    if dated is None or answer.sent is None or answer.answered is None:
        return None
    age = _age(answer.header("Age"))
    try:
        earliest = dated + timedelta(seconds=age or 0)
        latest = earliest + (_SECOND if age is None else 2 * _SECOND)
    except OverflowError:
        return None
    first, last = sorted((answer.sent, answer.answered))  # a clock that was set back in between leaves both in doubt
    most, least = last - earliest, first - latest
    if least > timedelta(0):
        return int(least.total_seconds())
    return int(min(most, timedelta(0)).total_seconds())


def in_words(offset: int | None) -> str:
    """What an offset says, for a reader."""
    if offset is None:
        return "not known: the server sent no date that can be compared"
    if offset == 0:
        return "ours and the server's agreed, as far as a date to the second can tell"
    return f"ours was at least {abs(offset):,} s {'ahead of' if offset > 0 else 'behind'} the server's"


def _age(header: str | None) -> int | None:
    """An Age in seconds; None where there is none, or none that can be read (RFC 9111, 5.1, has it ignored then)."""
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_AGE else None
