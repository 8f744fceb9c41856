"""The questions that the command line and the pages ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, reading
from scraper.archive.documents import load_document
from scraper.archive.searching import Wanted, search
from scraper.config import WatchList
from scraper.errors import UsageError
from tests.archive.watching import EDITED, PARAGRAPHS, START, URL, Watch, page

if TYPE_CHECKING:
    from pathlib import Path


def test_an_unknown_source_is_answered_with_the_nearest_known_one(edited: Watch) -> None:
    with pytest.raises(UsageError, match="did you mean dredging"):
        reading.version(edited.archive.connection, "dregding")


def test_an_unknown_version_is_answered_with_those_that_there_are(edited: Watch) -> None:
    with pytest.raises(UsageError, match="versions 1 to 2"):
        reading.version(edited.archive.connection, "dredging", 7)


def test_the_last_versions_are_listed_without_the_others(watch: Watch) -> None:
    connection = watch.archive.connection
    watch.add("unseen", "https://www.example.gov/unseen")
    for number in range(5):
        watch.look(page(*PARAGRAPHS[:2], f"Ferry number {number} keeps to its timetable while the work goes on."))

    assert [row.number for row in reading.versions(connection, "dredging")] == [1, 2, 3, 4, 5]
    assert [row.number for row in reading.versions(connection, "dredging", last=2)] == [4, 5]
    first, many = reading.first_version(connection, "dredging")
    assert first == reading.version(connection, "dredging", 1)
    assert many == 5
    assert reading.first_version(connection, "unseen") == (None, 0)


def test_the_version_of_a_day_is_the_one_that_stood_then(edited: Watch) -> None:
    connection = edited.archive.connection
    between = reading.as_moment((START + timedelta(hours=3)).isoformat())

    assert reading.version_at(connection, "dredging", between).number == 1
    assert reading.version_at(connection, "dredging", reading.as_moment("2027-01-01")).number == 2
    with pytest.raises(UsageError, match="first seen at"):
        reading.version_at(connection, "dredging", reading.as_moment("2025-01-01"))


def test_blame_gives_every_passage_the_version_since_which_it_stands(edited: Watch) -> None:
    blamed = reading.blame(edited.archive.connection, "dredging", 2)
    assert {passage.text: passage.first_version for passage in blamed} == {
        "The harbour is dredged": 1,
        PARAGRAPHS[0]: 1,
        EDITED[1]: 2,
        PARAGRAPHS[2]: 1,
    }


def test_a_search_finds_what_no_longer_stands_and_says_so(edited: Watch) -> None:
    found = search(edited.archive.connection, Wanted('"48 million crowns"'), 50).hits
    assert [(hit.source_id, hit.standing, hit.first_version, hit.last_version) for hit in found] == [
        ("dredging", False, 1, 1)
    ]


@given(query=st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_nothing_that_a_reader_types_is_an_error(query: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "search.db"
    if not path.exists():
        Archive(path).close()
    assert search(Archive(path, readonly=True).connection, Wanted(query), 50).hits == ()


def test_coverage_tells_stretches_of_seeing_from_stretches_of_being_blocked(edited: Watch) -> None:
    for _ in range(2):
        edited.look(b"Access Denied", status=403)
    edited.look(page(*EDITED))

    stretches = edited.archive.connection.execute('select * from coverage order by "from"').fetchall()

    assert [(s["outcome"], s["looks"]) for s in stretches] == [("seen", 2), ("blocked", 2), ("seen", 1)]


def test_a_gap_runs_from_the_last_good_look_to_the_next(edited: Watch) -> None:
    for _ in range(3):
        edited.look(b"Access Denied", status=403)
    edited.look(page(*EDITED))

    rows = edited.archive.connection.execute("select hours, looks_failed from gaps order by hours desc").fetchall()

    assert [tuple(row) for row in rows] == [(48.0, 3), (12.0, 0)]


def test_a_source_that_could_not_be_seen_for_days_is_stale(edited: Watch) -> None:
    for _ in range(6):
        edited.look(b"Access Denied", status=403)
    edited.archive.begin_run("test", 0, edited.now)

    row = edited.archive.connection.execute("select source_id, last_outcome from stale_sources").fetchone()

    assert tuple(row) == ("dredging", "blocked")


def test_the_text_of_every_version_can_be_had_by_sql(edited: Watch) -> None:
    rows = edited.archive.connection.execute("select number, text from version_texts order by number").fetchall()

    assert [row["number"] for row in rows] == [1, 2]
    assert rows[1]["text"].split("\n") == ["The harbour is dredged", *EDITED]


def test_the_passages_of_a_version_are_numbered_in_reading_order(edited: Watch) -> None:
    rows = edited.archive.connection.execute(
        "select position, text from version_passages join passages on id = passage_id "
        "where version_id = (select max(id) from versions) order by position"
    ).fetchall()
    assert [row["text"] for row in rows] == ["The harbour is dredged", *EDITED]
    assert [row["position"] for row in rows] == [0, 1, 2, 3]


def test_a_retired_source_keeps_its_history(edited: Watch) -> None:
    del edited.sources["dredging"]
    edited.add("another", URL + "-2")

    rows = {row.id: row for row in reading.statuses(edited.archive.connection)}

    assert rows["dredging"].retired
    assert rows["dredging"].versions == 2


def test_a_gap_that_is_still_open_is_a_gap(edited: Watch) -> None:
    for _ in range(4):
        edited.look(b"Access Denied", status=403)

    row = edited.archive.connection.execute(
        'select "to", hours, looks_failed from gaps order by "from" desc'
    ).fetchone()

    assert tuple(row) == (None, 48.0, 4)


def test_a_page_of_a_slow_rhythm_is_not_stale_before_its_time(edited: Watch) -> None:
    edited.sources["dredging"] = replace(edited.sources["dredging"], every=timedelta(weeks=1))
    edited.archive.sync(WatchList(tuple(edited.sources.values())), edited.now)
    edited.archive.begin_run("test", 0, edited.now + timedelta(days=10))

    assert edited.archive.connection.execute("select * from stale_sources").fetchall() == []


def test_a_search_in_one_source_is_not_crowded_out_by_the_others(watch: Watch) -> None:
    connection = watch.archive.connection
    for number in range(3):
        watch.add(f"crowd-{number}", f"{URL}-{number}")
        watch.look(page(*(f"The harbour, sentence {n} of page {number}." for n in range(250))), f"crowd-{number}")
    watch.look(page("A long passage that names the harbour once, among a great many other words that nobody seeks."))

    found = search(connection, Wanted("nobody harbour", source_id="dredging"), 50).hits
    assert [hit.source_id for hit in found] == ["dredging"]
    assert search(connection, Wanted("harbour", source_id="dredging"), 50).hits


def test_a_filter_that_nothing_can_pass_is_a_mistake_and_not_an_empty_list() -> None:
    with pytest.raises(UsageError, match="undeclared_edit"):
        reading.check_filters("silent", None)


def test_the_text_by_sql_is_the_text_of_the_document(watch: Watch) -> None:
    figure = (
        b"<figure><img src=/a.jpg alt=x><figcaption>The dredger at work off the harbour wall.</figcaption></figure>"
    )
    for body in (
        page(*PARAGRAPHS).replace(b"</main>", figure + b"</main>"),
        page(title="").replace(b"</main>", figure),
    ):
        watch.add(f"page-{len(body)}", f"{URL}-{len(body)}")
        watch.look(body, f"page-{len(body)}")

    connection = watch.archive.connection
    rows = connection.execute("select version_id, text from version_texts order by version_id").fetchall()
    assert [row["text"] for row in rows] == [load_document(connection, row["version_id"]).text for row in rows]
    assert "dredger" not in rows[0]["text"]
    assert rows[1]["text"] == "The dredger at work off the harbour wall."
