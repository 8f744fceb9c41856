"""How long a reader waits for each page, feed and search on a large archive, beside Datasette's own page of a row.

    python -m tests.benchmarks.read [--versions 1000000] [--documents 50000] [--db PATH] [--plot PATH]

makes an archive up (`large_archive`; one that is at PATH already is taken, and kept), serves it as `redline serve`
does, and asks for every page by one reader and then by ten at once who ask again as soon as they are answered; both
*anew* (under an address that nobody asked for since the last commit, so that nothing kept can answer) and *again*.

Waiting is on the wall, and so depends on what else the machine does, which is said at the end; `CPU` is the server's
own time for a request, and the ratio is that time beside the row page's in the same run. A page that the plugin does
not have is said to be absent.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.large_archive import build, shape
from tests.benchmarks.reading_pages import ROW_PAGE, Kind, pages
from tests.benchmarks.reading_plot import Waits, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PATIENCE = 120  # seconds for a single answer
_READERS = 10
_TICKS = 1000 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10.0  # ms
_number = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Waited:
    """What so many requests came to: each wait in ms, the server's processor time in ms, status and size at most."""

    waits: tuple[float, ...]
    cpu: float
    status: int
    size: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A kind of page by one reader and by ten, asked for anew and again; None where it cannot be asked for so."""

    name: str
    anew: tuple[Waited, Waited] | None
    again: tuple[Waited, Waited] | None


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--db", type=Path, help="where the archive is, or is to be made and kept")
    parser.add_argument("--requests", type=int, default=100, help="for each page and number of readers")
    parser.add_argument("--only", default="", help="a regular expression: pages with such a name alone")
    parser.add_argument("--plot", type=Path, help="a picture (PNG) of the waits of our pages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redline-read-") as scratch:
        path = given.db or Path(scratch) / "large.db"
        if not path.exists():
            begun = time.process_time()
            build(path, versions=given.versions, documents=given.documents)
            print(f"made up in {time.process_time() - begun:.0f} s of processor time")
        print(", ".join(f"{count:,} {name}" for name, count in shape(path).items()), flush=True)
        kinds = [kind for kind in pages(path) if kind.name == ROW_PAGE or re.search(given.only, kind.name)]
        with served(path) as (port, process):
            measured = _table(kinds, port, process, given.requests)
    if given.plot:
        given.plot.write_bytes(draw([_drawn(one) for one in measured if one.anew]))


@contextmanager
def served(path: Path) -> Iterator[tuple[int, int]]:
    """The archive behind `redline serve`; its port, and the process that answers."""
    line = [sys.executable, "-m", "scraper", "serve", "--db", str(path), "--port", "8650"]
    child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        told = child.stdout.readline()
        found = re.search(r":(\d+)/", told)
        if found is None:
            sys.exit(f"the archive is not served: {told}")
        port = int(found[1])
        for _ in range(600):
            time.sleep(0.1)
            try:
                _get(_connect(port), "/-/versions.json")
                break
            except OSError:
                continue
        yield port, _server(child.pid)
    finally:
        child.terminate()
        child.wait()


def _server(parent: int) -> int:
    """The process of Datasette itself, which `redline serve` starts."""
    for status in Path("/proc").glob("[0-9]*/status"):
        text = status.read_text(errors="replace") if status.exists() else ""
        if re.search(rf"^PPid:\t{parent}$", text, re.MULTILINE):
            return int(status.parent.name)
    return parent


def _cpu(process: int) -> float:
    """Processor time of a process so far in ms; 0 where the system does not say."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICKS


