"""What comparing costs beside other libraries, on prose and on texts made to stop a comparison.

    python -m tests.benchmarks.compare [--only WORD] [--limit 10] [--peers | --no-peers] [--plot growth.png]

Documents are made directly as records, so that nothing but comparing is measured, and the whole of `compare` is:
edits, classes, significance, summary. Each measurement is CPU time in a process of its own (best of three where it
takes less than a second), stopped after `--limit` seconds of it; memory is what the process took more at its height.
What Redline finds is checked: the edits applied to the old text give the new one, and going back mirrors them.
The exit code is 1 where that fails or a comparison of ours takes over 3 s.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.comparing import Comparison, compare
from scraper.normalizing.document import Document, Passage
from tests.benchmarks.compare_cases import cases
from tests.benchmarks.compare_peers import peers
from tests.benchmarks.plots import lines
from tests.comparing.applying import gives_the_new_text, is_mirrored

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from tests.benchmarks.compare_peers import Compares

MOST_SECONDS = 3.0
_SHORTEST, _MOST_ROUNDS = 0.1, 4**6


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds and megabytes; what was found, as a count, and whether it is right."""

    seconds: float
    megabytes: float
    count: int
    right: bool = True


def main() -> None:
    """Measure every case and print a table; then the growth with length."""
    given = _arguments()
    others = dict(peers()) if given.peers else {}
    print(f"CPU in ms (how many times ours) and MB at the height; - is over {given.limit:g} s, or out of memory")
    wrong: list[str] = []
    growth: dict[str, list[tuple[int, float]]] = {}
    for case in cases():
        if given.only.lower() not in case.name.lower():
            continue
        old, new = case.make()
        size = sum(map(len, new))
        own = measured(partial(_ours, old, new), given.limit)
        print(f"\n{case.name} ({size / 1e6:.2f} MB): {_told(own)}", flush=True)
        if own is None or own.seconds > MOST_SECONDS or not own.right:
            wrong.append(case.name)
        for name, work in others.items():
            cost = measured(partial(_theirs, work, old, new), given.limit)
            ratio = f" ({cost.seconds / own.seconds:.2f} x)" if cost and own else ""
            print(f"    {name:24} {_told(cost)}{ratio}", flush=True)
            if cost and case.is_prose:
                growth.setdefault(name, []).append((size, cost.seconds))
        if own and case.is_prose:
            growth.setdefault("Redline", []).append((size, own.seconds))
    _print_growth(growth)
    if given.plot:
        lines(
            given.plot,
            "Comparing prose with a tenth of its sentences edited",
            ("characters of the new text", "seconds of processor time"),
            {name: [(float(size), seconds) for size, seconds in points] for name, points in _own_first(growth)},
        )
    if wrong:
        sys.exit(f"over {MOST_SECONDS:g} s or wrong: {', '.join(wrong)}")


def _own_first(growth: dict[str, list[tuple[int, float]]]) -> list[tuple[str, list[tuple[int, float]]]]:
    return sorted(growth.items(), key=lambda found: found[0] != "Redline")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--limit", type=float, default=10, help="CPU seconds for one measurement")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--plot", type=Path, help="draw the growth with length as a PNG here")
    return parser.parse_args()


def measured(work: Callable[[], Cost], limit: float) -> Cost | None:
    """The cost of `work` in a process of its own; None where that took too long or died."""
    context = multiprocessing.get_context("fork")
    receives, sends = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, sends, limit))
    process.start()
    sends.close()
    try:
        cost: Cost | None = receives.recv()
    except EOFError:
        cost = None
    process.join()
    return cost


def _run(work: Callable[[], Cost], sends: Connection, limit: float) -> None:
    seconds = int(limit) + 5  # checks included
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        cost = work()
    except MemoryError:
        return
    sends.send(cost if cost.seconds <= limit else None)


def _timed(work: Callable[[], int]) -> tuple[float, float, int]:
    """CPU seconds (best of up to three), megabytes at the height, and the result."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds = 1
    begun = time.process_time()
    count = work()
    best = time.process_time() - begun
    # Some clocks of CPU time tick only a hundred times a second: a quick one is repeated until it shows.
    while rounds < _MOST_ROUNDS and best * rounds < _SHORTEST:
        rounds *= 4
        best = _seconds(work, rounds)
    if best < 1:
        best = min(best, _seconds(work, rounds), _seconds(work, rounds))
    return best, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, count


def _seconds(work: Callable[[], int], rounds: int) -> float:
    gc.collect()
    begun = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - begun) / rounds


def _ours(old: list[str], new: list[str]) -> Cost:
    before, after = _document(old), _document(new)
    found: list[Comparison] = []

    def work() -> int:
        found[:] = [compare(before, after)]
        return len(found[0].edits)

    seconds, megabytes, count = _timed(work)
    right = gives_the_new_text(found[0], before, after) and is_mirrored(found[0], compare(after, before))
    return Cost(seconds, megabytes, count, right)


def _theirs(work: Compares, old: list[str], new: list[str]) -> Cost:
    return Cost(*_timed(partial(work, old, new)))


def _document(lines: list[str]) -> Document:
    return Document(tuple(Passage("paragraph", line) for line in lines))


def _told(cost: Cost | None) -> str:
    if cost is None:
        return "-"
    right = "" if cost.right else ", WRONG"
    return f"{cost.seconds * 1000:9.1f} ms {cost.megabytes:6.0f} MB, {cost.count:,} differences{right}"


def _print_growth(growth: dict[str, list[tuple[int, float]]]) -> None:
    """Milliseconds for each megabyte of prose: the same at every length where the cost is linear."""
    print("\nms for each MB of prose with a tenth of its sentences edited, by length")
    for name, points in growth.items():
        told = (f"{size / 1e6:.2f} MB: {1e9 * seconds / size:.0f}" for size, seconds in points)
        print(f"    {name:24} {', '.join(told)}")


if __name__ == "__main__":
    main()
