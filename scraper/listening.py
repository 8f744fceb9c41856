"""Asking publishers' sitemaps and feeds what they changed, and what follows from that for the schedule.

    channels → turns → fetch → read → record → claims

A list is asked through the same door as a page, one of a host at the most, and what it says is stored as it says it. It
makes no version and no change: all that follows is when pages are looked at.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

from scraper.errors import Unreadable
from scraper.executing.batches import batches_of
from scraper.fetching import Postponed, host_of, publisher_family
from scraper.fetching.decoding import TooLargeError, UndecodableError
from scraper.fetching.robots import robots_request
from scraper.fetching.signals import page_key, signal_request, sitemaps_named, unpacked
from scraper.scheduling.claims import span
from scraper.scheduling.turns import Channel, next_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from scraper.archive import Archive
    from scraper.clock import Clock
    from scraper.config import Source, WatchList
    from scraper.executing.batches import Executor
    from scraper.fetching.observation import Answer
    from scraper.normalizing.listings import Listing
    from scraper.scheduling.learnt import Learnt

MOST_CHILDREN = 50
"""Sitemaps that are followed of one index: those that it says were changed last."""


def listen(
    watch_list: WatchList,
    archive: Archive,
    run_id: int,
    learnt: Learnt,
    taken: Collection[str],
    *,
    executor: Executor,
    clock: Clock,
) -> int:
    """Ask the lists whose turn it is, and give how many answered with something.

    `taken` are the ids of the pages that the run looks at in any case. A host all of whose pages are among them is not
    asked: its lists could say nothing that the run does not see for itself.
    """
    settings = watch_list.fetch
    waiting = {host_of(source.url) for source in watch_list.sources if source.every is None and source.id not in taken}
    if not (open_hosts := sorted(waiting & learnt.hosts.keys())):
        return 0
    now = clock()
    for host, state in archive.host_states(open_hosts).items():
        if state.robots and (named := sitemaps_named(state.robots, host)):
            archive.name_channels(host, "sitemap", named, robots_request(named[0]).url, now)
    hosts = {host: learnt.hosts[host] for host in open_hosts}
    known = archive.channels(list(learnt.hosts), now)
    asked = next_lists(known, hosts, learnt.outlook.threshold, learnt.records, now)
    if not asked:
        return 0
    by_url = {channel.url: channel for channel in asked}
    requests = [signal_request(c.url, c.etag, c.last_modified, c.answered_at) for c in asked]
    watched = _Watched(watch_list.sources, archive)
    answered = 0
    with closing(executor.fetch(batches_of(requests, {}, archive.host_states), settings)) as fetched:
        for delivered in fetched:
            if delivered is None:
                continue
            archive.save_host_state(delivered.state)
            if not isinstance(delivered.result, Postponed):
                channel = by_url[delivered.result.url]
                answered += _hear(archive, run_id, channel, delivered.result, watched, settings.max_bytes)
    return answered


def _hear(archive: Archive, run_id: int, channel: Channel, answer: Answer, watched: _Watched, most: int) -> bool:
    """Read and store what a list answered; True where that says something."""
    pages = watched.pages_of(channel.host)
    try:
        said, claims, lists, cut = _understood(channel, answer, pages, most)
    except Exception as error:  # a fault of ours in reading what a stranger wrote must not end the run
        reason = f"it could not be read: {type(error).__name__}"
        said = {**_columns(channel, answer), "outcome": "unreadable", "reason": reason}
        claims, lists, cut = None, None, False
    if lists is not None:
        archive.keep_children(channel.host, lists, channel.url, answer.started)
    archive.record_signal(run_id, answer, said, claims, cut=cut)
    return said["outcome"] in ("read", "not_modified")


def _understood(
    channel: Channel, answer: Answer, pages: Mapping[str, str], most: int
) -> tuple[dict[str, Any], dict[str, str] | None, list[str] | None, bool]:
    """What an answer is, what it says of the watched pages, and the lists that it names; None where it was not read.

    At last, whether it was longer than what is read of a list.
    """
    said, listing = heard(channel, answer, most)
    if listing is None:
        return said, None, None, False
    if listing.kind == "index":
        return said, {}, children(listing, channel.host), listing.cut
    return said, named_in(listing, pages), [], listing.cut


def _columns(channel: Channel, answer: Answer) -> dict[str, Any]:
    """The columns that tell of any answer, as of one that failed."""
    body = answer.body
    kind = "index" if channel.is_index else channel.kind
    said: dict[str, Any] = {"host": channel.host, "kind": kind, "outcome": "failed", "entries": None}
    return said | {"bytes": len(body) if body else None, "sha256": hashlib.sha256(body).hexdigest() if body else None}


def heard(channel: Channel, answer: Answer, most: int) -> tuple[dict[str, Any], Listing | None]:
    """What an answer is, as the columns that tell of it, and the list in it; None where there is none to be read.

    `most` is how many bytes it may have when it is unpacked.
    """
    said, body = _columns(channel, answer), answer.body
    final = host_of(answer.final_url or answer.url)
    if answer.failure is not None or answer.status is None:
        return {**said, "reason": answer.error or "no answer"}, None
    if answer.status == 304:
        return {**said, "outcome": "not_modified", "reason": "304: it says what it said before"}, None
    if answer.status != 200 or not body:
        return {**said, "reason": f"it answered {answer.status}" + ("" if body else " with nothing")}, None
    if publisher_family(final) != publisher_family(host_of(answer.url)):
        return {**said, "reason": f"it leads to {final}, which is another publisher's"}, None
    from scraper.normalizing.listings import read_listing  # loads slowly, and most runs hear of no list

    try:
        content = unpacked(body, most)
        listing = read_listing(content, answer.final_url or answer.url, answer.header("content-type"))
    except TooLargeError:
        return {**said, "outcome": "unreadable", "reason": f"it unpacks to more than max_bytes, {most:_} bytes"}, None
    except (UndecodableError, Unreadable) as error:
        return {**said, "outcome": "unreadable", "reason": str(error)}, None
    reason = f"{'the first ' if listing.cut else ''}{len(listing.entries):,} entries"
    said |= {"kind": listing.kind, "outcome": "read", "reason": reason, "entries": len(listing.entries)}
    return said, listing


def children(listing: Listing, host: str) -> list[str]:
    """The sitemaps of an index that are followed: of the same publisher, those that were changed last first."""
    own = [entry for entry in listing.entries if publisher_family(host_of(entry.url)) == publisher_family(host)]

    def changed(dated: str) -> float:
        moments = span(dated)
        return moments[0].timestamp() if moments else 0.0

    latest = sorted(own, key=lambda entry: -changed(entry.dated))
    return list(dict.fromkeys(entry.url for entry in latest))[:MOST_CHILDREN]


def named_in(listing: Listing, pages: Mapping[str, str]) -> dict[str, str]:
    """The date as written beside each watched page that a list names with one; the latest of several.

    `pages` are the ids of the pages that it may name, by `page_key`.
    """
    named: dict[str, str] = {}
    for entry in listing.entries:
        if entry.dated and (source_id := pages.get(page_key(entry.url))) is not None:
            before, moments = span(named.get(source_id, "")), span(entry.dated)
            if source_id not in named or (moments and (before is None or moments > before)):
                named[source_id] = entry.dated
    return named


class _Watched:
    """The watched pages by all addresses that they are known under, gathered a publisher at a time."""

    def __init__(self, sources: Iterable[Source], archive: Archive) -> None:
        self._sources = tuple(sources)
        self._archive = archive
        self._of: dict[str, dict[str, str]] = {}

    def pages_of(self, host: str) -> dict[str, str]:
        """The ids of the watched pages of a host's publisher, by `page_key`."""
        family = publisher_family(host)
        if family not in self._of:
            own = {s.id: s.url for s in self._sources if publisher_family(host_of(s.url)) == family}
            known = [*own.items(), *self._archive.addresses(list(own))]
            self._of[family] = {page_key(url): source_id for source_id, url in known}
        return self._of[family]
