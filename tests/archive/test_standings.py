"""The standings of schema 3: they say what looks and states say, whatever is written, and are read in their place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import digest, reading, timeline
from scraper.archive.older import lay_over
from scraper.archive.repair import repair
from scraper.archive.standings import agree
from scraper.archive.timeline import STATES, Asked
from scraper.archive.verify import verify
from scraper.config import WatchList
from tests.archive.watching import EDITED, PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from pathlib import Path


def _lived(watch: Watch) -> sqlite3.Connection:
    """A page that is edited, blocked and removed, beside one that left the watch list and one not looked at yet."""
    watch.add("ferries", "https://www.example.gov/news/ferries")
    watch.look(page(*PARAGRAPHS), "ferries")
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*EDITED))
    watch.look(b"<h1>Access Denied</h1>", status=403)
    for _ in range(3):
        watch.look(b"Not Found", status=404)
    del watch.sources["ferries"]
    watch.archive.sync(WatchList(tuple(watch.sources.values())), watch.now)
    watch.add("bridges", "https://www.example.gov/news/bridges")
    return watch.archive.connection


def test_standings_follow_whatever_is_written(watch: Watch) -> None:
    connection = _lived(watch)
    assert agree(connection)
    watch.look(page(*EDITED))
    assert agree(connection)
    watch.publish_as("dredging", "another.example")
    watch.archive.catch_up()
    assert agree(connection)
    assert connection.execute("select count(*) from standings").fetchone()[0] == 3


def test_the_watch_line_counts_what_the_views_and_lists_hold(watch: Watch) -> None:
    connection = _lived(watch)
    state = timeline.watch_state(connection)
    assert (state.watched, state.removed, state.absent, state.unseen) == (2, 1, 1, 1)
    stale = [row[0] for row in connection.execute("select source_id from stale_sources order by source_id")]
    assert stale == ["bridges"]
    assert state.stale == 1
    listed = {name: [row.id for row in timeline.watched(connection, after="", limit=9, state=name)] for name in STATES}
    assert {name: ids for name, ids in listed.items() if ids} == {
        "removed": ["dredging"],
        "unseen": ["bridges"],
        "stale": ["bridges"],
    }


def test_standings_that_were_altered_are_named_and_made_anew(watch: Watch, tmp_path: Path) -> None:
    connection = _lived(watch)
    copied = tmp_path / "copy.db"
    with closing(sqlite3.connect(copied, isolation_level=None)) as copy:
        connection.backup(copy)
        copy.execute("update standings set outcome = 'unchanged'")
        copy.row_factory = sqlite3.Row
        assert [finding.where for finding in verify(copy).findings] == ["standings"]
    mended = repair(copied, watch.now + timedelta(hours=1))
    assert ([each.subject for each in mended.mended], mended.findings) == (["standings"], ())


def test_no_question_of_the_front_page_scans_changes_or_looks(watch: Watch) -> None:
    connection = _lived(watch)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    for want in (Asked(), Asked(tag="x", change_class="number"), Asked(kind="removed"), Asked(since="2026-03-02")):
        digest.digest(connection, want, room=40, each=12)
    timeline.news(connection, Asked(source_id="dredging", everything=True), 41)
    timeline.watch_state(connection)
    timeline.publishers(connection)
    reading.statuses(connection)
    connection.set_trace_callback(None)
    plans = [row["detail"] for sql in asked for row in connection.execute(f"explain query plan {sql}")]
    assert any("changes_first_seen" in plan for plan in plans)
    scanned = [plan.split() for plan in plans if plan.startswith("SCAN") and "USING" not in plan]
    assert [plan[1] for plan in scanned if plan[1] in ("l", "c", "f", "g", "changes")] == []


def test_an_address_is_found_by_an_index(watch: Watch) -> None:
    connection = _lived(watch)
    plan = connection.execute("explain query plan select source_id from source_urls where url = 'x'").fetchone()
    assert "source_urls_url" in plan["detail"]


def test_an_archive_of_an_earlier_schema_is_read_as_well(watch: Watch) -> None:
    connection = _lived(watch)
    before = reading.statuses(connection), timeline.watch_state(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as earlier:
        connection.backup(earlier)
        earlier.row_factory = sqlite3.Row
        triggers = earlier.execute("select name from sqlite_master where type = 'trigger' and sql like '%standings%'")
        for (name,) in triggers.fetchall():
            earlier.execute(f"drop trigger {name}")
        earlier.execute("drop view stale_sources")  # that of schema 6 reads the standings
        earlier.execute("drop table standings")
        with pytest.raises(sqlite3.OperationalError, match="standings"):
            reading.statuses(earlier)
        lay_over(earlier)
        assert (reading.statuses(earlier), timeline.watch_state(earlier)) == before
