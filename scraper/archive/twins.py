"""Pages of the watch list that are one document: two sources that have an address in common, or word for word one text.

It is read out and never acted upon: each source keeps its own history, and a keeper decides which of them may go.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.fetching.identity import host_of, publisher_family, settled_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# Short notices are alike on many pages.
_WORDS = 50


@dataclass(frozen=True, slots=True)
class Twins:
    """Sources that are one document, by their ids in order, and how that is known."""

    sources: tuple[str, ...]
    why: str


def twins(connection: sqlite3.Connection) -> list[Twins]:
    """The sources on the watch list that are one document, each group once; by an address rather than by the text."""
    found: dict[tuple[str, ...], str] = {}
    for key, ids in _by_address(connection):
        found.setdefault(ids, f"all of them are at {key}" if len(ids) > 2 else f"both are at {key}")
    for ids in _by_text(connection):
        found.setdefault(ids, "their latest texts are the same, word for word")
    return [Twins(ids, why) for ids, why in sorted(found.items())]


def _by_address(connection: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Addresses under which more than one page was seen, or named itself, when it was last seen."""
    rows = connection.execute(
        "select u.source_id, u.url from source_urls u join states st on st.source_id = u.source_id "
        "join sources s on s.id = u.source_id where s.retired is null and u.last_seen >= st.last_good"
    )
    ids: defaultdict[str, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}
    for source_id, url in rows:
        key = settled_url(url)
        ids[key].add(source_id)
        shown[key] = min(url, shown.get(key, url))
    yield from ((shown[key], tuple(sorted(group))) for key, group in sorted(ids.items()) if len(group) > 1)


def _by_text(connection: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    """Pages of one publisher whose latest texts are the same. Another publisher's is a copy, and a page of its own."""
    rows = connection.execute(
        "select s.id, st.url, v.text_sha256 from sources s join states st on st.source_id = s.id "
        "join versions v on v.id = st.version_id where s.retired is null and not st.removed and v.words >= ?",
        (_WORDS,),
    )
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source_id, url, text in rows:
        ids[text, publisher_family(host_of(url or "").partition(":")[0])].append(source_id)
    yield from (tuple(sorted(group)) for group in ids.values() if len(group) > 1)
