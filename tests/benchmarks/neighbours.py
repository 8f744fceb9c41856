"""What a real change costs: neighbouring captures of real pages compared, told as text, and their edits given keys.

    python -m tests.benchmarks.neighbours --corpus DIR [--every 3] [--repeat 3]

DIR holds page histories (folders of NNNN_<time>.html files). Every N-th pair of neighbours that differ is taken;
normalising them is not counted. Processor time, of each pair the best of all passes. Two forms of the code are weighed
by running this in both checkouts in turn.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import scraper
from scraper.comparing import compare, edit_key, unified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.comparing import Comparison
    from scraper.normalizing.document import Document

STEPS = ("comparing", "its text", "keys of its edits")


def main() -> None:
    """Run the benchmark and print what each step takes for a pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    folders = sorted({file.parent for file in given.corpus.rglob("[0-9]*_*.html")})
    pairs = [pair for folder in folders for pair in _differing(folder)][:: given.every]
    if not pairs:
        sys.exit(f"the corpus is not at {given.corpus}: nothing was measured")
    gc.freeze()  # a run holds two of these documents at a time, not all
    best = [[float("inf")] * len(STEPS) for _ in pairs]
    edits = 0
    for _ in range(given.repeat):
        edits = 0
        for place, (old, new) in enumerate(pairs):
            found, seconds = _measured(old, new)
            best[place] = [*map(min, best[place], seconds)]
            edits += len(found.edits)
    print(f"{len(pairs)} pairs, {edits / len(pairs):.0f} edits each, ms of processor time for a pair")
    for step, times in zip(STEPS, zip(*best, strict=True), strict=True):
        print(f"{step:20} {1000 * sum(times) / len(pairs):6.2f}")


def _differing(folder: Path) -> Iterator[tuple[Document, Document]]:
    """The neighbouring captures in a folder that do not read the same."""
    documents: list[Document] = []
    for file in sorted(folder.glob("[0-9]*_*.html")):
        try:
            documents.append(scraper.normalize(file.read_bytes(), url="https://example.org/"))
        except scraper.RedlineError:
            continue  # a failed fetch that was kept as a page
    return ((old, new) for old, new in pairwise(documents) if old.sha256 != new.sha256)


def _measured(old: Document, new: Document) -> tuple[Comparison, list[float]]:
    """The comparison of two documents, and how long each step took."""
    begun = time.process_time()
    found = compare(old, new)
    compared = time.process_time()
    unified(found)
    told = time.process_time()
    for edit in found.edits:
        edit_key(edit)
    return found, [compared - begun, told - compared, time.process_time() - told]


if __name__ == "__main__":
    main()
