"""Runs on a Dask cluster against runs on one machine: pages per second, memory, and what a killed worker costs.

    python -m tests.benchmarks.cluster --pages 20000 --hosts 50 --workers 1 2 4 --threads 8 --kill

Serves pages of 60 to 80 KB on addresses of loopback (Linux has all of 127.0.0.0/8), from a process of its own, and
looks at all of them: in threads, in a process beside this one, then on 1, 2 and 4 workers. Each run is twice: a first
pass where everything is new, and a recheck where every page differs in its noise. With `--kill` a worker is killed in
the middle of the recheck. Prints a line for each run; ratios are to the threads of the same pass. Server, scheduler,
workers and writer share the machine: where it has few cores, this measures what the cluster costs, not what it gains.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.config import FetchSettings, Source, WatchList
from scraper.executing.cluster import Cluster
from scraper.executing.processes import Processes
from scraper.run import Silence, run
from tests.benchmarks.newsroom import render
from tests.executing.clusters import Running, scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.archive import Recorded

PORT = 8790


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--threads", type=int, default=8, help="of each worker; the threads of this process are 16")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that the server takes for an answer")
    parser.add_argument("--kill", action="store_true", help="kill a worker in the middle of each recheck")
    parser.add_argument("--verify", action="store_true", help="verify each archive afterwards")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve(given.hosts, given.latency))
        return
    watched = _watch_list(given.pages, given.hosts)
    print("where            pass     pages/s  ratio  CPU s here  peak MB  looks  doubled  missing  findings")
    with _server(given.hosts, given.latency):
        base = _measure("threads", watched, None, given)
        _measure("2 processes", watched, None, given, base, processes=2)
        for count in given.workers:
            with tempfile.TemporaryDirectory() as folder, scheduler(Path(folder)) as running:
                running.staff(count, given.threads)
                _measure(f"{count} worker{'s' * (count > 1)}", watched, running, given, base)


@dataclass
class Pass:
    """What one pass over all pages came to."""

    seconds: float
    cpu: float
    peak: float


def _measure(
    where: str,
    watched: WatchList,
    running: Running | None,
    given: argparse.Namespace,
    base: list[Pass] | None = None,
    processes: int = 0,
) -> list[Pass]:
    passes = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive(Path(folder) / "a.db") as archive,
        Cluster(running.address) if running else nullcontext(Processes(archive.path, processes)) as executor,
    ):
        if running and isinstance(executor, Cluster):
            executor._client.wait_for_workers(len(running.living()), timeout=120)
        for number, name in enumerate(("first", "recheck")):
            killing = given.kill and running is not None and number == 1 and len(running.living()) > 1
            report = _Killing(given.pages // 2, running.living()[0].kill) if killing and running else None
            started, cpu = time.monotonic(), time.process_time()
            with _Peak() as peak:
                run(watched, archive, everything=True, executor=executor, report=report)
            done = Pass(time.monotonic() - started, time.process_time() - cpu, peak.megabytes)
            passes.append(done)
            ratio = base[number].seconds / done.seconds if base else 1.0
            print(
                f"{where:<16} {name + (' †' if killing else ''):<9} {given.pages / done.seconds:7.0f}  {ratio:5.2f}"
                f"  {done.cpu:10.1f}  {done.peak:7.0f}  {_looks(archive, number + 1, watched)}",
                end="",
                flush=True,
            )
            print(f"  {len(verify(archive.connection).findings):8}" if given.verify else "         -", flush=True)
    return passes


def _looks(archive: Archive, run_id: int, watched: WatchList) -> str:
    """How many looks a run recorded, at how many pages more than one, and at how many none."""
    rows = archive.connection.execute("select source_id from fetches where run_id = ?", (run_id,))
    seen = Counter(row[0] for row in rows)
    doubled = sum(count > 1 for count in seen.values())
    missing = sum(source.id not in seen for source in watched.sources)
    return f"{seen.total():5}  {doubled:7}  {missing:7}"


class _Killing(Silence):
    """A reporter that does something once so many pages are stored."""

    def __init__(self, after: int, act: Callable[[], object]) -> None:
        self.after, self.act = after, act

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        if done == self.after:
            self.act()


class _Peak:
    """The largest resident size of this process while the block runs, sampled ten times a second."""

    megabytes = 0.0

    def __enter__(self) -> _Peak:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.megabytes = max(self.megabytes, pages * resource.getpagesize() / 1e6)


def _watch_list(pages: int, hosts: int) -> WatchList:
    settings = FetchSettings(delay=0, robots=False, allow_private=("127.0.0.0/8",))
    listed = (Source(f"page-{n}", f"http://127.0.0.{1 + n % hosts}:{PORT}/{n}") for n in range(pages))
    return WatchList(tuple(listed), settings)


async def _serve(hosts: int, latency: float) -> None:
    """Answer every GET with its page until this process is ended."""
    asked: Counter[int] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                n = int(head.split(b" ", 2)[1].strip(b"/"))
                asked[n] += 1
                body = render(n, 0, asked[n])
                if latency:
                    await asyncio.sleep(latency)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
                    % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.close()

    for host in range(hosts):
        await asyncio.start_server(answer, f"127.0.0.{1 + host}", PORT)
    print("ready", flush=True)
    await asyncio.Event().wait()


@contextmanager
def _server(hosts: int, latency: float) -> Iterator[None]:
    line = [sys.executable, "-m", "tests.benchmarks.cluster", "--serve", "--hosts", str(hosts)]
    with subprocess.Popen([*line, "--latency", str(latency)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
