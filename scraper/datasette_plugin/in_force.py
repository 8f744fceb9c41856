"""What a version's page says to a reader who asked for a moment at which the version was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.mementos import unseen_at
from scraper.archive.reading import as_moment
from scraper.datasette_plugin.labels import outcome_label
from scraper.datasette_plugin.moments import Moment, moment

if TYPE_CHECKING:
    from scraper.archive.mementos import Unseen
    from scraper.datasette_plugin.asking import Ask


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The moment that was asked for, and what is known of it in plain words."""

    moment: Moment
    told: str


def asked_for(ask: Ask, source_id: str, number: int) -> AskedFor | None:
    """What to say of `?at=`; None where nothing was asked or the version was seen before and after that moment."""
    text = ask.text("at")
    if text is None:
        return None
    asked = as_moment(text)
    unseen = unseen_at(ask.connection, source_id, number, asked)
    return AskedFor(moment(asked), _told(unseen)) if unseen else None


def _told(unseen: Unseen) -> str:
    if unseen.before is None:
        seen = moment(unseen.after or "").text
        return f"The archive first saw this page on {seen}, as below; what it said before that is not known."
    told = f"This is what the page said when it was last seen before that, on {moment(unseen.before).text}."
    if unseen.outcome is not None:
        label = outcome_label(unseen.outcome)
        told += f" The last look before the time you asked for did not see it: {label.text}. {label.meaning}"
    if unseen.after is not None:
        return f"{told} The next look that saw the page, on {moment(unseen.after).text}, found it changed."
    return f"{told} No look has seen it since."
