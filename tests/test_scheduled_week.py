"""A week of scheduled runs, each a process of its own: the archive is opened, a run is made, and it is closed again.

Four runs a day, at an odd minute and never quite on time; one is skipped. Three hosts: one with 200 pages, one that
answers 429 with a Retry-After of three days, one that blocks for a day. Time passes only while the program sleeps.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.config import FetchSettings, Source, WatchList
from scraper.run import Summary, run
from scraper.scheduling.outlook import CATCHING_UP
from tests.scripted import Asked, Moments, Page, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY, FEW = 200, 4
DELAY = 1.0
DAY = timedelta(days=1)
SKIPPED = 14  # the wake that does not come: twelve hours lie between the runs around it
BLOCKED_FROM, BLOCKED_TO = timedelta(days=2), timedelta(days=3)
STORY = "<title>Story {n}</title><main><h1>Story {n}</h1><p>The council met and decided matter {n}: {said}.</p></main>"


class Host(Scripted):
    """A host that notes when it was asked and says what the script of the week has it say."""

    def __init__(self, moments: Moments, name: str) -> None:
        super().__init__()
        self.moments, self.name = moments, name
        self.times: list[datetime] = []
        self.began = moments.now

    def _serve(self, asked: Asked, write: object) -> bool:
        self.times.append(self.moments.now)
        self.pages[asked.path] = self._says(int(asked.path.strip("/")))
        return super()._serve(asked, write)  # type: ignore[arg-type]

    def _says(self, number: int) -> Page:
        since = self.moments.now - self.began
        if self.name == "resting" and since < 3 * DAY:
            return page("later", 429, Retry_After=str(3 * 24 * 3600))
        if self.name == "blocking" and BLOCKED_FROM <= since < BLOCKED_TO:
            return page("<h1>Access denied</h1>", 403)
        # Every tenth page is edited each day; the others stand.
        said = f"on day {since.days}" if number % 10 == 0 else "for good"
        return page(STORY.format(n=number, said=said))


@dataclass
class Week:
    """What came of the week."""

    hosts: dict[str, Host]
    path: Path
    summaries: list[Summary] = field(default_factory=list)
    wakes: list[datetime] = field(default_factory=list)

    def looks(self, host: str) -> dict[str, list[datetime]]:
        """When each page of a host was asked for."""
        found = defaultdict(list)
        for asked, moment in zip(self.hosts[host].asked, self.hosts[host].times, strict=True):
            found[asked.path].append(moment)
        return found


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    moments = Moments()
    with ExitStack() as served:
        hosts = {name: served.enter_context(Host(moments, name)) for name in ("large", "resting", "blocking")}
        week = Week(hosts, tmp_path_factory.mktemp("week") / "archive.db")  # type: ignore[arg-type]
        listed = tuple(
            Source(f"{name}-{n}", host.url(f"/{n}"), publisher=name)
            for name, host in hosts.items()
            for n in range(MANY if name == "large" else FEW)
        )
        settings = FetchSettings(delay=DELAY, robots=False, allow_private=("127.0.0.0/8",), budget=1.0)
        start = moments.now
        for wake in range(28):
            late = timedelta(minutes=wake * 7 % 13)
            if wake != SKIPPED:
                moments.now = start + wake * timedelta(hours=6) + late
                week.wakes.append(moments.now)
                with Archive(week.path) as archive:
                    week.summaries.append(
                        run(
                            WatchList(listed, settings),
                            archive,
                            clock=moments.clock,
                            sleep=moments.sleep,
                            hosts_at_once=1,
                            trigger="schedule",
                        )
                    )
        yield week


def test_no_host_is_asked_more_often_than_its_delay_allows(week: Week) -> None:
    for host in week.hosts.values():
        gaps = [(later - earlier).total_seconds() for earlier, later in zip(host.times, host.times[1:], strict=False)]
        assert min(gaps) >= DELAY
        minutes = Counter(int((moment - host.began).total_seconds() // 60) for moment in host.times)
        assert max(minutes.values()) <= 60 / DELAY


def test_no_page_of_the_large_host_is_starved_and_none_takes_it_all(week: Week) -> None:
    looks = week.looks("large")
    assert len(looks) == MANY
    assert min(len(moments) for moments in looks.values()) >= 3
    longest = max(max(later - earlier for earlier, later in itertools.pairwise(m)) for m in looks.values())
    assert longest < 4 * DAY


def test_pages_that_change_are_looked_at_more_often_by_the_end_of_the_week(week: Week) -> None:
    half = week.wakes[len(week.wakes) // 2]
    late = {int(path.strip("/")): sum(1 for moment in m if moment > half) for path, m in week.looks("large").items()}
    edited = [count for number, count in late.items() if number % 10 == 0]
    standing = [count for number, count in late.items() if number % 10]
    assert sum(edited) / len(edited) > 1.5 * sum(standing) / len(standing)


def test_the_budget_is_kept_once_the_first_day_is_over(week: Week) -> None:
    later = [moment for moment in week.hosts["large"].times if moment > week.wakes[0] + 2 * DAY]
    assert 0.6 * MANY * 5 < len(later) < 1.15 * MANY * 5


def test_a_run_after_a_skipped_one_is_not_much_longer_than_usual(week: Week) -> None:
    usual = sorted(done.fetched for done in week.summaries[6:SKIPPED])[(SKIPPED - 6) // 2]
    after = week.summaries[SKIPPED]
    assert week.wakes[SKIPPED] - week.wakes[SKIPPED - 1] > timedelta(hours=11)
    assert after.fetched <= 1.3 * CATCHING_UP * usual


def test_a_host_that_asks_for_days_of_rest_is_given_them_as_far_as_a_day_at_a_time(week: Week) -> None:
    times = [moment for moment in week.hosts["resting"].times if moment < week.wakes[0] + 3 * DAY]
    assert 1 <= len(times) <= 3
    assert all(later - earlier >= DAY for earlier, later in itertools.pairwise(times))
    with Archive(week.path, readonly=True) as archive:
        seen = archive.connection.execute("select count(*) from versions where source_id like 'resting-%'").fetchone()
    assert seen[0] >= FEW


def test_a_block_is_asked_about_less_and_less_and_never_becomes_a_change(week: Week) -> None:
    start = week.wakes[0]
    for moments in week.looks("blocking").values():
        during = [m for m in moments if BLOCKED_FROM <= m - start < BLOCKED_TO]
        assert len(during) <= 4
        assert any(m - start >= BLOCKED_TO for m in moments)
    with Archive(week.path, readonly=True) as archive:
        kinds = archive.connection.execute(
            "select distinct kind from changes where source_id like 'blocking-%'"
        ).fetchall()
    assert {row[0] for row in kinds} <= {"first_seen", "content"}


def test_every_page_is_looked_at_once_at_the_most_in_a_run(week: Week) -> None:
    with Archive(week.path, readonly=True) as archive:
        twice = "select 1 from fetches group by run_id, source_id having count(*) > 1"
        assert archive.connection.execute(twice).fetchall() == []
