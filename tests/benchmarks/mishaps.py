"""Every other harm that an archive can come to, done for real and many times over; part of `tests.benchmarks.faults`.

A second writer, SIGTERM, a disk that is full for a run, a rebuild and a migration (a limit on how long a file may
grow, below which the temporary files stay too), a file and a folder that cannot be written, a log and a file whose last
write was torn, a page overwritten with noise, a clock that goes back.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import struct
import subprocess
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import tests.benchmarks.campaign as campaigning
from scraper.archive import Archive
from scraper.archive.repair import repair
from scraper.archive.verify import verify
from scraper.clock import system_clock
from scraper.config import load
from scraper.errors import RedlineError
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from tests.benchmarks.campaign import Campaign, Tally

_FRAME = struct.Struct(">IIIIII")


def happen(campaign: Campaign, times: int, until: float) -> None:
    """Do every harm so many times, each to a copy of the campaign's archive, and count what came of it."""
    for name, harm in HARMS.items():
        tally = campaign.tallies[name]
        # Harm that touched nothing does not count, and is done again; up to a limit, since some may be impossible here.
        while tally.times < times and tally.times + tally.spared < 10 * times:
            if time.monotonic() > until:
                tally.told.append(f"{name}: the time was up")
                break
            db = campaign.folder / "harmed.db"
            campaign.prepare(name.split()[-1], db)
            harm(campaign, tally, db)
            campaigning.remove(db)


def cramped(what: tuple[list[str], int], ready: Connection) -> None:
    """Run a command that cannot make any file longer than so many bytes."""
    arguments, room = what
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    campaigning.command(arguments, ready)


def _second_writer(campaign: Campaign, tally: Tally, db: Path) -> None:
    with Archive(db):
        _, _, said = campaigning.killed(campaigning.command, campaign.arguments("run", db), None)
    if not any("is being written by process" in line for line in said):
        tally.findings += 1
        tally.told.append(f"second writer: {said}")
    _checked(campaign, tally, db)


def _told_to_end(campaign: Campaign, tally: Tally, db: Path) -> None:
    campaign.edit()
    after = campaign.moment(1.0)
    struck, _, said = campaigning.killed(campaigning.command, campaign.arguments("run", db), after, signal.SIGTERM)
    told = {line.split()[-1] for line in said if any(outcome in line for outcome in campaigning.STORED)}
    _checked(campaign, tally, db, told=told, struck=struck)


def _full_disk(campaign: Campaign, tally: Tally, db: Path) -> None:
    """The command is that of the tally: the name of the harm ends with it."""
    name = next(key for key, value in campaign.tallies.items() if value is tally).split()[-1]
    campaign.edit()
    before = campaigning.records(campaign.old) if name == "migration" else campaign.before
    # From too little for the first page of the log to as much as the whole file.
    room = campaign.chance.randrange(512, db.stat().st_size + 40_000)
    _, _, said = campaigning.killed(cramped, (campaign.arguments(name, db), room), None)
    struck = any("redline: " in line for line in said)
    if any("fault of Redline" in line for line in said):
        tally.findings += 1
        tally.told.append(f"full disk: {said[-2:]}")
    _checked(campaign, tally, db, before=before, struck=struck)


def _unwritable(campaign: Campaign, tally: Tally, db: Path) -> None:
    folder = campaign.folder / "fixed"
    folder.mkdir(exist_ok=True)
    fixed = folder / "fixed.db"
    shutil.copyfile(db, fixed)
    with _immutable(campaign.chance.choice([fixed, folder])) as possible:
        _, _, said = campaigning.killed(campaigning.command, campaign.arguments("run", fixed), None)
        if possible and not any("cannot write" in line for line in said):
            tally.findings += 1
            tally.told.append(f"read-only: {said}")
        with Archive(fixed, readonly=True) as archive:
            tally.findings += bool(verify(archive.connection).findings)
    if possible:
        _checked(campaign, tally, fixed)
    else:
        _count(tally, struck=False)
        tally.told.append("read-only: not possible for this user on this file system")
    shutil.rmtree(folder)


