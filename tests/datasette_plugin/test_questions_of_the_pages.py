"""What the pages ask of an archive, held against the archive's own views and against looks made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, looking, reading, timeline
from scraper.archive.timeline import Asked
from scraper.errors import UsageError
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from pathlib import Path


def test_the_stretches_of_a_source_are_those_of_the_view_of_all(demo_path: Path) -> None:
    with Archive(demo_path, readonly=True) as archive:
        for status in reading.statuses(archive.connection):
            told = [
                {"source_id": status.id, "from": s.start, "to": s.end, "outcome": s.outcome, "looks": s.looks}
                for s in looking.stretches(looking.looks(archive.connection, status.id))
            ]
            view = 'select * from coverage where source_id = ? order by "from"'
            assert told == [dict(row) for row in archive.connection.execute(view, (status.id,))]


def test_the_news_are_paged_without_a_gap_or_a_repeat(demo_path: Path) -> None:
    with Archive(demo_path, readonly=True) as archive:
        whole = [item.change.id for item in timeline.news(archive.connection, Asked(everything=True), 1000)]
        paged: list[int] = []
        while step := timeline.news(archive.connection, Asked(everything=True, before=paged[-1] if paged else None), 7):
            paged += [item.change.id for item in step]

    assert paged == whole
    assert whole == sorted(whole, reverse=True)


def test_the_watch_line_tells_blocked_failing_absent_and_removed_apart(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        for name in ("fine", "blocked", "failing", "absent", "removed", "unseen"):
            watch.add(name, f"https://www.example.gov/{name}")
        for name in ("fine", "blocked", "failing", "absent", "removed"):
            watch.look(page(*PARAGRAPHS), name, hours=0)
        html = (("Content-Type", "text/html"),)
        watch.look(b"<h1>Access Denied</h1>", "blocked", status=403, headers=html, hours=0)
        watch.look(None, "failing", status=None, failure="network_error", hours=0)
        watch.look(b"<h1>Not found</h1>", "absent", status=404, headers=html, hours=0)
        for _ in range(4):
            watch.look(b"<h1>Not found</h1>", "removed", status=404, headers=html, hours=24)

        state = timeline.watch_state(archive.connection)

    assert (state.watched, state.fine, state.blocked, state.failing, state.unseen) == (6, 1, 1, 1, 1)
    assert (state.absent, state.removed) == (2, 1)
    assert state.last_finished is None
    assert state.looks == 12
    assert state.ledger_head is not None


def test_a_look_before_the_first_version_has_nothing_to_show(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add()
        blocked = watch.look(b"<h1>Access Denied</h1>", status=403, headers=(("Content-Type", "text/html"),))

        with pytest.raises(UsageError, match="no version of dredging had been seen yet"):
            timeline.standing_at_look(archive.connection, blocked.fetch_id)


def test_an_empty_archive_has_a_state_and_no_news(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        assert timeline.news(archive.connection, Asked(), 10) == []
        assert timeline.watch_state(archive.connection).watched == 0
        assert timeline.watch_state(archive.connection).ledger_head is None
        assert timeline.watched(archive.connection, after="", limit=5) == []
