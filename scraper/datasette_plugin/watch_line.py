"""The state of the watch list in one line: numbers of pages, each leading to the pages that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.datasette_plugin.labels import STATE_NAMES
from scraper.datasette_plugin.moments import Moment, moment_or_none

if TYPE_CHECKING:
    from scraper.archive.timeline import WatchState
    from scraper.datasette_plugin.links import Links


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the watch line with its word and the address of what it counts."""

    number: str
    text: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class WatchLine:
    """The watch list in one line, and what the archive vouches with."""

    counts: tuple[Count, ...]
    last_run: Moment | None
    unfinished: bool
    looks: str
    ledger_head: str | None


def watch_line(state: WatchState, links: Links) -> WatchLine:
    """The numbers that are not zero, the ones that need a keeper in another tone."""
    numbers = (
        (state.fine, "seen", "declared"),
        (state.blocked, "blocked", "warning"),
        (state.failing, "failing", "warning"),
        (state.unconfirmed, "absent", "alarm"),
        (state.removed, "removed", "alarm"),
        (state.unseen, "unseen", "faint"),
        (state.stale, "stale", "warning"),
    )
    watched = Count(
        f"{state.watched:,}", "page watched" if state.watched == 1 else "pages watched", "plain", links.pages()
    )
    told = (
        Count(f"{number:,}", STATE_NAMES[name], tone, links.pages(state=name))
        for number, name, tone in numbers
        if number
    )
    return WatchLine(
        counts=(watched, *told),
        last_run=moment_or_none(state.last_finished or state.last_run),
        unfinished=state.last_run is not None and state.last_finished is None,
        looks=f"{state.looks:,}",
        ledger_head=state.ledger_head,
    )
