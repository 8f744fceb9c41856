"""What a shared link shows before it is opened: title, description and picture of a difference or a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.archive import lifetimes, reading
from scraper.archive.documents import load_passages
from scraper.datasette_plugin.asking import Ask, Picture, whole
from scraper.datasette_plugin.card import SIZE, Card, etag, png
from scraper.datasette_plugin.differences import difference
from scraper.datasette_plugin.excerpts import Piece, shortened, telling
from scraper.datasette_plugin.labels import announcement, kind_label
from scraper.datasette_plugin.moments import Interval, Moment, interval, moment
from scraper.datasette_plugin.visible import visible
from scraper.errors import UsageError
from scraper.normalizing.document import OUTSIDE_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.reading import SourceStatus, VersionRow
    from scraper.datasette_plugin.differences import Difference
    from scraper.normalizing.document import Passage

_DESCRIBED = 200


@dataclass(frozen=True, slots=True)
class Share:
    """The `meta` elements of a page: Open Graph (ogp.me) and Twitter cards. `url` and `picture` are absolute."""

    title: str
    description: str
    url: str
    picture: str
    alt: str
    width: int = SIZE[0]
    height: int = SIZE[1]


def difference_card(ask: Ask) -> Picture:
    """The picture of the difference of two versions."""
    source_id, a, b = ask.path["source"], whole(ask.path["old"]), whole(ask.path["new"])
    if a >= b:
        raise UsageError(f"there is no picture of the difference of versions {a} and {b}: name the earlier one first")
    old = reading.version(ask.connection, source_id, a)
    new = reading.version(ask.connection, source_id, b)
    return _picture(
        ask, _difference_card(ask, reading.status(ask.connection, source_id), difference(ask.connection, old, new))
    )


def version_card(ask: Ask) -> Picture:
    """The picture of a version: how its text begins."""
    source_id, number = ask.path["source"], whole(ask.path["number"])
    row = reading.version(ask.connection, source_id, number)
    status = reading.status(ask.connection, source_id)
    opening = opening_of(load_passages(ask.connection, source_id, number))
    label = f"Version {number} of {lifetimes.top_number(ask.connection, source_id)}"
    seen = f"Seen from {moment(row.first_seen).text} to {moment(row.last_seen).text}"
    quote = (Piece("equal", opening),)
    card = Card(
        row.title or status.title,
        _publisher(status),
        label,
        False,
        quote,
        f"{row.words:,} words",
        seen,
        f"archive: {_name(ask)}",
    )
    return _picture(ask, card)


def difference_share(ask: Ask, status: SourceStatus, found: Difference) -> Share:
    """What a link to a difference shows."""
    source_id, a, b = status.id, found.old.number, found.new.number
    told = announcement(found.classes)
    said = [f"{told.text}." if told else "", f"{found.summary}.", f"Changed {_between(found).lower()}."]
    return Share(
        title=visible(status.title)[:_DESCRIBED],
        description=visible(" ".join(part for part in said if part))[: 2 * _DESCRIBED],
        url=ask.origin
        + (ask.links.change(found.change_id) if found.change_id else ask.links.difference(source_id, a, b)),
        picture=ask.origin + ask.links.difference_card(source_id, a, b),
        alt=visible(_told(most_telling(found)))[: 2 * _DESCRIBED] or found.summary,
    )


def version_share(ask: Ask, status: SourceStatus, row: VersionRow, passages: Sequence[Passage]) -> Share:
    """What a link to a version shows."""
    seen = f"As it was seen from {moment(row.first_seen).text} to {moment(row.last_seen).text}."
    opening = visible(opening_of(passages))[:_DESCRIBED]
    return Share(
        title=visible(row.title or status.title)[:_DESCRIBED],
        description=f"{seen} {opening}",
        url=ask.origin + ask.links.look(row.id),
        picture=ask.origin + ask.links.version_file(status.id, row.number, "card.png"),
        alt=f"Version {row.number}: {opening}",
    )


def most_telling(found: Difference) -> tuple[Piece, ...]:
    """The marked words of the edit that stands for a difference: a new headline, or what weighs most."""
    title = next((field for field in found.details.get("fields", ()) if field[0] == "title"), None)
    if title and title[1] and title[2] and "headline" in found.classes:
        return shortened(title[1], title[2])
    edits = [edit for edit in found.edits if edit.op != "move"]
    if not edits:
        return ()
    edit = max(edits, key=telling)  # of equals the first
    return shortened(edit.old, edit.new)


def opening_of(passages: Sequence[Passage]) -> str:
    """How a text begins: its first paragraph."""
    prose = (p.text for p in passages if p.kind not in OUTSIDE_TEXT and p.kind not in ("heading", "table_row"))
    return next((text for text in prose if len(text) > 40), passages[0].text if passages else "")[:600]


def _difference_card(ask: Ask, status: SourceStatus, found: Difference) -> Card:
    told = announcement(found.classes)
    kind = kind_label(found.kind) if found.kind and found.kind != "content" else None
    label = told or kind
    return Card(
        title=status.title,
        publisher=_publisher(status),
        label=label.text if label else "Edited",
        loud=label is not None and label.tone == "alarm",
        quote=tuple(piece for piece in most_telling(found) if piece.op != "gap"),
        instead=_counted(found),
        when=_between(found),
        archive=f"archive: {_name(ask)}",
    )


def _counted(found: Difference) -> str:
    """What a card says where it cannot quote: nothing that is not in our own letters."""
    moved = sum(edit.op == "move" for edit in found.edits)
    if moved and moved == len(found.edits):
        return f"{moved:,} {'passage' if moved == 1 else 'passages'} moved, word for word"
    if not found.edits:
        return "The wording stayed; what the page says of itself, its links or its images changed"
    return f"{found.words_added:,} words came and {found.words_removed:,} went, in {len(found.edits):,} edits"


def _between(found: Difference) -> str:
    when: Interval = interval(found.last_seen_old, found.first_seen_new)
    after: Moment | None = when.after
    return f"Between {after.short} and {when.by.text}" if after else f"First seen {when.by.text}"


def _told(marked: Sequence[Piece]) -> str:
    """Marked words as plain text: [-gone-] and {+come+}, the marks of a word difference."""
    signs = {"delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(signs.get(piece.op, "{}").format(piece.text) for piece in marked)


def _publisher(status: SourceStatus) -> str:
    return status.publisher or status.id


def _name(ask: Ask) -> str:
    """The name that Datasette serves the archive under."""
    return unquote(ask.links.root.rsplit("/", 1)[-1])


def _picture(ask: Ask, card: Card) -> Picture:
    name = etag(card)
    if ask.holds and f'"{name}"' in ask.holds:
        return Picture(name, None)
    return Picture(name, ask.once(("card", name), lambda: png(card)))
