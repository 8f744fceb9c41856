"""What did it say on that day: leads to the version that stood at a time, and says how sure that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive import reading
from scraper.datasette_plugin.asking import Ask, Elsewhere
from scraper.datasette_plugin.labels import outcome_label
from scraper.datasette_plugin.moments import Moment, moment
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.reading import VersionRow

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")  # as web archives write it in their addresses


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a moment that was asked for, and where to read the other text that may have stood."""

    when: Moment
    sure: bool
    said: str
    other: str | None


def at_page(ask: Ask) -> Elsewhere:
    """The version that stood at a time; a day is asked for as a whole: what stood at its end."""
    source_id, text = ask.path["source"], ask.path.get("time") or ask.text("time")
    if text is None:
        raise UsageError("no time was given: write it as 2026-03-09 or 2026-03-09T06:17")
    asked = as_asked(text)
    found = reading.version_at(ask.connection, source_id, asked)
    return Elsewhere(ask.links.version(source_id, found.number, asked=asked))


def as_asked(text: str) -> str:
    """A day or time as a person or a web archive writes it, as archive text; UsageError where it is none."""
    text = text.strip()
    if stamp := _STAMP.fullmatch(text):
        text = "{}-{}-{}T{}:{}:{}".format(*stamp.groups())
    at = reading.as_moment(text)
    return f"{at[:10]}T23:59:59.999Z" if _DAY.fullmatch(text) else at


def answer(ask: Ask, row: VersionRow, following: VersionRow | None) -> Asked | None:
    """What is known of the moment that ?asked= names, on the page of the version that stood then."""
    text = ask.text("asked")
    if text is None:
        return None
    asked = as_asked(text)
    when = moment(asked)
    if asked < row.first_seen or (following is not None and asked >= following.first_seen):
        return Asked(when, False, "another version stood then", ask.links.at(row.source_id) + f"/{asked}")
    if asked <= row.last_seen:
        return Asked(when, True, "the page was seen with this text before that moment and after it", None)
    last = moment(row.last_seen).text
    if following is not None:
        by = moment(following.first_seen).text
        said = f"this text was last seen {last}, another was first seen {by}; nobody saw the page in between"
        return Asked(
            when, False, f"{said}, so either may have stood", ask.links.version(row.source_id, following.number)
        )
    failed = reading.outcome_at(ask.connection, row.source_id, asked)
    since = f"the look before that moment: {outcome_label(failed).text}" if failed else "nobody has looked since"
    return Asked(when, False, f"this text was last seen {last}; {since}", None)
