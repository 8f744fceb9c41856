"""What becomes of an archive when the machine, the disk, the clock or another process lets it down.

Each test does the damage for real. Nothing that was committed may be lost, and the message has to help.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from scraper.archive import Archive
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.planning import plan
from scraper.run import run
from tests.archive.watching import PARAGRAPHS, START, Watch, page
from tests.scripted import Asked, Scripted
from tests.scripted import page as served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.config import WatchList

STORY = "<title>Story</title><main><h1>Story</h1><p>The council met on {day} and decided the matter.</p></main>"

# A writer of its own, which dies without closing anything: `die` is what it does at the end.
WRITER = """
import os, signal, sys
from pathlib import Path
from scraper.archive import Archive
from tests.archive.watching import PARAGRAPHS, Watch, page
path = Path(sys.argv[1])
watch = Watch(Archive(path))
connection = watch.archive.connection
watch.add()
for n in range(5):
    watch.look(page(*PARAGRAPHS, f"Paragraph {n} is of this look alone, and of no other look at all."))
    print(path.with_name(path.name + "-wal").stat().st_size, flush=True)
"""
DIES_WHILE_WRITING = """
connection.execute("begin immediate")
connection.execute("update versions set title = 'never committed'")
os.kill(os.getpid(), signal.SIGKILL)
"""
# Where pages do not fit into memory any more, SQLite writes them to the file before the end of a transaction.
DIES_WHILE_SETTLING = """
connection.execute("pragma journal_mode = delete")
connection.execute("pragma cache_size = 1")
connection.execute("begin immediate")
connection.execute("update passages set text = text || 'never committed'")
connection.execute("update versions set title = 'never committed'")
os.kill(os.getpid(), signal.SIGKILL)
"""


def redline(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def line_of(result: Result) -> str:
    """The one line that a failed command has to say on standard error."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("redline: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    return lines[0]


