"""What looking at pages again costs, beside the tools and pipelines that people use for it.

    python -m tests.benchmarks.refetch [--pages 2000] [--only NAME …] [--rounds 1] [--growth] [--plot FOLDER]

A made-up site (`refetch_site`) is served on loopback by a process of its own. Each peer in turn looks at every page
twice: all are new in the first pass, and in the second every answer has fresh tokens, 9 pages in a hundred have a word
edited, and half answer 304 where they were not. Every pass is a process of its own, of which are told processor time
(its own and the system's for it), pages a second, and the most memory it held, that of all its processes together (on
Linux; elsewhere of the largest); and of the second pass, page by page, how many edits were found and how many pages
were called changed that were not. With several rounds the middle one of each figure is told.

`--growth` measures Redline alone over more pages, longer pages, and more passes over the same archive. The exit code
is 1 where Redline missed an edit or reported one that nobody made.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.benchmarks.plots import bars, lines
from tests.benchmarks.refetch_peers import Peer, peers
from tests.benchmarks.refetch_site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_MEASURING = """
import os, sys, time

def resident(process):
    try:
        kilobytes = int(open(f"/proc/{process}/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
        threads = os.listdir(f"/proc/{process}/task")
        children = [n for at in threads for n in open(f"/proc/{process}/task/{at}/children").read().split()]
    except OSError:
        return 0
    return kilobytes + sum(map(resident, children))

child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
ended = height = 0
while not ended:
    time.sleep(0.02)
    height = max(height, resident(child))
    ended, status, used = os.wait4(child, os.WNOHANG)
with open(sys.argv[1], "w") as told:
    print(used.ru_utime + used.ru_stime, max(height, used.ru_maxrss), file=told)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass cost (seconds, megabytes), and what it said of how many pages that were edited."""

    cpu: float
    wall: float
    megabytes: float
    expected: int
    found: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Served:
    """A site that is up: its pages, and the port of all its hosts."""

    site: Site
    port: int

    def urls(self) -> list[str]:
        """The addresses of all pages."""
        return [
            f"http://{self.site.host(number)}:{self.port}{self.site.path(number)}" for number in range(self.site.pages)
        ]

    def begin(self, number: int) -> None:
        """Let the pages be as they are in a pass."""
        with urlopen(f"http://127.0.0.1:{self.port}/-/pass/{number}") as answer:
            answer.read()


def main() -> None:
    """Measure everybody in turn, print a table, and draw it."""
    given = _arguments()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {given.pages} pages of about {given.size} kB")
    measured: dict[str, list[list[Pass]]] = {}
    with served(given.pages, given.hosts, given.size) as site:
        chosen = list(_chosen(given.only))
        for number in range(given.rounds):
            for peer in chosen[number % len(chosen) :] + chosen[: number % len(chosen)]:
                measured.setdefault(peer.name, []).append(passes(peer, site, 2))
    rows = {peer.name: [_middle(list(found)) for found in zip(*measured[peer.name], strict=True)] for peer in chosen}
    _print(rows, given.pages)
    if given.plot:
        shown = {name.replace(", difflib", ""): found for name, found in rows.items()}
        costs = {
            name: {"first pass": 1000 * first.cpu / given.pages, "recheck": 1000 * again.cpu / given.pages}
            for name, (first, again) in shown.items()
        }
        bars(given.plot / "refetch.png", "Processor time of looking at a page", "ms a page", costs)
    wrong = any(found.found < found.expected or found.wrong for found in rows.get("Redline", []))
    if given.growth:
        grown = growth(given.hosts, given.growth_pages)
        if given.plot:
            lines(given.plot / "refetch-growth.png", "Redline: a page looked at again", ("pages", "ms a page"), grown)
    sys.exit("Redline missed an edit, or reported one that nobody made" if wrong else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--size", type=int, default=80, help="thousand bytes of a page")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[], help="only those with one of these in their name")
    parser.add_argument("--growth", action="store_true", help="how the cost grows with pages, versions and size")
    parser.add_argument("--growth-pages", type=int, nargs="+", default=[500, 2000, 8000])
    parser.add_argument("--plot", type=Path, help="draw the figures into this folder")
    return parser.parse_args()


def _chosen(only: list[str]) -> Iterator[Peer]:
    for peer in peers():
        if isinstance(peer, str):
            print(peer)
        elif not only or any(word.lower() in peer.name.lower() for word in only):
            yield peer


@contextmanager
def served(pages: int, hosts: int, size: int) -> Iterator[Served]:
    """A made-up site, served by a process of its own until the end."""
    command = [sys.executable, "-m", "tests.benchmarks.refetch_site", "--pages", str(pages), "--hosts", str(hosts)]
    with subprocess.Popen(
        [*command, "--size", str(size)], cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            port, found = map(int, server.stdout.readline().split())
            if found < hosts:
                print(f"this machine has {found} addresses of its own: that many hosts")
            yield Served(Site(pages, found, size), port)
        finally:
            server.kill()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def passes(peer: Peer, site: Served, count: int) -> list[Pass]:
    """So many passes of one peer over all pages, its files in a folder of its own."""
    urls = site.urls()
    found = []
    with tempfile.TemporaryDirectory(prefix="redline-refetch-") as folder:
        for number in range(1, count + 1):
            site.begin(number)
            command = peer.command(Path(folder), urls)
            cpu, wall, megabytes, printed = ran(command, Path(folder))
            changed = peer.changed(Path(folder), printed) if number > 1 else set()
            edited = {url for at, url in enumerate(urls) if site.site.edited(at, number)}
            found.append(Pass(cpu, wall, megabytes, len(edited), len(edited & changed), len(changed - edited)))
    return found


def ran(command: list[str], folder: Path) -> tuple[float, float, float, str]:
    """Run a command; its processor seconds, seconds on the wall, most megabytes, and what it printed.

    A child begins with the height of memory of whoever started it, so it is started by a Python that holds next to
    nothing.
    """
    told = folder / "printed.txt"
    begun = time.monotonic()
    with told.open("w") as out, (folder / "complained.txt").open("w") as complaints:
        measuring = [sys.executable, "-I", "-S", "-c", _MEASURING, str(folder / "used.txt"), *command]
        code = subprocess.run(
            measuring, cwd=folder, env=_environment(), stdout=out, stderr=complaints, check=False
        ).returncode
    wall = time.monotonic() - begun
    if code not in (0, 1):
        sys.exit(f"{' '.join(command[:4])} ended with {code}: {(folder / 'complained.txt').read_text()[-2000:]}")
    cpu, height = map(float, (folder / "used.txt").read_text("utf-8").split())
    return cpu, wall, height / (1_048_576 if sys.platform == "darwin" else 1024), told.read_text("utf-8")


def _middle(found: list[Pass]) -> Pass:
    """The figures of several rounds as one: what they cost in the middle, what they said at the worst."""
    cpu, wall, megabytes = (median(getattr(one, name) for one in found) for name in ("cpu", "wall", "megabytes"))
    least, most = min(one.found for one in found), max(one.wrong for one in found)
    return Pass(cpu, wall, megabytes, found[0].expected, least, most)


def _print(rows: dict[str, list[Pass]], pages: int) -> None:
    """A table in Markdown: processor time for a thousand pages, and how many times that is Redline's."""
    print("\n| | CPU s per 1,000, first pass | × | recheck | × | pages a second | recheck | MB | edits found | wrong |")
    print("|---|" + "---:|" * 9)
    own = rows.get("Redline") or next(iter(rows.values()))
    for name, (first, again) in rows.items():
        cells = [name]
        for one, ours in ((first, own[0]), (again, own[1])):
            cells += [f"{1000 * one.cpu / pages:.2f}", f"{one.cpu / ours.cpu:.2f}"]
        cells += [
            f"{pages / first.wall:.0f}",
            f"{pages / again.wall:.0f}",
            f"{max(first.megabytes, again.megabytes):.0f}",
        ]
        print(f"| {' | '.join(cells)} | {again.found} of {again.expected} | {again.wrong} |", flush=True)


def growth(hosts: int, pages: list[int]) -> dict[str, list[tuple[float, float]]]:
    """How Redline's cost grows; gives the ms a page of either pass by the number of pages."""
    redline = next(peer for peer in peers() if isinstance(peer, Peer))
    curves: dict[str, list[tuple[float, float]]] = {"first pass": [], "recheck": []}
    print("\nby the number of pages, ms of processor time a page, and MB")
    for count in pages:
        with served(count, hosts, 80) as site:
            found = passes(redline, site, 2)
        for kind, one in zip(curves, found, strict=True):
            curves[kind].append((count, 1000 * one.cpu / count))
        print(f"    {count:>7} pages: {_told(found, count)}", flush=True)
    print("by the size of a page, 500 pages")
    for size in (20, 80, 320):
        with served(500, hosts, size) as site:
            print(f"    {size:>7} kB: {_told(passes(redline, site, 2), 500)}", flush=True)
    print("by the passes over one archive, 300 pages")
    with served(300, hosts, 80) as site:
        found = passes(redline, site, 24)
    for number in (2, 6, 12, 24):
        print(f"    pass {number:>2}: {_told(found[number - 1 : number], 300)}", flush=True)
    return curves


def _told(found: list[Pass], pages: int) -> str:
    costs = ", ".join(f"{1000 * one.cpu / pages:.2f} ms" for one in found)
    last = found[-1]
    return f"{costs}, {last.megabytes:.0f} MB, {last.found} of {last.expected} edits found, {last.wrong} wrong"


if __name__ == "__main__":
    main()
