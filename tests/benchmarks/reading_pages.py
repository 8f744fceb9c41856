"""The pages that reading is measured on: addresses of every kind, chosen from what an archive holds."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.datasette_plugin.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROW_PAGE = "Datasette: a row"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page with some addresses of it, taken in turn."""

    name: str
    paths: tuple[str, ...]

    @property
    def ours(self) -> bool:
        """Whether it is a page of Redline's, and not one of Datasette's own."""
        return self.paths[0].startswith("/-/redline/")


def pages(path: Path) -> list[Kind]:
    """Every kind of page, with addresses chosen from what the archive holds: busy and quiet, common and rare."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        chosen = _Chosen.of(connection)
    ours, database = f"/-/redline/{quote(path.stem)}", f"/{quote(path.stem)}"
    return [
        Kind(ROW_PAGE, tuple(f"{database}/versions/{number}" for number in chosen.versions)),
        *_front(ours, chosen),
        *_documents(ours, chosen),
        *_searches(ours, chosen),
        *_feeds(ours, chosen),
        *_datasette(database),
    ]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the addresses are made of. `pairs` are sources with the number of their latest version, busiest first."""

    versions: tuple[int, ...]
    changes: tuple[int, ...]
    pairs: tuple[tuple[str, int], ...]
    publishers: tuple[str, ...]
    tags: tuple[str, ...]
    words: tuple[str, ...]
    sentence: str
    captures: tuple[int, ...]
    url: str
    day: str

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> _Chosen:
        def column(sql: str) -> tuple[str, ...]:
            return tuple(row[0] for row in connection.execute(sql))

        ids = [row[0] for row in connection.execute("select id from versions order by id")]
        spread = tuple(ids[len(ids) * n // 20] for n in range(1, 20))
        busiest = connection.execute(
            "select source_id, max(number) as top from versions group by source_id order by top desc, source_id"
        ).fetchall()
        pairs = tuple((row[0], row[1]) for row in (*busiest[:3], *busiest[len(busiest) // 2 :][:3]))
        publishers = column("select publisher from sources group by publisher order by count(*) desc, publisher")
        tags = column("select value from sources, json_each(tags) group by value order by count(*) desc, value")
        (text,) = column("select text from passages order by id desc limit 1")
        words = sorted(set(re.findall(r"[a-z]{6,}", text)))
        changes = connection.execute("select id from changes order by id desc limit 1000").fetchall()
        return cls(
            versions=spread,
            changes=tuple(row[0] for row in changes[::97]),
            pairs=pairs,
            publishers=(publishers[0], publishers[-1]),
            tags=(tags[0], tags[-1]),
            words=tuple(words[:4]),
            sentence=text.partition(". ")[0],
            captures=tuple(range(1, 20)),
            url=column(f"select url from sources where id = '{pairs[0][0]}'")[0],
            day=column(f"select substr(first_seen, 1, 10) from versions where id = {ids[len(ids) // 2]}")[0],
        )


def _front(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    yield Kind("front page", (ours,))
    yield Kind("front page, everything", (f"{ours}?all=1",))
    yield Kind("front page, most significant first", (f"{ours}?order=significance",))
    yield Kind("front page, from the middle", (f"{ours}?until={chosen.day}",))
    yield Kind("front page, one day", (f"{ours}?since={chosen.day}&until={chosen.day}",))
    for name, publisher in zip(("large", "small"), chosen.publishers, strict=True):
        yield Kind(f"front page, a {name} publisher", (f"{ours}?publisher={quote(publisher)}",))
    for name, tag in zip(("common", "rare"), chosen.tags, strict=True):
        yield Kind(f"front page, a {name} tag", (f"{ours}?tag={quote(tag)}",))
    for change_class in ("undeclared_edit", "correction_notice", "revert", "caption"):
        yield Kind(f"front page, class {change_class}", (f"{ours}?class={change_class}",))
    for kind in ("content", "removed", "restored"):
        yield Kind(f"front page, kind {kind}", (f"{ours}?kind={kind}",))
    rare = f"publisher={quote(chosen.publishers[1])}&class=correction_notice"
    yield Kind("front page, small publisher and class", (f"{ours}?{rare}",))
    common = f"publisher={quote(chosen.publishers[0])}&class=negation&tag={quote(chosen.tags[0])}"
    yield Kind("front page, three filters", (f"{ours}?{common}",))


def _documents(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    busy, quiet = chosen.pairs[:3], chosen.pairs[3:]
    yield Kind("pages watched", (f"{ours}/-/pages", f"{ours}/-/pages?after={quiet[0][0]}"))
    for state in ("seen", "blocked", "removed", "stale"):
        yield Kind(f"pages watched: {state}", (f"{ours}/-/pages?state={state}",))
    for name, pairs in (("busiest documents", busy), ("usual documents", quiet)):
        yield Kind(f"document page, {name}", tuple(f"{ours}/{source}" for source, _ in pairs))
        middle = [f"{ours}/{source}/{(top + 1) // 2}" for source, top in pairs]
        yield Kind(f"version page, {name}", tuple(middle))
        yield Kind(f"version as text, {name}", tuple(f"{path}/text.txt" for path in middle))
        yield Kind(f"version at a day, {name}", tuple(f"{ours}/{source}/at/2027-01-01" for source, _ in pairs))
        yield Kind(
            f"difference, {name}", tuple(f"{ours}/{source}/{top - 1}..{top}" for source, top in pairs if top > 1)
        )
        yield Kind(f"first to last, {name}", tuple(f"{ours}/{source}/1..{top}" for source, top in pairs if top > 1))
    yield Kind("look", tuple(f"{ours}/-/look/{number}" for number in chosen.versions))
    yield Kind("change", tuple(f"{ours}/-/change/{number}" for number in chosen.changes))
    yield Kind("capture", tuple(f"{ours}/-/capture/{number}" for number in chosen.captures))


def _searches(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    source = chosen.pairs[0][0]
    yield Kind("search, a rare word", tuple(f"{ours}/-/search?q={word}" for word in chosen.words))
    yield Kind("search, a word of nearly every passage", (f"{ours}/-/search?q=the",))
    yield Kind("search, a common and a rare word", tuple(f"{ours}/-/search?q=the+{word}" for word in chosen.words))
    yield Kind("search, a sentence", (f"{ours}/-/search?q=%22{quote(chosen.sentence)}%22",))
    yield Kind("search, nothing found", (f"{ours}/-/search?q=xyzzy",))
    yield Kind("search in added text", tuple(f"{ours}/-/search?q={word}&in=added" for word in ("the", *chosen.words)))
    yield Kind("search in the busiest document", (f"{ours}/-/search?q=the&source={source}",))


def _feeds(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    busy, publisher = chosen.pairs[0][0], quote(chosen.publishers[0])
    yield Kind("feed", (f"{ours}/-/feed.atom",))
    yield Kind("feed of a publisher", (f"{ours}/-/feed.atom?publisher={publisher}",))
    yield Kind("feed of a document", (f"{ours}/{busy}/feed.atom",))
    yield Kind("JSON feed", (f"{ours}/-/feed.json",))
    yield Kind("feed of a search", tuple(f"{ours}/-/feed.atom?q={word}" for word in chosen.words))
    yield Kind("timemap of the busiest document", (f"{ours}/-/timemap/{chosen.url}",))
    yield Kind("timegate, memento", (f"{ours}/-/timegate/{chosen.url}", f"{ours}/at/2027-01-01/{chosen.url}"))
    yield Kind("history of a phrase", tuple(f"{ours}/-/phrase?q={word}" for word in chosen.words))


def _datasette(database: str) -> Iterator[Kind]:
    yield Kind("Datasette: the database", (database,))
    for table in ("sources", "fetches", "versions", "changes", "edits", "passages", "captures"):
        yield Kind(f"Datasette: {table}", (f"{database}/{table}",))
    for view in ("change_log", "latest_versions", "passage_history", "coverage", "gaps", "stale_sources"):
        yield Kind(f"Datasette: {view}", (f"{database}/{view}",))
    for name, question in QUERIES.items():
        given = {"phrase": "minister", "source": "document-000001"}
        asked = "&".join(f"{each}={given.get(each, '')}" for each in question.params)
        yield Kind(f"question: {name}", (f"{database}/{name}?{asked}",))
