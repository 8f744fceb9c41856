"""The front page: the changes that matter first, how the watch list fares, and how much changed when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scraper.archive import digest, timeline, window
from scraper.archive.looking import days_looked, unseen
from scraper.datasette_plugin.activity import Activity, draw_activity
from scraper.datasette_plugin.asking import Ask, Page
from scraper.datasette_plugin.entries import Entry, event_entries, known_news
from scraper.datasette_plugin.filters import Chosen, Filter, View, chosen, filters, orders, taken, views
from scraper.datasette_plugin.labels import Label, outcome_label
from scraper.datasette_plugin.moments import long_day, short_day
from scraper.datasette_plugin.watch_line import WatchLine, watch_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.digest import Day
    from scraper.archive.looking import Looking
    from scraper.archive.timeline import WatchState
    from scraper.archive.window import Few

LISTED = 40
EACH_DAY = 12
_SAME = 100  # pages listed of one site-wide edit


@dataclass(frozen=True, slots=True)
class Section:
    """Events under one heading: those of a day (`iso`), or of a whole list."""

    over: str
    text: str
    iso: str | None
    entries: tuple[Entry, ...]
    rest: str | None = None
    rest_href: str | None = None


@dataclass(frozen=True, slots=True)
class UnseenPages:
    """Pages of a publisher that looks of a day did not see, by what came of them."""

    label: Label
    told: str
    pages: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The model of the front page."""

    heading: str
    sections: tuple[Section, ...]
    unseen: tuple[UnseenPages, ...]
    watch: WatchLine
    activity: Activity | None
    clipped: bool
    views: tuple[View, ...]
    orders: tuple[View, ...]
    taken: tuple[View, ...]
    filters: tuple[Filter, ...]
    now: Chosen
    empty: str
    older: str | None
    older_text: str
    pages_href: str
    atom: str
    json: str


@dataclass(frozen=True, slots=True)
class _Listing:
    sections: tuple[Section, ...]
    older: str | None = None
    older_text: str = ""


def front_page(ask: Ask) -> Page:
    """The changes that the address asks for (see `filters`); `same` asks for all pages of a site-wide edit."""
    now = chosen(ask)
    same = ask.number("same")
    few = ask.once(("few", now.asked.publisher, now.asked.tag), lambda: window.few_sources(ask.connection, now.asked))
    listing = _same_edit(ask, same) if same is not None else _listing(ask, now, few)
    state = ask.once("watch", lambda: timeline.watch_state(ask.connection))
    looking = ask.once("looking", lambda: days_looked(ask.connection))
    end = ask.once(("horizon", few.whole), lambda: digest.horizon(ask.connection, now.whole_time, few))
    given = now.parameters
    feed = {name: value for name, value in given.items() if name not in ("since", "until", "order")}
    model = FrontPage(
        heading=f"What changed on {long_day(now.one_day)}" if now.one_day else "What changed",
        sections=listing.sections,
        unseen=_unseen(ask, now.one_day) if now.one_day else (),
        watch=watch_line(state, ask.links),
        activity=_activity(ask, now, few, looking, end),
        clipped=end is not None,
        views=views(ask, now),
        orders=() if now.one_day else orders(ask, now),
        taken=taken(ask, now),
        filters=filters(ask, now.asked),
        now=now,
        empty=_nothing(state, looking, now, more=listing.older is not None),
        older=listing.older,
        older_text=listing.older_text,
        pages_href=ask.links.pages(),
        atom=ask.links.feed("atom", **feed),
        json=ask.links.feed("json", **feed),
    )
    return Page("redline_front.html", model.heading, model, styles=("front.css",))


def _listing(ask: Ask, now: Chosen, few: Few) -> _Listing:
    if now.order == "significance" or now.one_day:
        return _ranked(ask, now, few)
    read = partial(known_news, ask)
    found = digest.digest(ask.connection, now.asked, room=LISTED, each=EACH_DAY, few=few, read=read)
    entries = event_entries(ask, [event for day in found.days for event in day.events])
    sections = tuple(_day(ask, now, day, entries) for day in found.days)
    older = ask.links.front(**{**now.parameters, "until": found.earlier}) if found.earlier else None
    return _Listing(sections, older, "Earlier changes")


