"""The page of a version: the text as it stood, since when each passage has stood, and what it all rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scraper.archive import reading, timeline, timestamps
from scraper.archive.captures import load_body
from scraper.archive.documents import load_document
from scraper.datasette_plugin.asking import Ask, Attachment, Elsewhere, Page, whole
from scraper.datasette_plugin.in_force import AskedFor, asked_for
from scraper.datasette_plugin.labels import FIELD_LABELS
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.memento_page import capture_headers, memento_headers
from scraper.datasette_plugin.moments import Moment, duration, moment
from scraper.errors import UsageError
from scraper.fetching.clocks import in_words

if TYPE_CHECKING:
    from scraper.archive.reading import BlamedPassage, VersionRow
    from scraper.archive.timeline import Evidence

_TAGS = {"heading": "h2", "caption": "figcaption", "quote": "blockquote", "preformatted": "pre", "list_item": "li"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage with the version in which it first stood at its place.

    `fresh` where that is this version (and not the page's first), `leaving` where the next version has it no more,
    `repeats` where the margin beside the passage before says the same.
    """

    text: str
    kind: str
    since: int
    since_href: str
    since_seen: Moment
    fresh: bool
    leaving: bool
    repeats: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Passages of one kind in a row: a list's items, a table's rows, or a single paragraph."""

    tag: str
    passages: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The version before or after, and the difference to it."""

    number: int
    href: str
    difference: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's word that the head which fixes the look was there at a time."""

    time: Moment
    authority: str
    href: str


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A link of the document; `href` is None where it may not be followed."""

    text: str
    url: str
    href: str | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """The model of a version's page."""

    title: str
    source_title: str
    language: str | None
    publisher: str | None
    document_href: str
    url: str
    href: str | None
    number: int
    of: int
    words: str
    first_seen: Moment
    last_seen: Moment
    stood: str
    latest: bool
    previous: Neighbour | None
    following: Neighbour | None
    blocks: tuple[Block, ...]
    fields: tuple[tuple[str, str], ...]
    links: tuple[LinkOut, ...]
    images: tuple[LinkOut, ...]
    evidence: Evidence
    looked: Moment
    clocks: str
    stamps: tuple[Stamp, ...]
    text_sha256: str
    capture_href: str
    row_href: str
    permanent: str
    citation: str
    asked: AskedFor | None


def version_page(ask: Ask) -> Page:
    """A version by its source's id and its number."""
    source_id, number = ask.path["source"], whole(ask.path["number"])
    row = reading.version(ask.connection, source_id, number)
    status = reading.status(ask.connection, source_id)
    top = reading.version(ask.connection, source_id).number
    document = load_document(ask.connection, row.id)
    evidence = timeline.evidence(ask.connection, row.id)
    permanent = ask.origin + ask.links.look(row.id)
    blamed = reading.blame(ask.connection, source_id, number)
    model = VersionPage(
        title=row.title or status.title,
        source_title=status.title,
        language=_language(row.language),
        publisher=status.publisher,
        document_href=ask.links.document(source_id),
        url=evidence.final_url,
        href=outward(evidence.final_url),
        number=number,
        of=top,
        words=f"{row.words:,}",
        first_seen=moment(row.first_seen),
        last_seen=moment(row.last_seen),
        stood=duration(row.first_seen, row.last_seen),
        latest=number == top,
        previous=_neighbour(ask, source_id, number, -1) if number > 1 else None,
        following=_neighbour(ask, source_id, number, 1) if number < top else None,
        blocks=_blocks(ask, blamed, source_id, number),
        fields=_fields(row, document.canonical_url, document.syndicated_from),
        links=tuple(LinkOut(link.text or link.url, link.url, outward(link.url)) for link in document.links),
        images=tuple(
            LinkOut(image.alt or "no alternative text", image.url, outward(image.url)) for image in document.images
        ),
        evidence=evidence,
        looked=moment(evidence.started),
        clocks=in_words(evidence.clock_offset),
        stamps=tuple(
            Stamp(moment(stamp["time"]), stamp["authority"], ask.links.row("timestamps", stamp["id"]))
            for stamp in timestamps.of_look(ask.connection, evidence.fetch_id)
        ),
        text_sha256=row.text_sha256,
        capture_href=ask.links.capture(evidence.capture_id),
        row_href=ask.links.row("versions", row.id),
        permanent=permanent,
        citation=_citation(row, status.title, status.publisher, evidence, permanent),
        asked=asked_for(ask, source_id, number),
    )
    headers = memento_headers(ask, source_id, number, evidence.requested_url)
    return Page("redline_version.html", f"{model.title}: version {number}", model, headers)


