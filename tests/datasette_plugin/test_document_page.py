"""A document's page: how it stands in one sentence, what the looks say beside its changes, and its facts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from scraper.archive.additions import SECOND
from scraper.datasette_plugin.watching import gaps, notes, watched_stretches
from tests.datasette_plugin.served import Served, read, serve
from tests.datasette_plugin.standing_archives import in_every_state

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "/-/redline/archive"


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Served:
    path = tmp_path_factory.mktemp("states") / "archive.db"
    in_every_state(path)
    return serve(path)


def standing(served: Served, name: str) -> list[str]:
    return [read(part) for part in served.page(f"{ROOT}/{name}").select(".standing")]


@pytest.mark.parametrize(
    ("name", "begins", "says"),
    [
        (
            "removed",
            "Removed. 4 looks from 2 Mar 2026, 18:00 UTC to 5 Mar 2026, 18:00 UTC found no page (404 Not Found).",
            "and why, is not known",
        ),
        (
            "blocked",
            "Blocked. 4 looks from 2 Mar 2026, 18:00 UTC",
            "Whether it still stands, and whether it has changed",
        ),
        ("failing", "Failing. 4 looks from 2 Mar 2026, 18:00 UTC", "no connection (connection refused)"),
        (
            "absent",
            "Not found. At the last look, 6 Mar 2026, 18:00 UTC",
            "only when three looks over at least 24 hours",
        ),
        ("never", "Never seen. None of the 4 looks", "Nothing is known of what it says"),
        ("retired", "No longer watched. It left the watch list on 28 Mar 2026", "since is not known"),
    ],
)
def test_a_document_that_is_not_simply_seen_says_how_it_stands(
    states: Served, name: str, begins: str, says: str
) -> None:
    (told,) = standing(states, name)

    assert told.startswith(begins)
    assert says in told
    if name != "never":
        assert "It was last seen on 2 Mar 2026, 06:00 UTC" in told


@pytest.mark.parametrize("name", ["fine", "quiet", "unread"])
def test_a_document_that_was_seen_at_its_last_look_says_nothing_of_the_kind(states: Served, name: str) -> None:
    assert standing(states, name) == []


def test_a_block_is_never_told_as_a_removal(states: Served) -> None:
    text = read(states.page(f"{ROOT}/blocked").select_one("main"))  # type: ignore[arg-type]

    assert "which says nothing of what it said" in text
    assert "emoved" not in text.replace("or was removed", "")


def test_what_was_withheld_is_said_with_its_version_day_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    in_every_state(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if not any("create table redactions" in statement for statement in SECOND):
            connection.execute(
                "create table redactions (id integer primary key, run_id integer, capture_id integer, source_id text, "
                "sha256 text, encoded text default '[]', redacted text, reason text)"
            )
        (capture, sha256) = connection.execute("select id, sha256 from captures where source_id = 'fine'").fetchone()
        connection.execute(
            "insert into redactions (run_id, capture_id, source_id, sha256, redacted, reason) values (1, ?, 'fine', ?, "
            "'2026-03-20T10:00:00.000Z', 'a <b>name</b>')",
            (capture, sha256),
        )
    page = serve(path).page(f"{ROOT}/fine")

    (told,) = page.select(".standing")
    assert read(told).startswith(
        "Withheld. The bytes and the text of version 1 were withheld on 20 Mar 2026 by the keeper: a <b>name</b>."
    )
    assert not told.select("b b")


def test_a_time_in_which_nobody_looked_is_drawn_and_told(states: Served) -> None:
    page = states.page(f"{ROOT}/quiet")

    assert "Nobody looked for 20 days" in read(page.select_one(".between"))  # type: ignore[arg-type]
    assert len(page.select(".drawing .l-gap")) == 1
    assert "1 time in which nobody looked" in str(page.select_one(".drawing")["aria-label"])  # type: ignore[index]


def test_a_removed_page_is_drawn_as_no_page_until_it_was_back(demo: Served) -> None:
    (band,) = demo.page(f"{ROOT}/ferry-report").select(".v-absent")

    tip = band.find_parent("g").select_one("title").get_text()  # type: ignore[union-attr]
    assert tip == "Removed: no page from 9 Mar 2026, 06:17 UTC to 13 Mar 2026, 06:17 UTC"


def test_the_life_of_a_document_is_told_in_the_order_of_time(demo: Served) -> None:
    page = demo.page(f"{ROOT}/ferry-report")

    told = [read(part) for part in page.select(".life > article, .life > .between")]
    words = ("1 sentence edited", "Back with edits", "Removed 3 looks", "Not found", "First seen")
    assert len(told) == len(words)
    assert all(word in text for word, text in zip(words, told, strict=True)), told


def test_the_facts_say_since_when_and_how_often_it_changed(demo: Served) -> None:
    facts = read(demo.page(f"{ROOT}/dredging-contract").select_one(".facts"))  # type: ignore[arg-type]

    assert "First seen2 Mar 2026, 06:17 UTC" in facts
    assert "Last seen15 Mar 2026, 18:17 UTC" in facts
    assert "3, none announced; one in 4 days on average" in facts
    assert "Looks26; the last on 15 Mar 2026, 18:17 UTC" in facts


def test_every_band_of_the_drawing_leads_to_what_the_lists_say(demo: Served) -> None:
    page = demo.page(f"{ROOT}/ferry-report")

    said = {str(a["href"]) for a in page.select(".versions a")} | {f"#{e['id']}" for e in page.select("article.entry")}
    drawn = {str(a["href"]) for a in page.select(".drawing a")}
    assert drawn
    assert drawn <= said


def look(day: int, outcome: str = "seen") -> tuple[str, str]:
    return f"2026-03-{day:02}T06:00:00.000Z", outcome


def test_a_gap_is_much_longer_than_the_rhythm_of_the_page() -> None:
    assert gaps([look(1), look(2), look(3)]) == ()
    assert [(gap.start[8:10], gap.end[8:10]) for gap in gaps([look(1), look(2), look(3), look(9)])] == [("03", "09")]
    assert gaps([look(1), look(11), look(21)]) == ()  # looked at every ten days, that is its rhythm
    assert gaps([look(1)]) == gaps([]) == ()


def test_looks_are_not_drawn_through_a_gap() -> None:
    looks = [look(1), look(2), look(3), look(12), look(13)]

    assert [(row.start[8:10], row.end[8:10], row.looks) for row in watched_stretches(looks)] == [
        ("01", "03", 3),
        ("12", "13", 2),
    ]


def test_a_note_says_when_the_page_was_next_seen_or_that_it_was_not() -> None:
    passed, lasting = notes([look(1), look(2, "blocked"), look(3), look(4, "gone")])

    assert "it was next seen on 3 Mar 2026" in passed.text
    assert "it has not been seen since" in lasting.text
