"""The addresses of our pages: short, stable, and the only place that knows them.

    /-/redline/{db}                        front page
    /-/redline/{db}/{source}               a document and its timeline
    /-/redline/{db}/{source}/{n}           a version
    /-/redline/{db}/{source}/{a}..{b}      the difference of two versions
    /-/redline/{db}/-/search               search
    /-/redline/{db}/-/pages                the watch list, page by page
    /-/redline/{db}/-/look/{id}            permanent: the version that a look saw
    /-/redline/{db}/-/change/{id}          permanent: the difference that a change stands for
    /-/redline/{db}/-/capture/{id}         the exact bytes received, as an attachment

A source's id is a slug and never begins with a hyphen, so `-` is free for what is not a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from datasette.app import Datasette

DB = r"(?P<db>[^/]+)"
SOURCE = r"(?P<source>[a-z0-9][a-z0-9-]{0,79})"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses within one archive. `base` is Datasette's base URL, `database` its own page of the archive."""

    base: str
    database: str
    root: str

    @classmethod
    def of(cls, datasette: Datasette, db: str) -> Links:
        """The addresses for the archive that Datasette serves under this name."""
        return cls(
            base=str(datasette.urls.instance()),
            database=str(datasette.urls.database(db)),
            root=str(datasette.urls.path(f"/-/redline/{quote(db, safe='')}")),
        )

    def front(self, **filters: str | int | None) -> str:
        """The front page, narrowed by filters."""
        return _with_query(self.root, filters)

    def document(self, source_id: str, **query: str | int | None) -> str:
        """The page of a document."""
        return _with_query(f"{self.root}/{source_id}", query)

    def version(self, source_id: str, number: int) -> str:
        """The page of a version."""
        return f"{self.root}/{source_id}/{number}"

    def difference(self, source_id: str, old: int, new: int) -> str:
        """The page of the difference of two versions."""
        return f"{self.root}/{source_id}/{old}..{new}"

    def change(self, change_id: int) -> str:
        """The permanent address of a change."""
        return f"{self.root}/-/change/{change_id}"

    def look(self, fetch_id: int) -> str:
        """The permanent address of what a look saw."""
        return f"{self.root}/-/look/{fetch_id}"

    def capture(self, capture_id: int) -> str:
        """The bytes of a capture."""
        return f"{self.root}/-/capture/{capture_id}"

    def search(self, **query: str | int | None) -> str:
        """The search page."""
        return _with_query(f"{self.root}/-/search", query)

    def pages(self) -> str:
        """The watch list."""
        return f"{self.root}/-/pages"

    def row(self, table: str, key: int) -> str:
        """Datasette's own page of a row."""
        return f"{self.database}/{table}/{key}"

    def rows(self, table: str, **columns: str) -> str:
        """Datasette's own page of the rows of a table that have these values."""
        return _with_query(f"{self.database}/{table}", dict(columns))

    def query(self, name: str) -> str:
        """A canned query."""
        return f"{self.database}/{name}"


def outward(url: str | None) -> str | None:
    """The URL where it may be followed from a page: http or https and nothing else, else None."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _with_query(path: str, query: dict[str, str | int | None]) -> str:
    wanted = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(wanted)}" if wanted else path