def look_page(ask: Ask) -> Elsewhere:
    """The permanent address of what a look saw leads to the version that holds it now."""
    source_id, number = timeline.standing_at_look(ask.connection, whole(ask.path["id"]))
    return Elsewhere(ask.links.version(source_id, number))


def capture_file(ask: Ask) -> Attachment:
    """The exact bytes of a capture, as a file to save; never as a page of ours."""
    capture_id = whole(ask.path["id"])
    row = ask.connection.execute("select sha256, source_id from captures where id = ?", (capture_id,)).fetchone()
    if row is None:
        raise UsageError(f"there is no capture {capture_id}")
    body = load_body(ask.connection, capture_id)
    # Plain bytes: whatever the page was, it must not run or render under the archive's own address.
    return Attachment(
        body,
        f"{row['source_id']}-{row['sha256'][:12]}.bin",
        "application/octet-stream",
        row["sha256"],
        capture_headers(ask, capture_id),
    )


def _neighbour(ask: Ask, source_id: str, number: int, step: int) -> Neighbour:
    other = number + step
    difference = ask.links.difference(source_id, min(number, other), max(number, other))
    return Neighbour(other, ask.links.version(source_id, other), difference)


def _blocks(ask: Ask, blamed: list[BlamedPassage], source_id: str, number: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    before = None
    for kind, group in groupby(blamed, key=lambda passage: passage.kind):
        shown = []
        for passage in group:
            shown.append(_shown(ask, passage, source_id, number, before))
            before = passage.first_version
        if kind in ("list_item", "table_row"):
            blocks.append(Block("ul" if kind == "list_item" else "table", tuple(shown)))
        else:
            blocks += [Block(_TAGS.get(kind, "p"), (one,)) for one in shown]
    return tuple(blocks)


def _shown(ask: Ask, passage: BlamedPassage, source_id: str, number: int, before: int | None) -> Shown:
    since = passage.first_version
    return Shown(
        text=passage.text,
        kind=passage.kind,
        since=since,
        since_href=ask.links.version(source_id, since),
        since_seen=moment(passage.first_seen),
        fresh=since == number and number > 1,
        leaving=passage.last_version == number,
        repeats=since == before,
    )


def _language(said: str | None) -> str | None:
    """The language as a `lang` attribute takes it (RFC 5646, shortened); None where it is none."""
    return said if said and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", said) else None


def _fields(row: VersionRow, canonical: str | None, syndicated: str | None) -> tuple[tuple[str, str], ...]:
    """What the page says of itself; only what it does say."""
    said = {
        "title": row.title,
        "byline": row.byline,
        "published": row.published,
        "modified": row.modified,
        "language": row.language,
        "canonical_url": canonical,
        "syndicated_from": syndicated,
    }
    return tuple((FIELD_LABELS[name], value) for name, value in said.items() if value)


def _citation(row: VersionRow, title: str, publisher: str | None, evidence: Evidence, permanent: str) -> str:
    who = f"{publisher}, " if publisher else ""
    return (
        f"{who}“{row.title or title}”, {evidence.final_url}, as seen {moment(evidence.started).text}. "
        f"Redline archive, {permanent} (bytes SHA-256 {evidence.capture_sha256})."
    )
