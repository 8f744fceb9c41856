"""The page of the difference of two versions: the text with its words marked, what it amounts to, what else differs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from scraper.archive import reading, timeline
from scraper.archive.documents import load_document
from scraper.archive.withheld import require_text
from scraper.comparing import Edit, Op, compare
from scraper.datasette_plugin.asking import Ask, Elsewhere, Page, Reply, whole
from scraper.datasette_plugin.entries import Weight, weight
from scraper.datasette_plugin.excerpts import Piece, pieces
from scraper.datasette_plugin.labels import FIELD_LABELS, Label, announcement, badges, kind_label
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.marked_text import Stretch, folded, marked_text
from scraper.datasette_plugin.moments import Interval, Moment, duration, interval, moment
from scraper.datasette_plugin.version_page import LinkOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.archive.reading import EditRow, VersionRow
    from scraper.normalizing.document import Document, Kind

_CHOICES = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions: stored, for neighbours, or computed now."""

    edits: tuple[Edit, ...]
    classes: tuple[str, ...]
    significance: float
    parts: tuple[Mapping[str, Any], ...]
    summary: str
    words_added: int
    words_removed: int
    details: Mapping[str, Any]
    kind: str | None = None
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions."""

    number: int
    href: str
    first_seen: Moment
    last_seen: Moment
    words: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of metadata that changed, its words marked."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ListChange:
    """Links or images that came or went."""

    name: str
    removed: tuple[LinkOut, ...]
    added: tuple[LinkOut, ...]


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """A version that the form offers for comparison."""

    number: int
    text: str
    old: bool
    new: bool


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """The model of a difference's page."""

    title: str
    publisher: str | None
    document_href: str
    href: str | None
    old: Side
    new: Side
    when: Interval
    apart: str
    steps: int
    kind: Label | None
    announcement: Label | None
    badges: tuple[Label, ...]
    summary: str
    weight: Weight
    words_added: str
    words_removed: str
    stretches: tuple[Stretch, ...]
    fields: tuple[FieldChange, ...]
    lists: tuple[ListChange, ...]
    earlier: str | None
    later: str | None
    form: str
    choices: tuple[VersionChoice, ...]
    permanent: str | None


def difference_page(ask: Ask) -> Reply:
    """The difference of two versions of a source by their numbers, the earlier one first."""
    source_id, a, b = ask.path["source"], whole(ask.path["old"]), whole(ask.path["new"])
    old = reading.version(ask.connection, source_id, a)
    new = reading.version(ask.connection, source_id, b)
    if a > b:
        return Elsewhere(ask.links.difference(source_id, b, a))
    if a == b:
        return Elsewhere(ask.links.version(source_id, a))
    require_text(ask.connection, old.id, new.id)
    before, after = load_document(ask.connection, old.id), load_document(ask.connection, new.id)
    found = _stored(ask, old, new) or _computed(before, after)
    status = reading.status(ask.connection, source_id)
    versions = reading.versions(ask.connection, source_id)
    model = DifferencePage(
        title=status.title,
        publisher=status.publisher,
        document_href=ask.links.document(source_id),
        href=outward(status.url),
        old=_side(ask, old),
        new=_side(ask, new),
        when=interval(old.last_seen, new.first_seen),
        apart=duration(old.last_seen, new.first_seen),
        steps=b - a,
        kind=kind_label(found.kind) if found.kind not in (None, "content") else None,
        announcement=announcement(found.classes),
        badges=badges(found.classes),
        summary=found.summary,
        weight=weight(found.significance, found.parts),
        words_added=f"{found.words_added:,}",
        words_removed=f"{found.words_removed:,}",
        stretches=tuple(folded(marked_text(before.passages, after.passages, found.edits))),
        fields=_fields(found.details),
        lists=_lists(found.details),
        earlier=ask.links.difference(source_id, a - 1, a) if a > 1 else None,
        later=ask.links.difference(source_id, b, b + 1) if b < versions[-1].number else None,
        form=ask.links.document(source_id),
        choices=_choices(versions, a, b),
        permanent=ask.origin + ask.links.change(found.change_id) if found.change_id else None,
    )
    return Page("redline_difference.html", f"{status.title}: version {a} to {b}", model)


