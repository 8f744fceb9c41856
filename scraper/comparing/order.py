"""The longest rising run in a sequence: what stayed in order, and by its complement what moved."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from operator import lt


def rises(values: list[int]) -> bool:
    """Whether each value is greater than the one before it."""
    return all(map(lt, values, values[1:]))


def longest_increasing(values: list[int], weights: list[int] | None = None) -> list[int]:
    """Indexes of the heaviest strictly rising subsequence of distinct values (unweighted: the longest).

    O(n log n) comparisons, and only over the stretches that are out of order: where all before a place are smaller than
    all behind it, what is best before it and what is best behind it are best together.
    """
    if rises(values):
        return list(range(len(values)))
    run: list[int] = []
    start = 0
    for stop, (highest, ranked) in enumerate(zip(accumulate(values, max), sorted(values), strict=True), 1):
        if highest == ranked:
            run += [start] if stop == start + 1 else _heaviest_increasing(values, weights, start, stop)
            start = stop
    return run


def _heaviest_increasing(values: list[int], weights: list[int] | None, start: int, stop: int) -> list[int]:
    """The same in one stretch: `ends` holds the last values of the best runs so far, rising in value and in weight."""
    ends: list[int] = []
    sums: list[int] = []
    last: list[int] = []
    before: list[int] = []
    count = 0
    for index in range(start, stop):
        value = values[index]
        place = bisect_left(ends, value)
        total = weights[index] if weights else 1
        if place:
            total += sums[place - 1]
            before.append(last[place - 1])
        else:
            before.append(-1)
        beaten = place
        while beaten < count and sums[beaten] <= total:
            beaten += 1
        if beaten == place + 1:
            ends[place], sums[place], last[place] = value, total, index
        else:
            ends[place:beaten], sums[place:beaten], last[place:beaten] = [value], [total], [index]
            count += place + 1 - beaten
    run: list[int] = []
    at = last[-1]
    while at >= 0:
        run.append(at)
        at = before[at - start]
    run.reverse()
    return run
