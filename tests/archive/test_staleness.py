"""When a page is overdue: by the rhythm that it is looked at by, and by the runs that looked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlite_utils import Database

from scraper.archive import timeline
from scraper.archive.schema import migrations
from scraper.archive.staleness import LONGEST_DAYS
from scraper.archive.standings import agree
from scraper.clock import to_text
from scraper.scheduling.outlook import FLOOR
from tests.archive.watching import EDITED, Watch, page

if TYPE_CHECKING:
    from pathlib import Path


def test_runs_that_did_not_look_make_no_page_overdue(edited: Watch) -> None:
    archive, later = edited.archive, edited.now + timedelta(days=40)
    for trigger, due in (("import", 12), (f"redaction {'0' * 64}", 0), (f"repair {'0' * 64}", 0), ("shard abc", 0)):
        archive.finish_run(archive.begin_run(trigger, due, later), later, fetched=0, changed=0, failed=0)

    assert archive.connection.execute("select * from stale_sources").fetchall() == []
    state = timeline.watch_state(archive.connection)
    assert (state.stale, state.last_run) == (0, timeline.last_looking(archive.connection)[0])  # type: ignore[index]
    assert state.last_run is not None
    assert state.last_run < to_text(edited.now)

    # One that did look, by whatever name a keeper gave it, and with nothing due.
    archive.begin_run("shard 3", 5, later)
    assert timeline.watch_state(archive.connection).stale == 1
    archive.begin_run("schedule", 0, later + timedelta(hours=1))
    assert timeline.watch_state(archive.connection).last_run == to_text(later + timedelta(hours=1))


def test_a_page_whose_rhythm_is_learnt_is_overdue_when_the_schedule_cannot_have_meant_it(edited: Watch) -> None:
    archive = edited.archive

    def overdue() -> list[str]:
        rows = [row["source_id"] for row in archive.connection.execute("select source_id from stale_sources")]
        assert timeline.watch_state(archive.connection).stale == len(rows)
        return rows

    archive.begin_run("test", 0, edited.now + timedelta(days=25))
    assert overdue() == []  # seen at the last look, and left alone since
    archive.begin_run("test", 0, edited.now + timedelta(days=34))
    assert overdue() == ["dredging"]

    edited.now += timedelta(days=34)
    edited.look(page(*EDITED))
    assert overdue() == []
    edited.now += timedelta(days=1)
    edited.look(b"Access Denied", status=403)
    archive.begin_run("test", 1, edited.now)
    assert overdue() == []
    edited.now += timedelta(days=2)
    edited.look(b"Access Denied", status=403)
    archive.begin_run("test", 1, edited.now)
    assert overdue() == ["dredging"]  # looked at, and not seen for more than two days
    edited.look(page(*EDITED))
    assert overdue() == []
    assert agree(archive.connection)


def test_the_longest_time_without_a_look_is_that_of_the_schedule() -> None:
    assert timedelta(days=LONGEST_DAYS) == FLOOR * 1.1


def test_an_archive_of_schema_3_is_put_right_when_it_is_opened_for_writing(edited: Watch, tmp_path: Path) -> None:
    path = tmp_path / "third.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as third:
        migrations.apply(Database(third), stop_before="m004_reason_codes")
        # As schema 3 had it: two days after it was seen, whatever its rhythm.
        third.execute("drop trigger states_stand")
        third.execute("create trigger states_stand after insert on states begin select 1; end")
        third.execute(
            "insert into sources (id, url, added) values ('a', 'https://a.example/', '2026-03-01T00:00:00.000Z')"
        )
        third.execute(
            "insert into states (source_id, derivation, last_good) values ('a', '', '2026-03-01T00:00:00.000Z')"
        )
        third.execute("update standings set outcome = 'unchanged', stale_from = '2026-03-03T00:00:00.000Z'")

        migrations.apply(Database(third))

        third.execute("update states set last_good = '2026-03-02T00:00:00.000Z'")
        # No look is there: what was not seen by a look is overdue after two days.
        assert third.execute("select stale_from from standings").fetchone() == ("2026-03-04T00:00:00.000Z",)
        assert agree(third)
