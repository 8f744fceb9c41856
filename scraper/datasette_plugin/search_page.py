"""The search page: what holds the words in any version, or came and went with an edit; and the watch list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from scraper.archive import searching, timeline
from scraper.archive.edit_search import search_edits
from scraper.archive.reading import as_moment
from scraper.archive.searching import Wanted
from scraper.archive.terms import terms
from scraper.datasette_plugin.asking import Ask, Page, whole
from scraper.datasette_plugin.filters import View, publishers
from scraper.datasette_plugin.found import Group, changed_by, found_edits, found_passage, grouped
from scraper.datasette_plugin.labels import STATE_MEANINGS, STATE_NAMES, Label, outcome_label
from scraper.datasette_plugin.moments import Moment, moment_or_none
from scraper.datasette_plugin.visible import visible
from scraper.datasette_plugin.watch_line import WatchLine, watch_line
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.edit_search import Where
    from scraper.archive.timeline import Watched

_HITS = 60
_PUBLISHERS = 300  # publishers that the form offers
_VIEWS = {"all": "All text", "added": "Added text", "removed": "Removed text"}
_PAGES = 200


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The model of the search page; `groups` is None where nothing was asked, `more` leads on in a long answer."""

    query: str
    source: str | None
    where: str
    publisher: str | None
    since: str | None
    until: str | None
    form: str
    views: tuple[View, ...]
    publishers: tuple[str, ...]
    groups: tuple[Group, ...] | None
    count: int
    more: str | None
    phrase_href: str
    data_href: str
    atom: str
    json: str
    letter_by_letter: bool


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """A page of the watch list in a list."""

    title: str
    href: str
    publisher: str | None
    state: Label
    reason: str
    versions: int
    last_look: Moment | None
    last_good: Moment | None


@dataclass(frozen=True, slots=True)
class PagesPage:
    """The model of the watch list's page."""

    heading: str
    watch: WatchLine
    meaning: str | None
    pages: tuple[WatchedPage, ...]
    more: str | None
    narrowed: bool


def search_page(ask: Ask) -> Page:
    """What holds the words of ?q=; ?in= is all, added or removed, ?source=, ?publisher=, ?since= and ?until= narrow."""
    where = ask.text("in") or "all"
    if where not in _VIEWS:
        raise UsageError(f"there is no {where[:40]!r} to search in: it is one of {', '.join(_VIEWS)}")
    wanted = Wanted(
        query=ask.text("q") or "",
        source_id=ask.text("source"),
        publisher=ask.text("publisher"),
        since=_day(ask, "since"),
        until=_day(ask, "until"),
        after=ask.text("after"),
    )
    given = _parameters(wanted)
    groups, more = _answer(ask, wanted, where) if wanted.query else (None, None)
    model = SearchPage(
        query=visible(wanted.query),
        source=wanted.source_id,
        where=where,
        publisher=wanted.publisher,
        since=wanted.since,
        until=wanted.until,
        form=ask.links.search(),
        views=tuple(
            View(text, ask.links.search(**given, **{"in": name if name != "all" else None}), name == where)
            for name, text in _VIEWS.items()
        ),
        publishers=tuple(publishers(ask)[:_PUBLISHERS]),
        groups=groups,
        count=sum(len(group.found) for group in groups or ()),
        more=ask.links.search(**given, **{"in": where if where != "all" else None}, after=more) if more else None,
        phrase_href=ask.links.phrase(q=wanted.query, source=wanted.source_id),
        data_href=ask.links.query("phrase_history"),
        atom=ask.links.feed("atom", q=wanted.query, publisher=wanted.publisher),
        json=ask.links.feed("json", q=wanted.query, publisher=wanted.publisher),
        letter_by_letter=bool(terms(wanted.query).letters),
    )
    title = f"Search: {model.query}" if wanted.query else "Search"
    return Page("redline_search.html", title, model, styles=("search.css",))


def _answer(ask: Ask, wanted: Wanted, where: str) -> tuple[tuple[Group, ...], str | None]:
    """What was found, page by page, and where to go on."""
    if where == "all":
        found = searching.search(ask.connection, wanted, _HITS)
        return grouped((hit, found_passage(ask, hit)) for hit in found.hits), found.more
    before = whole(wanted.after) if wanted.after else None
    known = partial(changed_by, ask, wanted)
    edits, after = search_edits(ask.connection, wanted, cast("Where", where), _HITS, before, known)
    return grouped(found_edits(ask, edits)), None if after is None else str(after)


def _parameters(wanted: Wanted) -> dict[str, str | None]:
    return {
        "q": wanted.query,
        "source": wanted.source_id,
        "publisher": wanted.publisher,
        "since": wanted.since,
        "until": wanted.until,
    }


def _day(ask: Ask, name: str) -> str | None:
    text = ask.text(name)
    return None if text is None else as_moment(text)[:10]


def pages_page(ask: Ask) -> Page:
    """The watch list, page by page, in alphabetical order of ids; ?state= narrows, ?after= goes on."""
    state = ask.text("state")
    rows = timeline.watched(ask.connection, after=ask.text("after") or "", limit=_PAGES + 1, state=state)
    more = ask.links.pages(state=state, after=rows[_PAGES - 1].id) if len(rows) > _PAGES else None
    heading = f"Pages watched: {STATE_NAMES[state]}" if state else "Pages watched"
    model = PagesPage(
        heading=heading,
        watch=watch_line(ask.once("watch", lambda: timeline.watch_state(ask.connection)), ask.links),
        meaning=STATE_MEANINGS.get(state or ""),
        pages=tuple(_watched(ask, row) for row in rows[:_PAGES]),
        more=more,
        narrowed=state is not None,
    )
    return Page("redline_pages.html", heading, model, styles=("front.css",))


def _watched(ask: Ask, row: Watched) -> WatchedPage:
    state = Label("removed", "Several looks found no page.", "alarm") if row.removed else outcome_label(row.outcome)
    if row.retired:
        state = Label("no longer watched", "The page left the watch list.", "faint")
    return WatchedPage(
        title=row.title,
        href=ask.links.document(row.id),
        publisher=row.publisher,
        state=state,
        reason=row.reason or "",
        versions=row.versions,
        last_look=moment_or_none(row.last_look),
        last_good=moment_or_none(row.last_good),
    )