def change_page(ask: Ask) -> Elsewhere:
    """The permanent address of a change leads to its difference, or to its place on the document's page."""
    change_id = whole(ask.path["id"])
    change, _ = reading.change(ask.connection, change_id)
    old, new = change.old_number, change.new_number
    if old is not None and new is not None and old != new:
        return Elsewhere(ask.links.difference(change.source_id, old, new))
    return Elsewhere(f"{ask.links.document(change.source_id)}#change-{change_id}")


def _stored(ask: Ask, old: VersionRow, new: VersionRow) -> Difference | None:
    """The stored change of two neighbours: it knows of other pages and earlier versions too."""
    change_id = timeline.step_change(ask.connection, old.id, new.id)
    if change_id is None:
        return None
    change, detail = reading.change(ask.connection, change_id)
    return Difference(
        edits=tuple(_edit(row) for row in detail.edits),
        classes=change.classes,
        significance=change.significance,
        parts=detail.parts,
        summary=change.summary,
        words_added=change.words_added,
        words_removed=change.words_removed,
        details=detail.details,
        kind=change.kind,
        change_id=change_id,
    )


def _edit(row: EditRow) -> Edit:
    return Edit(
        op=cast("Op", row.op),
        old=row.old_text,
        new=row.new_text,
        old_position=row.old_position,
        new_position=row.new_position,
        kind=cast("Kind", row.kind),
        classes=row.classes,  # type: ignore[arg-type]  # stored by a Redline that may know more classes than we do
    )


def _computed(before: Document, after: Document) -> Difference:
    found = compare(before, after)
    return Difference(
        edits=found.edits,
        classes=found.classes,
        significance=found.significance,
        parts=tuple(asdict(part) for part in found.parts),
        summary=found.summary,
        words_added=found.words_added,
        words_removed=found.words_removed,
        details={
            "fields": found.fields_changed,
            "links_added": found.links_added,
            "links_removed": found.links_removed,
            "images_added": found.images_added,
            "images_removed": found.images_removed,
        },
    )


def _side(ask: Ask, row: VersionRow) -> Side:
    href = ask.links.version(row.source_id, row.number)
    return Side(row.number, href, moment(row.first_seen), moment(row.last_seen), f"{row.words:,}")


def _fields(details: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    changed = details.get("fields", ())
    return tuple(FieldChange(FIELD_LABELS.get(name, name), _field_pieces(name, old, new)) for name, old, new in changed)


def _field_pieces(name: str, old: str | None, new: str | None) -> tuple[Piece, ...]:
    """Titles and bylines are marked word by word; dates and addresses are read whole."""
    if name in ("title", "byline") or old is None or new is None:
        return pieces(old, new)
    return (Piece("delete", old), Piece("equal", " "), Piece("insert", new))


def _lists(details: Mapping[str, Any]) -> tuple[ListChange, ...]:
    lists = []
    for name, text in (("links", "Links"), ("images", "Images")):
        removed, added = _outs(details.get(f"{name}_removed", ())), _outs(details.get(f"{name}_added", ()))
        if removed or added:
            lists.append(ListChange(text, removed, added))
    return tuple(lists)


def _outs(urls: Sequence[str]) -> tuple[LinkOut, ...]:
    return tuple(LinkOut(url, url, outward(url)) for url in urls)


def _choices(versions: Sequence[VersionRow], a: int, b: int) -> tuple[VersionChoice, ...]:
    return tuple(
        VersionChoice(
            row.number, f"{row.number}: seen from {moment(row.first_seen).text}", row.number == a, row.number == b
        )
        for row in versions[-_CHOICES:]
    )
