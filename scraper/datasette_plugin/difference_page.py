"""The page of the difference of two versions: the text with its words marked, what it amounts to, what else differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive import lifetimes, reading
from scraper.datasette_plugin.asking import Ask, Elsewhere, Page, Reply, whole
from scraper.datasette_plugin.beside_text import FieldChange, ListChange, field_changes, list_changes
from scraper.datasette_plugin.card_page import Share, difference_share
from scraper.datasette_plugin.difference_rows import IndexLine, Layout, ShownStretch, index, lay_out, shown_page
from scraper.datasette_plugin.differences import Difference, difference
from scraper.datasette_plugin.entries import Weight, beside_its_kind, weight
from scraper.datasette_plugin.labels import Label, announcement, badges, kind_label
from scraper.datasette_plugin.links import outward
from scraper.datasette_plugin.marked_text import MarkedText
from scraper.datasette_plugin.moments import Interval, Moment, duration, interval, moment
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.reading import SourceStatus, VersionRow

_CHOICES = 100  # versions that a list offers; of more than these, numbers are typed


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions."""

    number: int
    href: str
    first_seen: Moment
    last_seen: Moment
    words: str


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """A version that the form offers for comparison."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The addresses of this difference in its other forms; None for the form that is shown."""

    inline: str | None
    columns: str | None
    folded: str | None
    unfolded: str | None
    previous: str | None
    following: str | None
    page: int
    pages: int


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
    verb: str
    kind: Label | None
    announcement: Label | None
    badges: tuple[Label, ...]
    summary: str
    weight: Weight
    words_added: str
    words_removed: str
    columns: bool
    edits: int
    index: tuple[IndexLine, ...]
    stretches: tuple[ShownStretch, ...]
    ways: Ways
    fields: tuple[FieldChange, ...]
    lists: tuple[ListChange, ...]
    earlier: str | None
    later: str | None
    form: str
    choices: tuple[VersionChoice, ...]
    top: int
    permanent: str | None
    share: Share


def difference_page(ask: Ask) -> Reply:
    """The difference of two versions of a source by their numbers, the earlier one first.

    ?view=columns sets them side by side, ?context=all shows what stayed, ?page= leads on where it is long.
    """
    source_id, a, b = ask.path["source"], whole(ask.path["old"]), whole(ask.path["new"])
    old = reading.version(ask.connection, source_id, a)
    new = reading.version(ask.connection, source_id, b)
    if a > b:
        return Elsewhere(ask.links.difference(source_id, b, a))
    if a == b:
        return Elsewhere(ask.links.version(source_id, a))
    status = reading.status(ask.connection, source_id)
    model = _model(ask, status, difference(ask.connection, old, new))
    return Page(
        "redline_difference.html",
        f"{status.title}: version {a} to {b}",
        model,
        styles=("reading.css",),
        scripts=("reading.js",),
    )


def change_page(ask: Ask) -> Elsewhere:
    """The permanent address of a change leads to its difference, or to its place on the document's page."""
    change_id = whole(ask.path["id"])
    change, _ = reading.change(ask.connection, change_id)
    old, new = change.old_number, change.new_number
    if old is not None and new is not None and old != new:
        return Elsewhere(ask.links.difference(change.source_id, old, new))
    return Elsewhere(f"{ask.links.document(change.source_id)}#change-{change_id}")


def _model(ask: Ask, status: SourceStatus, found: Difference) -> DifferencePage:
    old, new = found.old, found.new
    top = lifetimes.top_number(ask.connection, status.id)
    columns = ask.text("view") == "columns"
    layout = _laid_out(ask, found)
    ways = _ways(ask, found, layout)
    return DifferencePage(
        title=status.title,
        publisher=status.publisher,
        document_href=ask.links.document(status.id),
        href=outward(status.url),
        old=_side(ask, old),
        new=_side(ask, new),
        when=interval(found.last_seen_old, found.first_seen_new),
        apart=duration(found.last_seen_old or found.first_seen_new, found.first_seen_new),
        steps=new.number - old.number,
        verb="came back" if found.kind in ("restored", "restored_with_edits") else "changed",
        kind=kind_label(found.kind) if found.kind not in (None, "content") else None,
        announcement=announcement(found.classes),
        badges=badges(found.classes),
        summary=beside_its_kind(found.kind, found.summary),
        weight=weight(found.significance, found.parts),
        words_added=f"{found.words_added:,}",
        words_removed=f"{found.words_removed:,}",
        columns=columns,
        edits=layout.edits,
        index=index(layout, ways.page),
        stretches=shown_page(layout, ways.page, columns=columns),
        ways=ways,
        fields=field_changes(found.details),
        lists=list_changes(found.details, found.before, found.after),
        earlier=ask.links.difference(status.id, old.number - 1, old.number) if old.number > 1 else None,
        later=ask.links.difference(status.id, new.number, new.number + 1) if new.number < top else None,
        form=ask.links.document(status.id),
        choices=_choices(ask, status.id, top),
        top=top,
        permanent=ask.origin + ask.links.change(found.change_id) if found.change_id else None,
        share=difference_share(ask, status, found),
    )


def _laid_out(ask: Ask, found: Difference) -> Layout:
    text = MarkedText(found.before.passages, found.after.passages, found.edits)
    return lay_out(text, lambda page: _address(ask, found, page=page), everything=ask.text("context") == "all")


def _address(ask: Ask, found: Difference, **other: str | int | None) -> str:
    """The address of this difference in the form that is shown, but for what is `other`."""
    query: dict[str, str | int | None] = {"view": ask.text("view"), "context": ask.text("context"), **other}
    known: dict[str, str | int | None] = {
        "view": "columns" if query["view"] == "columns" else None,
        "context": "all" if query["context"] == "all" else None,
        "page": query["page"] if query.get("page", 1) != 1 else None,
    }
    return ask.links.difference(found.old.source_id, found.old.number, found.new.number, **known)


def _ways(ask: Ask, found: Difference, layout: Layout) -> Ways:
    page, pages = ask.number("page") or 1, len(layout.pages)
    if page > pages:
        raise UsageError(f"there is no page {page} of this difference: it has pages 1 to {pages}")
    columns, everything = ask.text("view") == "columns", ask.text("context") == "all"
    return Ways(
        inline=_address(ask, found, view=None, page=page) if columns else None,
        columns=None if columns else _address(ask, found, view="columns", page=page),
        folded=_address(ask, found, context=None) if everything else None,
        unfolded=None if everything else _address(ask, found, context="all"),
        previous=_address(ask, found, page=page - 1) if page > 1 else None,
        following=_address(ask, found, page=page + 1) if page < pages else None,
        page=page,
        pages=pages,
    )


def _side(ask: Ask, row: VersionRow) -> Side:
    href = ask.links.version(row.source_id, row.number)
    return Side(row.number, href, moment(row.first_seen), moment(row.last_seen), f"{row.words:,}")


def _choices(ask: Ask, source_id: str, top: int) -> tuple[VersionChoice, ...]:
    """All versions, the oldest first; none where there are too many to choose from in a list."""
    if top > _CHOICES:
        return ()
    return tuple(
        VersionChoice(row.number, f"{row.number}: from {moment(row.first_seen).text}")
        for row in reading.versions(ask.connection, source_id)
    )
