"""Moments as a memento client or a person writes them: HTTP dates, the 14 digits of web archives, ISO 8601, parts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scraper.archive.reading import as_moment
from scraper.clock import to_text
from scraper.errors import UsageError

# RFC 7089, 2.1.1.1 takes Accept-Datetime from rfc1123-date: a full date, always in GMT.
_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d{2}:\d{2}:\d{2} GMT"
)
_DIGITS = re.compile(r"\d{4}(\d{2}){0,5}")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_EXAMPLES = "write it as 2026-03-09, 2026-03-09T06:17 or 20260309061700"


def accepted(header: str) -> str:
    """The moment that Accept-Datetime asks for, as archive text; UsageError where it is no date (RFC 7089, 2.1.1)."""
    text = header.strip()
    if _HTTP_DATE.fullmatch(text):
        try:
            return to_text(parsedate_to_datetime(text))
        except (ValueError, TypeError, OverflowError):
            pass
    raise UsageError(f"Accept-Datetime is {text[:60]!r}: write it as Mon, 09 Mar 2026 06:17:00 GMT (RFC 7089, 2.1.1)")


def asked_moment(text: str) -> str:
    """The moment that an address names, as archive text; UsageError where it names none.

    A part of a time stands for its whole: 2026-03 is the end of March, 2026-03-09 the end of the day, and 202603090617
    the end of that minute, so that what is asked for is what stood when that time was over.
    """
    parts = _parts(text)
    if parts is None:
        return as_moment(text)
    try:
        year, month, day, *clock = [*parts, 1, 1][: max(3, len(parts))]
        hour, minute, second = (*clock, 0, 0, 0)[:3]
        return to_text(_end_of(datetime(year, month, day, hour, minute, second, tzinfo=UTC), len(parts)))
    except (ValueError, OverflowError):
        raise UsageError(f"{text[:40]!r} is not a time: {_EXAMPLES}") from None


def _parts(text: str) -> list[int] | None:
    """Year, month, day and so on as far as they are named; None for a time of another form."""
    if _DIGITS.fullmatch(text):
        return [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, len(text), 2))]
    if partial := _PARTIAL.fullmatch(text):
        return [int(part) for part in partial.groups() if part is not None]
    return None


def _end_of(start: datetime, named: int) -> datetime:
    """The last millisecond of the year, month, day, hour, minute or second that begins then."""
    if named == 1:
        following = start.replace(year=start.year + 1)
    elif named == 2:
        following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    else:
        unit = {3: "days", 4: "hours", 5: "minutes", 6: "seconds"}[named]
        following = start + timedelta(**{unit: 1})
    return following - timedelta(milliseconds=1)
