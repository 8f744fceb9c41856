"""Searching passages and edits, and the history of phrases, against an archive looked at by hand."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, edit_search, searching
from scraper.archive.edit_search import search_edits
from scraper.archive.phrases import joined, phrase_history
from scraper.archive.searching import CLOSE, OPEN, Wanted, search
from scraper.archive.terms import MOST, terms
from scraper.errors import UsageError
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

TOKYO = "東京都は水曜日に新しい防潮堤の建設を発表した。工事は来年の春に始まる予定である。"
CAFE = "The café “Résumé” on the quay closes for the winter, its owner told the harbour office."


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Two pages: one whose phrase came, went and came back, and one of another publisher that never changed."""
    with Archive(tmp_path_factory.mktemp("searching") / "archive.db") as archive:
        watch = Watch(archive)
        watch.add("dredging", "https://www.example.gov/dredging")
        watch.add("press", "https://press.example/story")
        watch.publish_as("press", "press.example")
        without, held = PARAGRAPHS[1], f"{PARAGRAPHS[1]} Nobody was asked beforehand."
        longer = held.replace("January", "February")
        for body in (without, held, longer, without, held):
            watch.look(page(PARAGRAPHS[0], body, PARAGRAPHS[2]), "dredging")
        watch.look(page(CAFE, TOKYO, PARAGRAPHS[2], title="A walk along the quay"), "press")
        yield archive.connection


def asked(connection: sqlite3.Connection, query: str, **narrowed: str) -> list[tuple[str, int, int]]:
    hits = search(connection, Wanted(query, **narrowed), 50).hits
    return [(hit.source_id, hit.first_version, hit.last_version) for hit in hits]


def test_a_passage_is_found_in_each_stretch_of_versions_in_which_it_stood(connection: sqlite3.Connection) -> None:
    assert sorted(asked(connection, "nobody beforehand")) == [
        ("dredging", 2, 2),
        ("dredging", 3, 3),
        ("dredging", 5, 5),
    ]


def test_the_words_that_were_found_are_marked(connection: sqlite3.Connection) -> None:
    (hit,) = search(connection, Wanted('"the winter" harbour'), 50).hits

    assert f"{OPEN}the winter{CLOSE}" in hit.snippet
    assert f"{OPEN}harbour{CLOSE}" in hit.snippet
    assert hit.text == CAFE


def test_accents_and_capitals_make_no_difference(connection: sqlite3.Connection) -> None:
    for typed in ("cafe resume", "CAFÉ", "Cafe\u0301", unicodedata.normalize("NFD", "Résumé")):
        assert asked(connection, typed) == [("press", 1, 1)]


def test_a_script_without_spaces_is_found_letter_by_letter(connection: sqlite3.Connection) -> None:
    for typed in ("防潮堤", "水", "建設 工事", '"新しい防潮堤"', "東京都は水曜日"):
        (hit,) = search(connection, Wanted(typed), 50).hits
        assert hit.source_id == "press"
        assert OPEN in hit.snippet
    assert asked(connection, "大阪") == []
    assert asked(connection, "防潮堤 harbour") == []


