"""The front page and the search over all archives that are served: a few rows of each, merged.

Every archive is asked in its own thread for no more than one page can show, so the cost grows with the number of
archives and not with what they hold. What was found last comes first. Where to go on is kept for each archive in the
address (`before.NAME`), since numbers of changes mean something in their own archive alone.
"""

from __future__ import annotations

from dataclasses import fields
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from scraper.archive import reading, timeline
from scraper.archive.timeline import Asked, WatchState
from scraper.datasette_plugin.asking import Page, whole
from scraper.datasette_plugin.front_page import LISTED, Day, FrontPage, days, kind_filters, watch_line
from scraper.datasette_plugin.search_page import HITS, SearchPage, found

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from scraper.archive.timeline import News
    from scraper.datasette_plugin.asking import Ask
    from scraper.datasette_plugin.links import Links

    # Asks every archive in its own thread, and gives the answers by the archives' names, in order.
    Each = Callable[[Callable[[str, Ask], Any]], Awaitable[dict[str, Any]]]

BEFORE = "before."


async def front_across(each: Each, query: Mapping[str, str], links: Links) -> Page:
    """What changed in all archives, narrowed by class, kind and all."""
    change_class, kind = (query.get(name, "").strip() or None for name in ("class", "kind"))
    everything = bool(query.get("all", "").strip())
    starts = {name.removeprefix(BEFORE): whole(text) for name, text in query.items() if name.startswith(BEFORE)}

    def news(name: str, ask: Ask) -> tuple[list[News], WatchState]:
        asked = Asked(change_class=change_class, kind=kind, everything=everything, before=starts.get(name))
        return timeline.news(ask.connection, asked, LISTED + 1), timeline.watch_state(ask.connection)

    told = await each(news)
    merged = sorted(
        ((item.found, item.change.id, name, item) for name, (items, _) in told.items() for item in items),
        key=lambda row: row[:3],
        reverse=True,
    )
    shown = merged[:LISTED]
    by_archive: dict[str, list[News]] = {name: [] for name in told}
    for _, _, name, item in shown:
        by_archive[name].append(item)
    listed = await each(lambda name, ask: tuple(days(ask, by_archive[name])))
    named = {"class": change_class, "kind": kind}
    every = "1" if everything else None
    onward = {**starts, **{name: items[-1].change.id for name, items in by_archive.items() if items}}
    further: dict[str, str | int | None] = {f"{BEFORE}{name}": number for name, number in sorted(onward.items())}
    model = FrontPage(
        days=merged_days(listed.values()),
        watch=watch_line(total(state for _, state in told.values())),
        filters=kind_filters(change_class, kind),
        narrowed=any(named.values()),
        everything=everything,
        older=links.front(**named, all=every, **further) if len(merged) > LISTED else None,
        all_href=links.front(**named, all=None if everything else "1"),
        pages_href=links.pages(),
    )
    return Page("redline_across.html", "What changed", model)


async def search_across(each: Each, query: Mapping[str, str], links: Links) -> Page:
    """Passages by ?q= in all archives: the best of each, by turns, since ranks of two archives do not compare."""
    asked = query.get("q", "").strip()[:500]
    hits: Sequence[Any] = ()
    if asked:

        def hit(_: str, ask: Ask) -> list[Any]:
            return [found(ask, one) for one in reading.search(ask.connection, asked, limit=HITS + 1)]

        by_turns = zip_longest(*(await each(hit)).values())
        hits = [one for one in chain.from_iterable(by_turns) if one is not None]
    model = SearchPage(
        query=asked,
        source=None,
        form=links.search(),
        found=tuple(hits[:HITS]) if asked else None,
        more=len(hits) > HITS,
    )
    return Page("redline_search.html", f"Search: {asked}" if asked else "Search", model)


def merged_days(lists: Iterable[Iterable[Day]]) -> tuple[Day, ...]:
    """The days of several archives as one list, the last first; of each day the most significant change first."""
    by_day: dict[str, Day] = {}
    for day in chain.from_iterable(lists):
        known = by_day.get(day.iso)
        entries = (*known.entries, *day.entries) if known else day.entries
        by_day[day.iso] = Day(day.text, day.iso, tuple(sorted(entries, key=lambda entry: -entry.weight.percent)))
    return tuple(by_day[iso] for iso in sorted(by_day, reverse=True))


def total(states: Iterable[WatchState]) -> WatchState:
    """The watch lists of several archives in numbers: sums, and the last of the times. There is no head of them all."""
    told = list(states)
    sums: dict[str, Any] = {}
    for name in (field.name for field in fields(WatchState)):
        values = [getattr(state, name) for state in told if getattr(state, name) is not None]
        is_number = bool(values) and all(isinstance(value, int) for value in values)
        sums[name] = sum(values) if is_number else max(values, default=None)
    for name in ("watched", "fine", "blocked", "failing", "absent", "unseen", "removed", "stale", "looks"):
        sums[name] = sums[name] or 0
    return WatchState(**{**sums, "ledger_head": None})
