"""What a page is asked with, and what it may answer: the contract between views and page modules.

A page module is a function from an `Ask` to an answer. It runs in Datasette's thread for the archive, so that it may
read and compute freely; it never sees the request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from scraper.datasette_plugin.links import Links

Key = TypeVar("Key")
Made = TypeVar("Made")


class Once(Protocol):
    """Gives facts of the archive by their keys, made only where they are not known yet for it as it stands."""

    def __call__(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The fact that `make` gives; the key tells it from all others of the archive."""

    def each(self, kind: str, keys: Sequence[Key], make: Callable[[list[Key]], Mapping[Key, Made]]) -> dict[Key, Made]:
        """The facts of several things of a kind; `make` gives those that are not known, all of them in one go."""


class Anew:
    """Makes every fact each time, where nothing is kept."""

    def __call__(self, key: Hashable, make: Callable[[], Made]) -> Made:  # noqa: ARG002  # as `Once` has it
        """What `make` gives."""
        return make()

    def each(self, kind: str, keys: Sequence[Key], make: Callable[[list[Key]], Mapping[Key, Made]]) -> dict[Key, Made]:  # noqa: ARG002
        """What `make` gives."""
        return dict(make(list(keys)))


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a page: the archive, its addresses, the variables of the path and the query string.

    `raw_query` is the query string as it was sent; `headers` holds the request's headers that a page may heed, by their
    names in small letters; `authority` is the naming authority of ids that hold for ever (see `tag_uris`). What many
    pages tell alike is asked for through `once`.
    """

    connection: sqlite3.Connection
    links: Links
    path: Mapping[str, str]
    query: Mapping[str, str]
    origin: str
    holds: str | None = None  # the ETag of what the browser has already (If-None-Match)
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    authority: str | None = None
    once: Once = field(default_factory=Anew)

    def text(self, name: str) -> str | None:
        """A parameter of the query string, trimmed; None where it is missing or empty."""
        return self.query.get(name, "").strip()[:500] or None

    def number(self, name: str) -> int | None:
        """A whole number of the query string; UsageError where it is something else."""
        text = self.text(name)
        return None if text is None else whole(text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to render: the template, its model, the title of the window, and static files of its own beside ours."""

    template: str
    title: str
    model: Any
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer is on another page of ours."""

    to: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes to be saved and never shown."""

    body: bytes
    filename: str
    content_type: str
    sha256: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made here (PNG) under an ETag that changes with it; None where the browser holds it already."""

    etag: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes for a program to read: a feed, a list. `modified` (archive text) is when they last became what they are."""

    body: bytes
    content_type: str
    modified: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Reply = Page | Elsewhere | Attachment | Picture | Resource


def whole(text: str) -> int:
    """Read a whole number as a path or a form gives it; UsageError where it is none that an id could be."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise UsageError(f"{text[:40]!r} is no whole number: follow a link of the archive to get here")
    return int(text)
