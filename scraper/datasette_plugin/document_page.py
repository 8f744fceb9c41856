"""The page of a document: what it says now, how it came to say that, and whether anybody was looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.archive import looking, reading, timeline
from scraper.archive.timeline import Asked, Pace
from scraper.datasette_plugin.asking import Ask, Elsewhere, Page, Reply
from scraper.datasette_plugin.drawing import Drawing, draw
from scraper.datasette_plugin.entries import Entry, known_entries
from scraper.datasette_plugin.labels import Label, outcome_label
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.moments import Moment, duration, moment, moment_or_none
from scraper.datasette_plugin.watching import Looked, Note, Standing, looked
from scraper.normalizing.document import OUTSIDE_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.reading import BlamedPassage, SourceStatus, VersionRow
    from scraper.archive.timeline import News

LISTED = 40
LISTED_VERSIONS = 200
_EXCERPT_WORDS = 90


@dataclass(frozen=True, slots=True)
class Address:
    """An address that the document has had."""

    url: str
    href: str | None
    first_seen: Moment
    last_seen: Moment
    reason: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Looks in a row that came to the same."""

    label: Label
    start: Moment
    end: Moment
    looks: int


@dataclass(frozen=True, slots=True)
class VersionLink:
    """A version in a list."""

    number: int
    href: str
    first_seen: Moment
    last_seen: Moment
    words: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """What became of a document at one time: a change, or a note of what the looks said beside."""

    entry: Entry | None
    note: Note | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of a document's life: its name, and what is said or the moment."""

    name: str
    text: str
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """The model of a document's page."""

    title: str
    publisher: str | None
    publisher_href: str | None
    tags: tuple[tuple[str, str], ...]
    url: str
    href: str | None
    state: Label
    state_note: str
    last_look: Moment | None
    last_good: Moment | None
    latest: VersionLink | None
    excerpt: tuple[str, ...]
    drawing: Drawing | None
    standing: tuple[Standing, ...]
    facts: tuple[Fact, ...]
    life: tuple[Happening, ...]
    older: str | None
    versions: tuple[VersionLink, ...]
    unlisted: int
    versions_href: str
    addresses: tuple[Address, ...]
    stretches: tuple[Stretch, ...]
    form: str
    first_href: str | None


def document_page(ask: Ask) -> Reply:
    """A document by its source's id; ?at= leads to the version of a day, ?old= and ?new= to a difference."""
    source_id = ask.path["source"]
    status = known_status(ask, source_id)
    if elsewhere := _asked_for_a_version(ask, source_id):
        return elsewhere
    versions = reading.versions(ask.connection, source_id, last=LISTED_VERSIONS)
    first, many = reading.first_version(ask.connection, source_id)
    news = timeline.news(
        ask.connection, Asked(source_id=source_id, everything=True, before=ask.number("before")), LISTED + 1
    )
    # Told alike by every part of a long timeline.
    told = ask.once(("looked", source_id), lambda: _looked(ask, status))
    pace = ask.once(("pace", source_id), lambda: timeline.pace(ask.connection, source_id))
    known = known_entries(ask, news[:LISTED])
    entries = [known[item.change.id] for item in news[:LISTED]]
    links = tuple(_version(ask, row) for row in reversed(versions))
    model = DocumentPage(
        title=status.title,
        publisher=status.publisher,
        publisher_href=ask.links.front(publisher=status.publisher) if status.publisher else None,
        tags=tuple((tag, ask.links.front(tag=tag)) for tag in status.tags),
        url=status.url,
        href=outward(status.url),
        state=_state(status),
        state_note=status.reason or "",
        last_look=moment_or_none(status.last_look),
        last_good=moment_or_none(status.last_good),
        latest=links[0] if links else None,
        excerpt=_excerpt(ask, versions),
        drawing=draw(versions, [item.change for item in news], told.watched, ask.links, told.gaps),
        standing=told.standing,
        facts=_facts(status, first, pace),
        life=_life(news, entries, told.notes, ask.number("before")),
        older=ask.links.document(source_id, before=news[LISTED - 1].change.id) if len(news) > LISTED else None,
        versions=links,
        unlisted=many - len(links),
        versions_href=ask.links.rows("versions", source_id=source_id),
        addresses=tuple(_address(row) for row in reading.urls(ask.connection, source_id)),
        stretches=tuple(_stretch(row) for row in told.stretches),
        form=ask.links.document(source_id),
        first_href=ask.links.difference(source_id, first.number, versions[-1].number) if first and many > 1 else None,
    )
    return Page("redline_document.html", status.title, model, styles=("document.css",))


def known_status(ask: Ask, source_id: str) -> SourceStatus:
    """How a document fares, counted once; UsageError where there is none of that id."""
    return ask.once(("status", source_id), lambda: reading.status(ask.connection, source_id))


