"""A page by its URL and a moment, as the Memento protocol asks (RFC 7089). Every function only reads.

A page is not its URL: one that moved is found under each of the addresses under which it has been seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from scraper.archive.addresses import CANONICAL
from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
# What no URI may hold as it stands (RFC 3986, appendix A), percent-encoded: pages are known by addresses that hold it.
_NEVER_BARE = re.compile(
    r"(?:%(?:[01][0-9a-f]|20|22|3c|3e|5[b-e]|60|7[b-df]|[89a-f][0-9a-f]))+|%25(?![0-9a-f]{2})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Original:
    """A page that is or was watched: `url` is its address now, `known_as` the one under which it was asked for."""

    source_id: str
    url: str
    known_as: str


@dataclass(frozen=True, slots=True)
class Memento:
    """A version by its number, and the moment of the first look that saw it (archive text)."""

    number: int
    seen: str


@dataclass(frozen=True, slots=True)
class Around:
    """The versions that a memento's links name; None where there is none."""

    first: Memento
    previous: Memento | None
    this: Memento
    following: Memento | None
    last: Memento


def original(connection: sqlite3.Connection, url: str) -> Original:
    """The page that has been seen under a URL; UsageError where there is none.

    The URL is tried as it stands and, after that, with the other of http and https, with or without a slash at its end,
    and with its percent-encoding undone or made good: people and programs write all of these for one page.
    """
    variants = _variants(url)
    marks = ", ".join("?" for _ in variants)
    rows = connection.execute(
        "select s.id, s.url, u.url as known, u.last_seen as seen, u.reason "
        "from source_urls u join sources s on s.id = u.source_id "
        f"where u.url in ({marks}) union all select id, url, url, '', '' from sources where url in ({marks})",
        (*variants, *variants),
    ).fetchall()
    if not rows:
        raise UsageError(f"no page has been seen under {url[:200]!r}: the list of pages says which are watched")
    # A page that is watched under the very URL comes before one that was once led there,
    # and that before one that only names it; of those, the latest.
    best = max(
        rows,
        key=lambda row: (
            -variants.index(row["known"]),
            row["url"] == row["known"],
            row["reason"] != CANONICAL,
            row["seen"],
            row["id"],
        ),
    )
    return Original(best["id"], best["url"], best["known"])


def in_force(connection: sqlite3.Connection, source_id: str, moment: str) -> Memento:
    """The version that stood at a moment as far as is known: the last first seen not after it, else the first."""
    chosen = _one(connection, source_id, "first_seen <= ?", moment, "desc")
    return chosen or _end(connection, source_id, "asc")


def latest(connection: sqlite3.Connection, source_id: str) -> Memento:
    """The latest version; UsageError where no look has seen the page."""
    return _end(connection, source_id, "desc")


def around(connection: sqlite3.Connection, source_id: str, number: int) -> Around:
    """A version with its neighbours and both ends; UsageError where there is none of that number."""
    this = _one(connection, source_id, "number = ?", number, "asc")
    if this is None:
        raise UsageError(f"there is no version {number} of {source_id}")
    return Around(
        first=_end(connection, source_id, "asc"),
        previous=_one(connection, source_id, "number < ?", number, "desc"),
        this=this,
        following=_one(connection, source_id, "number > ?", number, "asc"),
        last=_end(connection, source_id, "desc"),
    )


def listed(connection: sqlite3.Connection, source_id: str, after: int, limit: int) -> list[Memento]:
    """The versions whose numbers come after one, in order."""
    rows = connection.execute(
        "select number, first_seen from versions where source_id = ? and number > ? order by number limit ?",
        (source_id, after, limit),
    )
    return [Memento(*row) for row in rows]


def boundaries(connection: sqlite3.Connection, source_id: str, size: int) -> list[tuple[Memento, Memento]]:
    """The first and last version of each run of `size` versions."""
    rows = connection.execute(
        "select number, first_seen from versions where source_id = ?1 "
        "and ((number - 1) % ?2 in (0, ?2 - 1) or number = (select max(number) from versions where source_id = ?1)) "
        "order by number",
        (source_id, size),
    )
    found: list[tuple[Memento, Memento]] = []
    for row in rows:
        memento = Memento(*row)
        if (memento.number - 1) % size == 0:
            found.append((memento, memento))
        else:
            found[-1] = (found[-1][0], memento)
    return found


def capture_seen(connection: sqlite3.Connection, capture_id: int) -> tuple[str, str, str] | None:
    """The source of a capture, the URL that was asked for and the moment of the first look that brought these bytes."""
    row = connection.execute(
        "select source_id, url, started from fetches where capture_id = ? order by id limit 1", (capture_id,)
    ).fetchone()
    return (row["source_id"], row["url"], row["started"]) if row else None


def _end(connection: sqlite3.Connection, source_id: str, order: str) -> Memento:
    found = _one(connection, source_id, "number > ?", 0, order)
    if found is None:
        raise UsageError(f"{source_id} is watched, and no look has seen it as a document yet")
    return found


def _one(
    connection: sqlite3.Connection, source_id: str, condition: str, value: str | int, order: str
) -> Memento | None:
    row = connection.execute(
        f"select number, first_seen from versions where source_id = ? and {condition} order by number {order} limit 1",
        (source_id, value),
    ).fetchone()
    return Memento(*row) if row else None


def _variants(url: str) -> list[str]:
    """The ways in which one URL is written, the one that was given first."""
    scheme, _, rest = url.partition("://")
    other = f"{ {'http': 'https', 'https': 'http'}.get(scheme.lower(), scheme) }://{rest}" if rest else url
    found: list[str] = []
    for one in (url, other):
        for written in (one, _slashed(one)):
            # RFC 3986, 6.2.2.1: %c3 and %C3 are the same.
            found += [written, _ESCAPE.sub(lambda escape: escape[0].upper(), written)]
            found.append(_NEVER_BARE.sub(lambda escapes: unquote(escapes[0]), written))
            found += [unquote(written), quote(unquote(written), safe="%:/?#[]@!$&'()*+,;=~")]
    return list(dict.fromkeys(_storable(found)))


def _slashed(url: str) -> str:
    """With a slash at the end of its path where it has none, without where it has one."""
    path, mark, query = url.partition("?")
    return (path[:-1] if path.endswith("/") else f"{path}/") + mark + query


def _storable(urls: Iterable[str]) -> list[str]:
    return [url.encode("utf-8", "replace").decode() for url in urls]
