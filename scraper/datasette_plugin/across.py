"""The front page and the search over all archives that are served: a bounded number of rows of each, merged.

Every archive is asked in its own thread for no more than one page can show, so the cost grows with the number of
archives and not with what they hold. What an archive has beyond that is behind a link to its own pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.archive import digest, searching, timeline
from scraper.archive.searching import Wanted
from scraper.datasette_plugin.asking import Page
from scraper.datasette_plugin.entries import event_entries
from scraper.datasette_plugin.filters import chosen
from scraper.datasette_plugin.found import found_passage, grouped
from scraper.datasette_plugin.front_page import EACH_DAY, LISTED
from scraper.datasette_plugin.moments import long_day
from scraper.datasette_plugin.visible import visible
from scraper.datasette_plugin.watch_line import watch_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from scraper.archive.digest import Digest, Event
    from scraper.datasette_plugin.asking import Ask
    from scraper.datasette_plugin.entries import Entry
    from scraper.datasette_plugin.filters import Chosen
    from scraper.datasette_plugin.found import Group
    from scraper.datasette_plugin.links import Links
    from scraper.datasette_plugin.watch_line import WatchLine

    # Asks every archive in its own thread, and gives the answers by the archives' names, in order.
    Each = Callable[[Callable[[str, Ask], Any]], Awaitable[dict[str, Any]]]

_HITS = 8  # of each archive


@dataclass(frozen=True, slots=True)
class AskAll:
    """A question to all archives: how to ask each, the query string, and the addresses that are over all of them."""

    each: Each
    query: Mapping[str, str]
    links: Links


class _Told(NamedTuple):
    """What one archive says of itself for the front page."""

    now: Chosen
    digest: Digest
    kept: Kept
    links: Links


@dataclass(frozen=True, slots=True)
class Kept:
    """An archive: its name, its front page and how its watch list fares."""

    name: str
    href: str
    watch: WatchLine


@dataclass(frozen=True, slots=True)
class Rest:
    """How many changes of a day an archive has that are not listed, and where they are."""

    name: str
    number: int
    href: str


@dataclass(frozen=True, slots=True)
class MergedDay:
    """What was found on a day in all archives, the most significant first, each with its archive's name."""

    iso: str
    text: str
    entries: tuple[tuple[str, Entry], ...]
    rest: tuple[Rest, ...]


@dataclass(frozen=True, slots=True)
class AcrossPage:
    """The model of the front page over all archives."""

    days: tuple[MergedDay, ...]
    archives: tuple[Kept, ...]
    narrowed: bool
    everything: bool
    all_href: str
    older: str | None


@dataclass(frozen=True, slots=True)
class ArchiveHits:
    """What was found in one archive, and its own search."""

    name: str
    href: str
    groups: tuple[Group, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class AcrossSearchPage:
    """The model of the search over all archives; `archives` is None where nothing was asked."""

    query: str
    archives: tuple[ArchiveHits, ...] | None


class _Row(NamedTuple):
    """An event of an archive on its way into the merged list."""

    archive: str
    event: Event


async def front_across(ask_all: AskAll) -> Page:
    """What changed in all archives day by day, narrowed as the front page of one is (see `filters`)."""
    told: dict[str, _Told] = await ask_all.each(_told)
    days, older = merged(told)
    wanted = {name: [row.event for rows in days.values() for row in rows if row.archive == name] for name in told}
    entries: dict[str, dict[int, Entry]] = await ask_all.each(lambda name, ask: event_entries(ask, wanted[name]))
    now = next(iter(told.values())).now
    given = now.parameters | {"order": None}
    model = AcrossPage(
        days=tuple(_day(day, rows, told, entries) for day, rows in days.items()),
        archives=tuple(one.kept for one in told.values()),
        narrowed=any(value for name, value in given.items() if name != "all"),
        everything=now.asked.everything,
        all_href=ask_all.links.front(**{**given, "all": None if now.asked.everything else "1"}),
        older=ask_all.links.front(**{**given, "until": older}) if older else None,
    )
    return Page("redline_across.html", "What changed", model, styles=("front.css",))


async def search_across(ask_all: AskAll) -> Page:
    """Passages with the words of ?q= in all archives, archive by archive: ranks of two archives do not compare."""
    asked = ask_all.query.get("q", "").strip()[:500]
    if not asked:
        return Page("redline_across_search.html", "Search", AcrossSearchPage("", None), styles=("search.css",))

    def hits(name: str, ask: Ask) -> ArchiveHits:
        found = searching.search(ask.connection, Wanted(query=asked), _HITS)
        groups = grouped((hit, found_passage(ask, hit)) for hit in found.hits)
        return ArchiveHits(name, ask.links.search(q=asked), groups, found.more is not None)

    model = AcrossSearchPage(visible(asked), tuple((await ask_all.each(hits)).values()))
    return Page("redline_across_search.html", f"Search: {model.query}", model, styles=("search.css",))


def merged(told: Mapping[str, _Told]) -> tuple[dict[str, list[_Row]], str | None]:
    """Days of all archives, the latest first, until LISTED events are shown; and the day from which to go on.

    A day that one of the archives has not been asked for yet is left to the next page, as its list would have a hole.
    """
    earlier = max((one.digest.earlier for one in told.values() if one.digest.earlier), default=None)
    by_day: dict[str, list[_Row]] = {}
    for name, one in told.items():
        for day in one.digest.days:
            by_day.setdefault(day.day, []).extend(_Row(name, event) for event in day.events)
    shown: dict[str, list[_Row]] = {}
    for day_name in sorted(by_day, reverse=True):
        if (earlier and day_name <= earlier) or sum(map(len, shown.values())) >= LISTED:
            return shown, day_name if earlier is None else max(earlier, day_name)
        shown[day_name] = sorted(by_day[day_name], key=_by_weight)[:EACH_DAY]
    return shown, earlier


def _by_weight(row: _Row) -> tuple[float, int, str]:
    lead = row.event.news[0].change
    return (-lead.significance, -lead.id, row.archive)


def _told(name: str, ask: Ask) -> _Told:
    now = chosen(ask)
    found = digest.digest(ask.connection, now.asked, room=LISTED, each=EACH_DAY)
    state = ask.once("watch", lambda: timeline.watch_state(ask.connection))
    kept = Kept(name, ask.links.front(), watch_line(state, ask.links))
    return _Told(now, found, kept, ask.links)


def _day(
    day: str, rows: Iterable[_Row], told: Mapping[str, _Told], entries: Mapping[str, Mapping[int, Entry]]
) -> MergedDay:
    rows = list(rows)
    shown = tuple((row.archive, entries[row.archive][row.event.news[0].change.id]) for row in rows)
    rest = []
    for name, one in told.items():
        changes = sum(known.changes for known in one.digest.days if known.day == day)
        left = changes - sum(row.event.pages for row in rows if row.archive == name)
        if left:
            href = one.links.front(**{**one.now.parameters, "order": None, "since": day, "until": day})
            rest.append(Rest(name, left, href))
    return MergedDay(day, long_day(day), shown, tuple(rest))