def test_letters_are_looked_for_in_bounded_steps_that_miss_nothing(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_LETTERS", 2)
    found: list[searching.Hit] = []
    after, steps = None, 0
    while True:
        answer = search(connection, Wanted("防潮堤", after=after), 50)
        found += answer.hits
        after, steps = answer.more, steps + 1
        if after is None:
            break

    assert [hit.source_id for hit in found] == ["press"]
    assert steps > 2


def test_a_search_narrows_by_publisher_page_and_time(connection: sqlite3.Connection) -> None:
    timetable = "ferries timetable"

    assert {source for source, _, _ in asked(connection, timetable)} == {"dredging", "press"}
    assert asked(connection, timetable, publisher="press.example") == [("press", 1, 1)]
    assert {source for source, _, _ in asked(connection, timetable, source_id="dredging")} == {"dredging"}
    # the passage of the third version stood on 3 March alone
    assert asked(connection, "February", since="2026-03-03", until="2026-03-03") == [("dredging", 3, 3)]
    assert asked(connection, "February", since="2026-03-04") == []
    assert asked(connection, "February", until="2026-03-02") == []


def test_a_long_answer_is_paged_without_a_gap_or_a_repeat(connection: sqlite3.Connection) -> None:
    whole = asked(connection, "the")
    paged: list[tuple[str, int, int]] = []
    after = None
    while True:
        answer = search(connection, Wanted("the", after=after), 2)
        paged += [(hit.source_id, hit.first_version, hit.last_version) for hit in answer.hits]
        after = answer.more
        if after is None:
            break

    assert paged == whole
    assert len(whole) > 4


def test_a_search_stops_after_a_bounded_number_of_passages_and_goes_on(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_PASSAGES", 1)
    first = search(connection, Wanted("the", publisher="nobody"), 50)

    assert first.hits == ()
    assert first.more is not None


def test_common_words_are_found_in_one_page_as_in_all(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = ("the", "ferries", '"the work"', "防潮堤", "東京都 the", "nobody", "CAFÉ")
    among_all = [
        (search(connection, Wanted(query, source_id=source), 50), edits(connection, query, "either"))
        for query in queries
        for source in ("dredging", "press")
    ]
    monkeypatch.setattr(searching, "_COMMON", 0)
    monkeypatch.setattr(searching, "_FIRST", 1)
    monkeypatch.setattr(searching, "_AT_ONCE", 2)
    alone = [
        (search(connection, Wanted(query, source_id=source), 50), edits(connection, query, "either"))
        for query in queries
        for source in ("dredging", "press")
    ]

    assert alone == among_all
    assert sum(len(found.hits) for found, _ in alone) > 8


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "-1.0", "9" * 40 + ".1"])
def test_a_place_that_no_answer_named_is_refused(connection: sqlite3.Connection, after: str) -> None:
    with pytest.raises(UsageError, match="no place in a search"):
        search(connection, Wanted("the", after=after), 5)


@settings(max_examples=150, deadline=None)
@given(typed=st.text(max_size=60) | st.text(alphabet='"*^:(){}+-AND NOTEARé東\x00\ud800_', max_size=60))
def test_nothing_that_is_typed_is_an_error(connection: sqlite3.Connection, typed: str) -> None:
    search(connection, Wanted(typed), 5)
    search_edits(connection, Wanted(typed), "either", 5)
    phrase_history(connection, typed)


def test_a_very_long_query_is_cut_and_no_error(connection: sqlite3.Connection) -> None:
    assert search(connection, Wanted("the " * 5000), 5).hits
    match = terms("a " * 500).match
    assert match is not None
    assert match.count('"') == 2 * MOST


def edits(connection: sqlite3.Connection, query: str, where: edit_search.Where) -> list[tuple[bool, int | None]]:
    found, _ = search_edits(connection, Wanted(query), where, 50)
    return [(hit.added, hit.new_number) for hit in found]


def test_added_text_is_what_an_edit_brought_and_not_what_stood_beside_it(connection: sqlite3.Connection) -> None:
    assert edits(connection, "nobody beforehand", "added") == [(True, 5), (True, 2)]
    assert edits(connection, "February", "added") == [(True, 3)]
    # the passage around it came anew with each edit, its words did not
    assert edits(connection, "48 million crowns", "added") == []


def test_removed_text_is_what_an_edit_took_away(connection: sqlite3.Connection) -> None:
    assert edits(connection, "nobody", "removed") == [(False, 4)]
    assert edits(connection, "January", "removed") == [(False, 3)]
    assert edits(connection, "crowns", "removed") == []
    assert edits(connection, "nobody", "either") == [(True, 5), (False, 4), (True, 2)]


def test_edits_are_paged_by_change(connection: sqlite3.Connection) -> None:
    found, before = search_edits(connection, Wanted("nobody"), "either", 1)
    rest, end = search_edits(connection, Wanted("nobody"), "either", 50, before)

    assert [hit.new_number for hit in found] == [5]
    assert [hit.new_number for hit in rest] == [4, 2]
    assert end is None


def test_the_history_of_a_phrase_joins_the_passages_that_held_it(connection: sqlite3.Connection) -> None:
    (found,) = phrase_history(connection, "nobody was asked beforehand").pages
    first, second = found.presences

    # versions 2 and 3 hold it in two different passages: one stay
    assert (first.first_version, first.last_version) == (2, 3)
    assert first.before == "2026-03-02T06:00:00.000Z"
    assert first.first_seen == "2026-03-02T18:00:00.000Z"
    assert first.last_seen == "2026-03-03T06:00:00.000Z"
    assert first.gone_by == "2026-03-03T18:00:00.000Z"
    assert (second.first_version, second.last_version, second.gone_by) == (5, 5, None)


def test_a_phrase_of_the_first_version_has_no_coming(connection: sqlite3.Connection) -> None:
    pages = phrase_history(connection, "Ferries keep to their timetable").pages

    assert [(one.source_id, one.presences[0].before, one.presences[0].gone_by) for one in pages] == [
        ("dredging", None, None),
        ("press", None, None),
    ]
    assert [one.source_id for one in phrase_history(connection, "Ferries", source_id="press").pages] == ["press"]


def test_the_history_agrees_with_a_search_through_every_version(connection: sqlite3.Connection) -> None:
    texts = connection.execute("select source_id, number, text from version_texts").fetchall()
    for phrase in ("Nobody was asked", "set aside in January", "set aside in February", "Ferries keep", "防潮堤"):
        spelled = {(row[0], row[1]) for row in texts if phrase in row[2]}
        told = {
            (one.source_id, number)
            for one in phrase_history(connection, phrase).pages
            for stay in one.presences
            for number in range(stay.first_version, stay.last_version + 1)
        }
        assert told == spelled


def test_a_page_that_was_taken_down_is_not_said_to_hold_the_phrase_still(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS))
        for _ in range(4):
            watch.look(b"<h1>Not found</h1>", status=404, headers=(("Content-Type", "text/html"),), hours=24)
        (found,) = phrase_history(archive.connection, "48 million crowns").pages

    assert found.removed is not None
    assert found.removed[0] == "2026-03-02T06:00:00.000Z"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 6) | st.none()), min_size=1, max_size=8))
