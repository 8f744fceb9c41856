"""A large archive, made up: written row by row in the schema's own terms, not by looking at pages.

Fifty thousand documents with a million versions would take hours through `redline run`; here they take minutes. What a
reader touches is as it would be: bodies come back with their hashes, the ledger holds from the first record to the
last head, spans, passages and the full-text index say the same text, every change has its edits and classes. What
changed between two versions is known, since it was made up, so nothing is compared: significances and summaries are
plausible and not what `compare` would say, and `redline verify` finds that out.

Skewed as archives are: a few documents have thousands of versions and most a handful, some publishers have thousands of
pages and most a few, words follow Zipf's law, some paragraphs stand on every page of a publisher, classes are common or
rare, and some pages are blocked, failing or removed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any

from scraper.archive import Archive
from scraper.archive.documents import ruleset_sha256
from scraper.archive.ledger import link, run_digest
from scraper.archive.runs import SOFTWARE
from scraper.archive.standings import refresh
from scraper.clock import to_text
from scraper.config import Source, WatchList
from scraper.normalizing import NORMALIZER
from tests.benchmarks.made_up import BETWEEN, FETCH, LINES, NONE, RULES, START, TAGS, Making

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20260302


def build(path: Path, *, versions: int, documents: int, seed: int = SEED) -> None:
    """Write an archive of about so many versions of so many documents; the same arguments give the same one."""
    random = Random(seed)  # made-up text, no secret
    sources = _sources(documents, random)
    with Archive(path) as archive:
        archive.sync(WatchList(sources), START)
        _write(archive.connection, Making(random, sources, versions))


def _sources(documents: int, random: Random) -> tuple[Source, ...]:
    publishers = [f"publisher-{number}.example" for number in range(max(3, documents // 120))]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(publishers))))
    made = []
    for number in range(documents):
        publisher = random.choices(publishers, cum_weights=weights)[0]
        chosen = random.choices(TAGS, weights=[1 / (n + 1) for n in range(len(TAGS))], k=random.randrange(3))
        tags = tuple(sorted(set(chosen)))
        every = timedelta(hours=6) if number % 5 == 0 else None
        url = f"https://www.{publisher}/news/{number}"
        made.append(Source(f"document-{number:06}", url, publisher=publisher, tags=tags, every=every))
    return tuple(made)


def _write(connection: sqlite3.Connection, making: Making) -> None:
    """Everything into the file: indexes and triggers after the rows, which takes a third of the time."""
    later = connection.execute(
        "select type, name, sql from sqlite_master where sql is not null and (type = 'index' or "
        "(type = 'trigger' and name not like '%~_no~_%' escape '~'))"
    ).fetchall()
    for pragma in ("foreign_keys = off", "journal_mode = off", "synchronous = off", "cache_size = -1000000"):
        connection.execute(f"pragma {pragma}")
    connection.execute("begin")
    for kind, name, _ in later:
        connection.execute(f"drop {kind} {name}")
    making.add("header_lines", 1, *LINES[0])
    making.add("header_lines", 2, *LINES[1])
    making.add("header_lines", 3, *LINES[2])
    making.add("rulesets", 1, ruleset_sha256(NORMALIZER, RULES), NORMALIZER, RULES)
    making.add("linksets", 1, NONE, "[]", "[]")
    _live(connection, making)
    for _, _, sql in later:
        connection.execute(sql)
    connection.execute("insert into passages_fts(passages_fts) values ('rebuild')")
    refresh(connection)
    connection.execute("commit")


def _live(connection: sqlite3.Connection, making: Making) -> None:
    """Run after run, in the order of time."""
    pages, counts = len(making.pages), [0, 0, 0]
    run: dict[str, Any] | None = None
    for fetch_id, key in enumerate(making.looks, start=1):
        number, at = divmod(key, pages)
        if run is None or run["number"] != number:
            _finish(making, run, counts)
            moment = START + number * BETWEEN
            run = {"number": number, "id": (run["id"] if run else 0) + 1, "moment": moment, "started": to_text(moment)}
            counts = [0, 0, 0]
        outcome = making.look(fetch_id, run, at)
        counts[0] += 1
        counts[1] += outcome == "new_version"
        counts[2] += outcome in ("blocked", "gone")
        if fetch_id % 20_000 == 0:
            _flush(connection, making, but=("spans",))
    _finish(making, run, counts)
    making.end()
    making.rows["spans"].sort()
    _flush(connection, making)


def _finish(making: Making, run: dict[str, Any] | None, counts: list[int]) -> None:
    if run is None:
        return
    fetched, changed, failed = counts
    finished = to_text(run["moment"] + timedelta(minutes=90))
    closed = {"id": run["id"], "started": run["started"], "finished": finished, "trigger": "schedule"}
    closed |= {"software": SOFTWARE, "due": fetched, "fetched": fetched, "changed": changed, "failed": failed}
    making.ledger = link(making.ledger, run_digest({**closed, "timestamps_head": None, "signals_head": None}))
    making.add("runs", *closed.values(), making.ledger, None, None)


def _flush(connection: sqlite3.Connection, making: Making, but: tuple[str, ...] = ()) -> None:
    for table, rows in making.rows.items():
        if rows and table not in but:
            marks = ", ".join("?" * len(rows[0]))
            named = f"{table} ({', '.join(FETCH)})" if table == "fetches" else table
            connection.executemany(f"insert into {named} values ({marks})", rows)
            rows.clear()


def shape(path: Path) -> dict[str, int]:
    """How many rows each table has that a reader's pages read, and the size of the file in bytes."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = ("sources", "versions", "changes", "edits", "fetches", "captures", "passages", "spans", "runs")
        counted = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
    return {**counted, "bytes": path.stat().st_size}
