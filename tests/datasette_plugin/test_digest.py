"""The news by day and by weight, bounded whatever is asked, held against the changes themselves."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, digest, timeline, window
from scraper.archive.events import lists
from scraper.archive.looking import days_looked, unseen
from scraper.archive.timeline import Asked
from tests.datasette_plugin.standing_archives import busy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A_DAY = 400


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Three days of A_DAY changes each, every second one of the last day the same site-wide edit."""
    path = tmp_path_factory.mktemp("many") / "archive.db"
    busy(path, days=3, a_day=A_DAY)
    with Archive(path, readonly=True) as archive:
        yield archive.connection


@pytest.fixture(scope="module")
def fortnight(demo_path: Path) -> Iterator[sqlite3.Connection]:
    with Archive(demo_path, readonly=True) as archive:
        yield archive.connection


def test_a_day_shows_what_weighs_most_and_counts_the_rest(many: sqlite3.Connection) -> None:
    found = digest.digest(many, Asked(), room=20, each=5)

    assert [day.day for day in found.days] == ["2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"]
    assert [len(day.events) for day in found.days] == [5, 5, 5, 1]
    assert found.days[1].changes == A_DAY
    assert found.days[1].shown == 5
    weights = [event.news[0].change.significance for event in found.days[1].events]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == max(row[0] for row in many.execute("select significance from changes"))


def test_a_site_wide_edit_is_one_event_however_many_pages(many: sqlite3.Connection) -> None:
    found = digest.ranking(many, Asked(change_class="site_wide"), room=20)

    assert [event.pages for event in found.events] == [A_DAY // 2]
    assert len(found.events[0].news) == digest.NAMED
    whole = digest.same_edit(many, found.events[0].news[0].change.id, 1000)
    assert len({item.change.source_id for item in whole}) == A_DAY // 2


def test_the_days_lead_on_without_a_gap_or_a_repeat(many: sqlite3.Connection) -> None:
    days: list[str] = []
    until: str | None = None
    while True:
        found = digest.digest(many, Asked(until=until), room=1, each=1)
        days += [day.day for day in found.days]
        until = found.earlier
        if until is None:
            break

    assert days == ["2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"]


def test_the_ranking_leads_on_without_a_gap_or_a_repeat(fortnight: sqlite3.Connection) -> None:
    whole = [event.news[0].change.id for event in digest.ranking(fortnight, Asked(everything=True), room=100).events]
    paged: list[int] = []
    after: int | None = None
    while not paged or after is not None:
        found = digest.ranking(fortnight, Asked(everything=True, before=after), room=4)
        paged += [event.news[0].change.id for event in found.events]
        after = found.after

    assert paged == whole
    assert len(set(whole)) == len(whole) > 20


def test_the_news_of_few_pages_are_those_that_are_found_among_all(
    fortnight: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (publisher,) = fortnight.execute("select publisher from sources group by 1 order by count(*) desc").fetchone()
    asked = Asked(publisher=publisher, everything=True)
    found = []
    for few, named in ((4_000, 500), (1, 500), (1, 1)):
        monkeypatch.setattr(window, "_FEW", few)
        monkeypatch.setattr(window, "_NAMED", named)
        by_day = digest.digest(fortnight, asked, room=30, each=3)
        by_weight = digest.ranking(fortnight, asked, room=9)
        period = digest.digest(fortnight, replace(asked, since="2026-03-04", until="2026-03-09"), room=30, each=3)
        found.append((by_day, by_weight, period, digest.activity(fortnight, asked)))

    assert found[0] == found[1] == found[2]
    assert len(found[0][0].days) > 3
    assert {day.day for day in found[0][2].days} <= {f"2026-03-0{day}" for day in range(4, 10)}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text('ab"\\é*?[]^- ', max_size=4)), st.text('ab"\\é*?[]^- ', max_size=4))
