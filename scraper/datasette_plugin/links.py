"""The addresses of our pages: short, stable, and the only place that knows them.

    /-/redline                             the front page over all archives, where there are several
    /-/redline/-/search                    the search over all of them
    /-/redline/-/pages                     the list of them
    /-/redline/{db}                        front page
    /-/redline/{db}/{source}               a document and its timeline
    /-/redline/{db}/{source}/{n}           a version
    /-/redline/{db}/{source}/{n}/card.png  its picture for a share; cite.bib, cite.json, cite.html, cite.txt, text.txt
    /-/redline/{db}/{source}/at/{time}     leads to the version that stood at a time
    /-/redline/{db}/{source}/{a}..{b}      the difference of two versions; /card.png its picture for a share
    /-/redline/{db}/-/search               search
    /-/redline/{db}/-/pages                the watch list, page by page
    /-/redline/{db}/-/look/{id}            permanent: the version that a look saw
    /-/redline/{db}/-/change/{id}          permanent: the difference that a change stands for
    /-/redline/{db}/-/capture/{id}         the exact bytes received, as an attachment
    /-/redline/{db}/-/feed.{atom,json}     the news as a feed, narrowed as the front page is
    /-/redline/{db}/{source}/feed.{…}      the news of a document as a feed
    /-/redline/{db}/-/phrase               when a phrase came and went
    /-/redline/{db}/at/{time}/{url}        the version of a page that was in force at a time
    /-/redline/{db}/-/timegate/{url}       the same by the header Accept-Datetime (Memento, RFC 7089)
    /-/redline/{db}/-/timemap/{n}/{url}    the versions of a page as a list (Memento); without {n}/: from the first

A source's id is a slug and never begins with a hyphen, so `-` is free for what is not a source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasette.app import Datasette

DB = r"(?P<db>[^/]+)"
SOURCE = r"(?P<source>[a-z0-9][a-z0-9-]{0,79})"

_HOST_IN_FIGURES = re.compile(r"https?://\[[0-9a-f:.]+\]", re.IGNORECASE)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


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

    @classmethod
    def across(cls, datasette: Datasette) -> Links:
        """The addresses that are over all archives: front page, search and list alone."""
        home = str(datasette.urls.instance())
        return cls(base=home, database=home, root=str(datasette.urls.path("/-/redline")))

    def front(self, **filters: str | int | float | None) -> str:
        """The front page, narrowed by filters."""
        return _with_query(self.root, filters)

    def document(self, source_id: str, **query: str | int | None) -> str:
        """The page of a document."""
        return _with_query(f"{self.root}/{source_id}", query)

    def version(self, source_id: str, number: int, **query: str | int | None) -> str:
        """The page of a version."""
        return _with_query(f"{self.root}/{source_id}/{number}", query)

    def version_file(self, source_id: str, number: int, name: str) -> str:
        """A file made of a version: its text, a citation, its card."""
        return f"{self.root}/{source_id}/{number}/{name}"

    def at(self, source_id: str) -> str:
        """What a document said at a time, which comes after it or as ?time=."""
        return f"{self.root}/{source_id}/at"

    def difference(self, source_id: str, old: int, new: int, **query: str | int | None) -> str:
        """The page of the difference of two versions."""
        return _with_query(f"{self.root}/{source_id}/{old}..{new}", query)

    def difference_card(self, source_id: str, old: int, new: int) -> str:
        """The picture of a difference."""
        return f"{self.root}/{source_id}/{old}..{new}/card.png"

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

    def phrase(self, **query: str | int | None) -> str:
        """The history of a phrase."""
        return _with_query(f"{self.root}/-/phrase", query)

    def timegate(self, url: str) -> str:
        """The TimeGate of a page by its URL, which stands in the path as it is."""
        return f"{self.root}/-/timegate/{in_path(url)}"

    def timemap(self, url: str, page: int | None = None) -> str:
        """The TimeMap of a page by its URL, or a page of it."""
        return f"{self.root}/-/timemap/{f'{page}/' if page else ''}{in_path(url)}"

    def in_force(self, time: str, url: str) -> str:
        """The version of a page that was in force at a time."""
        return f"{self.root}/at/{quote(time, safe='')}/{in_path(url)}"

    def pages(self, **query: str | int | None) -> str:
        """The watch list."""
        return _with_query(f"{self.root}/-/pages", query)

    def feed(self, form: str, source_id: str | None = None, **filters: str | int | float | None) -> str:
        """The news as a feed, `atom` or `json`, of one document or narrowed as the front page is."""
        return _with_query(f"{self.root}/{source_id or '-'}/feed.{form}", filters)

    def row(self, table: str, key: int) -> str:
        """Datasette's own page of a row."""
        return f"{self.database}/{table}/{key}"

    def rows(self, table: str, **columns: str) -> str:
        """Datasette's own page of the rows of a table that have these values."""
        return _with_query(f"{self.database}/{table}", columns)

    def query(self, name: str, form: str | None = None, **parameters: str) -> str:
        """A canned query: its page, or its rows as `csv` or `json`."""
        return _with_query(f"{self.database}/{name}{f'.{form}' if form else ''}", parameters)


def outward(url: str | None) -> str | None:
    """The URL where it may be followed from a page: http or https and nothing else, else None."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def in_path(url: str) -> str:
    """The URL with what no URI may hold percent-encoded (RFC 3986, 2.1), and its fragment left out.

    What is encoded already stays as it is: a URL is looked up by the letters that its publisher uses. A percent sign
    that encodes nothing, and brackets but those of an address in figures, no URI may hold (RFC 3986, appendix A).
    `mementos.original` undoes exactly this.
    """
    start = _HOST_IN_FIGURES.match(url)
    host = start[0] if start else ""
    rest = url[len(host) :].partition("#")[0]
    return host + quote(_BARE_PERCENT.sub("%25", rest), safe="%:/?@!$&'()*+,;=~")


def _with_query(path: str, query: Mapping[str, str | int | float | None]) -> str:
    wanted = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(wanted)}" if wanted else path
