"""What a fault campaign is made of: commands in processes of their own, harm at random, and what came of it.

The campaign itself is `tests.benchmarks.faults`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.archive.repair import repair
from scraper.archive.verify import verify
from scraper.clock import system_clock
from scraper.errors import RedlineError
from tests.archive.test_older import as_first_written
from tests.scripted import Scripted, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

PAGES = 20
RUNS_PER_ARCHIVE = 8
WARM = ["scraper.cli", "scraper.run", "scraper.archive.verify", "scraper.terminal.views", "sqlite_utils"]
CONTEXT = multiprocessing.get_context("forkserver")
STORED = ("first version", "new version", "unchanged")


@dataclass
class Tally:
    """What the kills of one command came to."""

    times: int = 0
    spared: int = 0
    kept: int = 0
    lost: int = 0
    unread: int = 0
    unopened: int = 0
    findings: int = 0
    left: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.lost or self.unread or self.unopened or self.findings)


def command(arguments: list[str], ready: Connection) -> None:
    """Run `redline` in this process, which is new; what it says goes through `ready`, after an empty line."""
    from scraper.cli import main

    sys.stderr = os.fdopen(os.dup(ready.fileno()), "w", buffering=1)
    os.write(ready.fileno(), b"\n")
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere
        main(arguments, prog_name="redline")


def make(path: str, ready: Connection) -> None:
    """Make a new archive in this process."""
    os.write(ready.fileno(), b"\n")
    Archive(path).close()


def killed(
    target: Callable[..., None], what: object, after: float | None, by: signal.Signals = signal.SIGKILL
) -> tuple[bool, float, list[str]]:
    """Start `target` and send it a signal after so many seconds (None: leave it alone).

    Gives whether the signal struck, the seconds from its first sign of life to its end, and the lines that it said.
    """
    heard, ready = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(what, ready), daemon=True)
    process.start()
    ready.close()
    os.read(heard.fileno(), 1)
    begun = time.perf_counter()
    if after is not None:
        # Joining returns at once where the process ends by itself: then there is nothing to kill.
        process.join(after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid or 0, by)
    pieces = []
    while piece := os.read(heard.fileno(), 65536):
        pieces.append(piece)
    process.join()
    heard.close()
    return (
        process.exitcode in (-by, 128 + signal.SIGINT),
        time.perf_counter() - begun,
        b"".join(pieces).decode().splitlines(),
    )


class Campaign:
    """A site, a folder, a source of chance, and what came of it so far."""

    def __init__(self, folder: Path, site: Scripted, seed: int) -> None:
        self.folder = folder
        self.site = site
        self.chance = random.Random(seed)
        self.listed = folder / "sources.toml"
        self.listed.write_text(_watch_list(site))
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.edit()
        self.whole = folder / "whole.db"
        for _ in range(5):
            self.edit()
            killed(command, self.arguments("run", self.whole), None)
        self.before = records(self.whole)
        self.old = folder / "old.db"
        as_first_written(self.old)

    def edit(self) -> None:
        """Let a third of the pages say something else from now on."""
        for n in range(PAGES):
            if f"/{n}" not in self.site.pages or self.chance.random() < 0.34:
                self.site.pages[f"/{n}"] = page(_story(n, self.chance))

    def arguments(self, name: str, db: Path) -> list[str]:
        """The command line of a command of ours."""
        if name in ("rebuild", "migration"):
            return ["rebuild", "--db", str(db)]
        if name == "redaction":
            return ["redact", "story-0/v1", "story-1/v1", "--reason", "a test", "--yes", "--db", str(db)]
        if name == "repair":
            return ["verify", "--repair", "--from", str(self.whole), "--db", str(db)]
        return ["run", "--all", "--verbose", "--db", str(db), "--sources", str(self.listed)]

    def moment(self, whole: float) -> float:
        return self.chance.random() * whole

    def of_run(self, kills: int, until: float) -> None:
        """Kill runs that follow each other on one archive, a new one every few kills."""
        tally, number = self.tallies["run"], 0
        while tally.times < kills and time.monotonic() < until:
            db = self.folder / f"run-{number}.db"
            number += 1
            remove(db)
            _, whole, _ = killed(command, self.arguments("run", db), None)
            for _ in range(RUNS_PER_ARCHIVE):
                self.edit()
                before = records(db)
                struck, _, said = killed(command, self.arguments("run", db), self.moment(whole))
                _count(tally, struck)
                told = {line.split()[-1] for line in said if any(outcome in line for outcome in STORED)}
                self.check(tally, db, before, told)
            remove(db)

    def of_command(self, name: str, kills: int, until: float) -> None:
        """Kill a command that works on a copy of one archive."""
        tally, db = self.tallies[name], self.folder / f"{name}.db"
        before = records(self.old) if name == "migration" else self.before
        self.prepare(name, db)
        _, whole, _ = killed(command, self.arguments(name, db), None)
        while tally.times < kills and time.monotonic() < until:
            self.prepare(name, db)
            struck, _, _ = killed(command, self.arguments(name, db), self.moment(whole))
            _count(tally, struck)
            if name == "repair":
                done = repair(db, system_clock(), other=self.whole)
                tally.told += [f"repairing {db.name}: {finding}" for finding in done.findings[:1]]
            self.check(tally, db, before, set())
            if name == "redaction":
                _check_withheld(tally, db)
        remove(db)

    def prepare(self, name: str, db: Path) -> None:
        """A fresh archive for a command to work on."""
        remove(db)
        shutil.copyfile(self.old if name == "migration" else self.whole, db)
        if name == "rebuild":
            alter(db, "update states set derivation = 'an earlier one'")
        if name == "repair":
            captures = self.chance.sample(range(1, 40), 3)
            alter(db, f"update captures set body = zeroblob(20) where id in {tuple(captures)}", "delete from edits")
            if self.chance.random() < 0.5:
                scribble(db, self.chance, "changes")

    def of_making(self, kills: int, until: float) -> None:
        """Kill the making of new archives; what is left has to be something that a run can start from."""
        tally, db = self.tallies["new archive"], self.folder / "new.db"
        whole = max(killed(make, str(db), None)[1] for _ in range(3) if remove(db))
        while tally.times < kills and time.monotonic() < until:
            remove(db)
            struck, _, _ = killed(make, str(db), self.moment(whole))
            _count(tally, struck)
            self.check(tally, db, {}, set())

    def check(self, tally: Tally, db: Path, before: dict[int, str], told: set[str]) -> None:
        """Open what a kill left behind, first reading and then writing, and count what is wrong with it."""
        try:
            if before:
                Archive(db, readonly=True).close()
        except (RedlineError, OSError) as error:
            tally.unread += 1
            tally.told.append(f"reading {db.name}: {error}")
        try:
            with Archive(db) as archive:
                after = _rows(archive)
                checked = verify(archive.connection)
                latest = {row[0] for row in archive.connection.execute(_LATEST)} if told else set()
        except (RedlineError, OSError) as error:
            tally.unopened += 1
            tally.told.append(f"writing {db.name}: {error}")
            return
        lost = [number for number, record in before.items() if after.get(number) != record]
        tally.lost += len(lost) + len(told - latest)
        tally.kept += len(before) + len(told) - len(lost) - len(told - latest)
        if checked.findings:
            tally.findings += 1
            tally.told.append(f"verifying {db.name}: {checked.findings[0]}")


_LATEST = "select source_id from fetches where run_id = (select max(id) from runs)"


def _rows(archive: Archive) -> dict[int, str]:
    return {row["id"]: row["record_hash"] for row in archive.connection.execute("select * from fetches")}


def records(db: Path) -> dict[int, str]:
    """The observations of an archive: the hash that each is stored under."""
    with Archive(db, readonly=True) as archive:
        return _rows(archive)


def alter(db: Path, *statements: str) -> None:
    """Alter an archive behind its guards."""
    with contextlib.closing(sqlite3.connect(db, isolation_level=None)) as raw:
        raw.execute("drop trigger captures_no_update")
        guard = raw.execute("select sql from sqlite_master where name = 'captures_no_delete'").fetchone()[0]
        for statement in statements:
            raw.execute(statement)
        raw.execute(guard.replace("delete", "update"))


def scribble(db: Path, chance: random.Random, table: str | None = None) -> int:
    """Overwrite a page of a settled file with noise, one of a table's where it is named; give its number."""
    with contextlib.closing(sqlite3.connect(db)) as raw:
        last = raw.execute("pragma page_count").fetchone()[0]
        rows = raw.execute("select pageno from dbstat where name = ?", (table,)).fetchall() if table else []
    number = chance.choice([row[0] for row in rows] or range(2, last + 1))
    with db.open("rb+") as file:
        file.seek((number - 1) * 4096)
        file.write(chance.randbytes(4096))
    return int(number)