def test_a_list_has_a_text_or_not_whatever_letters_it_is_of(texts: list[str], text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table l (tags)")
        connection.execute("insert into l values (?)", (json.dumps(texts),))
        condition, values = lists("l.tags", text)
        assert connection.execute(f"select {condition} from l", values).fetchone() == (text in texts,)


def test_no_more_than_the_window_is_looked_through_and_the_rest_is_said(
    many: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW", A_DAY + 50)
    monkeypatch.setattr(window, "_FEW", 10)

    found = digest.digest(many, Asked(), room=1000, each=1000)
    assert [(day.day, day.changes) for day in found.days] == [("2026-03-05", A_DAY)]
    assert found.earlier == "2026-03-04"
    rest = digest.digest(many, Asked(until=found.earlier), room=1000, each=1000)
    assert [(day.day, day.changes) for day in rest.days] == [("2026-03-04", A_DAY)]
    # what no change in the window has is said to be looked for no further, and never to be nowhere
    nothing = digest.digest(many, Asked(change_class="negation"), room=10, each=10)
    assert nothing.days == ()
    assert nothing.earlier == "2026-03-04"
    assert [count.day for count in digest.activity(many, Asked())] == ["2026-03-05"]


def test_a_day_longer_than_the_window_does_not_lead_to_itself(
    many: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW", A_DAY // 4)

    found = digest.digest(many, Asked(until="2026-03-04"), room=1000, each=1000)

    assert [day.day for day in found.days] == ["2026-03-04"]
    assert found.earlier == "2026-03-03"


@pytest.mark.parametrize("order", ["day", "significance"])
def test_a_long_day_without_what_is_asked_leads_to_an_earlier_one(
    many: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(window, "WINDOW", A_DAY // 4)
    until: str | None = None
    asked: list[str | None] = []
    while len(asked) < 10:
        asked.append(until)
        wanted = Asked(change_class="negation", until=until)
        if order == "day":
            until = digest.digest(many, wanted, room=10, each=10).earlier
        else:
            until = digest.ranking(many, wanted, room=10).horizon
        if until is None:
            break

    assert asked == [None, "2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"]


def test_a_publisher_with_few_changes_is_looked_through_to_the_beginning(
    fortnight: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW", 3)

    asked = Asked(publisher="estuarypost.example", everything=True)
    found = digest.ranking(fortnight, asked, room=100)

    expected = fortnight.execute("select count(*) from change_log where publisher = 'estuarypost.example'").fetchone()[
        0
    ]
    assert len(found.events) == expected > 3
    assert found.horizon is None
    assert digest.ranking(fortnight, Asked(publisher="nobody.example"), room=10).events == ()


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(everything=True),
        Asked(publisher="harbours.example.gov"),
        Asked(tag="ferry"),
        Asked(change_class="number"),
        Asked(kind="removed"),
        Asked(significance=0.4),
        Asked(since="2026-03-05", until="2026-03-10"),
        Asked(publisher="harbours.example.gov", tag="ferry", everything=True, since="2026-03-09"),
    ],
)
def test_every_filter_finds_what_a_look_at_every_change_finds(fortnight: sqlite3.Connection, asked: Asked) -> None:
    rows = timeline.news(fortnight, asked, 1000)
    changes = [item.change for item in timeline.news(fortnight, Asked(everything=True), 1000)]
    tags = {row[0]: json.loads(row[1]) for row in fortnight.execute("select id, tags from sources")}
    wanted = [
        change.id
        for change in changes
        if (asked.publisher in (None, change.publisher))
        and (asked.tag is None or asked.tag in tags[change.source_id])
        and (asked.change_class is None or asked.change_class in change.classes)
        and (asked.kind in (None, change.kind))
        and change.significance >= (asked.significance or 0)
        and (asked.since or "") <= change.first_seen_new[:10] <= (asked.until or "9")
        and (asked.everything or asked.kind or asked.change_class or change.substantive or change.kind == "moved")
    ]
    found = digest.ranking(fortnight, asked, room=1000)
    members = [item.change.id for event in found.events for item in event.news]

    assert sorted(members) == sorted(wanted)
    assert sorted(item.change.id for item in rows) == sorted(wanted)
    assert wanted


def test_the_days_of_looking_and_what_was_not_seen_are_told(fortnight: sqlite3.Connection) -> None:
    looking = {row.day: row for row in days_looked(fortnight)}

    assert len(looking) == 14
    assert looking["2026-03-07"].failed == 3
    (blocked,) = unseen(fortnight, "2026-03-07", "2026-03-07")
    assert (blocked.outcome, blocked.publisher, blocked.pages) == ("blocked", "harbours.example.gov", 3)
    assert unseen(fortnight, "2026-03-03", "2026-03-03") == []


def test_a_site_wide_edit_counts_once_in_the_activity(fortnight: sqlite3.Connection) -> None:
    counts = {count.day: (count.changes, count.loud) for count in digest.activity(fortnight, Asked())}

    assert counts["2026-03-14"] == (1, 1)
    assert counts["2026-03-05"] == (2, 2)
    assert counts["2026-03-11"] == (2, 0)
    assert "2026-03-07" not in counts


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(change_class="number"), Asked(since="2026-03-03", until="2026-03-05"), Asked(kind="moved")]
)
def test_a_long_archive_is_read_from_its_end_by_an_index(
    many: sqlite3.Connection, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW", A_DAY)
    traced: list[str] = []
    many.set_trace_callback(traced.append)
    digest.digest(many, asked, room=10, each=5)
    digest.activity(many, asked)
    many.set_trace_callback(None)

    asked_of_changes = [sql for sql in traced if "from changes l" in sql]
    assert len(asked_of_changes) >= 4
    for sql in asked_of_changes:
        plan = [row[3] for row in many.execute(f"explain query plan {sql}")]
        (step,) = [step for step in plan if step.split()[1] == "l"]
        assert "INDEX changes_first_seen" in step, (sql, plan)
