from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from datasette.app import Datasette

from scraper.clock import to_text
from scraper.demo.script import DAYS, EVENTS, HARBOURS_PAGES, PRESS_PAGES, UNTOUCHED_PAGES, Event, looks
from scraper.demo.tour import Tour, build
from scraper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOKS = [to_text(moment) for moment in looks()]


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Tour:
    return build(tmp_path_factory.mktemp("demo") / "demo.db", progress=told.append)


@pytest.fixture(scope="module")
def archive(tour: Tour) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{tour.path.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def change_of(archive: sqlite3.Connection, event: Event, page: str) -> sqlite3.Row:
    """The one change of the page in whose interval the event lies."""
    moment = to_text(event.moment)
    rows = archive.execute(
        "select * from changes where source_id = ? and last_seen_old < ? and first_seen_new >= ? and kind = ?",
        (page, moment, moment, event.kind),
    ).fetchall()
    assert len(rows) == 1, f"{page}: {len(rows)} changes of kind {event.kind} for: {event.description}"
    row: sqlite3.Row = rows[0]
    return row


def scripted() -> list[tuple[Event, str]]:
    return [(event, page) for event in EVENTS if event.kind for page in event.pages]


@pytest.mark.parametrize(("event", "page"), scripted(), ids=lambda x: f"day {x.day}" if isinstance(x, Event) else x)
def test_a_scripted_event_is_in_the_archive_with_its_kind_and_classes(
    archive: sqlite3.Connection, event: Event, page: str
) -> None:
    change = change_of(archive, event, page)
    classes = set(json.loads(change["classes"]))
    assert set(event.classes) <= classes
    assert ("undeclared_edit" in classes) is event.silent
    if event.kind in ("content", "moved"):
        interval = datetime.fromisoformat(change["first_seen_new"]) - datetime.fromisoformat(change["last_seen_old"])
        assert interval == timedelta(hours=12)


def test_nothing_else_changed(archive: sqlite3.Connection) -> None:
    found = [tuple(row) for row in archive.execute("select source_id, kind from changes where kind <> 'first_seen'")]
    assert sorted(found) == sorted((page, event.kind) for event, page in scripted())


def test_every_page_was_first_seen_on_the_first_look(archive: sqlite3.Connection) -> None:
    rows = archive.execute("select source_id, first_seen_new from changes where kind = 'first_seen'").fetchall()
    assert sorted(row["source_id"] for row in rows) == sorted(HARBOURS_PAGES + PRESS_PAGES)
    assert {row["first_seen_new"][:16] for row in rows} == {LOOKS[0][:16]}


def test_every_page_was_looked_at_on_every_look_but_for_a_host_that_refuses(
    archive: sqlite3.Connection, tour: Tour
) -> None:
    counts = dict(archive.execute("select source_id, count(*) from fetches group by 1").fetchall())
    put_off = {page: 2 * DAYS - counts[page] for page in HARBOURS_PAGES}
    assert {page: counts[page] for page in PRESS_PAGES} == dict.fromkeys(PRESS_PAGES, 2 * DAYS)
    # Of seven pages three are asked for before the host is left alone, and one at each of the two looks after that.
    assert sum(put_off.values()) == 4 + 6 + 6
    assert (tour.pages, tour.looks, tour.events) == (len(counts), 2 * DAYS, len(EVENTS))


def test_a_page_with_nothing_but_noise_has_one_version(archive: sqlite3.Connection) -> None:
    for page in UNTOUCHED_PAGES:
        assert archive.execute("select count(*) from versions where source_id = ?", (page,)).fetchone()[0] == 1
        looks = archive.execute("select count(*) from fetches where source_id = ?", (page,)).fetchone()[0]
        captures = archive.execute("select count(*) from captures where source_id = ?", (page,)).fetchone()[0]
        assert captures == looks >= 2 * DAYS - 3


def test_a_block_is_written_down_as_a_block_and_changes_nothing(archive: sqlite3.Connection) -> None:
    start, end = (to_text(event.moment) for event in EVENTS if event.what in ("block", "unblock"))
    rows = archive.execute(
        "select distinct source_id, outcome, status from fetches where started between ? and ?", (start, end)
    ).fetchall()
    blocked = {row["source_id"] for row in rows if (row["outcome"], row["status"]) == ("blocked", 403)}
    assert len(blocked) >= 3
    assert blocked < set(HARBOURS_PAGES), "what was not asked for is not called blocked"
    assert len(rows) == len(blocked) + len(PRESS_PAGES)
    in_it = archive.execute("select count(*) from changes where first_seen_new between ? and ?", (start, end))
    assert in_it.fetchone()[0] == 0


def test_the_moved_story_has_two_addresses_and_one_history(archive: sqlite3.Connection) -> None:
    urls = [row[0] for row in archive.execute("select url from source_urls where source_id = 'castle-reach-lock'")]
    assert len(urls) == 2
    assert all("/Article/1843390/" in url for url in urls)


def test_a_page_with_a_tag_is_answered_without_a_body(archive: sqlite3.Connection) -> None:
    query = "select count(*) from fetches where source_id = 'data-terms' and outcome = 'not_modified' and status = 304"
    assert archive.execute(query).fetchone()[0] >= DAYS


def test_the_new_name_of_the_department_is_one_event_on_all_its_pages(archive: sqlite3.Connection) -> None:
    rows = archive.execute("select source_id from changes where classes like '%site_wide%'").fetchall()
    assert sorted(row[0] for row in rows) == sorted(HARBOURS_PAGES)


def test_the_listener_is_told_every_event_in_order_and_every_change_that_is_found(tour: Tour, told: list[str]) -> None:
    days = [int(line[4:6]) for line in told if line.startswith("Day")]
    found = [line for line in told if line.lstrip().startswith("found")]
    assert days == sorted(event.day for event in EVENTS)
    assert len(days) + len(found) == len(told)
    assert tour.changes == len(scripted()) == sum("blocked" not in line for line in found)
    told_blocked = [line.partition("→ ")[2] for line in found if "blocked" in line]
    assert told_blocked == [
        "3 pages blocked, and 4 not asked for after that; nothing is said of them",
        *["1 page blocked, and 6 not asked for after that; nothing is said of them"] * 2,
    ]


def test_the_archive_opens_in_datasette(tour: Tour) -> None:
    async def ask() -> list[dict[str, object]]:
        client = Datasette([str(tour.path)]).client
        answer = await client.get(f"/{tour.path.stem}/changes.json?_shape=array&kind=removed")
        assert answer.status_code == 200
        rows: list[dict[str, object]] = answer.json()
        return rows

    assert [row["source_id"] for row in asyncio.run(ask())] == ["ferry-report"]


def test_a_file_that_exists_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    path.write_bytes(b"precious")
    with pytest.raises(UsageError, match="exists already"):
        build(path)
    assert path.read_bytes() == b"precious"


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        build(tmp_path / "nowhere" / "demo.db")


def test_an_interrupted_tour_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "demo.db", progress=interrupt)
    assert list(tmp_path.iterdir()) == []
