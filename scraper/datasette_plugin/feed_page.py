"""The news as a feed: what the front page lists, or what became of one document, for a feed reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from scraper.archive import edit_search, reading, syndicating
from scraper.archive.events import event_keys
from scraper.archive.searching import Wanted
from scraper.datasette_plugin.asking import Ask, Resource
from scraper.datasette_plugin.document_page import known_status
from scraper.datasette_plugin.entries import known_entries, known_news
from scraper.datasette_plugin.feed_item import item_of
from scraper.datasette_plugin.filters import chosen
from scraper.datasette_plugin.found import changed_by
from scraper.datasette_plugin.labels import class_label, kind_label
from scraper.datasette_plugin.syndication import FORMS, Feed
from scraper.datasette_plugin.tag_uris import tag_uri
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.archive.timeline import Asked, News
    from scraper.datasette_plugin.syndication import Form

LISTED = 50
_READ = 400  # changes that are read for them: a site-wide edit is one entry, on however many pages it was made

_RULE = (
    "Each entry says between which two looks the page changed; the time of the entry is when the archive found it, "
    "never a claim about when the page was edited."
)


@dataclass(frozen=True, slots=True)
class _Event:
    """A change, or the same edit on many pages of a publisher."""

    key: object
    members: tuple[News, ...]


def feed(ask: Ask) -> Resource:
    """The feed that the path names, narrowed by publisher, tag, class, kind, significance, since, until, q, all."""
    asked = asked_for(ask)
    phrase, form = ask.text("q"), ask.path["form"]
    events, rest, cut = _events(ask, _latest(ask, asked, phrase))
    following = events[-1].members[-1].change.id if rest and events else None
    found = Feed(
        id=tag_uri(ask.authority, syndicating.archive_identity(ask.connection), "feed", *_named(ask, asked)),
        title=visible(_title(ask, asked, phrase)),
        subtitle=_RULE,
        author="Redline",
        updated=max(
            (item.found for event in events for item in event.members), default=syndicating.began(ask.connection)
        ),
        home=ask.origin + _home(ask, asked, phrase),
        this=ask.origin + _address(ask, asked, phrase, form, asked.before),
        first=ask.origin + _address(ask, asked, phrase, form, None) if asked.before else None,
        following=ask.origin + _address(ask, asked, phrase, form, following) if following else None,
        items=_items(ask, events, FORMS[form], cut=cut),
    )
    return Resource(FORMS[form].feed(found), FORMS[form].media_type, found.updated)


def asked_for(ask: Ask) -> Asked:
    """The changes that the path and the query string ask for; UsageError where one of them cannot be."""
    source_id = ask.path.get("source")
    if source_id is not None:
        known_status(ask, source_id)
    asked = replace(chosen(ask).asked, source_id=source_id)
    reading.check_filters(asked.change_class, asked.kind)
    return asked


def _latest(ask: Ask, asked: Asked, phrase: str | None) -> Iterator[list[tuple[int, bool]]]:
    """The latest changes asked for, part by part, and of each whether it is site-wide."""
    if phrase is None:
        yield syndicating.latest(ask.connection, asked, _READ)
        return
    wanted = Wanted(phrase, asked.source_id)
    for ids in edit_search.changes_with(ask.connection, wanted, _READ, partial(changed_by, ask, wanted)):
        yield syndicating.latest(ask.connection, asked, _READ, ids)


def _events(ask: Ask, latest: Iterable[list[tuple[int, bool]]]) -> tuple[list[_Event], bool, bool]:
    """The first LISTED events by their latest change, whether there is more, and whether more may be of them."""
    members: dict[object, list[int]] = {}
    read, rest = 0, False
    for part in latest:
        read += len(part)
        keys = event_keys(ask.connection, [change_id for change_id, site_wide in part if site_wide])
        for change_id, _ in part:
            key = keys.get(change_id, change_id)
            if rest := key not in members and len(members) == LISTED:
                break
            members.setdefault(key, []).append(change_id)
        if rest:
            break
    cut = read == _READ
    news = known_news(ask, [change_id for found in members.values() for change_id in found])
    events = [_Event(key, tuple(news[change_id] for change_id in found)) for key, found in members.items()]
    return events, rest or cut, cut


def _items(ask: Ask, events: list[_Event], form: Form, *, cut: bool) -> tuple[str, ...]:
    """The events as entries, written. Those of one change are written once for all feeds that list it."""
    by_id = {event.members[0].change.id: event for event in events}
    archive = syndicating.archive_identity(ask.connection)

    def written(ids: list[int]) -> dict[int, str]:
        entries = known_entries(ask, [by_id[one].members[0] for one in ids])
        return {
            one: form.entry(item_of(ask, archive, by_id[one].key, by_id[one].members, entries[one], cut=cut))
            for one in ids
        }

    alone = [one for one, event in by_id.items() if len(event.members) == 1]
    known = ask.once.each(f"entry of {form.media_type} for {ask.origin}", alone, written)
    known |= written([one for one in by_id if one not in known])
    return tuple(known[one] for one in by_id)


def _title(ask: Ask, asked: Asked, phrase: str | None) -> str:
    if asked.source_id is not None:
        return f"Redline: {known_status(ask, asked.source_id).title}"
    named = [asked.publisher, asked.tag, f"“{phrase}”" if phrase else None]
    named += [class_label(asked.change_class).text if asked.change_class else None]
    named += [kind_label(asked.kind).text if asked.kind else None]
    named += [f"significance {asked.significance:g} or more" if asked.significance else None]
    told = ", ".join(name for name in named if name)
    return f"Redline: what changed{f' ({told})' if told else ''}"


def _filters(asked: Asked, phrase: str | None) -> dict[str, str | int | float | None]:
    """The filters as the query string has them, in an order of their own."""
    return {
        "publisher": asked.publisher,
        "tag": asked.tag,
        "class": asked.change_class,
        "kind": asked.kind,
        "significance": asked.significance,
        "since": asked.since,
        "until": asked.until,
        "q": phrase,
        "all": "1" if asked.everything else None,
    }


def _named(ask: Ask, asked: Asked) -> tuple[str, ...]:
    """What the feed is of, as steps of its id: the same for both forms and for every page of it."""
    filters = _filters(asked, ask.text("q"))
    wanted = [f"{name}={value}" for name, value in filters.items() if value is not None]
    return (asked.source_id or "-", *wanted)


def _address(ask: Ask, asked: Asked, phrase: str | None, form: str, before: int | None) -> str:
    return ask.links.feed(form, asked.source_id, **_filters(asked, phrase), before=before)


def _home(ask: Ask, asked: Asked, phrase: str | None) -> str:
    """The page that lists the same for readers."""
    if asked.source_id is not None:
        return ask.links.document(asked.source_id)
    if phrase is not None:
        return ask.links.search(q=phrase, publisher=asked.publisher)
    return ask.links.front(**{name: value for name, value in _filters(asked, None).items() if name != "q"})
