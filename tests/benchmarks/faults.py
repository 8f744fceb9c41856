"""A fault campaign: kill the program at random moments, and look for anything committed that is gone.

    python -m tests.benchmarks.faults --kills N [--seed S] [--minutes M]

The kills (SIGKILL, which no program can catch) fall in turn on `redline run` against a site on loopback, on
`redline rebuild`, and on the making of a new archive. Each moment is drawn at random over the time that the command
takes when it is left alone. After each kill the archive is opened, by a reader and by the next writer, and verified.

* lost rows: observations that were stored before, or that the killed run had said were stored, and are not there;
* unread, unopened: archives that a reader, or the next writer, could not open;
* findings: archives that `redline verify` finds fault with.

All of these must be 0, else the exit code is 1. `kept` counts the rows that had to be there and were looked for;
`spared` counts commands that ended before their moment came.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.errors import RedlineError
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

    kills: int = 0
    spared: int = 0
    kept: int = 0
    lost: int = 0
    unread: int = 0
    unopened: int = 0
    findings: int = 0
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


def killed(target: Callable[..., None], what: object, after: float | None) -> tuple[bool, float, list[str]]:
    """Start `target` and kill it after so many seconds (None: leave it alone).

    Gives whether the kill struck, the seconds from its first sign of life to its end, and the lines that it said.
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
        process.kill()
    pieces = []
    while piece := os.read(heard.fileno(), 65536):
        pieces.append(piece)
    process.join()
    heard.close()
    return process.exitcode == -signal.SIGKILL, time.perf_counter() - begun, b"".join(pieces).decode().splitlines()


class Campaign:
    """A site, a folder, a source of chance, and what came of it so far."""

    def __init__(self, folder: Path, site: Scripted, seed: int) -> None:
        self.folder = folder
        self.site = site
        self.chance = random.Random(seed)
        self.listed = folder / "sources.toml"
        self.listed.write_text(_watch_list(site))
        self.tallies = {"run": Tally(), "rebuild": Tally(), "new archive": Tally()}
        self.edit()

    def edit(self) -> None:
        """Let a third of the pages say something else from now on."""
        for n in range(PAGES):
            if f"/{n}" not in self.site.pages or self.chance.random() < 0.34:
                self.site.pages[f"/{n}"] = page(_story(n, self.chance))

    def arguments(self, name: str, db: Path) -> list[str]:
        if name == "rebuild":
            return ["rebuild", "--db", str(db)]
        return ["run", "--all", "--verbose", "--db", str(db), "--sources", str(self.listed)]

    def moment(self, whole: float) -> float:
        return self.chance.random() * whole

    def of_run(self, kills: int, until: float) -> None:
        """Kill runs that follow each other on one archive, a new one every few kills."""
        tally, number = self.tallies["run"], 0
        while tally.kills < kills and time.monotonic() < until:
            db = self.folder / f"run-{number}.db"
            number += 1
            _, whole, _ = killed(command, self.arguments("run", db), None)
            for _ in range(RUNS_PER_ARCHIVE):
                self.edit()
                before = _records(db)
                struck, _, said = killed(command, self.arguments("run", db), self.moment(whole))
                _count(tally, struck)
                told = {line.split()[-1] for line in said if any(outcome in line for outcome in STORED)}
                self.check(tally, db, before, told)
            _remove(db)

    def of_rebuild(self, kills: int, until: float) -> None:
        """Kill rebuilds of copies of one archive."""
        tally, whole_db = self.tallies["rebuild"], self.folder / "whole.db"
        for _ in range(5):
            self.edit()
            killed(command, self.arguments("run", whole_db), None)
        before = _records(whole_db)
        _, whole, _ = killed(command, self.arguments("rebuild", whole_db), None)
        while tally.kills < kills and time.monotonic() < until:
            db = self.folder / "rebuild.db"
            shutil.copyfile(whole_db, db)
            struck, _, _ = killed(command, self.arguments("rebuild", db), self.moment(whole))
            _count(tally, struck)
            self.check(tally, db, before, set())
            _remove(db)

    def of_making(self, kills: int, until: float) -> None:
        """Kill the making of new archives; what is left has to be something that a run can start from."""
        tally, db = self.tallies["new archive"], self.folder / "new.db"
        whole = max(killed(make, str(db), None)[1] for _ in range(3) if _remove(db))
        while tally.kills < kills and time.monotonic() < until:
            _remove(db)
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


def _records(db: Path) -> dict[int, str]:
    with Archive(db, readonly=True) as archive:
        return _rows(archive)


def _count(tally: Tally, struck: bool) -> None:
    tally.kills += struck
    tally.spared += not struck


def _remove(db: Path) -> bool:
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


def _report(tallies: dict[str, Tally]) -> bool:
    """Print the table; True where nothing was lost."""
    names = ("kills", "spared", "kept", "lost", "unread", "unopened", "findings")
    print(f"{'':<12}", *(f"{name:>9}" for name in names))
    for what, tally in tallies.items():
        print(f"{what:<12}", *(f"{getattr(tally, name):>9,}" for name in names))
    for tally in tallies.values():
        for line in tally.told[:5]:
            print(line)
    return all(tally.sound for tally in tallies.values())


def main() -> None:
    """Run the campaign and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="kills in all, a third for each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop after this long, however many kills that made")
    given = parser.parse_args()
    CONTEXT.set_forkserver_preload(WARM)
    each, minutes, start = -(-given.kills // 3), given.minutes, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="redline-faults-") as folder, Scripted() as site:
        campaign = Campaign(Path(folder), site, given.seed)
        # Most of the time goes to runs: their kills are the dearest, and each archive is verified with its history.
        campaign.of_making(each, start + 60 * minutes * 0.15)
        campaign.of_rebuild(each, start + 60 * minutes * 0.5)
        campaign.of_run(given.kills - 2 * each, start + 60 * minutes)
        sys.exit(0 if _report(campaign.tallies) else 1)


if __name__ == "__main__":
    main()