def test_joined_spans_cover_the_same_versions_and_never_touch(drawn: list[tuple[int, int | None]]) -> None:
    spans = [(first, None if length is None else first + length) for first, length in drawn]

    def covered(some: list[tuple[int, int | None]]) -> set[int]:
        return {n for first, last in some for n in range(first, (20 if last is None else last) + 1)}

    result = joined(spans)
    assert covered(result) == covered(spans)
    for (_, end), (start, _) in pairwise(result):
        assert end is not None
        assert start > end + 1


def test_every_question_is_answered_from_an_index(connection: sqlite3.Connection) -> None:
    plans: list[str] = []
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    search(connection, Wanted("the", publisher="example.gov", since="2026-03-01"), 5)
    search(connection, Wanted("the", source_id="dredging"), 5)
    search_edits(connection, Wanted("nobody"), "either", 5)
    phrase_history(connection, "nobody was asked")
    connection.set_trace_callback(None)
    for statement in statements:
        if statement.startswith("select") and "passages_fts_" not in statement:
            plans += [row[3] for row in connection.execute(f"explain query plan {statement}")]

    assert len(plans) > 20
    # What is read in one step (see `at_once`) is written out of a subquery.
    found = [plan for plan in plans if "VIRTUAL TABLE" not in plan and "(subquery" not in plan]
    scans = [plan for plan in found if plan.startswith("SCAN")]
    assert scans == []
