"""The canned queries: each answers on an archive that has what it asks for, and none is broken by what is typed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from scraper.archive import Archive
from scraper.datasette_plugin.queries import QUERIES
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.served import Served, serve

HOSTILE = ("", '"', "' or 1=1 --", "*", "NEAR(a b", "text : x", "\x00", "2026-99-99", "%", "é" * 700, "-1e999")
ASKED: dict[str, dict[str, str]] = {
    "said_on_this_day": {"source": "dredging-contract", "day": "2026-03-04"},
    "phrase_history": {"phrase": '"million crowns"'},
    "coverage_gaps": {"hours": "20", "source": ""},
}


def ask(served: Served, name: str, **values: str) -> list[dict[str, Any]]:
    given = {**dict.fromkeys(QUERIES[name].params, ""), **values}
    return served.rows(f"/archive/{name}.json?{urlencode(given)}")


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An archive whose only page is being turned away."""
    path = tmp_path_factory.mktemp("blocked") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS))
        watch.look(b"<h1>Access Denied</h1>", status=403, headers=(("Content-Type", "text/html"),))
    return serve(path)


@pytest.mark.parametrize("name", [name for name in QUERIES if name != "blocked_now"])
def test_every_question_has_an_answer_in_the_demo(demo: Served, name: str) -> None:
    assert ask(demo, name, **ASKED.get(name, {}))


def test_a_page_that_is_turned_away_is_blocked_now(blocked: Served, demo: Served) -> None:
    assert [row["source_id"] for row in ask(blocked, "blocked_now")] == ["dredging"]
    assert ask(demo, "blocked_now") == []


@pytest.mark.parametrize("name", [name for name, question in QUERIES.items() if question.params])
def test_nothing_that_is_typed_breaks_a_question(demo: Served, name: str) -> None:
    for typed in HOSTILE:
        assert isinstance(ask(demo, name, **dict.fromkeys(QUERIES[name].params, typed)), list)


@pytest.mark.parametrize("name", list(QUERIES))
def test_the_form_of_a_question_asks_for_exactly_what_its_sql_uses(name: str) -> None:
    question = QUERIES[name]

    assert set(re.findall(r":([a-z]\w*)", question.sql)) == set(question.params)
    assert question.title
    assert question.description.endswith(".")


def test_silent_edits_are_those_that_the_script_of_the_demo_made(demo: Served) -> None:
    assert {"dredging-contract", "water-advisory", "data-terms"} <= {r["source_id"] for r in ask(demo, "silent_edits")}
    assert "port-statistics" not in {
        row["source_id"] for row in ask(demo, "silent_edits", until="2026-03-12", since="2026-03-10")
    }


def test_a_vanished_sentence_is_given_word_for_word(demo: Served) -> None:
    sentences = [row["sentence"] for row in ask(demo, "vanished_sentences", source="data-terms")]

    assert "We do not pass them on, and we do not combine them with other records." in sentences


def test_what_a_page_said_on_a_day_is_the_text_that_stood_at_its_end(demo: Served) -> None:
    (before,) = ask(demo, "said_on_this_day", source="dredging-contract", day="2026-03-02")
    (after,) = ask(demo, "said_on_this_day", source="dredging-contract", day="2026-03-03")
    (now,) = ask(demo, "said_on_this_day", source="dredging-contract")

    assert "48.6 million" in before["text"]
    assert "61.3 million" in after["text"]
    assert now["version"] == 4


def test_the_history_of_a_phrase_says_when_it_came_and_went(demo: Served) -> None:
    rows = ask(demo, "phrase_history", phrase='"fixed price of 48.6"')

    assert [(row["source_id"], row["standing"], row["last_version"]) for row in rows] == [("dredging-contract", 0, 1)]


def test_a_removed_page_is_listed_with_its_return(demo: Served) -> None:
    (row,) = ask(demo, "removed_pages")

    assert row["source_id"] == "ferry-report"
    assert row["back_by"].startswith("2026-03-13")


def test_the_match_function_is_there_for_everybodys_own_sql(demo: Served) -> None:
    sql = "select count(*) as n from passages_fts where passages_fts match redline_match('\"AND (')"
    response = demo.get(f"/archive.json?{urlencode({'sql': sql, '_shape': 'array'})}", follow_redirects=True)

    assert response.status_code == 200
    assert response.json() == [{"n": 0}] or response.json()[0]["n"] >= 0
