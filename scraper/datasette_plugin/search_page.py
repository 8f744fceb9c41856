"""The search page: passages of all versions that hold the words, and when they stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive import searching, timeline
from scraper.datasette_plugin.asking import Ask, Page
from scraper.datasette_plugin.labels import Label, outcome_label
from scraper.datasette_plugin.moments import Moment, moment, moment_or_none

if TYPE_CHECKING:
    from scraper.archive.searching import Hit
    from scraper.archive.timeline import Watched

_HITS = 60
_PAGES = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found: where and when it stood."""

    title: str
    document_href: str
    version_href: str
    text: str
    first_seen: Moment
    last_seen: Moment
    standing: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The model of the search page; `found` is None where nothing was asked."""

    query: str
    source: str | None
    form: str
    found: tuple[Found, ...] | None
    more: bool


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

    pages: tuple[WatchedPage, ...]
    more: str | None


def search_page(ask: Ask) -> Page:
    """Passages by ?q=, in one document by &source=."""
    query, source_id = ask.text("q"), ask.text("source")
    hits = (
        searching.search(ask.connection, searching.Wanted(query, source_id=source_id), _HITS + 1).hits if query else ()
    )
    model = SearchPage(
        query=query or "",
        source=source_id,
        form=ask.links.search(),
        found=tuple(_found(ask, hit) for hit in hits[:_HITS]) if query else None,
        more=len(hits) > _HITS,
    )
    return Page("redline_search.html", f"Search: {query}" if query else "Search", model)


def pages_page(ask: Ask) -> Page:
    """The watch list, page by page, in alphabetical order of ids; ?after= goes on."""
    rows = timeline.watched(ask.connection, after=ask.text("after") or "", limit=_PAGES + 1)
    more = ask.links.pages() + f"?after={rows[_PAGES - 1].id}" if len(rows) > _PAGES else None
    return Page(
        "redline_pages.html", "Pages watched", PagesPage(tuple(_watched(ask, row) for row in rows[:_PAGES]), more)
    )


def _found(ask: Ask, hit: Hit) -> Found:
    return Found(
        title=hit.title,
        document_href=ask.links.document(hit.source_id),
        version_href=ask.links.version(hit.source_id, hit.last_version),
        text=hit.text if len(hit.text) <= 1200 else f"{hit.text[:1200]} …",
        first_seen=moment(hit.first_seen),
        last_seen=moment(hit.last_seen),
        standing=hit.standing,
    )


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
