"""One pass over what is due, against a real server on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, Recorded
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from scraper.config import FetchSettings, Source, WatchList
from scraper.errors import UsageError
from scraper.planning import plan
from scraper.run import run
from tests.scripted import Asked, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scraper.fetching import Postponed

STORY = "<title>Story {n}</title><main><h1>Story {n}</h1><p>The council met on {day} and decided matter {n}.</p></main>"


@dataclass
class Fortnight:
    """A clock that a test moves."""

    now: datetime = datetime(2026, 3, 2, 6, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Heard:
    """A reporter that remembers what it was told."""

    outcomes: dict[str, str] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)
    total: int = 0
    caught_up: int = 0

    def catching_up(self, done: int, total: int) -> None:
        self.caught_up = done

    def begin(self, total: int) -> None:
        self.total = total

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        self.outcomes[recorded.source_id] = recorded.outcome
        self.counted.append(done)

    def postponed(self, postponed: Postponed, done: int, total: int) -> None:
        self.outcomes[postponed.source_id] = "postponed"
        self.counted.append(done)


@pytest.fixture
def site() -> Iterator[Scripted]:
    with Scripted({f"/{n}": page(STORY.format(n=n, day="Monday")) for n in range(6)}) as served:
        yield served


@pytest.fixture
def clock() -> Fortnight:
    return Fortnight()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def watch_list(site: Scripted, count: int = 6, **settings: object) -> WatchList:
    fetch = FetchSettings(delay=0, robots=False, allow_private=("127.0.0.0/8",), **settings)  # type: ignore[arg-type]
    return WatchList(tuple(Source(f"story-{n}", site.url(f"/{n}")) for n in range(count)), fetch)


def test_a_run_looks_at_every_page_once_and_counts_them(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    heard = Heard()
    done = run(watch_list(site), archive, clock=clock, report=heard)

    assert (done.due, done.fetched, done.failed, done.outcomes) == (6, 6, 0, {"first_version": 6})
    assert heard.counted == [1, 2, 3, 4, 5, 6]
    assert sorted(site.paths()) == [f"/{n}" for n in range(6)]
    assert archive.runs()[0]["ledger_head"] == done.ledger_head


def test_an_edited_page_is_a_change_and_the_others_are_not(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    watched = watch_list(site)
    run(watched, archive, clock=clock)
    site.pages["/3"] = page(STORY.format(n=3, day="Tuesday"))
    clock.later(hours=12)

    done = run(watched, archive, clock=clock, everything=True)

    assert (done.changed, done.outcomes) == (1, {"unchanged": 5, "new_version": 1})
    assert [change.source_id for change in archive.changes(substantive=True)] == ["story-3"]


def test_what_is_not_due_is_not_asked_for(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    run(watch_list(site), archive, clock=clock)
    clock.later(minutes=10)

    assert run(watch_list(site), archive, clock=clock).due == 0
    assert len(site.asked) == 6


def test_only_the_named_sources_are_looked_at(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    run(watch_list(site), archive, clock=clock, only=("story-2",))
    assert site.paths() == ["/2"]


def test_a_source_that_is_not_on_the_list_is_an_error_before_anything_is_fetched(
    site: Scripted, archive: Archive, clock: Fortnight
) -> None:
    with pytest.raises(UsageError, match="not on the watch list: nobody"):
        run(watch_list(site), archive, clock=clock, only=("nobody",))
    assert site.asked == []
    assert archive.runs() == []


def test_a_limit_takes_what_has_waited_longest_for_its_turn_first(
    site: Scripted, archive: Archive, clock: Fortnight
) -> None:
    run(watch_list(site), archive, clock=clock, only=("story-0", "story-1"))
    clock.later(days=3)

    planned = plan(watch_list(site), archive, clock=clock, limit=3)

    assert {item.source.id for item in planned.now[:2]} == {"story-0", "story-1"}
    assert planned.now[2].source.id == "story-2"
    assert [item.source.id for item in planned.later] == ["story-3", "story-4", "story-5"]


def test_validators_are_sent_and_not_modified_makes_no_capture(
    site: Scripted, archive: Archive, clock: Fortnight
) -> None:
    def answer(asked: Asked) -> Iterable[bytes]:
        if asked.headers.get("if-none-match") == '"one"':
            yield b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'
        else:
            body = STORY.format(n=0, day="Monday").encode()
            yield b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "one"\r\nContent-Length: %d\r\n\r\n' % len(body)
            yield body

    site.pages["/0"] = answer
    watched = watch_list(site, 1)
    run(watched, archive, clock=clock)
    clock.later(days=1)

    done = run(watched, archive, clock=clock, everything=True)

    assert done.outcomes == {"not_modified": 1}
    assert archive.counts()["captures"] == 1


def test_a_page_that_could_not_be_read_lends_no_validators(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    site.pages["/0"] = page("<main></main>", ETag='"empty"')
    watched = watch_list(site, 1)
    run(watched, archive, clock=clock)
    clock.later(days=1)
    run(watched, archive, clock=clock, everything=True)

    assert all("if-none-match" not in asked.headers for asked in site.asked)


def test_a_host_that_asks_for_time_is_left_alone_by_the_next_run_too(
    site: Scripted, archive: Archive, clock: Fortnight
) -> None:
    site.pages["/0"] = page("busy", 503, Retry_After="7200")
    watched = watch_list(site, 1)
    run(watched, archive, clock=clock)
    clock.later(hours=1)
    heard = Heard()

    done = run(watched, archive, clock=clock, everything=True, report=heard)

    assert (done.postponed, done.fetched) == (1, 0)
    assert heard.outcomes == {"story-0": "postponed"}
    assert len(site.asked) == 1


def test_a_page_that_is_not_there_is_looked_at_again_within_minutes_and_a_block_is_not(
    site: Scripted, archive: Archive, clock: Fortnight
) -> None:
    watched = watch_list(site)
    run(watched, archive, clock=clock)
    clock.later(hours=12)
    site.pages["/1"] = page("gone", 410)
    site.pages["/2"] = page("<h1>Access denied</h1>", 403)
    run(watched, archive, clock=clock, everything=True)

    soon = []
    for minutes in (4, 2, 20, 5):
        clock.later(minutes=minutes)
        done = plan(watched, archive, clock=clock)
        soon.append([item.source.id for item in done.now])
        run(watched, archive, clock=clock)

    assert soon == [[], ["story-1"], [], ["story-1"]]


def test_a_run_says_how_much_waits_for_the_next_one(site: Scripted, archive: Archive, clock: Fortnight) -> None:
    done = run(watch_list(site), archive, clock=clock, limit=4)
    assert (done.due, done.fetched, done.waiting) == (4, 4, 2)


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_run_that_is_killed_loses_nothing_that_it_had_stored(site: Scripted, tmp_path: Path, after: int) -> None:
    db, listed = tmp_path / "archive.db", tmp_path / "sources.toml"
    lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
    for n in range(6):
        lines += ["[[source]]", f'id = "story-{n}"', f'url = "{site.url(f"/{n}")}"']
    listed.write_text("\n".join(lines))
    command = [sys.executable, "-m", "scraper", "run", "--all", "--verbose", "--db", str(db), "--sources", str(listed)]

    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as killed:
        assert killed.stderr is not None
        told: list[str] = []
        while len(told) < after:
            line = killed.stderr.readline()
            assert line, "the run ended before it was killed"
            told += [line.split()[-1]] if "first version" in line else []
        killed.send_signal(signal.SIGKILL)

    with Archive(db) as archive:
        stored = {row[0] for row in archive.connection.execute("select source_id from fetches")}
        assert set(told) <= stored
        assert verify(archive.connection).findings == ()
    subprocess.run(command, check=True, capture_output=True)
    with Archive(db) as archive:
        twice = "select 1 from fetches group by run_id, source_id having count(*) > 1"
        assert archive.connection.execute(twice).fetchall() == []
        assert archive.counts()["versions"] == 6
        assert verify(archive.connection).findings == ()
        assert all(table.same for table in rebuild(archive.connection))
