"""The text of a version in blocks, each passage with its mark in the margin; a long text on several pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scraper.archive import lifetimes, reading
from scraper.datasette_plugin.margin import Run, Sentence, Spans, sentence_spans, sentences
from scraper.datasette_plugin.moments import Moment, moment
from scraper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.lifetimes import Seen
    from scraper.archive.reading import BlamedPassage, VersionRow
    from scraper.datasette_plugin.asking import Ask

_TAGS = {"heading": "h2", "caption": "figcaption", "quote": "blockquote", "preformatted": "pre", "list_item": "li"}
_PAGE = 250_000  # letters of text on a page
_PASSAGES = 1_500
_PASSAGE = 60_000  # letters of one passage; the text as a file has them all
_HISTORY = 3_000_000  # letters of all passages that a source ever had, up to which sentences are told apart


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or last version that held a text, when it was seen, and the difference in which it came or went."""

    number: int
    href: str
    seen: Moment
    difference: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """When a sentence of a passage came, in words for the margin."""

    opening: str
    since: Edge
    until: Edge | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage with the version in which it first stood at its place, and the one in which it stood last.

    `fresh` where the first is this version (and not the page's first), `leaving` where the last is, `repeats` where the
    margin beside the passage before says the same. `parts` are its sentences with what each is: new, last, or nothing
    to say.
    """

    kind: str
    parts: tuple[tuple[str, str], ...]
    since: Edge
    until: Edge | None
    told: tuple[Told, ...]
    fresh: bool
    leaving: bool
    repeats: bool
    cut: int


@dataclass(frozen=True, slots=True)
class Block:
    """Passages of one kind in a row: a list's items, a table's rows, or a single paragraph."""

    tag: str
    passages: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the text. `sentences` is false where the history was too long to tell sentences apart."""

    blocks: tuple[Block, ...]
    page: int
    pages: int
    previous: str | None
    following: str | None
    sentences: bool


def leaf(ask: Ask, row: VersionRow, top: int) -> Leaf:
    """The page of a version's text that is asked for; UsageError where there is none of that number."""
    source_id, number = row.source_id, row.number
    blamed = reading.blame(ask.connection, source_id, number)
    pages = _pages(blamed)
    page = ask.number("page") or 1
    if page > len(pages):
        raise UsageError(f"there is no page {page} of this version: it has pages 1 to {len(pages)}")
    spans = ask.once(("sentences", source_id), lambda: _spans(ask, source_id)) if top > 1 else Spans()
    cut = [(passage, sentences(passage, number, spans or {})) for passage in pages[page - 1]]
    return Leaf(
        blocks=_Margin(ask, source_id, number, _seen(ask, source_id, cut)).blocks(cut),
        page=page,
        pages=len(pages),
        previous=ask.links.version(source_id, number, page=page - 1 if page > 2 else None) if page > 1 else None,
        following=ask.links.version(source_id, number, page=page + 1) if page < len(pages) else None,
        sentences=spans is not None,
    )


def _spans(ask: Ask, source_id: str) -> Spans | None:
    """In which versions each sentence of a source stood, which every version of it tells from; None: a long history."""
    lives = lifetimes.lives(ask.connection, source_id, _HISTORY)
    return None if lives is None else sentence_spans(lives)


def _pages(blamed: Sequence[BlamedPassage]) -> list[list[BlamedPassage]]:
    pages: list[list[BlamedPassage]] = [[]]
    letters = 0
    for passage in blamed:
        cost = min(len(passage.text), _PASSAGE)
        if pages[-1] and (letters + cost > _PAGE or len(pages[-1]) >= _PASSAGES):
            pages.append([])
            letters = 0
        pages[-1].append(passage)
        letters += cost
    return pages


def _seen(ask: Ask, source_id: str, cut: Sequence[tuple[BlamedPassage, tuple[Sentence, ...]]]) -> dict[int, Seen]:
    """When the versions that the margin speaks of were seen."""
    numbers: set[int | None] = set()
    for passage, parts in cut:
        numbers |= {passage.first_version, passage.last_version}
        for part in parts:
            if part.run:
                numbers |= {part.run.first, part.run.last}
    return lifetimes.seen(ask.connection, source_id, {number for number in numbers if number is not None})


@dataclass(frozen=True, slots=True)
class _Margin:
    """What the margin of one version is made from."""

    ask: Ask
    source_id: str
    number: int
    seen: dict[int, Seen]

    def blocks(self, cut: Sequence[tuple[BlamedPassage, tuple[Sentence, ...]]]) -> tuple[Block, ...]:
        """Passages as blocks in their order."""
        blocks: list[Block] = []
        before: int | None = None
        for kind, group in groupby(cut, key=lambda pair: pair[0].kind):
            shown = []
            for passage, parts in group:
                shown.append(self._shown(passage, parts, repeats=passage.first_version == before))
                before = passage.first_version
            if kind in ("list_item", "table_row"):
                blocks.append(Block("ul" if kind == "list_item" else "table", tuple(shown)))
            else:
                blocks += [Block(_TAGS.get(kind, "p"), (one,)) for one in shown]
        return tuple(blocks)

    def _shown(self, passage: BlamedPassage, parts: tuple[Sentence, ...], *, repeats: bool) -> Shown:
        fresh = passage.first_version == self.number and self.number > 1
        leaving = passage.last_version == self.number
        whole = not any(part.run for part in parts)
        state = "new" if fresh else "last" if leaving else ""
        cut = max(0, sum(len(part.text) for part in parts) - _PASSAGE)
        return Shown(
            kind=passage.kind,
            parts=tuple(
                (part.text[:_PASSAGE] if cut else part.text, state if whole else self._state(part.run))
                for part in parts
            ),
            since=self._since(passage.first_version),
            until=self._until(passage.last_version),
            told=self._told(passage, parts),
            fresh=fresh,
            leaving=leaving,
            repeats=repeats,
            cut=cut,
        )

    def _state(self, run: Run | None) -> str:
        if run is None:
            return ""
        if run.first == self.number and self.number > 1:
            return "new"
        return "last" if run.last == self.number else ""

    def _told(self, passage: BlamedPassage, parts: tuple[Sentence, ...]) -> tuple[Told, ...]:
        """The sentences that did not come and go with their passage."""
        own = (passage.first_version, passage.last_version)
        return tuple(
            Told(_opening(part.text), self._since(part.run.first), self._until(part.run.last), part.run.earlier)
            for part in parts
            if part.run and ((part.run.first, part.run.last) != own or part.run.earlier)
        )

    def _since(self, number: int) -> Edge:
        links = self.ask.links
        came = links.difference(self.source_id, number - 1, number) if number > 1 else None
        return Edge(number, links.version(self.source_id, number), moment(self.seen[number].first_seen), came)

    def _until(self, number: int | None) -> Edge | None:
        if number is None:
            return None
        links = self.ask.links
        went = links.difference(self.source_id, number, number + 1)
        return Edge(number, links.version(self.source_id, number), moment(self.seen[number].last_seen), went)


def _opening(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:70].rsplit(' ', 1)[0]} …"
