"""The longest rising run in a sequence: what stayed in order, and by its complement what moved."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise


def longest_increasing(values: list[int], weights: list[int] | None = None) -> list[int]:
    """Indexes of the heaviest strictly rising subsequence of distinct values (unweighted: the longest).

    O(n log n) comparisons: `ends` holds the last values of the best runs so far, rising in value and in weight.
    """
    if all(a < b for a, b in pairwise(values)):
        return list(range(len(values)))
    ends: list[int] = []
    sums: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        place = bisect_left(ends, value)
        before.append(last[place - 1] if place else -1)
        total = (sums[place - 1] if place else 0) + (weights[index] if weights else 1)
        stop = place
        while stop < len(ends) and sums[stop] <= total:
            stop += 1
        if stop == place and place < len(ends) and ends[place] == value:
            continue
        ends[place:stop], sums[place:stop], last[place:stop] = [value], [total], [index]
    run: list[int] = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    run.reverse()
    return run
