"""What normalising costs beside trafilatura, over the same pages in one run.

    python -m tests.benchmarks.normalise --corpus DIR [--repeat 3] [--plot PNG]

DIR holds page histories (NNNN_<time>.html files); the first and the fourth capture of each page are read. CPU time of
this process, whole passes in turn, so that the ratio holds on a noisy machine. The figure shows the time of each page,
the best of all passes, by its length.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import scraper
from tests.benchmarks.plots import lines

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Run the benchmark and print a line for each pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--plot", type=Path, help="draw the time of each page by its length as a PNG here")
    given = parser.parse_args()
    files = sorted(file for number in ("0000", "0003") for file in given.corpus.rglob(f"{number}_*.html"))
    if not files:
        sys.exit(f"the corpus is not at {given.corpus}: nothing was measured")
    try:
        import trafilatura
    except ImportError:
        sys.exit("trafilatura is not installed: there is nothing to measure against")
    bodies = [file.read_bytes() for file in files]

    def theirs(body: bytes) -> object:
        return trafilatura.extract(body.decode("utf-8", "replace"), include_comments=False)

    _seconds(_ours, bodies[:5])
    _seconds(theirs, bodies[:5])
    print(f"{len(bodies)} pages, {sum(map(len, bodies)) // 1000:,} kB")
    passes: dict[str, list[list[float]]] = {"Redline": [], "trafilatura": []}
    for _ in range(given.repeat):
        for read, found in zip((_ours, theirs), passes.values(), strict=True):
            found.append(_seconds(read, bodies))
        own, other = (sum(found[-1]) for found in passes.values())
        print(f"redline {own:.2f} s, trafilatura {other:.2f} s, ratio {own / other:.3f}", flush=True)
    if given.plot:
        sizes = [len(body) / 1000 for body in bodies]
        best = {name: [1000 * min(times) for times in zip(*found, strict=True)] for name, found in passes.items()}
        points = {name: [*zip(sizes, times, strict=True)] for name, times in best.items()}
        lines(given.plot, "Reading a page", ("kB of HTML", "ms of processor time"), points, is_joined=False)


def _ours(body: bytes) -> object:
    try:
        return scraper.normalize(body, url="https://example.org/")
    except scraper.RedlineError:
        return None


def _seconds(read: Callable[[bytes], object], bodies: list[bytes]) -> list[float]:
    """The processor time of each page."""
    times = []
    for body in bodies:
        begun = time.process_time()
        read(body)
        times.append(time.process_time() - begun)
    return times


if __name__ == "__main__":
    main()
