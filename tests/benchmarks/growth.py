"""How a repository grows to which an archive is committed four times a day, and what the archive's layout does to it.

    python -m tests.benchmarks.growth [--pages 20] [--runs 365] [--layout NAME …] [--folder FOLDER] [--aggressive]

Each layout lives through the same runs, six hours apart by an injected clock: every page is looked at through
`Archive.record` with fresh noise, five edits a week are spread over the pages, the archive is settled and committed.
`git gc` runs as often as `--gc-every` says (it packs what came in, and keeps the deltas that it had), and a row says
how large the archive and the packs are. `--aggressive` packs everything anew at the end. A year is 1,460 runs.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scraper.archive import Archive
from scraper.archive.opening import APPLICATION_ID
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer
from tests.benchmarks.newsroom import render

START = datetime(2026, 1, 1, 1, 23, tzinfo=UTC)
BETWEEN = timedelta(hours=6)
EDITS_A_WEEK, RUNS_A_WEEK = 5, 28
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=60"))
MIB = 1024 * 1024

Publish = Callable[[Path, Path], None]
"""Writes what is committed (into a repository) of an archive that a run has just left."""


def copied(archive: Path, repository: Path) -> None:
    """The archive itself."""
    shutil.copyfile(archive, repository / "archive.db")


def vacuumed(archive: Path, repository: Path) -> None:
    """The archive after VACUUM, which writes every page anew."""
    _execute(archive, "vacuum")
    copied(archive, repository)


def optimised(archive: Path, repository: Path) -> None:
    """The archive after its full-text index was merged into one segment."""
    _execute(archive, "insert into passages_fts(passages_fts) values ('optimize')")
    copied(archive, repository)


def dumped(archive: Path, repository: Path) -> None:
    """The whole archive as SQL text, as `sqlite3 .dump` writes it."""
    with closing(sqlite3.connect(archive)) as connection, (repository / "archive.sql").open("w") as file:
        file.writelines(f"{line}\n" for line in connection.iterdump())


def by_hash(archive: Path, repository: Path) -> None:
    """The bodies alone, in a table WITHOUT ROWID: each new one goes somewhere between the others."""
    _bodies(archive, repository, "create table bodies (sha256 text primary key, body blob) without rowid")


def by_arrival(archive: Path, repository: Path) -> None:
    """The bodies alone, one after the other with an index over their hashes: what the archive does."""
    _bodies(archive, repository, "create table bodies (id integer primary key, sha256 text unique, body blob)")


def a_file_each(archive: Path, repository: Path) -> None:
    """The evidence alone, a file of new rows for each run: nothing that was committed is ever written again."""
    with closing(sqlite3.connect(archive)) as connection:
        connection.row_factory = sqlite3.Row
        (run,) = connection.execute("select max(id) from runs").fetchone()
        fetches = connection.execute("select * from fetches where run_id = ?", (run,)).fetchall()
        last = repository / "last.json"
        seen = json.loads(last.read_text()) if last.exists() else 0
        captures = connection.execute("select * from captures where id > ?", (seen,)).fetchall()
        last.write_text(json.dumps(max([seen, *(row["id"] for row in captures)])))
    lines = [
        json.dumps(dict(row), default=lambda body: base64.b85encode(body).decode()) for row in (*fetches, *captures)
    ]
    (repository / f"run-{run:06}.jsonl").write_text("\n".join(lines))


LAYOUTS: dict[str, tuple[dict[str, int], Publish]] = {
    "as it is": ({}, copied),
    **{f"page_size {1024 << step}": ({"page_size": 1024 << step}, copied) for step in range(7)},
    "auto_vacuum full": ({"auto_vacuum": 1}, copied),
    "auto_vacuum incremental": ({"auto_vacuum": 2}, copied),
    "VACUUM before each commit": ({}, vacuumed),
    "FTS optimised before each commit": ({}, optimised),
    "bodies alone, by arrival": ({}, by_arrival),
    "bodies alone, WITHOUT ROWID by hash": ({}, by_hash),
    "SQL text": ({}, dumped),
    "evidence alone, a file each run": ({}, a_file_each),
}


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--runs", type=int, default=365)
    parser.add_argument("--layout", action="append", choices=LAYOUTS, help="may be repeated; all where there is none")
    parser.add_argument("--gc-every", type=int, default=120, help="runs; about a month")
    parser.add_argument("--aggressive", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the repositories are made; default: the system's scratch")
    given = parser.parse_args()
    for layout in given.layout or LAYOUTS:
        with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
            _live(layout, Path(scratch), given)


def _live(layout: str, scratch: Path, given: argparse.Namespace) -> None:
    pragmas, publish = LAYOUTS[layout]
    archive, repository = scratch / "archive.db", scratch / "repository"
    _execute(
        archive,
        *(f"pragma {name} = {value}" for name, value in pragmas.items()),
        f"pragma application_id = {APPLICATION_ID}",
    )
    repository.mkdir()
    _git(repository, "init", "--quiet")
    for setting in ("gc.auto=0", "core.looseCompression=0", "user.name=benchmark", "user.email=benchmark@example.org"):
        _git(repository, "config", *setting.split("=", 1))
    sources = tuple(
        Source(f"page-{at}", f"https://{at % 7}.example.org/article-{at}", title=f"Page {at}")
        for at in range(given.pages)
    )
    editions = [0] * given.pages
    for number in range(given.runs):
        if number * EDITS_A_WEEK // RUNS_A_WEEK > (number - 1) * EDITS_A_WEEK // RUNS_A_WEEK:
            editions[number * 7 % given.pages] += 1
        _look(archive, sources, editions, number)
        publish(archive, repository)
        _git(repository, "add", "--all")
        _git(repository, "commit", "--quiet", "--message", f"run {number}")
        if (number + 1) % given.gc_every == 0 or number + 1 == given.runs:
            _git(repository, "gc", "--quiet", "--prune=now")
            _row(layout, number + 1, archive, repository)
    if given.aggressive:
        _git(repository, "gc", "--quiet", "--prune=now", "--aggressive")
        _row(f"{layout}, aggressive", given.runs, archive, repository)


def _look(path: Path, sources: tuple[Source, ...], editions: list[int], number: int) -> None:
    """One run over every page, as `redline run` makes it, with the file opened and settled."""
    moment = START + number * BETWEEN
    with Archive(path) as archive:
        archive.sync(WatchList(sources), moment)
        run = archive.begin_run("schedule", len(sources), moment)
        for at, source in enumerate(sources):
            archive.record(run, _answer(source, moment + timedelta(seconds=3 * at), render(at, editions[at], number)))
        for state in archive.host_states(sorted({source.url.split("/")[2] for source in sources})).values():
            archive.save_host_state(state)
        archive.finish_run(run, moment + timedelta(minutes=2), fetched=len(sources), changed=0, failed=0)


def _answer(source: Source, moment: datetime, body: bytes) -> Answer:
    headers = (*HEADERS, ("Date", f"{moment:%a, %d %b %Y %H:%M:%S} GMT"), ("Content-Length", str(len(body))))
    elapsed = 80 + int(moment.timestamp() * 7) % 200
    return Answer(source.id, source.url, moment, elapsed, source.url, 200, headers, body=body, peer="203.0.113.5:443")


def _bodies(archive: Path, repository: Path, table: str) -> None:
    bodies = repository / "bodies.db"
    if not bodies.exists():
        _execute(bodies, table)
    with closing(sqlite3.connect(bodies)) as connection, connection:
        connection.execute("attach ? as archive", (f"{archive}",))
        connection.execute(
            "insert into bodies (sha256, body) select sha256, body from archive.captures "
            "where sha256 not in (select sha256 from bodies) order by id"
        )


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement).fetchall()


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True).stdout


def _row(layout: str, runs: int, archive: Path, repository: Path) -> None:
    committed = sum(file.stat().st_size for file in repository.iterdir() if file.is_file())
    packs = sum(file.stat().st_size for file in (repository / ".git" / "objects" / "pack").glob("*.pack"))
    whole, size = _whole_copies(repository)
    told = f"{committed / MIB:9.2f} MiB committed{packs / MIB:9.2f} MiB packed{packs / committed:7.2f} times"
    told += f"{whole:6} whole copies of {size / MIB:.2f} MiB"
    print(f"{layout:<36}{runs:>5} runs{told}{_versions(archive):>6} versions", flush=True)


def _whole_copies(repository: Path) -> tuple[int, int]:
    """How many files git keeps whole and not as a difference, and the bytes that these take in the pack."""
    told = "--batch-check=%(objecttype) %(deltabase) %(objectsize:disk)"
    lines = _git(repository, "cat-file", "--batch-all-objects", told).splitlines()
    whole = [int(line.split()[2]) for line in lines if line.startswith("blob") and set(line.split()[1]) == {"0"}]
    return len(whole), sum(whole)


def _versions(archive: Path) -> Any:
    with closing(sqlite3.connect(archive)) as connection:
        return connection.execute("select count(*) from versions").fetchone()[0]


if __name__ == "__main__":
    main()
