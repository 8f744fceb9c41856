"""When a phrase came into a page and when it left it: read off the spans of the passages that hold it.

A span says from which version to which a passage stood, so that no version has to be searched: the phrase stood in a
version if any passage that holds it did. Passages that follow one another without a gap are one presence: an edit
elsewhere in the paragraph is no end of the phrase.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from scraper.archive.at_once import at_once
from scraper.archive.searching import MOST_PASSAGES, candidate_ids
from scraper.archive.terms import phrase_terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence

Span = tuple[int, int | None]
"""The first and the last version in which something stood; None where it stands in the latest."""

_SPANS = 20_000  # spans that are read for one answer


@dataclass(frozen=True, slots=True)
class Presence:
    """Versions in a row in which the phrase stood, with the looks around its coming and going (archive text).

    `before` is the last look that did not show it yet, None where the first look at the page did; `gone_by` the first
    look that did not show it any more, None where the latest version holds it.
    """

    first_version: int
    last_version: int
    before: str | None
    first_seen: str
    last_seen: str
    gone_by: str | None


@dataclass(frozen=True, slots=True)
class PhraseOnPage:
    """The presences of the phrase on one page, the earliest first; `removed` since the page itself is gone."""

    source_id: str
    title: str
    publisher: str | None
    presences: tuple[Presence, ...]
    removed: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class PhraseHistory:
    """Pages in the order in which the phrase first appeared on them; `cut` where there are more than were read."""

    pages: tuple[PhraseOnPage, ...]
    cut: bool


def phrase_history(
    connection: sqlite3.Connection, phrase: str, *, source_id: str | None = None, limit: int = 60
) -> PhraseHistory:
    """The life of a phrase on every page, or on one; a text without a word in it has none."""
    asked = phrase_terms(phrase)
    if not asked:
        return PhraseHistory((), cut=False)
    passages = candidate_ids(connection, asked, source_id, MOST_PASSAGES + 1)
    rows = at_once(
        connection,
        ("s.source_id", "s.from_version", "s.to_version"),
        "from json_each(?1) p cross join spans s on s.passage_id = p.value "
        "where (?2 is null or s.source_id = ?2) limit ?3",
        (json.dumps(passages[:MOST_PASSAGES]), source_id, _SPANS),
    )
    spans: dict[str, list[Span]] = {}
    for source, first, last in rows:
        spans.setdefault(source, []).append((first, last))
    cut = len(passages) > MOST_PASSAGES or len(rows) == _SPANS or len(spans) > limit
    pages = _pages(connection, {source: joined(of_page) for source, of_page in islice(spans.items(), limit)})
    pages.sort(key=lambda page: (page.presences[0].first_seen, page.source_id))
    return PhraseHistory(tuple(pages), cut=cut)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of versions, first and last included (None: open), joined where they overlap or follow one another."""
    found: list[Span] = []
    for first, last in sorted(spans, key=lambda span: span[0]):
        if found and (found[-1][1] is None or first <= found[-1][1] + 1):
            earlier = found[-1]
            end = None if earlier[1] is None or last is None else max(earlier[1], last)
            found[-1] = (earlier[0], end)
        else:
            found.append((first, last))
    return found


def _pages(connection: sqlite3.Connection, spans: Mapping[str, Sequence[Span]]) -> list[PhraseOnPage]:
    """Pages with the presences that joined spans are; those of all pages are read at once."""
    rows = at_once(
        connection,
        ("s.id", "coalesce(s.title, v.title, s.url)", "s.publisher", "coalesce(st.removed, 0)", "v.number"),
        "from json_each(?) p cross join sources s on s.id = p.value left join states st on st.source_id = s.id "
        "left join versions v on v.id = st.version_id",
        (json.dumps(list(spans)),),
    )
    seen = _seen(connection, {source: _around(spans[source], top) for source, *_, top in rows})
    return [
        PhraseOnPage(
            source,
            title,
            publisher,
            presences=tuple(_presence(span, top, seen[source]) for span in spans[source]),
            removed=_removal(connection, source) if gone else None,
        )
        for source, title, publisher, gone, top in rows
    ]


def _around(spans: Sequence[Span], top: int) -> set[int]:
    """The versions that begin and end spans, and those beside them; an open span ends with the latest version."""
    return {number for first, last in spans for number in (first - 1, first, last or top, (last or top) + 1)}


def _seen(
    connection: sqlite3.Connection, wanted: Mapping[str, Collection[int]]
) -> dict[str, dict[int, tuple[str, str]]]:
    """When versions of sources were first and last seen, by source and number; those that there are."""
    rows = at_once(
        connection,
        ("v.source_id", "v.number", "v.first_seen", "v.last_seen"),
        "from json_each(?) p cross join json_each(p.value) n cross join versions v "
        "on v.source_id = p.key and v.number = n.value",
        (json.dumps({source: sorted(numbers) for source, numbers in wanted.items()}),),
    )
    found: dict[str, dict[int, tuple[str, str]]] = {source: {} for source in wanted}
    for source, number, first_seen, last_seen in rows:
        found[source][number] = (first_seen, last_seen)
    return found


def _presence(span: Span, top: int, seen: Mapping[int, tuple[str, str]]) -> Presence:
    first, last = span
    return Presence(
        first_version=first,
        last_version=last or top,
        before=seen[first - 1][1] if first > 1 else None,
        first_seen=seen[first][0],
        last_seen=seen[last or top][1],
        gone_by=seen[last + 1][0] if last is not None else None,
    )


def _removal(connection: sqlite3.Connection, source_id: str) -> tuple[str, str] | None:
    row = connection.execute(
        "select last_seen_old, first_seen_new from changes where source_id = ? and kind = 'removed' "
        "order by id desc limit 1",
        (source_id,),
    ).fetchone()
    return (row[0], row[1]) if row else None
