"""One pass over what is due: the only file that knows the whole way.

Hosts are fetched side by side by an executor (`executing`), each politely and by itself; one thread, this one, judges
and stores. What was fetched and not yet stored is bounded, so memory does not grow with the watch list.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from scraper.clock import Clock, system_clock
from scraper.errors import WorkersError
from scraper.executing.batches import batches_of
from scraper.executing.threads import HOSTS_AT_ONCE, Threads
from scraper.fetching import Postponed
from scraper.fetching.observation import FAILED_OUTCOMES
from scraper.listening import listen
from scraper.planning import foresee, plan, reckon

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from scraper.archive import Archive, Recorded
    from scraper.config import Source, WatchList
    from scraper.executing.batches import Batch, Delivered, Executor
    from scraper.fetching.politeness import HostState
    from scraper.fetching.visit import Sleep
    from scraper.scheduling.agenda import Agenda

# Pages in one transaction. A reader of the archive sees them, and a process that is killed loses them, together.
GATHERED_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: how many sources were due, looked at, changed, failed, put off; and each outcome's count.

    `due` are those that the run took on; `waiting` were due as well, and come next: see `scheduling.agenda`.
    """

    run_id: int | None
    due: int
    fetched: int = 0
    changed: int = 0
    failed: int = 0
    postponed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    ledger_head: str | None = None
    waiting: int = 0


class Reporter(Protocol):
    """Told what happens while it happens."""

    def catching_up(self, done: int, total: int) -> None:
        """Sources are derived again, because their rules or Redline itself changed."""

    def begin(self, total: int) -> None:
        """A run starts that will look at `total` sources."""

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        """An answer is stored; `done` of `total` sources are through."""

    def postponed(self, postponed: Postponed, done: int, total: int) -> None:
        """A source was put off: its host asked for it, or had taken up its share of the run."""


class Silence:
    """A reporter that says nothing."""

    def catching_up(self, done: int, total: int) -> None:
        """Say nothing."""

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
    sleep: Sleep = time.sleep,
    report: Reporter | None = None,
    executor: Executor | None = None,
) -> Summary:
    """Look at what is due (`everything`: at all of it; `only`: at these ids) and store what comes of it.

    Pages are fetched by `executor`, else by `hosts_at_once` threads that go by `clock` and `sleep`. Raises UsageError
    for an id that is not on the watch list, and what the executor raises. Nothing that the web does is an error here.
    """
    report = report or Silence()
    executor = executor or Threads(hosts_at_once, clock=clock, sleep=sleep)
    if archive.standing(watch_list, clock()) is None:
        # What stands was learnt for this list and by this Redline, so neither has changed since.
        archive.sync(watch_list, clock())
        archive.catch_up(report.catching_up)
    run_id, agenda = _begin(watch_list, archive, executor, trigger, clock, everything, only, limit)
    due, waiting = len(agenda.now), len(agenda.later)
    report.begin(due)
    sources = [item.source for item in agenda.now]
    del agenda  # of a long watch list it takes more than the requests that are made next
    batches = _batches(archive, sources, clock())
    del sources
    store = _Store(archive, run_id, report, due)
    tally = store.tally
    try:
        with closing(executor.fetch(batches, watch_list.fetch)) as fetched:
            for delivered in fetched:
                if delivered is None:
                    store.keep()  # while nothing comes, what has come is made safe
                else:
                    store.take(delivered)
    except (KeyboardInterrupt, WorkersError):
        # What was stored is a run like any other, only shorter: its head fixes it.
        store.finish(clock())
        raise
    head = store.finish(clock())
    reckon(watch_list, archive, clock())
    counts = tally.fetched, tally.changed, tally.failed, tally.postponed
    return Summary(run_id, due, *counts, dict(tally.outcomes), head, waiting)


def _begin(
    watch_list: WatchList,
    archive: Archive,
    executor: Executor,
    trigger: str,
    clock: Clock,
    everything: bool,
    only: Collection[str],
    limit: int | None,
) -> tuple[int, Agenda]:
    """Open a run and say what it looks at, once the publishers of pages that are not due were heard."""
    chosen: dict[str, Any] = {"clock": clock, "everything": everything, "only": only, "limit": limit}
    agenda, learnt = foresee(watch_list, archive, **chosen)
    run_id = archive.begin_run(trigger, len(agenda.now), clock())
    if everything or only:
        return run_id, agenda
    taken = {item.source.id for item in (*agenda.now, *agenda.later)}
    try:
        heard = listen(watch_list, archive, run_id, learnt, taken, executor=executor, clock=clock)
    except (KeyboardInterrupt, WorkersError):
        archive.finish_run(run_id, clock(), fetched=0, changed=0, failed=0)
        raise
    if heard:
        agenda = plan(watch_list, archive, **chosen)
        archive.expect(run_id, len(agenda.now))
    return run_id, agenda


def _batches(archive: Archive, sources: Sequence[Source], now: datetime) -> list[Batch]:
    """What is to be looked at, by host, each page with what was learnt from its last answer."""
    requests = archive.requests(sources, now)
    return batches_of(requests, {source.id: source.rules for source in sources}, archive.host_states)


@dataclass
class _Tally:
    """What a run has come to so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    postponed: int = 0
    repeated: int = 0

    def count(self, recorded: Recorded) -> None:
        """Count what was recorded of a page."""
        self.outcomes[recorded.outcome] += 1
        self.repeated += recorded.repeated
        self.changed += recorded.change_id is not None and recorded.outcome != "first_version"

    @property
    def fetched(self) -> int:
        return sum(self.outcomes.values())

    @property
    def failed(self) -> int:
        """What could not be seen, without what is known not to be readable: that was said when it was news."""
        return sum(count for outcome, count in self.outcomes.items() if outcome in FAILED_OUTCOMES) - self.repeated


class _Store:
    """The one writer: stores what comes, some dozens of pages in a transaction, and tells of it once it is safe."""

    def __init__(self, archive: Archive, run_id: int, report: Reporter, total: int) -> None:
        self.tally = _Tally()
        self._archive = archive
        self._run_id = run_id
        self._report = report
        self._total = total
        self._untold: deque[Recorded | Postponed] = deque()
        self._told = 0
        self._states: dict[str, HostState] = {}

    def take(self, delivered: Delivered) -> None:
        """Store an answer, or count a page that was put off, and remember its host's state."""
        result = delivered.result
        self._archive.gather()
        if isinstance(result, Postponed):
            self.tally.postponed += 1
            self._untold.append(result)
        else:
            recorded = self._archive.record(self._run_id, result, delivered.groundwork)
            self.tally.count(recorded)
            self._untold.append(recorded)
        self._states[delivered.state.host] = delivered.state
        if len(self._untold) >= GATHERED_AT_MOST:
            self.keep()

    def keep(self) -> None:
        """Make safe what was stored, and tell of it."""
        while self._states:
            self._archive.save_host_state(self._states.popitem()[1])
        self._archive.keep()
        while self._untold:
            result = self._untold.popleft()  # first, as an interruption must not make it be told twice
            self._told += 1
            if isinstance(result, Postponed):
                self._report.postponed(result, self._told, self._total)
            else:
                self._report.recorded(result, self._told, self._total)

    def finish(self, moment: datetime) -> str:
        """Close the run and give the ledger's head."""
        self.keep()
        tally = self.tally
        return self._archive.finish_run(
            self._run_id, moment, fetched=tally.fetched, changed=tally.changed, failed=tally.failed
        )
