"""What a look is worth: the delay that it ends, and the moment at which that reaches a threshold.

With changes at an even rate λ, unseen for τ since the last look, the expected time that changes have waited to be seen
is λτ²/2. Looking where w·λ·τ² is largest (w: how much the page matters) makes the weighted mean delay least for a
given number of looks: looks then go to pages in proportion to the square root of w·λ. Here λ falls while a page ages,
so the square becomes twice the integral of λ(s)·(now − s) over the ages s since the last look, which is the same
where λ stays even. A young page that went unseen over night is thus judged by what it was while nobody looked.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING

from scraper.scheduling.history import BANDS, Spread

if TYPE_CHECKING:
    from collections.abc import Sequence


def gain(rates: Spread, last: float, now: float) -> float:
    """What a look now is worth, with the last one at age `last` (days): changes × days waited, twice."""
    total, start = 0.0, last
    for rate, end in zip(rates, BANDS, strict=True):
        if end <= start:
            continue
        stop = min(end, now)
        total += rate * ((now - start) ** 2 - (now - stop) ** 2)
        if stop >= now:
            break
        start = stop
    return total


def worth_at(rates: Spread, last: float, threshold: float) -> float:
    """The age at which a look is worth the threshold, with the last one at age `last`; all rates are above 0."""
    start, hazard, reached = last, 0.0, 0.0
    for rate, end in zip(rates, BANDS, strict=True):
        if end <= start:
            continue
        # From `start` on, the gain is reached + 2·hazard·d + rate·d² after d days.
        days = (sqrt(hazard * hazard + rate * max(0.0, threshold - reached)) - hazard) / rate
        if start + days <= end:
            return start + days
        days = end - start
        reached += 2 * hazard * days + rate * days * days
        hazard += rate * days
        start = end
    return inf  # only for a threshold without end: the last band has none


def threshold_for(rates: Sequence[float], looks: float, fewest: float, most: float) -> float:
    """The threshold at which pages of these rates (changes a day, weighed) take `looks` a day, all together.

    A page at a threshold θ is looked at √(rate/θ) times a day, `fewest` at the least and `most` at the most. Where
    even `most` of all pages is less than there is to spend, the threshold is 0; where `fewest` is more, infinite.
    """
    if looks >= most * len(rates):
        return 0.0
    if looks <= fewest * len(rates):
        return inf
    roots = sorted([sqrt(rate) for rate in rates])
    sums = [0.0, *accumulate(roots)]

    def spent(scale: float) -> float:
        low, high = bisect_left(roots, fewest / scale), bisect_left(roots, most / scale)
        return low * fewest + scale * (sums[high] - sums[low]) + (len(roots) - high) * most

    least, greatest = fewest / roots[-1], most / roots[0]
    for _ in range(40):
        middle = exp((log(least) + log(greatest)) / 2)
        least, greatest = (middle, greatest) if spent(middle) < looks else (least, middle)
    return 1 / greatest**2
