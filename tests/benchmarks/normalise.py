"""What normalising costs beside trafilatura, over the same pages in one run.

    python -m tests.benchmarks.normalise --corpus DIR [--repeat 3]

DIR holds page histories (NNNN_<time>.html files); the first and the fourth capture of each page are read. CPU time of
this process, whole passes in turn, so that the ratio holds on a noisy machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import scraper

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Run the benchmark and print a line for each pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3)
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
    for _ in range(given.repeat):
        own, other = _seconds(_ours, bodies), _seconds(theirs, bodies)
        print(f"redline {own:.2f} s, trafilatura {other:.2f} s, ratio {own / other:.3f}")


def _ours(body: bytes) -> object:
    try:
        return scraper.normalize(body, url="https://example.org/")
    except scraper.RedlineError:
        return None


def _seconds(read: Callable[[bytes], object], bodies: list[bytes]) -> float:
    begun = time.process_time()
    for body in bodies:
        read(body)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
