"""Pages of the watch list that are one document: two sources that have an address in common, or word for word one text.

It is read out and never acted upon: each source keeps its own history, and a keeper decides which of them may go.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.addresses import CANONICAL
from scraper.archive.following import WORDS
from scraper.fetching.identity import host_of, publisher_family, settled_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Twins:
    """Sources that are one document, by their ids in order, and how that is known."""

    sources: tuple[str, ...]
    why: str


def twins(connection: sqlite3.Connection) -> list[Twins]:
    """The sources on the watch list that are one document, each group once; by an address rather than by the text."""
    found: dict[tuple[str, ...], str] = {}
    for ids, known in _by_address(connection):
        found.setdefault(ids, f"all of them are {known}" if len(ids) > 2 else f"both are {known}")
    for ids in _by_text(connection):
        found.setdefault(ids, "their latest texts are the same, word for word")
    return [Twins(ids, why) for ids, why in sorted(found.items())]


def _by_address(connection: sqlite3.Connection) -> Iterator[tuple[tuple[str, ...], str]]:
    """Pages that are one by an address, and how it is known: as they were when they were last seen.

    To name an address costs a page nothing: where one of them was not seen there, their texts have to be the same.
    """
    rows = connection.execute(
        f"select u.source_id, u.url, u.reason = '{CANONICAL}', iif(c.stored_bytes, v.text_sha256, null) "
        "from source_urls u join states st on st.source_id = u.source_id join sources s on s.id = u.source_id "
        "left join versions v on v.id = st.version_id left join captures c on c.id = v.capture_id "
        "where s.retired is null and u.last_seen >= st.last_good"
    )
    known: defaultdict[str, _Known] = defaultdict(_Known)
    for source_id, url, named, text in rows:
        known[settled_url(url)].add(source_id, url, text, named=bool(named))
    for _, address in sorted(known.items()):
        yield from address.groups()


class _Known:
    """The pages that are known under one address: seen there, or naming it."""

    def __init__(self) -> None:
        self._urls: set[str] = set()
        self._seen: set[str] = set()
        self._texts: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, source_id: str, url: str, text: str | None, *, named: bool) -> None:
        self._urls.add(url)
        if not named:
            self._seen.add(source_id)
        if text is not None:
            self._texts[text].add(source_id)

    def groups(self) -> Iterator[tuple[tuple[str, ...], str]]:
        url = min(self._urls)
        alike = [ids for ids in self._texts.values() if len(ids) > 1 and not ids <= self._seen]
        for ids in alike:
            yield tuple(sorted(ids)), f"known under {url}, with the same text"
        if len(self._seen) > 1 and not any(self._seen <= ids for ids in alike):
            yield tuple(sorted(self._seen)), f"at {url}"


def _by_text(connection: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    """Pages of one publisher whose latest texts are the same. Another publisher's is a copy, and a page of its own.

    Of a text that is withheld nothing is known but that it was.
    """
    rows = connection.execute(
        "select s.id, st.url, v.text_sha256 from sources s join states st on st.source_id = s.id "
        "join versions v on v.id = st.version_id join captures c on c.id = v.capture_id "
        "where s.retired is null and not st.removed and v.words >= ? and c.stored_bytes > 0",
        (WORDS,),
    )
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source_id, url, text in rows:
        ids[text, publisher_family(host_of(url or "").partition(":")[0])].append(source_id)
    yield from (tuple(sorted(group)) for group in ids.values() if len(group) > 1)