def _check_withheld(tally: Tally, db: Path) -> None:
    """A redaction that was recorded has left no bytes; one that was not has left all of them."""
    with Archive(db, readonly=True) as archive:
        recorded = archive.connection.execute("select count(*) from redactions").fetchone()[0]
        blank = archive.connection.execute("select count(*) from captures where stored_bytes = 0").fetchone()[0]
        unfinished = archive.connection.execute("select count(*) from unfinished").fetchone()[0]
    if recorded != blank or unfinished:
        tally.findings += 1
        tally.told.append(f"{db.name}: {recorded} redactions, {blank} bodies gone, {unfinished} unfinished")


def _count(tally: Tally, struck: bool) -> None:
    tally.times += struck
    tally.spared += not struck


def remove(db: Path) -> bool:
    """Take away an archive with all that lies beside it."""
    for path in db.parent.glob(f"{db.name}*"):
        path.unlink()
    return True


def _watch_list(site: Scripted) -> str:
    lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
    for n in range(PAGES):
        lines += ["[[source]]", f'id = "story-{n}"', f'url = "{site.url(f"/{n}")}"']
    return "\n".join(lines)


def _story(n: int, chance: random.Random) -> str:
    told = "".join(
        f"<p>Item {item} of matter {n} was put to the council, and {chance.randrange(100)} members were for it.</p>"
        for item in range(12)
    )
    return f"<title>Matter {n}</title><main><h1>Matter {n} before the council</h1>{told}</main>"
