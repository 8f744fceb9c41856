"""The page of a version: the text as it stood, since when each passage has stood, and what it all rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import scraper.datasette_plugin.citing as citing
from scraper.archive import lifetimes, reading, timeline, timestamps
from scraper.archive.documents import load_document
from scraper.archive.headers import unpack
from scraper.datasette_plugin.asking import Ask, Elsewhere, Page, whole
from scraper.datasette_plugin.at_page import Asked, answer
from scraper.datasette_plugin.beside_text import LinkOut
from scraper.datasette_plugin.card_page import Share, version_share
from scraper.datasette_plugin.labels import FIELD_LABELS
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.memento_page import memento_headers
from scraper.datasette_plugin.moments import Moment, duration, moment
from scraper.datasette_plugin.version_files import cited_version
from scraper.datasette_plugin.version_text import Leaf, leaf
from scraper.datasette_plugin.visible import visible
from scraper.fetching.clocks import in_words

if TYPE_CHECKING:
    from scraper.archive.reading import SourceStatus, VersionRow
    from scraper.archive.timeline import Evidence
    from scraper.normalizing.document import Document

_LISTED = 200  # links and images; the rest is in the tables


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
class Citation:
    """A citation in one form, to be copied or saved."""

    name: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How the version is fixed and how to check that: the record in the ledger, the head, the commands."""

    run: int
    head: str | None
    headers: tuple[tuple[str, str], ...]
    filename: str
    commands: tuple[tuple[str, str], ...]


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
    asked: Asked | None
    at: str
    form: str
    leaf: Leaf
    fields: tuple[tuple[str, str], ...]
    links: tuple[LinkOut, ...]
    links_more: int
    images: tuple[LinkOut, ...]
    images_more: int
    evidence: Evidence
    looked: Moment
    clocks: str
    stamps: tuple[Stamp, ...]
    proof: Proof
    text_sha256: str
    text_href: str
    capture_href: str
    row_href: str
    permanent: str
    citation: str
    citations: tuple[Citation, ...]
    share: Share


def version_page(ask: Ask) -> Page:
    """A version by its source's id and number; ?page= leads on in a long text, ?asked= is a time that was asked for."""
    source_id, number = ask.path["source"], whole(ask.path["number"])
    row = reading.version(ask.connection, source_id, number)
    status = reading.status(ask.connection, source_id)
    model = _model(ask, status, row)
    return Page(
        "redline_version.html",
        f"{model.title}: version {number}",
        model,
        styles=("reading.css",),
        scripts=("reading.js",),
        headers=memento_headers(ask, source_id, number, model.evidence.requested_url),
    )


def look_page(ask: Ask) -> Elsewhere:
    """The permanent address of what a look saw leads to the version that holds it now."""
    source_id, number = timeline.standing_at_look(ask.connection, whole(ask.path["id"]))
    return Elsewhere(ask.links.version(source_id, number))


def _model(ask: Ask, status: SourceStatus, row: VersionRow) -> VersionPage:
    source_id, number = row.source_id, row.number
    top = lifetimes.top_number(ask.connection, source_id)
    following = reading.version(ask.connection, source_id, number + 1) if number < top else None
    document = load_document(ask.connection, row.id)
    evidence = timeline.evidence(ask.connection, row.id)
    cited = cited_version(ask, status, row, evidence)
    return VersionPage(
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
        asked=answer(ask, row, following),
        at=ask.links.at(source_id),
        form=ask.links.document(source_id),
        leaf=leaf(ask, row, top),
        fields=_fields(row, document.canonical_url, document.syndicated_from),
        links=_links(document),
        links_more=max(0, len(document.links) - _LISTED),
        images=_images(document),
        images_more=max(0, len(document.images) - _LISTED),
        evidence=evidence,
        looked=moment(evidence.started),
        clocks=in_words(evidence.clock_offset),
        stamps=tuple(
            Stamp(moment(stamp["time"]), stamp["authority"], ask.links.row("timestamps", stamp["id"]))
            for stamp in timestamps.of_look(ask.connection, evidence.fetch_id)
        ),
        proof=_proof(ask, row, evidence),
        text_sha256=row.text_sha256,
        text_href=ask.links.version_file(source_id, number, "text.txt"),
        capture_href=ask.links.capture(evidence.capture_id),
        row_href=ask.links.row("versions", row.id),
        permanent=cited.permanent,
        citation=citing.plain(cited),
        citations=_citations(ask, row, cited),
        share=version_share(ask, status, row, document.passages),
    )


def _neighbour(ask: Ask, source_id: str, number: int, step: int) -> Neighbour:
    other = number + step
    difference = ask.links.difference(source_id, min(number, other), max(number, other))
    return Neighbour(other, ask.links.version(source_id, other), difference)


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
    dated = {name: _as_read(value) for name, value in said.items() if name in ("published", "modified") and value}
    return tuple((FIELD_LABELS[name], visible(value)) for name, value in (said | dated).items() if value)


def _as_read(date: str) -> str:
    """A date of the page in the words of this one, where it names a moment; else as the page has it."""
    try:
        return moment(date).text if datetime.fromisoformat(date).tzinfo else date
    except (ValueError, OverflowError):  # it is no date, or none of the calendar once it is told in UTC
        return date


def _links(document: Document) -> tuple[LinkOut, ...]:
    return tuple(
        LinkOut(visible(link.text or link.url), visible(link.url), outward(link.url))
        for link in document.links[:_LISTED]
    )


def _images(document: Document) -> tuple[LinkOut, ...]:
    return tuple(
        LinkOut(visible(image.alt) or "no alternative text", visible(image.url), outward(image.url))
        for image in document.images[:_LISTED]
    )


def _citations(ask: Ask, row: VersionRow, cited: citing.Cited) -> tuple[Citation, ...]:
    forms = (
        ("BibTeX", citing.bibtex, "cite.bib"),
        ("CSL-JSON, for Zotero and others", citing.csl_json, "cite.json"),
        ("Robust Link, for a page of yours", citing.robust_link, "cite.html"),
    )
    return tuple(
        Citation(name, write(cited).strip(), ask.links.version_file(row.source_id, row.number, file))
        for name, write, file in forms
    )


def _proof(ask: Ask, row: VersionRow, evidence: Evidence) -> Proof:
    run, head = lifetimes.head_after(ask.connection, evidence.fetch_id)
    look = reading.look(ask.connection, evidence.fetch_id)
    filename = f"{row.source_id}-{evidence.capture_sha256[:12]}.bin"
    return Proof(
        run=run,
        head=head,
        headers=tuple((visible(name), visible(value)) for name, value in unpack(ask.connection, look["headers"])),
        filename=filename,
        commands=(
            ("The bytes that you downloaded have the hash above:", f"sha256sum {filename}"),
            ("Every record of the archive follows from the one before it:", "redline verify"),
            (
                "A file that checks itself, with Python alone:",
                f"redline export bundle {row.source_id} {row.number}",
            ),
        ),
    )
