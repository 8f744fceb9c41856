"""The front page: the latest changes that matter, and the state of the watch list in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive import timeline
from scraper.archive.timeline import Asked, News, WatchState
from scraper.datasette_plugin.asking import Ask, Page
from scraper.datasette_plugin.entries import Entry, entries
from scraper.datasette_plugin.labels import CLASS_LABELS, KIND_LABELS, Label
from scraper.datasette_plugin.moments import Moment, long_day, moment_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can take."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the list: the URL parameter, its name for the reader, and what can be chosen."""

    name: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What was found on one day, the most significant first."""

    text: str
    iso: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the watch line with its word."""

    number: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class WatchLine:
    """The watch list in one line, and what the archive vouches with."""

    counts: tuple[Count, ...]
    last_run: Moment | None
    unfinished: bool
    looks: str
    ledger_head: str | None


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The model of the front page."""

    days: tuple[Day, ...]
    watch: WatchLine
    filters: tuple[Filter, ...]
    narrowed: bool
    everything: bool
    older: str | None
    all_href: str
    pages_href: str


def front_page(ask: Ask) -> Page:
    """The changes asked for by the URL's parameters publisher, tag, class, kind, all and before."""
    asked = Asked(
        publisher=ask.text("publisher"),
        tag=ask.text("tag"),
        change_class=ask.text("class"),
        kind=ask.text("kind"),
        everything=ask.text("all") is not None,
        before=ask.number("before"),
    )
    news = timeline.news(ask.connection, asked, LISTED + 1)
    shown, rest = news[:LISTED], news[LISTED:]
    named = {"publisher": asked.publisher, "tag": asked.tag, "class": asked.change_class, "kind": asked.kind}
    every = "1" if asked.everything else None
    model = FrontPage(
        days=tuple(days(ask, shown)),
        watch=watch_line(timeline.watch_state(ask.connection)),
        filters=_filters(ask, asked),
        narrowed=any(named.values()),
        everything=asked.everything,
        older=ask.links.front(**named, all=every, before=shown[-1].change.id) if rest else None,
        all_href=ask.links.front(**named, all=None if asked.everything else "1"),
        pages_href=ask.links.pages(),
    )
    return Page("redline_front.html", "What changed", model)


def days(ask: Ask, news: Iterable[News]) -> Iterable[Day]:
    """Changes of one archive, the last found first, as the days on which they were found."""
    by_day: dict[str, list[News]] = {}
    for item in news:
        by_day.setdefault(item.found[:10], []).append(item)
    edits = timeline.leading_edits(ask.connection, [i.change.id for items in by_day.values() for i in items])
    said = timeline.openings(ask.connection, [i.change.id for items in by_day.values() for i in items])
    for day, items in by_day.items():
        items.sort(key=lambda item: (-item.change.significance, -item.change.id))
        yield Day(long_day(items[0].found), day, tuple(entries(items, edits, said, ask.links)))


def _filters(ask: Ask, asked: Asked) -> tuple[Filter, ...]:
    publishers = [(name, name) for name in timeline.publishers(ask.connection)]
    tags = [(name, name) for name in timeline.tags(ask.connection)]
    return (
        _filter("publisher", "Publisher", publishers, asked.publisher),
        _filter("tag", "Tag", tags, asked.tag),
        *kind_filters(asked.change_class, asked.kind),
    )


def kind_filters(change_class: str | None, kind: str | None) -> tuple[Filter, ...]:
    """The filters whose choices are the same in every archive."""
    return (
        _filter("class", "What changed", _named(CLASS_LABELS), change_class),
        _filter("kind", "What happened", _named(KIND_LABELS), kind),
    )


def _named(labels: dict[str, Label]) -> list[tuple[str, str]]:
    return [(name, label.text[:1].upper() + label.text[1:]) for name, label in labels.items()]


def _filter(name: str, text: str, offered: list[tuple[str, str]], chosen: str | None) -> Filter:
    if chosen is not None and chosen not in dict(offered):
        offered = [*offered, (chosen, chosen)]  # keep what was asked for visible, so that it can be taken back
    return Filter(name, text, tuple(Choice(value, shown, value == chosen) for value, shown in offered))


def watch_line(state: WatchState) -> WatchLine:
    """The numbers that are not zero, the ones that need a keeper in another tone."""
    numbers = (
        (state.fine, "seen at the last look", "declared"),
        (state.blocked, "blocked", "plain"),
        (state.failing, "failing", "plain"),
        (state.absent - state.removed, "not found, not yet confirmed", "alarm"),
        (state.removed, "removed", "alarm"),
        (state.unseen, "not looked at yet", "faint"),
        (state.stale, "stale for two days or more", "plain"),
    )
    watched = Count(f"{state.watched:,}", "page watched" if state.watched == 1 else "pages watched", "plain")
    return WatchLine(
        counts=(watched, *(Count(f"{number:,}", text, tone) for number, text, tone in numbers if number > 0)),
        last_run=moment_or_none(state.last_finished or state.last_run),
        unfinished=state.last_run is not None and state.last_finished is None,
        looks=f"{state.looks:,}",
        ledger_head=state.ledger_head,
    )