def _ranked(ask: Ask, now: Chosen, few: Few) -> _Listing:
    found = digest.ranking(ask.connection, now.asked, room=LISTED, few=few, read=partial(known_news, ask))
    entries = event_entries(ask, found.events)
    section = Section(
        "", "The most significant first", None, tuple(entries[event.news[0].change.id] for event in found.events)
    )
    sections = (section,) if found.events else ()
    if found.after is not None:
        return _Listing(sections, ask.links.front(**now.parameters, before=found.after), "Less significant changes")
    if found.horizon and not now.one_day:
        older = ask.links.front(**{**now.parameters, "until": found.horizon})
        return _Listing(sections, older, f"The most significant changes until {short_day(found.horizon)}")
    return _Listing(sections)


def _same_edit(ask: Ask, change_id: int) -> _Listing:
    news = digest.same_edit(ask.connection, change_id, _SAME)
    if not news:
        return _Listing(())
    entries = event_entries(ask, [digest.Event((item,), 1) for item in news])
    shown = tuple(entries[item.change.id] for item in news)
    rest = f"Only the first {_SAME} pages are listed: ask for all of them in SQL" if len(news) == _SAME else None
    where = ask.links.query("same_edit_everywhere")
    return _Listing((Section("", "The same edit, page by page", None, shown, rest, where),))


def _day(ask: Ask, now: Chosen, day: Day, entries: dict[int, Entry]) -> Section:
    shown = tuple(entries[event.news[0].change.id] for event in day.events)
    whole = ask.links.front(**{**now.parameters, "since": day.day, "until": day.day})
    left = day.changes - day.shown
    rest = f"{left:,} more {'change' if left == 1 else 'changes'} on {short_day(day.day)}" if left else None
    return Section("Found on", long_day(day.day), day.day, shown, rest, whole)


def _activity(ask: Ask, now: Chosen, few: Few, looking: Sequence[Looking], end: str | None) -> Activity | None:
    """The drawing of the whole time after `end`, whatever period is chosen, so that one can go elsewhere in it."""
    whole = now.parameters | {"since": None, "until": None}
    asked = now.whole_time
    counts = ask.once(("activity", asked), lambda: digest.activity(ask.connection, asked, few))
    looking = [row for row in looking if end is None or row.day > end]

    def link(first: str, last: str) -> str:
        return ask.links.front(**{**whole, "since": first, "until": last})

    return draw_activity(counts, looking, link, (now.asked.since, now.asked.until))


def _unseen(ask: Ask, day: str) -> tuple[UnseenPages, ...]:
    """What the looks of a day did not see: none of it is a change."""
    return tuple(
        UnseenPages(
            outcome_label(row.outcome),
            f"{row.pages:,} {'page' if row.pages == 1 else 'pages'}"
            + (f" of {row.publisher}" if row.publisher else ""),
            tuple((title, ask.links.document(source_id)) for source_id, title in row.sources),
            row.pages - len(row.sources),
        )
        for row in unseen(ask.connection, day, day)
    )


def _nothing(state: WatchState, looking: Sequence[Looking], now: Chosen, *, more: bool) -> str:
    """What is said where the list is empty."""
    if state.watched == 0 and state.looks == 0:
        return "The watch list is empty: “redline add URL” puts a page on it."
    if state.looks == 0:
        return "Nobody has looked yet: “redline run” looks at what is due."
    if more:
        latest = f"Nothing of that kind is among the latest {window.WINDOW:,} changes of the period."
        return f"{latest} The earlier ones are a step further."
    if now.one_day and len([value for value in now.parameters.values() if value]) == 2:
        return "No look of this day found a change."
    if any(now.parameters.values()):
        return "Nothing in the archive is of that kind."
    number = sum(row.looks for row in looking)
    looks = "1 look" if number == 1 else f"{number:,} looks"
    since = f" since {short_day(looking[0].day)}" if looking else ""
    return f"No wording has changed yet, in {looks}{since}."
