"""What is kept of when pages are due: the same as all looks say, forgotten when something is seen, and verified."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.archive.rhythms as rhythms
import scraper.planning as planning
from scraper.archive import Archive
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from scraper.clock import to_text
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer
from scraper.learning import hints, learn
from scraper.planning import plan, reckon
from scraper.scheduling.agenda import Planned
from scraper.scheduling.claims import Record
from scraper.scheduling.due import due
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from datetime import datetime

FEED = "https://www.example.gov/feed"
NAMES = ("dredging", "ferries", "bridges")
TEXTS = (page(*PARAGRAPHS), page(*PARAGRAPHS[:2]), None, b"<h1>Access denied</h1>", b"gone")
STATUSES = (200, 200, None, 403, 404)


def listed(watch: Watch) -> WatchList:
    return WatchList(tuple(watch.sources.values()), sha256="of this list")


def look(watch: Watch, name: str, what: int, hours: float) -> None:
    failure = "network_error" if TEXTS[what] is None else None
    watch.look(TEXTS[what], name, status=STATUSES[what], failure=failure, hours=hours)  # type: ignore[arg-type]


def started(watch: Watch) -> WatchList:
    """Three pages that were each looked at a few times; the list that they are on."""
    for name in NAMES[1:]:
        watch.add(name, f"https://www.example.gov/news/{name}")
    for _ in range(3):
        for name in NAMES:
            look(watch, name, 0, 4)
    return listed(watch)


def outlook_of(watch: Watch) -> tuple[datetime, WatchList]:
    watch_list = started(watch)
    plan(watch_list, watch.archive, clock=lambda: watch.now)
    return watch.now, watch_list


@pytest.fixture
def planned(watch: Watch) -> tuple[Watch, WatchList]:
    _, watch_list = outlook_of(watch)
    return watch, watch_list


LOOKS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, len(TEXTS) - 1), st.floats(0.05, 3), st.booleans()), max_size=6
)


@settings(max_examples=20, deadline=None)
@given(looks=LOOKS, wait=st.floats(0, 12), at_once=st.integers(1, len(NAMES)))
def test_what_is_kept_decides_as_all_looks_would(
    looks: list[tuple[str, int, float, bool]], wait: float, at_once: int
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive(Path(folder) / "archive.db") as archive,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(planning, "HISTORIES_AT_ONCE", at_once)
        watch = Watch(archive)
        watch.add()
        learnt, watch_list = outlook_of(watch)
        for name, what, hours, told in looks:
            look(watch, name, what, hours)
            if told:
                reckon(watch_list, archive, watch.now)
        now = min(watch.now + timedelta(hours=wait), learnt + timedelta(hours=22))
        if now < watch.now or (kept := archive.standing(watch_list, now)) is None:
            return
        assert rhythms.agree(archive.connection)
        outlook = archive.with_factors(kept, NAMES).outlook
        histories = archive.histories(now)
        by_all = {
            source.id for source in watch_list.sources if due(source, histories.get(source.id), outlook, now).by(now)
        }
        assert rhythms.nothing_due(archive.connection, watch_list.sha256, now) <= (not by_all)
        agenda = plan(watch_list, archive, clock=lambda: now)
        assert {item.source.id for item in agenda.now + agenda.later} == by_all


def test_nothing_is_due_until_the_first_page_is(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    for name in NAMES:
        look(watch, name, 0, 0.01)
    reckon(watch_list, watch.archive, watch.now)
    connection = watch.archive.connection
    first = connection.execute("select min(due) from rhythms").fetchone()[0]
    moments = [watch.now + timedelta(minutes=10 * n) for n in range(6 * 22)]
    told = [rhythms.nothing_due(connection, watch_list.sha256, moment) for moment in moments]
    assert told == [to_text(moment) < first for moment in moments]
    assert True in told
    assert False in told


def test_a_look_makes_its_page_one_to_reckon_anew_and_no_other(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    look(watch, "ferries", 0, 0.1)
    assert watch.archive.unreckoned() == ["ferries"]
    assert not rhythms.nothing_due(watch.archive.connection, watch_list.sha256, watch.now)
    reckon(watch_list, watch.archive, watch.now)
    assert watch.archive.unreckoned() == []


def test_what_was_learnt_stands_for_a_day_this_list_and_as_many_pages(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    standing = watch.archive.standing
    assert standing(watch_list, watch.now + timedelta(hours=22)) is not None
    assert standing(watch_list, watch.now + timedelta(hours=24)) is None
    assert standing(watch_list, watch.now - timedelta(hours=1)) is None
    assert standing(WatchList(watch_list.sources, sha256="of another"), watch.now) is None
    assert standing(WatchList(watch_list.sources), watch.now) is None
    watch.archive.begin_run("test", 0, watch.now)
    assert standing(watch_list, watch.now) is not None
    watch.publish_as("ferries", "another.example")
    assert standing(watch_list, watch.now) is None


def test_what_was_learnt_before_runs_had_a_rhythm_is_learnt_anew_once_they_have(watch: Watch) -> None:
    _, watch_list = outlook_of(watch)
    for hours in (1, 2, 3, 4):
        watch.archive.begin_run("test", 0, watch.now + timedelta(hours=hours))
    assert watch.archive.standing(watch_list, watch.now + timedelta(hours=5)) is None


def test_a_page_that_was_put_off_without_cause_is_found_by_verify_and_learnt_anew(
    planned: tuple[Watch, WatchList],
) -> None:
    watch, watch_list = planned
    connection = watch.archive.connection
    assert [finding.where for finding in verify(connection).findings] == []
    connection.execute("update rhythms set due = '2031-01-01T00:00:00.000Z' where source_id = 'ferries'")
    assert [finding.where for finding in verify(connection).findings] == ["rhythms"]
    rebuild(connection)
    assert watch.archive.standing(watch_list, watch.now) is None
    assert verify(connection).findings == ()


def test_memory_of_what_a_page_did_is_by_bands_and_not_by_changes(watch: Watch) -> None:
    for number in range(40):
        look(watch, "dredging", number % 2, 12)
    changed = watch.archive.histories(watch.now)["dredging"].changed
    assert sum(group.count for group in changed) == 39
    assert len(changed) <= 10


def test_some_pages_have_the_histories_that_they_have_among_all(planned: tuple[Watch, WatchList]) -> None:
    watch, _ = planned
    look(watch, "ferries", 1, 3)
    every = watch.archive.histories(watch.now)
    assert watch.archive.histories(watch.now, ["ferries"]) == {"ferries": every["ferries"]}
    assert every["ferries"].changed


def test_what_was_learnt_and_cannot_be_read_is_learnt_anew(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    connection = watch.archive.connection
    connection.execute("update outlooks set outlook = '{}'")

    assert watch.archive.standing(watch_list, watch.now) is None
    assert [finding.where for finding in verify(connection).findings] == ["rhythms"]
    plan(watch_list, watch.archive, clock=lambda: watch.now)
    assert verify(connection).findings == ()


def test_moments_that_were_lost_are_reckoned_anew(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    watch.archive.connection.execute("delete from rhythms where source_id = ?", (NAMES[0],))

    assert watch.archive.standing(watch_list, watch.now) is None
    assert not rhythms.nothing_due(watch.archive.connection, watch_list.sha256, watch.now)


def test_the_moments_of_another_redline_are_neither_used_nor_judged(planned: tuple[Watch, WatchList]) -> None:
    watch, watch_list = planned
    watch.archive.connection.execute("update rhythms set due = '2999-01-01T00:00:00.000Z'")
    assert not rhythms.agree(watch.archive.connection)
    watch.archive.connection.execute("update outlooks set software = 'an earlier one'")

    assert rhythms.agree(watch.archive.connection)
    assert watch.archive.standing(watch_list, watch.now) is None


def test_a_list_that_the_archive_does_not_know_yet_is_planned_and_not_kept(watch: Watch) -> None:
    strangers = WatchList((Source("stranger", "https://www.example.org/"),), sha256="of strangers")

    assert [item.source.id for item in plan(strangers, watch.archive, clock=lambda: watch.now).now] == ["stranger"]
    assert watch.archive.connection.execute("select count(*) from rhythms").fetchone()[0] == 0


def test_a_page_that_a_list_names_no_more_is_reckoned_anew_and_no_fault_is_found(watch: Watch) -> None:
    watch_list = started(watch)

    def feed(*names: str) -> None:
        answer = Answer("signal:", FEED, watch.now, 5, FEED, 200, body=b"x")
        said = {"host": "www.example.gov", "kind": "feed", "outcome": "read", "reason": "", "bytes": 1, "sha256": None}
        claims = dict.fromkeys(names, "2026-03-01T00:00:00Z")
        watch.archive.record_signal(watch.run_id, answer, {**said, "entries": len(names)}, claims)

    feed(*NAMES)
    watch.now += timedelta(hours=1)
    learnt = learn(watch_list, watch.archive, watch.now)[1]
    learnt = replace(learnt, records={("www.example.gov", "feed"): Record(10, 10, 0.1, 10, 10)})
    histories = watch.archive.histories(watch.now)
    hinted = hints(watch.archive, learnt, histories)
    assert set(hinted) == set(NAMES)
    dues = [
        Planned(source, due(source, histories[source.id], learnt.outlook, watch.now, hinted[source.id]))
        for source in watch_list.sources
    ]
    watch.archive.keep_rhythms(learnt, dues, watch_list, watch.now)
    assert rhythms.agree(watch.archive.connection)
    assert watch.archive.unreckoned() == []

    watch.now += timedelta(hours=3)
    feed("ferries", "bridges")
    assert watch.archive.unreckoned() == ["dredging"]
    assert rhythms.agree(watch.archive.connection)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=9, changed=0, failed=0)
    assert verify(watch.archive.connection).findings == ()
