"""Runs on processes of this machine: the same archive as with threads, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import scraper.executing.brood as brood
import scraper.executing.processes as processes
from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.config import Source, WatchList
from scraper.errors import UsageError, WorkersError
from scraper.executing.batches import Batch
from scraper.executing.processes import Processes, worth_starting
from scraper.fetching import HostState, Request
from scraper.normalizing import Rules
from scraper.run import run
from tests.executing.watched import (
    HOSTS,
    PAGES_EACH,
    SETTINGS,
    STORY,
    Meanwhile,
    observed,
    slowly,
    told,
    watched,
)
from tests.scripted import Asked, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are started on POSIX systems")

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process makes no copies of itself")

# What a process is made to do with a page that holds a word, as a fault in a parser written in C would end it.
POISONED = """
import os, sys
import scraper.archive.preparing as preparing
prepare = preparing.prepare

def poisoned(connection, answer, rules):
    if b"poison" in answer.body:
        {act}
    return prepare(connection, answer, rules)

preparing.prepare = poisoned
"""


@pytest.fixture
def sites() -> Iterator[list[Scripted]]:
    with ExitStack() as stack:
        pages = {f"/{n}": page(STORY.format(n=n)) for n in range(PAGES_EACH)}
        yield [stack.enter_context(Scripted(dict(pages))) for _ in range(HOSTS)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process that a run starts."""
    known: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        known.append(start(*given, **named))
        return known[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    return known


def copies_of(number: int) -> list[int]:
    """The processes that one has made of itself."""
    children = Path(f"/proc/{number}/task/{number}/children")
    for _ in range(500):
        if found := children.read_text().split():
            return [int(number) for number in found]
        time.sleep(0.02)
    return []


def is_running(number: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return " Z " not in Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False


def ends(number: int) -> bool:
    """Whether a process ends before long."""
    for _ in range(500):
        if not is_running(number):
            return True
        time.sleep(0.02)
    return False


def poison(monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    monkeypatch.setattr(brood, "_PROGRAM", POISONED.format(act=act) + brood._PROGRAM)


def on_processes(archive: Archive, count: int = 2, **named: Any) -> Processes:
    return Processes(archive.path, count, worth_it=1, **named)


def test_processes_come_to_the_same_archive_as_threads_do(
    sites: list[Scripted], tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    for n in (1, PAGES_EACH - 1):
        sites[0].pages[f"/{n}"] = redirect("/a-new-place-for-everything", 301)
    sites[0].pages["/a-new-place-for-everything"] = page(STORY.format(n="of all"))
    sites[1].pages["/7"] = page("<h1>Access denied</h1>", 403)
    sites[2].pages["/9"] = page("gone", 410)

    with Archive(tmp_path / "threads.db") as threads, Archive(tmp_path / "processes.db") as beside:
        for step in range(3):
            for n in range(0, PAGES_EACH, 4):  # noise alone, and an edit
                sites[2].pages[f"/{n + 1}"] = page(f'<script nonce="{step}"></script>{STORY.format(n=n)}')
                sites[2].pages[f"/{n}"] = page(STORY.format(n=n + 1000 * step))
            run(watched(sites), threads, everything=True)
            done = run(watched(sites), beside, everything=True, executor=on_processes(beside))

        assert told(beside) == told(threads)
        assert done.fetched == HOSTS * PAGES_EACH
        assert verify(beside.connection).findings == ()
        counts = [opened.counts() for opened in (threads, beside)]
        assert counts[0] == counts[1]
    assert len(started) == 3 or sys.platform != "linux", "the second is a copy of the first"
    assert {process.returncode for process in started} == {0}


def test_pages_are_read_under_the_keepers_rules(sites: list[Scripted], tmp_path: Path) -> None:
    sites[0].pages["/0"] = page("<main><h1>Said</h1><p>Kept.</p><p class=ad>Buy.</p></main>")
    source = Source("ruled", sites[0].url("/0"), rules=Rules(remove=(".ad",)))
    with Archive(tmp_path / "a.db") as archive:
        run(WatchList((source,), SETTINGS), archive, executor=on_processes(archive))
        texts = [row["text"] for row in archive.connection.execute("select text from passages")]
    assert texts == ["Said", "Kept."]


@on_linux
def test_a_process_that_is_killed_costs_no_observation_and_doubles_none(
    sites: list[Scripted], tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    for site in sites:
        site.pages = {f"/{n}": slowly(n) for n in range(PAGES_EACH)}
    with Archive(tmp_path / "a.db") as archive:
        killing = Meanwhile(5, lambda: started[0].kill())
        done = run(watched(sites), archive, executor=on_processes(archive), report=killing)

        assert started[0].returncode == -9
        assert len(started) == 2
        assert done.outcomes == {"first_version": HOSTS * PAGES_EACH}
        assert set(observed(archive).values()) == {1}
        assert verify(archive.connection).findings == ()


@on_linux
def test_a_copy_that_is_killed_costs_no_observation_either(
    sites: list[Scripted], tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    for site in sites:
        site.pages = {f"/{n}": slowly(n) for n in range(PAGES_EACH)}
    with Archive(tmp_path / "a.db") as archive:
        killing = Meanwhile(5, lambda: os.kill(copies_of(started[0].pid)[0], signal.SIGKILL))
        done = run(watched(sites), archive, executor=on_processes(archive), report=killing)

        assert len(started) == 2
        assert done.outcomes == {"first_version": HOSTS * PAGES_EACH}
        assert set(observed(archive).values()) == {1}


@on_linux
def test_a_copy_is_waited_for_so_that_what_it_took_is_counted(tmp_path: Path) -> None:
    with Processes(tmp_path / "a.db", 2, expected=100) as executor:
        (copy,) = copies_of(executor._begun[0].brood._process.pid)
        assert is_running(copy)
    assert not Path(f"/proc/{copy}").exists()


@on_linux
def test_a_process_that_does_not_end_by_itself_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brood, "_ENDS_WITHIN", 0.2)
    with Processes(tmp_path / "a.db", 2, expected=100) as executor:
        (copy,) = copies_of(first := executor._begun[0].brood._process.pid)
        os.kill(copy, signal.SIGSTOP)
        os.kill(first, signal.SIGSTOP)
    assert not is_running(first)
    assert ends(copy)


@on_linux
def test_a_copy_whose_first_is_gone_does_not_outlive_the_run(tmp_path: Path) -> None:
    with Processes(tmp_path / "a.db", 2, expected=100) as executor:
        (copy,) = copies_of(first := executor._begun[0].brood._process.pid)
        os.kill(copy, signal.SIGSTOP)
        os.kill(first, signal.SIGKILL)
    assert ends(copy)


@on_linux
def test_processes_end_with_their_run_however_that_ends(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib; from scraper.executing.processes import Processes\n"
        "with Processes(pathlib.Path(sys.argv[1]), 3, expected=100) as executor:\n"
        "    print(executor._begun[0].brood._process.pid, flush=True); time.sleep(60)\n"
    )
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", program, str(tmp_path / "a.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}) as running:
        assert running.stdout is not None
        first = int(running.stdout.readline())
        copies = copies_of(first)
        running.kill()
    assert all(map(ends, (first, *copies)))


def test_a_page_that_ends_every_process_is_given_up_and_no_other(
    sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, "os._exit(11)")
    sites[0].pages["/2"] = page("<main><p>poison</p></main>")
    with Archive(tmp_path / "a.db") as archive:
        done = run(watched(sites, 6), archive, executor=on_processes(archive, 1))
        given_up = archive.connection.execute("select * from fetches where source_id = 's0-2'").fetchone()
        assert verify(archive.connection).findings == ()
        assert set(observed(archive).values()) == {1}

    assert done.outcomes == {"first_version": HOSTS * 6 - 1, "extraction_suspect": 1}
    assert given_up["reason"].startswith("3 workers were lost one after the other")
    assert (given_up["status"], given_up["capture_id"]) == (None, None)


def test_a_fault_of_ours_ends_the_run_and_says_where_it_was(
    sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, "raise ZeroDivisionError('ours')")
    sites[0].pages["/2"] = page("<main><p>poison</p></main>")
    with Archive(tmp_path / "a.db") as archive, pytest.raises(ZeroDivisionError, match="ours") as caught:
        run(watched(sites, 6), archive, executor=on_processes(archive))
    assert "in poisoned" in caught.value.__notes__[0]


def test_a_process_that_cannot_begin_is_an_error_that_says_what_to_do(
    sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brood, "_PROGRAM", "import sys; sys.exit(5)")
    with Archive(tmp_path / "a.db") as archive:
        with pytest.raises(WorkersError, match=r"ended before it had begun \(exit code 5\): .*--processes 0"):
            run(watched(sites, 2), archive, executor=on_processes(archive))
        assert archive.runs()[0]["finished"], "a run that its processes left is closed, and its head fixes it"

    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with Archive(tmp_path / "a.db") as archive, pytest.raises(WorkersError, match="no process can be started"):
        run(watched(sites, 2), archive, executor=on_processes(archive))


def test_what_is_fetched_and_not_taken_is_bounded_and_ends_with_the_run(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    body = "<main>" + "<p>A paragraph of a long page.</p>" * 3000 + "</main>"
    with Scripted({f"/{n}": page(body) for n in range(200)}) as site, Archive(tmp_path / "a.db") as archive:
        requests = tuple(Request(f"s{n}", site.url(f"/{n}")) for n in range(200))
        fetched = on_processes(archive, 1).fetch([Batch(HostState(site.host), requests)], SETTINGS)
        first = next(one for one in fetched if one is not None)
        with pytest.raises(subprocess.TimeoutExpired):
            started[0].wait(1)
        asked = len(site.asked)
        then = [one for one in islice(fetched, 6) if one is not None]
        fetched.close()

    assert first.result.source_id == "s0"
    assert asked < 30
    read = [one.groundwork is not None and one.groundwork.reading is not None for one in (first, *then)]
    assert all(read), "no page is left to the run to read"
    assert started[0].returncode is not None


@on_linux
def test_processes_begin_with_the_run_where_enough_is_certain_to_be_asked_for(
    sites: list[Scripted], tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "a.db"
    with Processes(path, 2, expected=3, worth_it=4):
        assert started == []
    with Processes(path, 2, expected=4, worth_it=4):
        assert len(started) == 1
        (copy,) = copies_of(started[0].pid)
    assert started[0].returncode == 0, "they end with it, used or not"
    assert not is_running(copy)

    with Processes(path, 2, expected=HOSTS * 3, worth_it=4) as executor, Archive(path) as archive:
        done = run(watched(sites, 3), archive, executor=executor)
    assert done.outcomes == {"first_version": HOSTS * 3}
    assert len(started) == 2, "those that had begun were taken"


def test_what_lies_in_the_folder_of_the_run_is_not_taken_for_a_module(
    sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("queue.py", "requests.py", "scraper.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)  # where it names `.`, that is where the run stands
    with Archive(tmp_path / "a.db") as archive:
        done = run(watched(sites, 2), archive, executor=on_processes(archive))
    assert done.outcomes == {"first_version": HOSTS * 2}


def test_another_redline_in_a_process_is_an_error_in_one_line(
    sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SOFTWARE", "Redline 9.0")
    with Archive(tmp_path / "a.db") as archive, pytest.raises(WorkersError, match=r"and this is Redline 9\.0: run it"):
        run(watched(sites, 2), archive, executor=on_processes(archive))


def test_where_processes_cannot_be_had_asking_for_them_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.executing.processes.os.name", "nt")
    assert worth_starting() == 0
    with pytest.raises(UsageError, match="leave --processes out"):
        Processes(tmp_path, 2)


def test_few_pages_are_left_to_threads(
    sites: list[Scripted], tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    with Archive(tmp_path / "a.db") as archive:
        done = run(watched(sites, 3), archive, executor=Processes(archive.path, 2))
    assert done.outcomes == {"first_version": HOSTS * 3}
    assert started == []


def test_there_is_a_process_for_each_core_where_there_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, spare in ((1, 0), (2, 2), (3, 3), (64, processes.MOST)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)), raising=False)
        assert worth_starting() == spare


def test_the_command_takes_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    count = processes.WORTH_IT
    listed = tmp_path / "sources.toml"
    lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
    with Scripted({f"/{n}": page(STORY.format(n=n)) for n in range(count)}) as site:
        for n in range(count):
            lines += ["[[source]]", f'id = "s{n}"', f'url = "{site.url(f"/{n}")}"']
        listed.write_text("\n".join(lines))
        for wanted in ("1", "0"):
            command = ["run", "--all", "--db", str(tmp_path / "a.db"), "--sources", str(listed), "--processes", wanted]
            done = CliRunner().invoke(main, command)
            assert done.exit_code == 0, done.output
            assert len(started) == 1


def test_hosts_that_keep_a_process_waiting_are_asked_side_by_side(tmp_path: Path) -> None:
    count = 6
    together = threading.Barrier(count, timeout=30)

    def answer(_asked: Asked) -> Iterator[bytes]:
        together.wait()
        body = STORY.format(n=0).encode()
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    with ExitStack() as stack, Archive(tmp_path / "a.db") as archive:
        sites = [stack.enter_context(Scripted({"/0": answer})) for _ in range(count)]
        done = run(watched(sites, 1), archive, executor=on_processes(archive, 1))
    assert done.outcomes == {"first_version": count}