def _looked(ask: Ask, status: SourceStatus) -> Looked:
    run = timeline.last_looking(ask.connection)
    withheld = timeline.withheld(ask.connection, status.id)
    return looked(status, looking.looks(ask.connection, status.id), withheld, run[0] if run else None)


def _asked_for_a_version(ask: Ask, source_id: str) -> Elsewhere | None:
    """Where the forms of the page lead."""
    if day := ask.text("at"):
        # A day is asked for as a whole: what stood at its end.
        found = reading.version_at(ask.connection, source_id, f"{reading.as_moment(day)[:10]}T23:59:59.999Z")
        return Elsewhere(ask.links.version(source_id, found.number))
    old, new = ask.number("old"), ask.number("new")
    if old is None or new is None:
        return None
    return Elsewhere(ask.links.difference(source_id, min(old, new), max(old, new)))


def _life(
    news: Sequence[News], entries: Sequence[Entry], told: Sequence[Note], before: int | None
) -> tuple[Happening, ...]:
    """Changes and notes in one list, the latest first; notes only of the time that the changes shown are of."""
    if before is not None and entries:
        told = [note for note in told if note.start.iso < entries[0].when.by.iso]
    if len(news) > len(entries):
        told = [note for note in told if note.start.iso >= entries[-1].when.by.iso]
    # A note stands at its start; a change at the look that showed it, above the looks that led to it.
    placed = [(item.when.by.iso, 1, Happening(item, None)) for item in entries]
    placed += [(note.start.iso, 0, Happening(None, note)) for note in told]
    return tuple(happening for _, _, happening in sorted(placed, key=lambda place: place[:2], reverse=True))


def _facts(status: SourceStatus, first: VersionRow | None, pace: Pace) -> tuple[Fact, ...]:
    facts = []
    if first:
        facts.append(Fact("First seen", "", moment(first.first_seen)))
    if status.last_good:
        facts.append(Fact("Last seen", "", moment(status.last_good)))
    if first and status.last_good:
        facts.append(Fact("Changes of wording", _often(pace, first.first_seen, status.last_good)))
    rhythm = f", {status.every} apart" if status.every else ""
    last = f"; the last on {moment(status.last_look).text}: {status.reason}" if status.last_look else ""
    facts.append(Fact("Looks", f"{status.looks:,}{rhythm}{last}"))
    return tuple(facts)


def _often(pace: Pace, first: str, last: str) -> str:
    """How often a document changed between its first look and its last good one."""
    if not pace.changes:
        return "none" + (f" in {seen}" if (seen := duration(first, last)) else "")
    silent = f", {pace.silent:,} not announced" if pace.silent else ""
    if pace.silent == pace.changes > 1:
        silent = ", none announced"
    apart = (datetime.fromisoformat(last) - datetime.fromisoformat(first)) / pace.changes
    start = datetime.fromisoformat(first)
    each = duration(first, (start + apart).isoformat())
    return f"{pace.changes:,}{silent}" + (f"; one in {each} on average" if pace.changes > 1 and each else "")


def _state(status: SourceStatus) -> Label:
    if status.retired:
        return Label("no longer watched", "The page left the watch list.", "faint")
    if status.removed:
        return Label("removed", "Several looks over more than a day found no page.", "alarm")
    return outcome_label(status.outcome)


def _version(ask: Ask, row: VersionRow) -> VersionLink:
    return VersionLink(
        number=row.number,
        href=ask.links.version(row.source_id, row.number),
        first_seen=moment(row.first_seen),
        last_seen=moment(row.last_seen),
        words=f"{row.words:,}",
        title=row.title,
    )


def _excerpt(ask: Ask, versions: Sequence[VersionRow]) -> tuple[str, ...]:
    """The first paragraphs of the latest text, up to some ninety words."""
    if not versions:
        return ()
    shown: list[str] = []
    words = 0
    for passage in reading.blame(ask.connection, versions[-1].source_id, versions[-1].number):
        if words >= _EXCERPT_WORDS:
            break
        if _is_prose(passage):
            shown.append(passage.text if len(passage.text) < 900 else f"{passage.text[:900]} …")
            words += len(passage.text.split())
    return tuple(shown)


def _is_prose(passage: BlamedPassage) -> bool:
    return passage.kind not in OUTSIDE_TEXT and passage.kind not in ("heading", "table_row")


def _address(row: dict[str, Any]) -> Address:
    return Address(row["url"], outward(row["url"]), moment(row["first_seen"]), moment(row["last_seen"]), row["reason"])


def _stretch(row: looking.Stretch) -> Stretch:
    return Stretch(outcome_label(row.outcome), moment(row.start), moment(row.end), row.looks)
