"""Which sitemap or feed of a host is asked next, and how often: a request for a list costs what a look costs.

A list is taken for one page more, which changes as often as all the pages that it names together, as far as it has been
found to announce that. So it is asked when that is worth as much as a look at a page (`gain`): the list of many pages
often, one that lies or covers little seldom, and that of a host with hardly any pages never, where a look says more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import inf, sqrt
from typing import TYPE_CHECKING

from scraper.fetching.identity import host_of
from scraper.scheduling.claims import Record
from scraper.scheduling.due import SLACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scraper.scheduling.claims import Records

_DAY = timedelta(days=1)

SHORTEST = timedelta(hours=3)
"""Between two requests for lists of one host."""

FEWEST_PAGES = 3
"""A host with fewer pages is not listened to."""

FRUITLESS = timedelta(days=7)
"""Between two requests for a list that names no watched page, as an index of lists never does: one day it may."""

UNASKED = 2.0
"""How pressing a list is that was never asked: as one that has waited for twice its time."""

LONGEST = timedelta(days=30)

COST = 3.0
"""Looks that a request for a list has to be worth: each change that it announces takes a look of its own besides."""

_MOST_DOUBLINGS = 4


@dataclass(frozen=True, slots=True)
class Channel:
    """A sitemap or feed of a watched `host`, and what came of asking it.

    `kind` is `sitemap` or `feed`. `asked` is when it was last asked; `failures` counts the last requests in a row of
    which nothing could be read, and `names` the watched pages that it names, None where it was never read; `is_index`
    is True where it names other lists. The validators are those of the last answer that was read, which came from
    `answered_at`.
    """

    url: str
    host: str
    kind: str
    named: datetime
    asked: datetime | None = None
    failures: int = 0
    names: int | None = None
    is_index: bool = False
    etag: str | None = None
    last_modified: str | None = None
    answered_at: str | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """A watched host: how many pages it has that are learnt about, and the changes a day of all of them (weighed)."""

    pages: int
    rate: float


def wait(channel: Channel, host: Host, threshold: float, records: Records) -> timedelta:
    """How long after the last request a list is asked again, or asked first after another list of its host."""
    share = 1.0 if channel.names is None else min(1.0, channel.names / max(1, host.pages))
    worth = host.rate * share * records.get((channel.host, channel.kind), Record()).use
    longest = FRUITLESS if channel.names == 0 else LONGEST
    days = sqrt(COST * threshold / worth) if worth > 0 and threshold < inf else inf
    between = max(SHORTEST, timedelta(days=min(days, longest / _DAY)))
    return min(between * (1 << min(channel.failures, _MOST_DOUBLINGS)), max(between, FRUITLESS))


def next_lists(
    channels: Iterable[Channel], hosts: Mapping[str, Host], threshold: float, records: Records, now: datetime
) -> list[Channel]:
    """The lists to be asked now, one of a host at the most, and none of a host that is not among `hosts`.

    `threshold` is what a look has to be worth. Lists that were never asked come first, at the pace of the host, and
    give way once a list that is known to name pages has waited twice its time.
    """
    by_host: dict[str, list[Channel]] = {}
    for channel in channels:
        if channel.host in hosts and hosts[channel.host].pages >= FEWEST_PAGES:
            by_host.setdefault(channel.host, []).append(channel)
    chosen: dict[str, Channel] = {}
    for name in sorted(by_host):
        own = by_host[name]
        lately = min(_since(channel, now) for channel in own)
        if lately < SHORTEST - SLACK:
            continue
        urgent = {channel.url: _urgency(channel, hosts[name], threshold, records, now, lately) for channel in own}
        best = min(own, key=lambda channel: (-urgent[channel.url], channel.named, channel.url))
        if urgent[best.url] >= 1:
            chosen.setdefault(host_of(best.url), best)
    return list(chosen.values())


def _since(channel: Channel, now: datetime) -> timedelta:
    """How long ago a list was asked. A clock that once ran ahead must not silence it for good."""
    return timedelta(days=9999) if channel.asked is None else abs(now - channel.asked)


def _urgency(
    channel: Channel, host: Host, threshold: float, records: Records, now: datetime, lately: timedelta
) -> float:
    """How pressing a request is: 1 when the list's turn has come. `lately` is the time since any of its host's."""
    between = wait(channel, host, threshold, records)
    if channel.asked is None:
        return UNASKED if lately + SLACK >= between else 0.0
    return (_since(channel, now) + SLACK) / between