def left_by(dying: str, path: Path) -> list[int]:
    """Let a writer die; give the size of the write-ahead log after each of its five commits."""
    done = subprocess.run([sys.executable, "-c", WRITER + dying, str(path)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return [int(line) for line in done.stdout.split()]


def hashes(path: Path) -> list[str]:
    with Archive(path, readonly=True) as archive:
        return [row[0] for row in archive.connection.execute("select record_hash from fetches order by id")]


def assert_sound(path: Path) -> None:
    with Archive(path) as archive:
        assert verify(archive.connection).findings == ()
        assert archive.connection.execute("select 1 from versions where title = 'never committed'").fetchall() == []
        assert all(table.same for table in rebuild(archive.connection))


@pytest.fixture(scope="session")
def dead(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """What a writer leaves that is killed in the middle of a transaction."""
    path = tmp_path_factory.mktemp("dead") / "a.db"
    return path, left_by(DIES_WHILE_WRITING, path)


@pytest.fixture
def killed(dead: tuple[Path, list[int]], tmp_path: Path) -> tuple[Path, list[int]]:
    """A copy of it of one's own."""
    path, sizes = dead
    for name in ("a.db", "a.db-wal"):
        shutil.copyfile(path.with_name(name), tmp_path / name)
    return tmp_path / "a.db", sizes


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A settled archive with five looks at one page."""
    path = tmp_path / "kept.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        for n in range(5):
            watch.look(page(*PARAGRAPHS, f"Paragraph {n} is of this look alone, and of no other look at all."))
        archive.finish_run(watch.run_id, watch.now, fetched=5, changed=4, failed=0)
    return path


def list_pages(folder: Path, site: Scripted, *paths: str) -> Path:
    lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
    for path in paths:
        lines += ["[[source]]", f'id = "{path.strip("/")}"', f'url = "{site.url(path)}"']
    listed = folder / "sources.toml"
    listed.write_text("\n".join(lines))
    return listed


def watched(folder: Path, site: Scripted, *paths: str) -> WatchList:
    from scraper.config import load

    return load(list_pages(folder, site, *paths))


# Killed, and told to end.


def test_a_writer_killed_in_a_transaction_leaves_all_that_was_committed(killed: tuple[Path, list[int]]) -> None:
    path, _ = killed
    assert len(hashes(path)) == 5
    assert_sound(path)


def test_a_reader_opens_what_a_process_left_that_was_killed_while_it_settled(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    left_by(DIES_WHILE_SETTLING, path)
    assert path.with_name("a.db-journal").stat().st_size > 0

    assert redline("verify", "--db", path).exit_code == 0
    assert len(hashes(path)) == 5
    assert_sound(path)


def test_a_run_told_to_end_closes_with_its_head_and_leaves_one_file(tmp_path: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def slow(_: Asked) -> Iterator[bytes]:
        asked.set()
        over.wait(20)
        yield b""

    db = tmp_path / "archive.db"
    with Scripted({"/first": served(STORY.format(day="Monday")), "/slow": slow}) as site:
        listed = list_pages(tmp_path, site, "/first", "/slow")
        command = [sys.executable, "-m", "scraper", "run", "--db", str(db), "--sources", str(listed)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as told:
            assert asked.wait(20)
            assert told.stderr is not None
            # The first answer is stored by another thread than the one that is asking for the second.
            before = [told.stderr.readline(), told.stderr.readline()]
            told.send_signal(signal.SIGTERM)
            after = told.stderr.read()
            over.set()

    assert "first version" in before[1]
    assert (told.returncode, after) == (130, "redline: interrupted; what was stored before is whole\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.db", "sources.toml"]
    with Archive(db, readonly=True) as archive:
        (ended,) = archive.runs()
        assert (ended["fetched"], ended["ledger_head"]) == (1, verify(archive.connection).ledger_head)
    assert_sound(db)


# The disk.


def long_page(seed: int, paragraphs: int) -> bytes:
    chance = random.Random(seed)
    return page(*(f"Line {n} says {chance.random()} and {chance.random()} besides." for n in range(paragraphs)))


def test_a_full_disk_costs_the_one_answer_that_did_not_fit(kept: Path) -> None:
    with Archive(kept) as archive:
        watch = Watch(archive, now=START + timedelta(days=9))
        watch.add()
        (pages,) = archive.connection.execute("pragma page_count").fetchone()
        archive.connection.execute(f"pragma max_page_count = {pages + 3}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            watch.look(long_page(1, 1500))
        assert archive.counts()["fetches"] == 5

        archive.connection.execute("pragma max_page_count = 1000000")
        assert watch.look(long_page(1, 1500)).outcome == "new_version"
        archive.finish_run(watch.run_id, watch.now, fetched=1, changed=1, failed=0)
    assert len(hashes(kept)) == 6
    assert_sound(kept)


def test_a_run_on_a_full_disk_says_so_in_a_line_and_keeps_what_was_there(kept: Path, tmp_path: Path) -> None:
    before = hashes(kept)
    room = kept.stat().st_size + 100_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    with Scripted({"/long": served(long_page(1, 3000))}) as site:
        listed = list_pages(tmp_path, site, "/long")
        command = [sys.executable, "-m", "scraper", "run", "--db", str(kept), "--sources", str(listed)]
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little_room)

    assert done.returncode == 2
    assert "check the disk" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert hashes(kept) == before
    assert_sound(kept)


@contextlib.contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Let nobody write to a file or folder; the superuser heeds no mode, only the immutable flag of the file system."""
    mode = path.stat().st_mode
    if os.geteuid() != 0:
        path.chmod(mode & ~0o222)
    elif not shutil.which("chattr") or subprocess.run(["chattr", "+i", path], capture_output=True).returncode:
        pytest.skip("this is the superuser, and the file system has no immutable flag: nothing can be made read-only")
    try:
        yield
    finally:
        if os.geteuid() != 0:
            path.chmod(mode)
        else:
            subprocess.run(["chattr", "-i", path], check=True)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_an_archive_that_cannot_be_written_is_read_and_a_run_says_why_it_cannot_be_used(
    kept: Path, tmp_path: Path, what: str
) -> None:
    with Scripted({"/story": served(STORY.format(day="Monday"))}) as site:
        listed = list_pages(tmp_path, site, "/story")
        with unwritable(kept if what == "file" else kept.parent):
            refused = redline("run", "--db", kept, "--sources", listed)
            verified = redline("verify", "--db", kept)
            asked = site.paths()

    assert refused.exit_code == 2
    assert f"cannot write {kept}" in line_of(refused)
    assert "writable" in line_of(refused)
    assert asked == []
    assert (verified.exit_code, len(hashes(kept))) == (0, 5)
    assert_sound(kept)


def test_what_a_killed_writer_left_in_a_folder_that_cannot_be_written_names_the_way_out(
    killed: tuple[Path, list[int]],
) -> None:
    path, _ = killed
    with unwritable(path.parent):
        refused = redline("verify", "--db", path)
    assert refused.exit_code == 2
    assert "a.db-wal" in line_of(refused)
    assert len(hashes(path)) == 5


@pytest.mark.parametrize("damage", ["cut off", "scrambled"])
@pytest.mark.parametrize("seed", range(6))
def test_a_torn_last_write_costs_what_was_torn_and_nothing_before_it(
    killed: tuple[Path, list[int]], tmp_path: Path, damage: str, seed: int
) -> None:
    path, sizes = killed
    whole = tmp_path / "whole.db"
    for name in ("", "-wal"):
        shutil.copyfile(f"{path}{name}", f"{whole}{name}")
    chance = random.Random(seed)
    # From the first commit on: what came before it is the making of the archive.
    tear = chance.randrange(sizes[0], sizes[-1])
    wal = path.with_name("a.db-wal")
    rest = chance.randbytes(sizes[-1] - tear) if damage == "scrambled" else b""
    wal.write_bytes(wal.read_bytes()[:tear] + rest)

    survived = sum(size <= tear for size in sizes)
    assert hashes(path) == hashes(whole)[:survived]
    assert survived >= 1
    assert_sound(path)
    with Archive(path) as archive:
        watch = Watch(archive, now=START + timedelta(days=9))
        watch.add()
        assert watch.look(page(*PARAGRAPHS)).fetch_id == survived + 1


# Damage that has come already.


def test_a_bit_that_turned_in_a_body_is_found_in_its_capture(kept: Path) -> None:
    with Archive(kept, readonly=True) as archive:
        stored = bytes(archive.connection.execute("select body from captures where id = 1").fetchone()[0])
    content = bytearray(kept.read_bytes())
    place = content.index(stored[:64]) + len(stored) // 2
    content[place] ^= 0x10
    kept.write_bytes(content)

    result = redline("verify", "--db", kept)

    assert result.exit_code == 3
    assert result.stdout.startswith("captures 1: ")


def test_a_page_of_the_file_that_was_overwritten_is_found_and_named(kept: Path) -> None:
    whole = kept.read_bytes()
    pages = len(whole) // 4096
    chance = random.Random(7)
    for number in chance.sample(range(1, pages), 12):
        kept.write_bytes(whole[: number * 4096] + chance.randbytes(4096) + whole[(number + 1) * 4096 :])
        result = redline("verify", "--db", kept)
        assert result.exit_code == 3, f"page {number + 1}: {result.output}"
        assert any(word in result.output for word in ("file: ", "damaged", "captures ")), result.output


def test_a_file_cut_in_half_is_called_damaged_with_what_to_do(kept: Path) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content[: len(content) // 2 // 4096 * 4096])

    result = redline("verify", "--db", kept)

    assert result.exit_code == 3


def test_headers_that_can_no_longer_be_read_are_named_with_their_observation(kept: Path) -> None:
    raw = sqlite3.connect(kept)
    raw.execute("drop trigger fetches_no_update")
    raw.execute("update fetches set headers = replace(headers, ']', '}') where id = 3")
    raw.commit()
    raw.close()

    result = redline("verify", "--db", kept)

    assert result.exit_code == 3
    assert result.stdout.startswith("fetches 3: ")


# The clock.


def test_a_clock_that_goes_back_starves_no_page(tmp_path: Path) -> None:
    with Scripted({"/story": served(STORY.format(day="Monday"))}) as site, Archive(tmp_path / "a.db") as archive:
        listed = watched(tmp_path, site, "/story")
        run(listed, archive, clock=lambda: START + timedelta(days=400))

        planned = plan(listed, archive, clock=lambda: START)

    assert [item.source.id for item in planned.now] == ["story"]
    assert "clock" in planned.now[0].due.why


def test_a_clock_that_goes_back_leaves_the_order_of_looks_and_claims_no_time_that_runs_backwards(
    tmp_path: Path,
) -> None:
    path, now = tmp_path / "a.db", START
    with Scripted({"/story": served(STORY.format(day="Monday"))}) as site, Archive(path) as archive:
        listed = watched(tmp_path, site, "/story")
        for day, hours in (("Monday", 0), ("Tuesday", -700), ("Tuesday", 30), ("Wednesday", 30)):
            site.pages["/story"] = served(STORY.format(day=day))
            now += timedelta(hours=hours)
            run(listed, archive, clock=lambda now=now: now, everything=True)  # type: ignore[misc]
        changes = archive.connection.execute("select last_seen_old, first_seen_new from changes").fetchall()
        seen = archive.connection.execute("select first_seen, last_seen from versions").fetchall()

    assert len(changes) == 3
    assert [tuple(row) for row in changes if row[0] is not None and row[0] > row[1]] == []
    assert [tuple(row) for row in seen if row[0] > row[1]] == []
    assert_sound(path)


# Others who use the same file.


def test_a_second_writer_is_told_who_writes_and_the_first_goes_on(kept: Path, tmp_path: Path) -> None:
    with Scripted({"/story": served(STORY.format(day="Monday"))}) as site, Archive(kept) as archive:
        listed = list_pages(tmp_path, site, "/story")
        refused = [redline("run", "--db", kept, "--sources", listed), redline("rebuild", "--db", kept)]
        watch = Watch(archive, now=START + timedelta(days=9))
        watch.add()
        watch.look(page(*PARAGRAPHS))
        assert site.asked == []

    for result in refused:
        assert result.exit_code == 2
        assert f"is being written by process {os.getpid()}" in line_of(result)
    assert len(hashes(kept)) == 6
    assert_sound(kept)


def test_a_reader_during_a_write_sees_what_was_committed_and_is_not_kept_waiting(kept: Path) -> None:
    with Archive(kept) as archive:
        reader = Archive(kept, readonly=True)
        watch = Watch(archive, now=START + timedelta(days=9))
        watch.add()
        archive.connection.execute("begin immediate")
        archive.connection.execute("update versions set title = 'never committed'")

        titles = [row[0] for row in reader.connection.execute("select distinct title from versions")]
        assert titles == ["The harbour is dredged"]
        assert verify(reader.connection).findings == ()

        archive.connection.execute("rollback")
        watch.look(page(*PARAGRAPHS))
        assert reader.counts()["fetches"] == 6
    # The writer has gone while the reader still reads: what it wrote must be there for both.
    assert reader.counts()["fetches"] == 6
    reader.close()
    assert len(hashes(kept)) == 6
    assert_sound(kept)
