"""Dates as pages write them → ISO 8601, without a guess: what cannot be read for certain stays as it is written."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_MONTHS = dict(
    zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), range(1, 13), strict=True)
)
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d\d)(?:\s*([ap])\.?m\b\.?)?", re.IGNORECASE)
_BLANK_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def to_iso(text: str) -> str:
    """Return the date in `text` in ISO 8601 (the zone as given, none added); the text itself where there is none.

    Day and month in figures alone (03/04/2025) are ambiguous and stay as written.
    """
    text = " ".join(text.split())
    if found := _ISO.search(_BLANK_ZONE.sub("", text)):
        try:
            moment = datetime.fromisoformat(found[0])
        except ValueError:
            return text
        if len(found[0]) == len("2019-11-21"):
            return found[0]
        # Two servers of one site round the same moment to other milliseconds, so a fraction says nothing of the page.
        return moment.replace(microsecond=0).isoformat()
    if "," in text and re.search(r"\d\d:\d\d:\d\d (?:GMT|[+-]\d{4})$", text):
        try:
            return parsedate_to_datetime(text).isoformat()
        except (ValueError, OverflowError):
            return text
    return _in_words(text) or text


def _in_words(text: str) -> str | None:
    """Read "Nov. 21, 2019" or "21 November 2019", with a clock time behind it where there is one."""
    if found := _MONTH_FIRST.search(text):
        month, day, year = found[1], found[2], found[3]
    elif found := _DAY_FIRST.search(text):
        day, month, year = found[1], found[2], found[3]
    else:
        return None
    number = _MONTHS.get(month[:3].lower())
    try:
        on = date(int(year), number, int(day)) if number else None
    except ValueError:
        return None
    if on is None:
        return None
    clock = _CLOCK.search(text, found.end())
    return f"{on.isoformat()}T{_time(clock)}" if clock and _time(clock) else on.isoformat()


def _time(clock: re.Match[str]) -> str | None:
    hour, minute, half = int(clock[1]), int(clock[2]), (clock[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02d}:{minute:02d}:00" if hour < 24 and minute < 60 else None
