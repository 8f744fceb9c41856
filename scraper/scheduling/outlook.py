"""What holds for all pages at one moment: how often they change, and from when on a look at one is worth its cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import inf, sqrt
from typing import TYPE_CHECKING

from scraper.scheduling.gain import threshold_for
from scraper.scheduling.hazard import Rates, learn
from scraper.scheduling.history import band_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from scraper.config import Source
    from scraper.scheduling.history import History

DAY = timedelta(days=1)

SHORTEST = timedelta(hours=1)
"""Between two looks at a page, unless its keeper says otherwise: a page is no heartbeat to be listened to."""

FLOOR = timedelta(days=30)
"""Every page is looked at once in this time, however little is expected of it; what is expected may be wrong."""

CATCHING_UP = 1.5
"""How much longer than usual a run may be when more is due than usual."""

SMALL_RUN = 20
"""So many looks are never too many for one run."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run or a report has to know beyond the single page.

    `threshold` is the gain (see `gain`) at which a page without a rhythm of its own is due. `wake` is the usual time
    between two runs, None while there were too few to tell. `most` is how many of these pages one run may take, and
    None where nothing is known that would limit it.
    """

    rates: Rates
    threshold: float
    wake: timedelta | None = None
    most: int | None = None


def rates_of(sources: Sequence[Source], histories: Mapping[str, History]) -> Rates:
    """Learn from the histories of all sources how often they change."""
    return learn((source.id, source.publisher, histories[source.id]) for source in sources if source.id in histories)


def foresee(
    sources: Sequence[Source],
    histories: Mapping[str, History],
    now: datetime,
    *,
    budget: float,
    wake: timedelta | None,
    rates: Rates | None = None,
    silence: Mapping[str, float] | None = None,
) -> Outlook:
    """Learn the rates from all histories, and set the threshold so that `budget` looks a day and page are taken.

    Pages with a rhythm of their own teach like the others, but neither give to the budget nor take from it; nor do
    pages that are gone, which have a ladder of their own. `rates` may have been learnt before. `silence` is the share
    of a page's changes that its publisher's lists are known to announce, by its id: looks at it wait for the word, and
    more are left for others.
    """
    known = [(source, histories[source.id]) for source in sources if source.id in histories]
    rates = rates or rates_of(sources, histories)
    told = silence or {}
    steady = [
        rates.of_page(source.id, source.publisher, source.weight)[band_of(history.age(now))]
        * (1 - told.get(source.id, 0.0))
        for source, history in known
        if source.every is None and history.absent_since is None
    ]
    if not steady:
        return Outlook(rates, inf, wake)
    fewest, most = DAY / FLOOR, DAY / max(SHORTEST, wake or SHORTEST)
    threshold = threshold_for(steady, budget * len(steady), fewest, most)
    if wake is None:
        return Outlook(rates, threshold)
    daily = sum(min(max(sqrt(rate / threshold), fewest), most) if threshold else most for rate in steady)
    usual = daily * (wake / DAY)
    return Outlook(rates, threshold, wake, max(SMALL_RUN, round(CATCHING_UP * usual)))
