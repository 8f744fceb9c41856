"""What differs between two versions beside the text: what the page says of itself, its links, its images."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.datasette_plugin.excerpts import Piece, abridged, pieces
from scraper.datasette_plugin.labels import FIELD_LABELS
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.normalizing.document import Document

_LISTED = 100
_FIELDS = 60


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A link of the document; `href` is None where it may not be followed."""

    text: str
    url: str
    href: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of metadata that changed, its words marked."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Redirected:
    """A link that leads elsewhere under the same words, or an image that was exchanged under the same words."""

    text: str
    old: LinkOut
    new: LinkOut


@dataclass(frozen=True, slots=True)
class ListChange:
    """Links or images that came, went or lead elsewhere; `more` of them are not listed."""

    name: str
    redirected: tuple[Redirected, ...]
    removed: tuple[LinkOut, ...]
    added: tuple[LinkOut, ...]
    more: int


def field_changes(details: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields of metadata that changed, and the alternative texts of images."""
    changed = list(details.get("fields", ()))[:_FIELDS]
    return tuple(FieldChange(_field_name(name), _field_pieces(name, old, new)) for name, old, new in changed)


def list_changes(details: Mapping[str, Any], before: Document, after: Document) -> tuple[ListChange, ...]:
    """The links and images that differ, with the words that they stood under."""
    links = {x.url: x.text for x in before.links}, {x.url: x.text for x in after.links}
    images = {x.url: x.alt for x in before.images}, {x.url: x.alt for x in after.images}
    lists = []
    for name, label, (old, new) in (("links", "Links", links), ("images", "Images", images)):
        removed = [_out(url, old) for url in details.get(f"{name}_removed", ())]
        added = [_out(url, new) for url in details.get(f"{name}_added", ())]
        if removed or added:
            lists.append(_list(label, removed, added))
    return tuple(lists)


def _list(name: str, removed: Sequence[LinkOut], added: Sequence[LinkOut]) -> ListChange:
    waiting: dict[str, deque[LinkOut]] = defaultdict(deque)
    for link in added:
        if link.text:
            waiting[link.text].append(link)
    redirected, went = [], []
    for link in removed:
        if link.text and waiting.get(link.text):
            redirected.append(Redirected(link.text, link, waiting[link.text].popleft()))
        else:
            went.append(link)
    paired = {id(pair.new) for pair in redirected}
    came = [link for link in added if id(link) not in paired]
    more = sum(max(0, len(part) - _LISTED) for part in (redirected, went, came))
    return ListChange(name, tuple(redirected[:_LISTED]), tuple(went[:_LISTED]), tuple(came[:_LISTED]), more)


def _out(url: str, words: Mapping[str, str]) -> LinkOut:
    return LinkOut(visible(words.get(url, ""))[:300], visible(url)[:2000], outward(url))


def _field_name(name: str) -> str:
    return "Alternative text of an image" if name == "image_alt" else FIELD_LABELS.get(name, name)


def _field_pieces(name: str, old: str | None, new: str | None) -> tuple[Piece, ...]:
    """Titles, bylines and alternative texts are marked word by word; dates and addresses are read whole."""
    if name in ("title", "byline", "image_alt") or not old or not new:
        marked = pieces(old or None, new or None) if old or new else ()
    else:
        marked = (Piece("delete", old), Piece("equal", " "), Piece("insert", new))
    return tuple(Piece(piece.op, visible(piece.text)) for piece in abridged(marked))
