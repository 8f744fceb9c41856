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
from scraper.fetching.politeness import LONGEST_REST
from scraper.scheduling.claims import Record
from scraper.scheduling.due import SLACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scraper.scheduling.claims import Records

_DAY = timedelta(days=1)

SHORTEST = timedelta(hours=3)
"""Between two requests for lists at one host, less `SLACK`: a job every three hours never starts to the minute."""

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
_NEVER = timedelta(days=9999)


@dataclass(frozen=True, slots=True)
class Channel:
    """A sitemap or feed of a watched `host`, and what came of asking it.

    `kind` is `sitemap` or `feed`. `asked` is when it was last asked; `failures` counts the last requests in a row of
    which nothing could be read, and `names` the watched pages that it names, None where it was never read; `is_index`
    is True where it names other lists. The validators are those of the last answer that was read, which came from
    `answered_at`. `rest_until` is the moment until which its last answer asked to be left alone.
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
    rest_until: datetime | None = None


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
    """The lists to be asked now, one of a host at the most, and none of a watched host that is not among `hosts`.

    `threshold` is what a look has to be worth. Lists that were never asked come first, at the pace of the host that is
    asked, and give way once a list that is known to name pages has waited twice its time. That host's pace, and its
    rest where it asked for one, are by all `channels`, for whomever they were asked.
    """
    by_host: dict[str, list[Channel]] = {}
    since: dict[str, timedelta] = {}
    for channel in channels:
        by_host.setdefault(host_of(channel.url), []).append(channel)
        since[channel.host] = min(since.get(channel.host, _NEVER), _since(channel, now))
    chosen = []
    for _, there in sorted(by_host.items()):
        lately = min(_since(channel, now) for channel in there)
        if lately < SHORTEST - SLACK or any(_rests(channel, now) for channel in there):
            continue
        ready = [(_urgency(each, hosts, threshold, records, now, since), each) for each in _listened(there, hosts)]
        ready.sort(key=lambda turn: (-turn[0], turn[1].named, turn[1].url))
        chosen += [channel for urgency, channel in ready[:1] if urgency >= 1]
    return chosen


def _listened(channels: Iterable[Channel], hosts: Mapping[str, Host]) -> list[Channel]:
    """Each list that is worth asking, once: one that several hosts name is asked for that with the most pages."""
    fit = [channel for channel in channels if channel.host in hosts and hosts[channel.host].pages >= FEWEST_PAGES]
    once: dict[str, Channel] = {}
    for channel in sorted(fit, key=lambda channel: (-hosts[channel.host].pages, channel.host)):
        once.setdefault(channel.url, channel)
    return list(once.values())


def _rests(channel: Channel, now: datetime) -> bool:
    """Whether a list asked to be left alone for longer; a rest of more than a day was written by a clock ahead."""
    return channel.rest_until is not None and timedelta() < channel.rest_until - now <= LONGEST_REST


def _since(channel: Channel, now: datetime) -> timedelta:
    """How long ago a list was asked. A clock that once ran ahead must not silence it for good."""
    return _NEVER if channel.asked is None else abs(now - channel.asked)


def _urgency(
    channel: Channel,
    hosts: Mapping[str, Host],
    threshold: float,
    records: Records,
    now: datetime,
    since: Mapping[str, timedelta],
) -> float:
    """How pressing a request is: 1 when the list's turn has come. `since` is the time since any of its watched host's.

    A watched host of which no list was ever asked comes first of all, or others on the same machine might keep it out.
    """
    between = wait(channel, hosts[channel.host], threshold, records)
    if channel.asked is not None:
        return (_since(channel, now) + SLACK) / between
    lately = since[channel.host]
    if lately == _NEVER:
        return inf
    return UNASKED if lately + SLACK >= between else 0.0
