"""What verifying and rebuilding cost in a large archive, and whether they take more memory in a larger one.

    python -m tests.benchmarks.many [--captures 100000] [--pages 200] [--folder FOLDER]

Builds an archive through the way that a run takes: pages of our own whose nonces differ at every look, and whose text
differs at one look in ten. A tenth of the looks in, a copy is set aside. Then `redline verify`, `redline rebuild
--dry-run` and a `redline rebuild` in which every source has to be derived again run over both, each in a process of its
own. Printed are captures a second of processor time, the most memory that the process held, and what ten million
captures would take at that rate. With FOLDER the archives stay there, and are used again.

Exit code 1 where a command fails, or takes over half as much memory again in the archive of ten times the size.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive import Archive
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer

START = datetime(2024, 1, 1, tzinfo=UTC)
FOLD = 10
TEN_MILLION = 10_000_000
WORDS = (
    "harbour council minister channel budget survey ferry report member agency record winter bridge district notice",
    "measure figure office public quarter repair school station timetable village water works reserve permit region",
)
COMMANDS = (("verify",), ("rebuild", "--dry-run"), ("rebuild",))


@dataclass
class Page:
    """A page that edits itself now and then; its nonces differ whenever it is asked for."""

    number: int
    chance: random.Random
    paragraphs: list[str]

    @classmethod
    def made(cls, number: int) -> Page:
        chance = random.Random(number)
        return cls(number, chance, [_sentence(chance) for _ in range(14)])

    @property
    def source(self) -> Source:
        url = f"https://{self.number % 50}.example.org/matter/{self.number}"
        return Source(f"matter-{self.number}", url, publisher=f"{self.number % 50}.example.org")

    def body(self) -> bytes:
        """What the page answers at the next look."""
        if self.chance.random() < 0.1:
            self.paragraphs[self.chance.randrange(len(self.paragraphs))] = _sentence(self.chance)
        nonce = f"{self.chance.getrandbits(128):032x}"
        told = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        furniture = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(20))
        heading = f"<h1>Matter {self.number}</h1>"
        return (
            f"<!doctype html><html lang=en><head><title>Matter {self.number}</title><script nonce={nonce}></script>"
            f"</head><body data-request={nonce}><nav><ul>{furniture}</ul></nav><main>{heading}{told}"
            f"</main><footer>Rendered for {nonce[:8]}</footer></body></html>"
        ).encode()


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(" ".join(WORDS).split()) for _ in range(24)]
    return f"The {' '.join(words)} came to {chance.randrange(1000)} in the end.".capitalize()


def build(folder: Path, captures: int, pages: int) -> list[Path]:
    """Record so many captures; give the archive that was set aside on the way and the whole one."""
    small, large = folder / f"{captures // FOLD}.db", folder / f"{captures}.db"
    if small.exists() and large.exists():
        return [small, large]
    site = [Page.made(number) for number in range(pages)]
    sources = {page.number: page.source for page in site}
    growing = folder / "growing.db"
    for done in range(0, captures, captures // FOLD):
        with Archive(growing) as archive:
            archive.sync(WatchList(tuple(sources.values())), START)
            _record(archive, site, sources, done, done + captures // FOLD)
        if done == 0:
            shutil.copyfile(growing, small)
    growing.rename(large)
    return [small, large]


def _record(archive: Archive, site: list[Page], sources: dict[int, Source], first: int, last: int) -> None:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"))
    for begun in range(first, last, len(site)):
        moment = START + timedelta(hours=12) * (begun // len(site))
        run_id = archive.begin_run("benchmark", len(site), moment)
        for page in site[: last - begun]:
            url = sources[page.number].url
            answer = Answer(sources[page.number].id, url, moment, 90, url, 200, headers, body=page.body())
            archive.record(run_id, answer)
        archive.finish_run(run_id, moment, fetched=len(site), changed=0, failed=0)


def measured(arguments: tuple[str, ...], db: Path) -> tuple[float, float]:
    """Run a command; give its processor time in seconds and the most memory that it held in MB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper", *arguments, "--db", str(db)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"redline {' '.join(arguments)} failed: {said}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Build, measure, and print a line for each command and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    flat = True
    with tempfile.TemporaryDirectory(prefix="redline-many-") as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.process_time()
        archives = build(folder, given.captures, given.pages)
        print(
            f"recorded: {given.captures / max(time.process_time() - begun, 0.001):,.0f} captures a second", flush=True
        )
        print(f"{'':<20}{'captures':>10}{'MB':>8}{'a second':>10}{'peak MB':>9}{'10 million':>13}")
        for arguments in COMMANDS:
            held = []
            for db in archives:
                seconds, memory, count = _over(arguments, db)
                held.append(memory)
                told = f"{count:>10,}{db.stat().st_size / 1e6:>8,.0f}{count / seconds:>10,.0f}{memory:>9,.0f}"
                print(f"{' '.join(arguments):<20}{told}{TEN_MILLION / count * seconds / 3600:>11,.1f} h", flush=True)
            flat = flat and held[1] < held[0] * 1.5
    sys.exit(0 if flat else 1)


def _over(arguments: tuple[str, ...], db: Path) -> tuple[float, float, int]:
    """Run a command over a copy; a rebuild that writes finds every source derived by an earlier Redline."""
    copy = db.with_suffix(".copy")
    shutil.copyfile(db, copy)
    try:
        with closing(sqlite3.connect(copy)) as raw:
            count = raw.execute("select count(*) from captures").fetchone()[0]
            if arguments == ("rebuild",):
                raw.execute("update states set derivation = 'an earlier one'")
                raw.commit()
        return *measured(arguments, copy), count
    finally:
        copy.unlink()


if __name__ == "__main__":
    main()
