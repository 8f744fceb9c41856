"""The pages of a version and of a difference on a real Datasette: how a reader finds the way on them."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.lifetimes import lives, seen
from scraper.datasette_plugin import difference_page
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.served import Served, read, serve

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup

ROOT = "/-/redline/archive"
CONTRACT = f"{ROOT}/dredging-contract"


def anchors_hold(html: BeautifulSoup) -> bool:
    ids = {str(element["id"]) for element in html.select("[id]")}
    return all(str(a["href"])[1:] in ids for a in html.select("a[href^='#']"))


@pytest.mark.parametrize("query", ["", "?view=columns", "?context=all", "?view=columns&context=all"])
def test_every_form_of_a_difference_marks_the_same_words_and_leads_from_edit_to_edit(demo: Served, query: str) -> None:
    html = demo.page(f"{CONTRACT}/1..4{query}")

    assert [row["id"] for row in html.select(".edit")] == ["edit-1", "edit-2", "edit-3"]
    assert [a["href"] for a in html.select(".edit-index a")] == ["#edit-1", "#edit-2", "#edit-3"]
    assert [a["href"] for a in html.select("#edit-2 .edit-ways a")] == ["#edit-1", "#edit-3"]
    assert anchors_hold(html)
    assert " removed: 48.6 end of removal " in [d.get_text() for d in html.select(".difference del")]


def test_the_index_tells_what_a_passage_lost_before_what_it_gained(demo: Served) -> None:
    html = demo.page(f"{ROOT}/ferry-report/1..2")
    line = html.select_one(".edit-index a[href='#edit-2']")

    assert line is not None
    assert [mark.name for mark in line.select("del, ins")] == ["del", "ins"]
    assert "not passed to the hydrographic office" in line.get_text()


def test_side_by_side_shows_each_text_on_its_side(demo: Served) -> None:
    row = demo.page(f"{CONTRACT}/1..2?view=columns").select_one("#edit-1")

    assert row is not None
    left, right = row.select_one(".left"), row.select_one(".right")
    assert left is not None
    assert right is not None
    assert "48.6" in left.get_text()
    assert "61.3" not in left.get_text()
    assert "61.3" in right.get_text()
    assert "48.6" not in right.get_text()


def test_the_whole_text_is_a_link_away_and_folds_nothing(demo: Served) -> None:
    short, whole = demo.page(f"{CONTRACT}/1..2"), demo.page(f"{CONTRACT}/1..2?context=all")

    assert short.select("details.fold")
    assert f"{CONTRACT}/1..2?context=all" in [a["href"] for a in short.select(".switch a")]
    assert not whole.select("details.fold")
    assert "seal banks" in whole.select_one(".difference").get_text()  # type: ignore[union-attr]


def test_both_ends_of_a_move_are_linked(demo: Served) -> None:
    html = demo.page(f"{ROOT}/pilot-interview/1..2")

    here, away = html.select_one(".moved_here .move-note a"), html.select_one(".moved_away .move-note a")
    assert here is not None
    assert away is not None
    assert html.select_one(str(here["href"])) is not None
    assert away["href"] == "#edit-1"
    assert anchors_hold(html)


def test_a_page_that_is_not_there_says_which_are(demo: Served) -> None:
    assert "it has pages 1 to 1" in demo.get(f"{CONTRACT}/1..2?page=2").text
    assert "it has pages 1 to 1" in demo.get(f"{CONTRACT}/2?page=9").text


def test_a_version_tells_when_each_sentence_came_and_went(demo: Served) -> None:
    html = demo.page(f"{CONTRACT}/2")
    fresh = html.select_one(".passage.fresh")

    assert fresh is not None
    assert [s.get_text() for s in fresh.select(".is-new")] == [
        "The contract has a fixed price of 61.3 million crowns, paid in five instalments."
    ]
    life = read(fresh.select_one(".life"))  # type: ignore[arg-type]
    assert "First seen in version 2, 3 Mar 2026, 18:17 UTC" in life
    assert "still there in the latest version" in life
    assert "The price covers dredging" in life
    assert "since version 1, " in life
    assert [s.get_text()[:14] for s in html.select(".is-last")] == ["The contractor"]
    assert anchors_hold(html)


@pytest.mark.parametrize(
    ("time", "number", "says"),
    [
        ("2026-03-02", 1, "seen with this text before that moment and after it"),
        ("2026-03-03T12:00", 1, "either may have stood"),
        ("20260303120000", 1, "either may have stood"),
        ("2026-03-04T06:17:00Z", 2, "seen with this text before that moment and after it"),
        ("2027-01-01", 4, "nobody has looked since"),
    ],
)
def test_a_time_leads_to_what_stood_then_and_says_how_sure_that_is(
    demo: Served, time: str, number: int, says: str
) -> None:
    for path in (f"{CONTRACT}/at/{time}", f"{CONTRACT}/at?time={time}"):
        location = demo.get(path).headers["location"]
        assert location.startswith(f"{CONTRACT}/{number}?asked=")
        assert says in read(demo.page(location))


@pytest.mark.parametrize(
    ("path", "says"),
    [("/at/yesterday", "write it as 2026-03-09"), ("/at", "no time was given"), ("/at/2020-01-01", "not yet watched")],
)
def test_a_time_that_is_none_is_answered_with_one_line(demo: Served, path: str, says: str) -> None:
    response = demo.get(CONTRACT + path)

    assert response.status_code == 404
    assert says in response.text.lower()


@pytest.mark.parametrize("form", ["txt", "bib", "json", "html"])
def test_a_citation_is_a_file_to_save_and_never_a_page(demo: Served, form: str) -> None:
    response = demo.get(f"{CONTRACT}/2/cite.{form}")
    shown = demo.page(f"{CONTRACT}/2").select_one("#cite")

    assert "/-/redline/archive/-/look/" in response.text
    assert "html" not in response.headers["content-type"]
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    assert response.headers["etag"] == f'"{hashlib.sha256(response.content).hexdigest()}"'
    assert shown is not None
    assert response.text.strip() in shown.get_text()


def test_the_text_of_a_version_can_be_taken_home(demo: Served) -> None:
    response = demo.get(f"{CONTRACT}/2/text.txt")

    assert response.headers["content-type"].startswith("text/plain")
    assert "a fixed price of 61.3 million crowns" in response.text
    assert len(response.text.splitlines()) == len(demo.page(f"{CONTRACT}/2").select(".passage"))


def test_a_version_says_how_it_is_fixed_and_how_to_check_that(demo: Served) -> None:
    html = demo.page(f"{CONTRACT}/2")
    (run,) = demo.rows("/archive/runs.json?id=4&_col=ledger_head&_labels=off")
    evidence = html.select_one("#evidence")

    assert evidence is not None
    assert run["ledger_head"] in evidence.get_text()
    assert "redline export bundle dredging-contract 2" in evidence.get_text()
    assert [th.get_text().lower() for th in evidence.select("table.headers tbody th")].count("content-type") == 1


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of many versions whose links and wording change, and one text too long for a page."""
    path = tmp_path_factory.mktemp("much") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        for at in range(12):
            link = f'<a href="https://www.example.gov/list/{at}">the register</a>'
            watch.look(page(f"{PARAGRAPHS[0]} See {link}.", PARAGRAPHS[1].replace("48", str(100 + at)), PARAGRAPHS[2]))
        watch.add("long", "https://www.example.gov/long")
        sentence = "Paragraph {} of the act says what it says about the harbour, the ferries and the {} in the sound."
        for word in ("ships", "boats"):
            watch.look(page(*(sentence.format(at, f"{word} of {at}" * 110) for at in range(300))), "long")
    return path


