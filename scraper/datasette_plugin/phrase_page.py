"""The history of a phrase: on which pages it stood, when it came and went, with the versions and differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.phrases import phrase_history
from scraper.datasette_plugin.asking import Ask, Page
from scraper.datasette_plugin.moments import Interval, Moment, duration, interval, moment
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from scraper.archive.phrases import PhraseOnPage, Presence


@dataclass(frozen=True, slots=True)
class Stay:
    """Versions in a row that hold the phrase. `came` and `went` are None where it was there first and still is."""

    first: int
    first_href: str
    first_seen: Moment
    last: int
    last_href: str
    last_seen: Moment
    stood: str
    came: Interval | None
    came_href: str | None
    went: Interval | None
    went_href: str | None


@dataclass(frozen=True, slots=True)
class OnPage:
    """The stays of the phrase on one page; `removed` since when the page itself is gone."""

    title: str
    href: str
    publisher: str | None
    stays: tuple[Stay, ...]
    removed: Interval | None


@dataclass(frozen=True, slots=True)
class PhrasePage:
    """The model of the page; `pages` is None where nothing was asked."""

    query: str
    source: str | None
    form: str
    search_href: str
    pages: tuple[OnPage, ...] | None
    cut: bool
    csv: str
    json: str


def phrase_page(ask: Ask) -> Page:
    """The history of the words of ?q= in that order, in one document by &source=."""
    phrase, source_id = ask.text("q") or "", ask.text("source")
    found = phrase_history(ask.connection, phrase, source_id=source_id) if phrase else None
    quoted = f'"{phrase.replace(chr(34), " ").strip()}"'
    model = PhrasePage(
        query=visible(phrase),
        source=source_id,
        form=ask.links.phrase(),
        search_href=ask.links.search(q=quoted, source=source_id),
        pages=tuple(_on_page(ask, page) for page in found.pages) if found else None,
        cut=found.cut if found else False,
        csv=ask.links.query("phrase_history", "csv", phrase=quoted),
        json=ask.links.query("phrase_history", "json", phrase=quoted),
    )
    title = f"History of “{model.query}”" if phrase else "History of a phrase"
    return Page("redline_phrase.html", title, model, styles=("search.css",))


def _on_page(ask: Ask, page: PhraseOnPage) -> OnPage:
    return OnPage(
        title=visible(page.title),
        href=ask.links.document(page.source_id),
        publisher=page.publisher,
        stays=tuple(_stay(ask, page.source_id, presence) for presence in page.presences),
        removed=interval(*page.removed) if page.removed else None,
    )


def _stay(ask: Ask, source_id: str, presence: Presence) -> Stay:
    first, last = presence.first_version, presence.last_version
    return Stay(
        first=first,
        first_href=ask.links.version(source_id, first),
        first_seen=moment(presence.first_seen),
        last=last,
        last_href=ask.links.version(source_id, last),
        last_seen=moment(presence.last_seen),
        stood=duration(presence.first_seen, presence.last_seen),
        came=interval(presence.before, presence.first_seen) if presence.before else None,
        came_href=ask.links.difference(source_id, first - 1, first) if presence.before else None,
        went=interval(presence.last_seen, presence.gone_by) if presence.gone_by else None,
        went_href=ask.links.difference(source_id, last, last + 1) if presence.gone_by else None,
    )
