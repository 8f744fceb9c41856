"""A change as an entry in a list of news: what changed, how much it matters and why, whether it was announced."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scraper.archive import timeline
from scraper.datasette_plugin.excerpts import Excerpt, excerpts, said_last
from scraper.datasette_plugin.labels import Label, announcement, badges, kind_label
from scraper.datasette_plugin.moments import Interval, Moment, interval, moment
from scraper.datasette_plugin.visible import typeset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.archive.digest import Event
    from scraper.archive.reading import ChangeRow
    from scraper.archive.timeline import KeyedEdit, News
    from scraper.datasette_plugin.asking import Ask
    from scraper.datasette_plugin.links import Links

_REASONS = 3  # that stand beside a significance in words


@dataclass(frozen=True, slots=True)
class WeightPart:
    """One named part of a significance: its value as it is written, and its reason."""

    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A significance as text and in per cent, with the parts that it is the sum of, and the largest in a line."""

    text: str
    percent: int
    parts: tuple[WeightPart, ...]
    because: str = ""


@dataclass(frozen=True, slots=True)
class OtherPage:
    """Another page on which the same edit was made."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it is listed."""

    id: int
    title: str
    href: str
    document_href: str
    permanent: str
    publisher: str | None
    kind: Label
    announcement: Label | None
    badges: tuple[Label, ...]
    excerpts: tuple[Excerpt, ...]
    more: int
    summary: str
    told: str
    weight: Weight
    when: Interval
    found: Moment
    substantive: bool
    versions: str | None
    words: tuple[int, int] | None
    others: tuple[OtherPage, ...] = ()
    pages: int = 1


def known_news(ask: Ask, change_ids: Sequence[int]) -> dict[int, News]:
    """These changes by their ids, each read once."""
    return ask.once.each("news", change_ids, lambda missing: timeline.news_of(ask.connection, missing))


def known_entries(ask: Ask, news: Iterable[News]) -> dict[int, Entry]:
    """Changes as entries, by their ids. Each is made once: the same changes stand in many lists and feeds."""
    items = {item.change.id: item for item in news}

    def made(ids: list[int]) -> dict[int, Entry]:
        edits, said = timeline.leading_edits(ask.connection, ids), timeline.openings(ask.connection, ids)
        return {one: entry(items[one], edits.get(one, ()), ask.links, said.get(one)) for one in ids}

    return ask.once.each("entry", list(items), made)


def entry(item: News, edits: Sequence[KeyedEdit], links: Links, said: str | None = None) -> Entry:
    """One change as an entry; `said` is how a removed page began."""
    change = item.change
    shown, more = excerpts(item, edits)
    if said and change.kind == "removed":
        shown = (said_last(said),)
    document = links.document(change.source_id)
    return Entry(
        id=change.id,
        title=change.title,
        href=_where_to_read(item, links),
        document_href=document,
        permanent=links.change(change.id),
        publisher=change.publisher,
        kind=kind_label(change.kind),
        announcement=announcement(change.classes),
        badges=badges(change.classes),
        excerpts=shown,
        more=more,
        summary=typeset(change.summary),
        told=beside_its_kind(change.kind, change.summary),
        weight=weight(change.significance, item.parts),
        when=interval(change.last_seen_old, change.first_seen_new),
        found=moment(item.found),
        substantive=change.substantive,
        versions=_versions(item),
        words=_words(item),
    )


def event_entries(ask: Ask, events: Sequence[Event]) -> dict[int, Entry]:
    """Events as entries, by the ids of the changes that lead, each one entry on however many pages it is."""
    alone = {event.news[0].change.id: event.news[0] for event in events if event.pages == 1}
    shared = {event.news[0].change.id: event for event in events if event.pages > 1}
    edits = timeline.leading_edits(ask.connection, shared) if shared else {}
    many = {lead: _on_many_pages(event, edits.get(lead, ()), ask.links) for lead, event in shared.items()}
    return {**known_entries(ask, alone.values()), **many}


def _on_many_pages(event: Event, edits: Sequence[KeyedEdit], links: Links) -> Entry:
    """The same edit on many pages: the first of them are named, the rest counted."""
    lead = event.news[0].change
    shared = [keyed for keyed in edits if "site_wide" in keyed.edit.classes]
    made = entry(event.news[0], shared, links)
    return replace(
        made,
        title=f"The same edit on {event.pages:,} pages of {lead.publisher}",
        href=links.front(same=lead.id) if event.pages > len(event.news) else made.href,
        summary="",
        told="",
        excerpts=made.excerpts[:1],
        when=_within([item.change for item in event.news]),
        others=tuple(OtherPage(item.change.title, _where_to_read(item, links)) for item in event.news),
        more=0,
        pages=event.pages,
    )


def _within(changes: Sequence[ChangeRow]) -> Interval:
    """The interval that holds those of all changes."""
    after = [change.last_seen_old for change in changes if change.last_seen_old is not None]
    return interval(min(after, default=None), max(change.first_seen_new for change in changes))


def weight(significance: float, parts: Iterable[Mapping[str, Any]]) -> Weight:
    """A significance with its parts, written with two decimals and a sign."""
    known = [(float(part["value"]), str(part["reason"])) for part in parts]
    written = tuple(WeightPart(f"{value:+.2f}".replace("-", "−"), reason) for value, reason in known)
    heaviest = sorted((part for part in known if part[0] > 0), key=lambda part: -part[0])[:_REASONS]
    return Weight(f"{significance:.2f}", round(significance * 100), written, "; ".join(text for _, text in heaviest))


def beside_its_kind(kind: str | None, summary: str) -> str:
    """The summary of a change without the name of its kind, where that stands before it on a badge."""
    named = re.match(f"{re.escape(kind_label(kind).text)}[:,] ", summary) if kind else None
    rest = summary[named.end() :] if named else summary
    return typeset(rest[:1].upper() + rest[1:])


def _where_to_read(item: News, links: Links) -> str:
    """A change of text is read as a difference, anything else on the document's page."""
    change = item.change
    if change.old_number is not None and change.new_number is not None and change.old_number != change.new_number:
        return links.difference(change.source_id, change.old_number, change.new_number)
    return f"{links.document(change.source_id)}#change-{change.id}"


def _words(item: News) -> tuple[int, int] | None:
    """Words that came and went in a change of text."""
    change = item.change
    counted = (change.words_added, change.words_removed)
    return counted if change.kind != "first_seen" and any(counted) else None


def _versions(item: News) -> str | None:
    old, new = item.change.old_number, item.change.new_number
    if old is None or new is None or old == new:
        return None
    return f"version {old} to {new}"
