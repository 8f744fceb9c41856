"""What the normaliser gives: a Document of passages, and the Rules that it was made under."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from scraper.compact_json import compact
from scraper.normalizing.word_count import count_words
from scraper.portable import portable

Kind = Literal[
    "heading",
    "paragraph",
    "list_item",
    "quote",
    "table_row",
    "preformatted",
    "caption",
    "byline",
    "date",
    "notice",
    "aside",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

# Text that the document says of itself, kept and compared, but not part of what it says about its subject.
FRAME_KINDS: frozenset[Kind] = frozenset({"byline", "date", "notice"})
# What `Document.text` leaves out. An aside stands beside the article, above its headline or behind its end; a caption
# speaks of a picture. Both are kept, stored and compared as a paragraph is, but they are not the body text.
OUTSIDE_TEXT: frozenset[Kind] = FRAME_KINDS | {"aside", "caption"}


@portable
@dataclass(frozen=True, slots=True)
class Rules:
    """A keeper's rules for one source: CSS selectors for what is the document and what is not."""

    content: str | None = None
    remove: tuple[str, ...] = ()


@portable
@dataclass(frozen=True, slots=True)
class Passage:
    """One block of text as a reader sees it: a paragraph, a list item, a table row. White space is settled."""

    kind: Kind
    text: str


@portable
@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the document: absolute URL with tracking removed, and its text."""

    url: str
    text: str


@portable
@dataclass(frozen=True, slots=True)
class Image:
    """An image inside the document: absolute URL without size parameters, and its alternative text."""

    url: str
    alt: str


@dataclass(frozen=True)
class Document:
    """The text of a page and what the page says of itself.

    Dates are as the page gives them, in ISO 8601 where they could be read. `origins` pairs each field of metadata
    with the place it came from (``json-ld``, ``opengraph``, ``meta``, ``text``).
    """

    passages: tuple[Passage, ...]
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    syndicated_from: str | None = None
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    charset: str | None = None
    origins: tuple[tuple[str, str], ...] = field(default=())

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes by columns, with what was worked out of it, but for the text: that is quickly joined
        again, and seldom asked for."""
        said = {name: value for name, value in self.__dict__.items() if name not in _APART}
        passages = tuple([p.kind for p in self.passages]), tuple([p.text for p in self.passages])
        links = tuple([x.url for x in self.links]), tuple([x.text for x in self.links])
        images = tuple([x.url for x in self.images]), tuple([x.alt for x in self.images])
        return _travelled, (said, passages, links, images)

    @cached_property
    def text(self) -> str:
        """The passages that are body text, a line each: all but bylines, dates, notices, asides and captions.

        A page that has nothing but captions and asides is read by them.
        """
        body = [p.text for p in self.passages if p.kind not in OUTSIDE_TEXT]
        return "\n".join(body or [p.text for p in self.passages if p.kind not in FRAME_KINDS])

    @cached_property
    def words(self) -> int:
        """How many words the body text has."""
        return count_words(self.text)

    @cached_property
    def text_sha256(self) -> str:
        """SHA-256 over every passage with its kind: two documents with the same hash read the same."""
        lines = "\n".join(f"{p.kind}\t{p.text}" for p in self.passages)
        return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over everything that is compared: text, metadata, links and images."""
        said = [self.text_sha256, self.title, self.byline, self.published, self.modified, self.language]
        said += [self.canonical_url, self.syndicated_from]
        things = [[(x.url, x.text) for x in self.links], [(x.url, x.alt) for x in self.images]]
        return hashlib.sha256(compact([said, things]).encode()).hexdigest()


# What does not travel among the other values of a document.
_APART = frozenset({"passages", "links", "images", "text"})
_Columns = tuple[tuple[Any, ...], tuple[str, ...]]


def _travelled(said: dict[str, Any], passages: _Columns, links: _Columns, images: _Columns) -> Document:
    """A document as `Document.__reduce__` sent it."""
    document = object.__new__(Document)
    things = {"links": tuple(map(Link, *links)), "images": tuple(map(Image, *images))}
    document.__dict__.update(said, passages=tuple(map(Passage, *passages)), **things)
    return document