def test_versions_far_apart_are_compared_and_chosen_by_number(much: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference_page, "_CHOICES", 10)
    html = serve(much).page(f"{ROOT}/dredging/1..12")

    assert "11 steps" in html.get_text()
    assert [i["max"] for i in html.select("form input[type=number]")] == ["12", "12"]
    assert "48" not in [d.get_text() for d in html.select(".difference del")]
    assert [d.get_text() for d in html.select(".difference del")] == [" removed: 100 end of removal "]


def test_a_link_that_leads_elsewhere_under_the_same_words_is_told_as_one(much: Path) -> None:
    lists = serve(much).page(f"{ROOT}/dredging/1..2").select_one(".lists")

    assert lists is not None
    assert "“the register” led" in lists.get_text()
    assert [a["href"] for a in lists.select("del a, ins a")] == [
        "https://www.example.gov/list/0",
        "https://www.example.gov/list/1",
    ]


def test_a_long_text_and_its_difference_come_on_pages_that_miss_nothing(much: Path) -> None:
    served = serve(much)
    for path, select in ((f"{ROOT}/long/2", ".passage"), (f"{ROOT}/long/1..2", ".edit")):
        shown, following, pages = 0, path, 0
        while following:
            html = served.page(following)
            assert len(str(html)) < 3_000_000
            shown += len(html.select(select))
            onward = html.select_one(".leaves a[rel=next]")
            following, pages = str(onward["href"]) if onward else "", pages + 1
        assert pages > 1
        assert shown == 301 if select == ".passage" else shown == 300


def test_what_the_margin_asks_is_bounded_by_an_index(much: Path) -> None:
    connection = sqlite3.connect(much)
    connection.row_factory = sqlite3.Row
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    lives(connection, "dredging", 10**7)
    seen(connection, "dredging", [1, 50])
    assert lives(connection, "long", 1000) is None
    connection.set_trace_callback(None)

    for statement in set(asked):
        plan = " | ".join(row["detail"] for row in connection.execute(f"explain query plan {statement}"))
        assert "SCAN spans" not in plan
        assert "SCAN s" not in plan.replace("SCAN subquery", "")
        assert "SCAN v" not in plan
    connection.close()
    assert len(asked) > 4