def _busy() -> float:
    """Processor time that everything on the machine has taken so far, in ms."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, *rest = (int(field) for field in stat.read_text().splitlines()[0].split()[1:])
    return (user + nice + system + sum(rest[:2])) * _TICKS


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, int]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def _ask(port: int, process: int, paths: Callable[[], str], requests: int, readers: int) -> Waited:
    """So many requests by so many readers at once, each over a connection of its own."""
    lock = threading.Lock()
    waits: list[float] = []
    seen: list[tuple[int, int]] = []

    def read() -> None:
        with closing(_connect(port)) as connection:
            for _ in range(max(1, requests // readers)):
                with lock:
                    path = paths()
                begun = time.perf_counter()
                answered = _get(connection, path)
                waits.append((time.perf_counter() - begun) * 1000)
                seen.append(answered)

    before = _cpu(process)
    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = (_cpu(process) - before) / max(1, len(waits))
    return Waited(tuple(waits), cpu, max(status for status, _ in seen), max(size for _, size in seen))


def _both(port: int, process: int, paths: Callable[[], str], requests: int) -> tuple[Waited, Waited]:
    return _ask(port, process, paths, requests, 1), _ask(port, process, paths, requests, _READERS)


def _measure(kind: Kind, port: int, process: int, requests: int) -> Measured:
    turn = itertools.cycle(kind.paths)

    def again() -> str:
        return next(turn)

    def anew() -> str:
        # A parameter that no page knows: the work is the same, and the address one that nobody has asked for.
        path = next(turn)
        return f"{path}{'&' if '?' in path else '?'}unheard={next(_number)}"

    with closing(_connect(port)) as connection:
        answers = [_get(connection, path) for path in kind.paths]  # once, so that the file's pages are in memory
    if all(status == 404 for status, _ in answers):
        return Measured(kind.name, None, None)
    if kind.name != ROW_PAGE and not kind.ours:
        return Measured(kind.name, None, _both(port, process, again, max(1, requests // 10)))
    if kind.name == ROW_PAGE:
        return Measured(kind.name, _both(port, process, again, requests), None)
    # The address of a page that is archived stands at the end of these, and takes every parameter for its own.
    named = any("/http" in path for path in kind.paths)
    first = None if named else _both(port, process, anew, requests)
    return Measured(kind.name, first, _both(port, process, again, requests))


def _table(kinds: Sequence[Kind], port: int, process: int, requests: int) -> list[Measured]:
    begun, busy = time.perf_counter(), _busy()
    own = _cpu(process) + time.process_time() * 1000
    print(f"{'':<42}{'anew: 1 reader':>16}{'10 readers':>16}{'':>14}{'again: 1 reader':>16}{'10 readers':>16}")
    waits = f"{'median':>8}{'p99':>8}" * 2
    print(f"{'page':<42}{waits}{'CPU':>8}{'ratio':>6}{waits}{'CPU':>7}{'bytes':>10}")
    measured: list[Measured] = []
    row_page = 0.0
    for kind in kinds:
        one = _measure(kind, port, process, requests)
        measured.append(one)
        row_page = row_page or (one.anew[0].cpu if one.anew else 0.0)
        print(_line(one, row_page), flush=True)
    own = _cpu(process) + time.process_time() * 1000 - own
    passed = (time.perf_counter() - begun) * 1000
    others = max(0.0, _busy() - busy - own) / passed
    ours = f"the server and its readers {own / passed:.1f}"
    print(f"meanwhile other work took {others:.1f} of {os.cpu_count()} cores, {ours}")
    return measured


def _line(one: Measured, row_page: float) -> str:
    if one.anew is None and one.again is None:
        return f"{one.name:<42}   absent"
    told = f"{one.name:<42}"
    for pair, wide in ((one.anew, 8), (one.again, 7)):
        if pair is None:
            told += " " * (46 if wide == 8 else 39)
            continue
        told += "".join(f"{statistics.median(asked.waits):>8.1f}{_p99(asked.waits):>8.1f}" for asked in pair)
        told += f"{pair[0].cpu:>{wide}.1f}" + (f"{pair[0].cpu / (row_page or 1):>6.1f}" if wide == 8 else "")
    asked = one.anew or one.again
    assert asked is not None
    return f"{told}{asked[0].size:>10,}" + ("" if asked[0].status < 400 else f"  {asked[0].status}")


def _drawn(one: Measured) -> Waits:
    anew, again = one.anew, one.again
    assert anew is not None
    both = tuple((statistics.median(asked.waits), _p99(asked.waits)) for asked in anew)
    kept = tuple((statistics.median(asked.waits), _p99(asked.waits)) for asked in again) if again else None
    return Waits(one.name, both[0], both[1], kept[1] if kept else None)


def _p99(waits: Sequence[float]) -> float:
    return sorted(waits)[max(0, round(len(waits) * 0.99) - 1)]


if __name__ == "__main__":
    main()
