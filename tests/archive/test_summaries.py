"""The summaries of schema 3: they say what the tables say, whatever is written, and lists come from them alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from scraper.archive import timeline
from scraper.archive.facets import WORDING, listed, values
from scraper.archive.summaries import SUMMARIES, disagreeing
from scraper.archive.timeline import Asked
from scraper.archive.verify import verify
from scraper.config import WatchList
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    import pytest

EDITED = (PARAGRAPHS[0], PARAGRAPHS[1].replace("48", "61"), PARAGRAPHS[2])


def _lived(watch: Watch) -> sqlite3.Connection:
    """A page that is edited, blocked and removed, beside one that left the watch list."""
    watch.add("ferries", "https://www.example.gov/news/ferries")
    watch.look(page(*PARAGRAPHS), "ferries")
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*EDITED))
    watch.look(b"<h1>Access Denied</h1>", status=403)
    for _ in range(3):
        watch.look(b"Not Found", status=404)
    del watch.sources["ferries"]
    watch.archive.sync(WatchList(tuple(watch.sources.values())), watch.now)
    return watch.archive.connection


def test_summaries_follow_whatever_is_written(watch: Watch) -> None:
    connection = _lived(watch)
    assert disagreeing(connection) == []
    watch.publish_as("dredging", "another.example")
    assert disagreeing(connection) == []
    assert "another.example" in values(connection, "publisher")
    watch.archive.catch_up()
    assert disagreeing(connection) == []


def test_a_list_has_the_changes_that_the_rows_say(watch: Watch) -> None:
    connection = _lived(watch)
    numbers = connection.execute(
        "select id from changes where exists (select 1 from json_each(classes) where value = 'number')"
    ).fetchall()
    assert numbers
    assert listed(connection, [("class", "number")], limit=9) == [row[0] for row in numbers]
    assert listed(connection, [WORDING, ("kind", "removed")], limit=9) == listed(
        connection, [("kind", "removed")], source_id="dredging", limit=9
    )
    assert listed(connection, [("kind", "removed"), ("class", "number")], limit=9) == []
    newest, *rest = listed(connection, [], limit=9)
    assert listed(connection, [], before=newest, limit=9) == rest


def test_the_watch_line_counts_what_the_views_list(watch: Watch) -> None:
    connection = _lived(watch)
    state = timeline.watch_state(connection)
    assert (state.watched, state.removed, state.absent) == (1, 1, 1)
    assert state.stale == connection.execute("select count(*) from stale_sources").fetchone()[0]


def test_a_summary_that_was_altered_is_named(watch: Watch) -> None:
    connection = _lived(watch)
    connection.execute("delete from change_facets where facet = 'class'")
    assert [finding.where for finding in verify(connection).findings] == ["change_facets"]


def test_no_list_of_news_reads_all_changes(watch: Watch) -> None:
    """Every statement behind the front page's lists goes by an index: none scans a table or sorts one."""
    connection = _lived(watch)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    for want in (
        Asked(),
        Asked(publisher="example.gov"),
        Asked(tag="x", change_class="number"),
        Asked(kind="removed", before=99),
        Asked(source_id="dredging", everything=True),
    ):
        timeline.news(connection, want, 41)
    timeline.watch_state(connection)
    timeline.publishers(connection)
    connection.set_trace_callback(None)
    plans = [row["detail"] for sql in asked for row in connection.execute(f"explain query plan {sql}")]
    scanned = [plan for plan in plans if plan.startswith("SCAN") and "VIRTUAL TABLE" not in plan]
    allowed = ("SCAN CONSTANT", "SCAN found", "SCAN runs", "SCAN fetches", "SCAN (", "SCAN c ")
    assert [plan for plan in scanned if not plan.startswith(allowed)] == []
    assert not [plan for plan in plans if "change_facets" in plan and "SCAN" in plan]


def test_an_archive_of_an_earlier_schema_is_listed_as_well(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    from scraper.archive.older import lay_over

    connection = _lived(watch)
    before = timeline.news(connection, Asked(change_class="number"), 9), timeline.watch_state(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as earlier:
        connection.backup(earlier)
        earlier.row_factory = sqlite3.Row
        for (name,) in earlier.execute(
            "select name from sqlite_master where sql like '%standings%' and type = 'trigger'"
        ).fetchall():
            earlier.execute(f"drop trigger {name}")
        for (name,) in earlier.execute(
            "select name from sqlite_master where sql like '%change_facets%' and type = 'trigger'"
        ).fetchall():
            earlier.execute(f"drop trigger {name}")
        for summary in SUMMARIES:
            earlier.execute(f"drop table {summary.table}")
        lay_over(earlier)
        assert (timeline.news(earlier, Asked(change_class="number"), 9), timeline.watch_state(earlier)) == before
