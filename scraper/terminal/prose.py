"""Words for a terminal: moments, intervals, wrapped and cleaned text.

Scraped text may hold escape sequences that would move a reader's cursor or rename their window; nothing of it
reaches a terminal before `clean` has taken out every control character.
"""

from __future__ import annotations

import re
import shutil
import textwrap

from scraper.clock import from_text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean(text: str | None) -> str:
    """Scraped text made safe for a terminal: control and direction characters become a visible mark."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text or "")


def moment(text: str | None) -> str:
    """A moment as people read it: ``9 Mar 2026, 06:17``; a dash where there is none."""
    if not text:
        return "—"
    at = from_text(text)
    return f"{at.day} {at:%b %Y, %H:%M}"


def interval(last_seen_old: str | None, first_seen_new: str) -> str:
    """When a change happened: after the one and not after the other, in UTC."""
    if last_seen_old is None:
        return f"seen {moment(first_seen_new)} UTC"
    return f"between {moment(last_seen_old)} and {moment(first_seen_new)} UTC"


def width() -> int:
    """How wide the terminal is, within what reads well."""
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 110))


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """Text broken to the terminal's width."""
    return textwrap.fill(
        clean(text),
        width(),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def plural(count: int, noun: str, many: str | None = None) -> str:
    """A number with its noun: ``1 page``, ``2 pages``; `many` where the plural is no plain s."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"