@contextmanager
def _immutable(path: Path) -> Iterator[bool]:
    """Let nobody write; the superuser heeds no mode, only the immutable flag."""
    mode = path.stat().st_mode
    if os.geteuid() != 0:
        path.chmod(mode & ~0o222)
        yield True
        path.chmod(mode)
    elif shutil.which("chattr") and subprocess.run(["chattr", "+i", path], capture_output=True).returncode == 0:
        yield True
        subprocess.run(["chattr", "-i", path], check=True)
    else:
        yield False


def _torn_log(campaign: Campaign, tally: Tally, db: Path) -> None:
    """The end of the log is cut off or noise: what was settled before has to stand."""
    log = _left_log(campaign, db)
    if log is not None:
        content = log.read_bytes()
        tear = campaign.chance.randrange(len(content))
        rest = campaign.chance.randbytes(len(content) - tear) if campaign.chance.random() < 0.5 else b""
        log.write_bytes(content[:tear] + rest)
    _checked(campaign, tally, db, struck=log is not None)


def _torn_file(campaign: Campaign, tally: Tally, db: Path) -> None:
    """A write of the log's pages to the file was torn: each page that the log holds may be noise in the file."""
    log = _left_log(campaign, db)
    pages = _logged(log.read_bytes()) if log else []
    with db.open("rb+") as file:
        for number in campaign.chance.sample(pages, min(len(pages), 5)):
            file.seek((number - 1) * 4096)
            file.write(campaign.chance.randbytes(campaign.chance.choice([512, 2048, 4096])))
    _checked(campaign, tally, db, struck=bool(pages))


def _left_log(campaign: Campaign, db: Path) -> Path | None:
    campaign.edit()
    campaigning.killed(campaigning.command, campaign.arguments("run", db), campaign.moment(1.0))
    log = db.with_name(f"{db.name}-wal")
    return log if log.exists() and log.stat().st_size > 32 else None


def _logged(content: bytes) -> list[int]:
    """The pages that a log holds up to its last commit (SQLite file format, section 4.1)."""
    salt, pages, committed = content[16:24], [], 0
    for at in range(32, len(content) - 24, 24 + 4096):
        number, size, *_ = _FRAME.unpack_from(content, at)
        if content[at + 8 : at + 16] != salt:
            break
        pages.append(number)
        committed = len(pages) if size else committed
    return sorted(set(pages[:committed]))


def _overwritten(campaign: Campaign, tally: Tally, db: Path) -> None:
    """A page of noise is found, and mended from a second copy or left to the letter."""
    number = campaigning.scribble(db, campaign.chance)
    harmed = db.read_bytes()
    try:
        with Archive(db, readonly=True) as archive:
            found = bool(verify(archive.connection).findings)
        done = repair(db, system_clock(), other=campaign.whole)
        if done.findings and db.read_bytes() != harmed:
            tally.findings += 1
            tally.told.append(f"page {number}: not mended, and not left as it was")
        if done.findings:
            _count(tally, struck=True)
            tally.left += 1
            return
        _checked(campaign, tally, db, struck=found)
    except RedlineError:
        _count(tally, struck=True)  # it is refused, with a line that says so
        tally.left += 1


def _clock(campaign: Campaign, tally: Tally, db: Path) -> None:
    campaign.edit()
    now = system_clock() + timedelta(days=campaign.chance.uniform(-900, 30))
    with Archive(db) as archive:
        run(load(campaign.listed), archive, clock=lambda: now, everything=True)
        backwards = archive.connection.execute(
            "select count(*) from changes where last_seen_old > first_seen_new"
        ).fetchone()[0]
    tally.findings += bool(backwards)
    _checked(campaign, tally, db)


def _checked(
    campaign: Campaign,
    tally: Tally,
    db: Path,
    *,
    before: dict[int, str] | None = None,
    told: set[str] | None = None,
    struck: bool = True,
) -> None:
    _count(tally, struck=struck)
    with suppress(FileNotFoundError):
        campaign.check(tally, db, campaign.before if before is None else before, told or set())


def _count(tally: Tally, *, struck: bool) -> None:
    tally.times += struck
    tally.spared += not struck


HARMS = {
    "a second writer": _second_writer,
    "told to end": _told_to_end,
    "disk full in a run": _full_disk,
    "disk full in a rebuild": _full_disk,
    "disk full in a migration": _full_disk,
    "read-only file or folder": _unwritable,
    "torn end of the log": _torn_log,
    "torn write to the file": _torn_file,
    "a page overwritten": _overwritten,
    "a clock set back": _clock,
}
