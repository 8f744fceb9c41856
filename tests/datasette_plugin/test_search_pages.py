"""The search page and the history of a phrase, as readers see them in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.served import Served, read

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

ROOT = "/-/redline/archive"


def groups(page: BeautifulSoup) -> dict[str, int]:
    """How much was found on each page, by the address of the page."""
    return {
        str(group.select_one("h2 a")["href"]).rsplit("/", 1)[1]: len(group.select(".found"))  # type: ignore[index]
        for group in page.select(".found-on")
    }


def test_what_was_found_is_grouped_by_page_with_the_words_marked(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/search?q=million+crowns")

    assert groups(page) == {"dredging-story": 2, "dredging-contract": 2}
    assert {word for mark in page.select("mark") for word in mark.get_text().split()} == {"million", "crowns"}


def test_a_search_narrows_by_publisher_and_by_the_days_on_which_text_stood(demo: Served) -> None:
    narrowed = f"{ROOT}/-/search?q=crowns&publisher=harbours.example.gov"

    assert groups(demo.page(narrowed)) == {"dredging-contract": 4}
    assert groups(demo.page(f"{narrowed}&until=2026-03-02")) == {"dredging-contract": 2}


def test_added_and_removed_text_lead_to_the_difference_that_did_it(demo: Served) -> None:
    for where, query in (("added", "61.3"), ("removed", "48.6")):
        page = demo.page(f"{ROOT}/-/search?q={query}&in={where}&source=dredging-contract")
        (found,) = page.select(".found")
        link = found.select_one(".kicker a")
        assert link is not None
        assert demo.get(str(link["href"])).headers["location"] == f"{ROOT}/dredging-contract/1..2"
        assert found.select_one("del") is not None
        assert found.select_one("ins") is not None


def test_the_tabs_keep_what_was_asked(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/search?q=crowns&in=added&publisher=harbours.example.gov")
    tabs = page.select(".search-in a")

    assert [tab.get_text() for tab in tabs if tab.get("aria-current")] == ["Added text"]
    for tab in tabs:
        assert "q=crowns" in str(tab["href"])
        assert "publisher=harbours.example.gov" in str(tab["href"])
        assert demo.get(str(tab["href"])).status_code == 200


def test_the_feed_of_a_search_holds_the_changes_that_it_is_about(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/search?q=colonies")
    (link,) = page.select("link[type='application/feed+json']")
    items = demo.get(str(link["href"])).json()["items"]

    assert items == []  # the word stood through both edits: neither brought nor took it
    assert {item["_redline"]["source"] for item in demo.get(f"{ROOT}/-/feed.json?q=630").json()["items"]} == {
        "water-advisory"
    }


def test_a_phrase_tells_when_it_went_and_came_back(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/phrase?q=370+colonies&source=water-advisory")
    rows = page.select(".stays tbody tr")
    first, second = (" ".join(row.get_text().split()) for row in rows)

    assert "there at the first look, 2 Mar 2026, 06:17 UTC" in first
    assert "between 4 Mar, 06:17 and 4 Mar 2026, 18:17 UTC" in first
    assert "between 12 Mar, 06:17 and 12 Mar 2026, 18:17 UTC" in second
    assert "still there when last seen" in second
    for link in page.select(".stays a"):
        assert demo.get(str(link["href"])).status_code == 200


def test_the_history_can_be_taken_home_as_csv_and_json(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/phrase?q=million+crowns")
    links = {a.get_text(): str(a["href"]) for a in page.select(".meta a")}

    assert demo.get(links["CSV"]).text.startswith("source_id,first_seen,last_seen,standing")
    assert demo.rows(links["JSON"])


def test_a_phrase_that_never_stood_and_none_at_all_are_answered(demo: Served) -> None:
    assert "No version of any page holds this phrase" in read(demo.page(f"{ROOT}/-/phrase?q=hippopotamus"))
    assert "Type a phrase" in read(demo.page(f"{ROOT}/-/phrase"))
    assert "Type words above" in read(demo.page(f"{ROOT}/-/search"))


@pytest.mark.parametrize("query", ["in=everywhere", "since=soon", "after=x", "in=added&after=x"])
def test_a_search_that_cannot_be_is_answered_in_one_line(demo: Served, query: str) -> None:
    assert demo.get(f"{ROOT}/-/search?q=crowns&{query}").status_code == 404
