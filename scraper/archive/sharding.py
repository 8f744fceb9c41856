"""An archive split by publisher: one file each, whose ledger is the ledger of the whole.

A shard holds what belongs to its publisher's pages as it stood, under the same numbers, and of all other looks the
digests (`elided`). So its chain is walked from the first record of the whole to the last, every head that was
published of the whole is one of its own, and a link to a version, a look or a change leads to the same row. It begins
with a record of its own, the closing of a run that names the head it was split off.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.archive.archive import Archive
from scraper.archive.elided import packed
from scraper.archive.ledger import digest
from scraper.archive.observations import ledger_end, ledger_records
from scraper.archive.opening import open_for_reading, writer_lock
from scraper.archive.rows import insert, transaction
from scraper.archive.schema_version import SCHEMA_VERSION
from scraper.archive.signals import refold
from scraper.errors import UsageError
from scraper.fetching.identity import host_of, publisher_family

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

# Every table of an archive, in the order in which rows can be put in, and which of its rows a shard has. `own` is the
# set of its sources, made as a temporary table.
_OF_SOURCE = "source_id in (select id from own)"
_OF_VERSION = "(select {} from parent.versions where source_id in (select id from own))"
_CLAIMING = "exists (select 1 from json_each(claims) j where json_extract(j.value, '$[0]') in (select id from own))"
_LINES = (
    "select value from parent.fetches f, json_each(f.{}) j where j.type = 'integer' and f.source_id in "
    "(select id from own)"
)
TABLES: dict[str, str] = {
    "runs": "true",
    "sources": "id in (select id from own)",
    "encoded_bodies": f"sha256 in (select encoded_sha256 from parent.fetches where {_OF_SOURCE})",
    "captures": _OF_SOURCE,
    "header_lines": f"id in ({_LINES.format('headers')} union {_LINES.format('request_headers')})",
    "fetches": _OF_SOURCE,
    "hosts": "host in (select host from own)",
    "signals": f"host in (select host from own) or {_CLAIMING}",
    "channels": "host in (select host from own)",
    "timestamps": "true",
    "repairs": "true",
    "rulesets": f"id in {_OF_VERSION.format('ruleset_id')}",
    "linksets": f"id in {_OF_VERSION.format('linkset_id')}",
    "versions": _OF_SOURCE,
    "passages": f"id in (select passage_id from parent.spans where {_OF_SOURCE})",
    "spans": _OF_SOURCE,
    "source_urls": _OF_SOURCE,
    "changes": _OF_SOURCE,
    "edits": f"change_id in (select id from parent.changes where {_OF_SOURCE})",
    "states": _OF_SOURCE,
}
LEFT_OUT = frozenset({"claims", "elided", "outlooks", "redactions", "rhythms", "standings", "unfinished"})
"""Tables that are made for a shard (`standings` by its triggers, what is learnt by its first run), or whose rows forbid
to make one."""

_SIGNALS_ELIDED = (
    "insert into main.signals (id, run_id, digest, record_hash) select id, run_id, digest, record_hash "
    "from parent.signals where id not in (select id from main.signals)"
)


@dataclass(frozen=True, slots=True)
class Shard:
    """One archive that was split off: its file, whose pages it holds, and which sources those are."""

    path: Path
    publisher: str
    sources: tuple[str, ...]
    looks: int


def shard(
    path: Path, folder: Path, moment: datetime, progress: Callable[[int, int], None] | None = None
) -> list[Shard]:
    """Split the archive at `path` by publisher into new files in `folder`; it stays as it is.

    A source without a publisher goes with the registrable domain of its address. UsageError where the archive cannot
    be split as it stands, or a file is there already; ArchiveBusy while somebody writes to it.
    """
    with writer_lock(path), contextlib.closing(open_for_reading(path)) as parent:
        _must_be_whole(parent, path)
        groups = _groups(parent)
        paths = _paths(sorted(groups), folder)
        head = ledger_end(parent)
        records = [(r["id"], r["run_id"], r["source_id"], digest(r)) for r, _ in ledger_records(parent)]
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for done, publisher in enumerate(sorted(groups), start=1):
            trigger = f"shard {head}"
            looks = _make(paths[publisher], path, groups[publisher], records, trigger, moment)
            made.append(Shard(paths[publisher], publisher, tuple(sorted(groups[publisher])), looks))
            if progress:
                progress(done, len(groups))
    return made


def _must_be_whole(parent: sqlite3.Connection, path: Path) -> None:
    if parent.execute("pragma user_version").fetchone()[0] != SCHEMA_VERSION:
        raise UsageError(f"{path} is of an earlier schema: `redline rebuild` brings it to today's, then split it")
    if parent.execute("select 1 from unfinished limit 1").fetchone():
        raise UsageError(f"{path} has work that is not finished: `redline rebuild` finishes it, then split it")
    if parent.execute("select 1 from redactions limit 1").fetchone():
        raise UsageError(
            f"{path} has withheld captures, whose records cannot be split: keep it whole, and begin another"
        )
    if parent.execute("select 1 from elided limit 1").fetchone():
        raise UsageError(f"{path} was split off another archive already: split that one")


def _groups(parent: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """The addresses of the sources by their ids, by publisher."""
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for source_id, url, publisher in parent.execute("select id, url, publisher from sources order by id"):
        groups[publisher or publisher_family(urlsplit(url).hostname or "")][source_id] = url
    if len(groups) < 2:
        raise UsageError("all pages are of one publisher: there is nothing to split")
    return groups


def _paths(publishers: Sequence[str], folder: Path) -> dict[str, Path]:
    """A file for each publisher, named after it."""
    paths: dict[str, Path] = {}
    for publisher in publishers:
        stem = re.sub(r"[^a-z0-9]+", "-", publisher.lower()).strip("-")[:60] or "publisher"
        same = sum(1 for path in paths.values() if re.fullmatch(rf"{stem}(-\d+)?", path.stem))
        paths[publisher] = folder / (f"{stem}-{same + 1}.db" if same else f"{stem}.db")
    if taken := [path for path in paths.values() if path.exists()]:
        raise UsageError(f"{taken[0]} is there already: name a folder that holds no archives")
    return paths


def _make(
    path: Path,
    parent: Path,
    sources: dict[str, str],
    records: list[tuple[int, int, str, str]],
    trigger: str,
    moment: datetime,
) -> int:
    """Write one shard; give how many looks it holds. What was begun is taken away where it cannot be ended."""
    try:
        with Archive(path) as archive:
            connection = archive.connection
            connection.execute("attach ? as parent", (f"{parent.resolve().as_uri()}?mode=ro",))
            with transaction(connection):
                connection.execute("create temp table own (id text primary key, host text not null)")
                named = [(source_id, host_of(url)) for source_id, url in sources.items()]
                connection.executemany("insert into own values (?, ?)", named)
                for table, rows in TABLES.items():
                    names = ", ".join(_columns(connection, table))
                    # A capture comes after the one it was stored against; a span or a channel has no row number.
                    order = "" if table in ("spans", "channels") else "order by rowid"
                    connection.execute(
                        f"insert into main.{table} ({names}) select {names} from parent.{table} where {rows} {order}"
                    )
                connection.execute(_SIGNALS_ELIDED)
                refold(connection)
                for row in _stretches(records, sources):
                    insert(connection, "elided", row)
                archive.finish_run(archive.begin_run(trigger, 0, moment), moment, fetched=0, changed=0, failed=0)
            connection.execute("drop table own")
            connection.execute("detach parent")
            return int(connection.execute("select count(*) from fetches").fetchone()[0])
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[0] for row in connection.execute("select name from pragma_table_info(?, 'main')", (table,))]


def _stretches(records: list[tuple[int, int, str, str]], sources: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The records of other sources, gathered as long as they follow each other in one run."""
    first, run, digests = 0, 0, list[str]()
    for number, run_id, source_id, digested in records:
        if digests and (source_id in sources or run_id != run):
            yield {"first_id": first, "run_id": run, "count": len(digests), "digests": packed(digests)}
            digests = []
        if source_id not in sources:
            first = first if digests else number
            run = run_id
            digests.append(digested)
    if digests:
        yield {"first_id": first, "run_id": run, "count": len(digests), "digests": packed(digests)}
