"""What did it say on that day: leads to the version that stood at a time, and says how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive import reading
from scraper.datasette_plugin.asking import Ask, Elsewhere
from scraper.datasette_plugin.datetimes import asked_moment
from scraper.datasette_plugin.labels import outcome_label
from scraper.datasette_plugin.moments import Moment, moment
from scraper.errors import UsageError
from scraper.fetching.observation import ABSENT_OUTCOMES

if TYPE_CHECKING:
    from scraper.archive.reading import VersionRow


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
    asked = asked_moment(text)
    found = reading.version_at(ask.connection, source_id, asked)
    return Elsewhere(ask.links.version(source_id, found.number, asked=asked))


def answer(ask: Ask, row: VersionRow, following: VersionRow | None) -> Asked | None:
    """What is known of the moment that ?asked= names, on the page of the version that stood then."""
    text = ask.text("asked")
    if text is None:
        return None
    asked = asked_moment(text)
    when = moment(asked)
    if asked < row.first_seen and row.number == 1:
        seen = moment(row.first_seen).text
        return Asked(
            when, False, f"the archive first saw this page {seen}; what it said before that is not known", None
        )
    if asked < row.first_seen or (following is not None and asked >= following.first_seen):
        return Asked(when, False, "another version stood then", ask.links.at(row.source_id) + f"/{asked}")
    if asked <= row.last_seen:
        return Asked(when, True, "the page was seen with this text before that moment and after it", None)
    return _unseen(ask, row, following, asked)


def _unseen(ask: Ask, row: VersionRow, following: VersionRow | None, asked: str) -> Asked:
    """What is known of a moment at which no look saw the page: a look that found none is told as that."""
    last = f"this text was last seen {moment(row.last_seen).text}"
    failed = reading.outcome_at(ask.connection, row.source_id, asked)
    if following is None:
        since = f"the look before that moment: {outcome_label(failed).text}" if failed else "nobody has looked since"
        return Asked(moment(asked), False, f"{last}; {since}", None)
    said = f"{last}, another was first seen {moment(following.first_seen).text}"
    if failed in ABSENT_OUTCOMES:
        said = f"{said}; the look before that moment found no page ({outcome_label(failed).text})"
    else:
        said = f"{said}; nobody saw the page in between, so either may have stood"
    return Asked(moment(asked), False, said, ask.links.version(row.source_id, following.number))
