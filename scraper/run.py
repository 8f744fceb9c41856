"""One pass over what is due: the only file that knows the whole way.

Hosts are fetched side by side, each politely and by itself in a thread; one thread, this one, judges and stores.
What a thread has fetched and this one has not yet stored is bounded, so memory does not grow with the watch list.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from scraper.clock import Clock, system_clock
from scraper.errors import UsageError
from scraper.fetching import Answer, HostState, Postponed, Request, fetch_host, host_of
from scraper.schedule import Due, due

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from scraper.archive import Archive, Recorded
    from scraper.config import FetchSettings, Source, WatchList

HOSTS_AT_ONCE = 16
ANSWERS_IN_HAND = 32

# Nothing is wrong with a page that is not there: that was observed. These say that we could not observe.
FAILED = frozenset(
    {"blocked", "server_error", "network_error", "too_large", "robots_denied", "unsupported", "extraction_suspect"}
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A source that a run would look at now, and why."""

    source: Source
    due: Due


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: how many sources were due, looked at, changed, failed, put off; and each outcome's count."""

    run_id: int | None
    due: int
    fetched: int = 0
    changed: int = 0
    failed: int = 0
    postponed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    ledger_head: str | None = None
    planned: tuple[Planned, ...] = ()


class Reporter(Protocol):
    """Told what happens while it happens."""

    def begin(self, total: int) -> None:
        """A run starts that will look at `total` sources."""

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        """An answer is stored; `done` of `total` sources are through."""

    def postponed(self, postponed: Postponed, done: int, total: int) -> None:
        """A source was put off, because its host asked for it."""


class Silence:
    """A reporter that says nothing."""

    def begin(self, total: int) -> None:
        """Say nothing."""

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        """Say nothing."""

    def postponed(self, postponed: Postponed, done: int, total: int) -> None:
        """Say nothing."""


def run(
    watch_list: WatchList,
    archive: Archive,
    *,
    clock: Clock = system_clock,
    everything: bool = False,
    only: Collection[str] = (),
    limit: int | None = None,
    trigger: str = "manual",
    hosts_at_once: int = HOSTS_AT_ONCE,
    report: Reporter | None = None,
) -> Summary:
    """Look at what is due (`everything`: at all of it; `only`: at these ids) and store what comes of it.

    Raises UsageError for an id that is not on the watch list. Nothing that the web does is an error here.
    """
    report = report or Silence()
    archive.sync(watch_list, clock())
    planned = plan(watch_list, archive, clock=clock, everything=everything, only=only, limit=limit)
    run_id = archive.begin_run(trigger, len(planned), clock())
    report.begin(len(planned))
    outcomes: Counter[str] = Counter()
    changed = put_off = 0
    requests = archive.requests(item.source for item in planned)
    results = _fetched(requests, watch_list.fetch, archive, clock, hosts_at_once)
    for done, (result, state) in enumerate(results, start=1):
        if isinstance(result, Postponed):
            put_off += 1
            report.postponed(result, done, len(planned))
        else:
            recorded = archive.record(run_id, result)
            outcomes[recorded.outcome] += 1
            changed += recorded.change_id is not None and recorded.outcome != "first_version"
            report.recorded(recorded, done, len(planned))
        archive.save_host_state(state)
    fetched = sum(outcomes.values())
    failed = sum(count for outcome, count in outcomes.items() if outcome in FAILED)
    head = archive.finish_run(run_id, clock(), fetched=fetched, changed=changed, failed=failed)
    return Summary(run_id, len(planned), fetched, changed, failed, put_off, dict(outcomes), head)


def plan(
    watch_list: WatchList,
    archive: Archive | None,
    *,
    clock: Clock = system_clock,
    everything: bool = False,
    only: Collection[str] = (),
    limit: int | None = None,
) -> list[Planned]:
    """Say which sources a run would look at now, the longest overdue first. `archive` is None before the first run."""
    known = {source.id for source in watch_list.sources}
    if unknown := sorted(set(only) - known):
        raise UsageError(f"not on the watch list: {', '.join(unknown)}; `redline sources` lists what is")
    now = clock()
    last = archive.last_looks() if archive else {}
    planned = [Planned(s, due(s, last.get(s.id), now)) for s in watch_list.sources if not only or s.id in only]
    if not everything and not only:
        planned = [item for item in planned if item.due.by(now)]
    planned.sort(key=lambda item: item.due.at)
    return planned[:limit]


def _fetched(
    requests: Sequence[Request], settings: FetchSettings, archive: Archive, clock: Clock, hosts_at_once: int
) -> Iterator[tuple[Answer | Postponed, HostState]]:
    """Fetch every request, hosts side by side; give answers as they come."""
    batches: dict[str, list[Request]] = {}
    for request in requests:
        batches.setdefault(host_of(request.url), []).append(request)
    states = archive.host_states(list(batches))
    work: queue.SimpleQueue[tuple[HostState, list[Request]] | None] = queue.SimpleQueue()
    for host, batch in batches.items():
        work.put((states[host], batch))
    results: queue.Queue[tuple[Answer | Postponed, HostState] | BaseException] = queue.Queue(ANSWERS_IN_HAND)
    for number in range(min(hosts_at_once, len(batches))):
        work.put(None)
        # Daemons: an interrupted run must end now, not when the slowest host has answered.
        threading.Thread(
            target=_work, args=(work, results, settings, clock), name=f"fetch-{number}", daemon=True
        ).start()
    for _ in range(len(requests)):
        result = results.get()
        if isinstance(result, BaseException):
            raise result
        yield result


def _work(
    work: queue.SimpleQueue[tuple[HostState, list[Request]] | None],
    results: queue.Queue[tuple[Answer | Postponed, HostState] | BaseException],
    settings: FetchSettings,
    clock: Clock,
) -> None:
    """Take one host's batch after another. A fault of our own ends the run instead of hanging it."""
    try:
        while (item := work.get()) is not None:
            state, batch = item
            for result in fetch_host(batch, state, settings, clock=clock):
                results.put(result)
    except BaseException as fault:
        results.put(fault)
