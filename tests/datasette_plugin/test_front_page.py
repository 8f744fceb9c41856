"""The front page: what matters first, its numbers and bars as links, and archives with nothing or very much in them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from scraper.archive import Archive, window
from tests.archive.watching import Watch
from tests.datasette_plugin.served import Served, read, serve
from tests.datasette_plugin.standing_archives import busy, in_every_state, seen_once

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup

ROOT = "/-/redline/archive"


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Served:
    path = tmp_path_factory.mktemp("states") / "archive.db"
    in_every_state(path)
    return serve(path)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Served:
    path = tmp_path_factory.mktemp("crowded") / "archive.db"
    busy(path, days=2, a_day=5_000)
    return serve(path)


def headings(page: BeautifulSoup) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in page.select(".day > h2")]


def weights(page: BeautifulSoup) -> list[float]:
    return [float(b.get_text()) for b in page.select(".weight summary b")]


def test_each_number_of_the_watch_line_leads_to_the_pages_that_it_counts(states: Served) -> None:
    links = states.page(ROOT).select(".watch a")

    told = {}
    for link in links:
        rows = states.page(str(link["href"])).select("table.pages tbody tr")
        listed = [row for row in rows if "no longer watched" not in row.get_text()]
        told[link.get_text(strip=True).lstrip("0123456789,")] = (int(link.select_one("b").get_text()), len(listed))  # type: ignore[union-attr]
    assert all(said == listed for said, listed in told.values()), told
    assert {"blocked", "failing", "removed", "not looked at yet", "not found, not yet confirmed"} <= set(told)


def test_a_state_that_there_is_not_is_said_in_one_line(states: Served) -> None:
    response = states.get(f"{ROOT}/-/pages?state=lost")

    assert response.status_code == 404
    assert "it is one of seen, blocked" in response.text


def test_the_newest_day_stands_first_and_in_a_day_what_weighs_most(demo: Served) -> None:
    page = demo.page(ROOT)

    days = [str(time["datetime"]) for time in page.select(".day > h2 time")]
    assert days == sorted(days, reverse=True)
    for section in page.select(".day"):
        found = [float(b.get_text()) for b in section.select(".weight summary b")]
        assert found == sorted(found, reverse=True)


def test_the_order_can_be_switched_to_what_weighs_most(demo: Served) -> None:
    (href,) = [a["href"] for a in demo.page(ROOT).select(".order a") if "Most significant" in a.get_text()]
    page = demo.page(str(href))

    assert weights(page) == sorted(weights(page), reverse=True)
    assert "Report on the Grounding" in page.select("article h3")[0].get_text()


def test_a_significance_gives_its_heaviest_reasons_in_words(demo: Served) -> None:
    entry = demo.page(f"{ROOT}?class=negation").select_one("article.entry")

    assert "a negation came or went" in entry.select_one(".because").get_text()  # type: ignore[union-attr]


def test_a_floor_and_a_period_narrow_the_list_and_can_be_taken_away(demo: Served) -> None:
    page = demo.page(f"{ROOT}?significance=0.4&since=2026-03-05&until=2026-03-10&publisher=harbours.example.gov")

    assert weights(page)
    assert min(weights(page)) >= 0.4
    assert all("2026-03-05" <= str(time["datetime"]) <= "2026-03-10" for time in page.select(".day > h2 time"))
    taken = [a for a in page.select(".taken a") if "clear" not in (a.get("class") or [])]
    assert len(taken) == 4
    for link in taken:
        assert len(parse_qs(urlsplit(str(link["href"])).query)) == 3
    assert page.select_one("select[name=significance] option[selected]")["value"] == "0.4"  # type: ignore[index]
    assert page.select_one("input[name=since]")["value"] == "2026-03-05"  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=yesterday", "write it as 2026-03-09"),
        ("until=2026-13-01", "write it as 2026-03-09"),
        ("significance=high", "it goes from 0 to 1"),
        ("significance=nan", "it goes from 0 to 1"),
        ("order=alphabet", "it is day or significance"),
        ("same=x", "is no whole number"),
    ],
)
def test_an_address_that_asks_for_nonsense_is_answered_with_one_line(demo: Served, query: str, says: str) -> None:
    response = demo.get(f"{ROOT}?{query}")

    assert response.status_code == 404
    assert says in response.text


def test_a_day_of_its_own_shows_its_changes_and_what_was_not_seen(demo: Served) -> None:
    page = demo.page(f"{ROOT}?since=2026-03-07&until=2026-03-07")

    assert page.select_one("h1").get_text() == "What changed on Saturday 7 March 2026"  # type: ignore[union-attr]
    assert "No look of this day found a change" in page.get_text()
    assert "3 pages of harbours.example.gov" in read(page.select_one(".unseen"))  # type: ignore[arg-type]
    assert len(page.select(".unseen a")) == 3


def test_every_bar_of_the_drawing_leads_to_its_days_and_stands_in_the_table(demo: Served) -> None:
    page = demo.page(ROOT)

    bars = [str(a["href"]) for a in page.select(".bars a")]
    assert bars == [str(a["href"]) for a in page.select(".figures th a")][::-1]
    assert len(bars) == 14
    for href, row in zip(bars, page.select(".figures tbody tr")[::-1], strict=True):
        shown = demo.page(href)
        assert len(shown.select("article.entry")) == int(row.select("td")[0].get_text())
    assert "of them not announced or removals" in str(page.select_one(".bars")["aria-label"])  # type: ignore[index]


def test_the_list_can_be_followed_as_a_feed_narrowed_alike(demo: Served) -> None:
    page = demo.page(f"{ROOT}?class=number&since=2026-03-01")

    feeds = {str(link["type"]): str(link["href"]) for link in page.select("link[rel=alternate]")}
    assert feeds == {
        "application/atom+xml": f"{ROOT}/-/feed.atom?class=number",
        "application/feed+json": f"{ROOT}/-/feed.json?class=number",
    }


def test_an_archive_with_nothing_but_first_versions_says_so(tmp_path: Path) -> None:
    seen_once(tmp_path / "archive.db")
    served = serve(tmp_path / "archive.db")

    text = read(served.page(ROOT))
    assert "No wording has changed yet, in 2 looks since 2 Mar 2026." in text
    assert len(served.page(f"{ROOT}?all=1").select("article.entry")) == 2


def test_an_archive_that_nobody_has_looked_for_says_how_to_begin(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        Watch(archive).add()

    assert "“redline run” looks at what is due" in read(serve(tmp_path / "archive.db").page(ROOT))


def test_five_thousand_changes_a_day_are_a_page_that_can_be_read(crowded: Served) -> None:
    page = crowded.page(ROOT)

    assert headings(page)[0] == "Found on Wednesday 4 March 2026"
    assert len(page.select("article.entry")) < 50
    rest = page.select(".rest a")
    assert rest[0].get_text() == "4,988 more changes on 4 Mar 2026"
    day = crowded.page(str(rest[0]["href"]))
    assert weights(day) == sorted(weights(day), reverse=True)
    more = crowded.page(str(day.select_one(".older a")["href"]))  # type: ignore[index]
    assert weights(more)[0] <= weights(day)[-1]
    first = {str(e["id"]) for e in day.select("article.entry")}
    assert not first & {str(e["id"]) for e in more.select("article.entry")}


def test_what_was_not_looked_through_is_never_said_to_be_nowhere(
    crowded: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW", 3_000)
    monkeypatch.setattr(window, "_FEW", 10)

    page = crowded.page(f"{ROOT}?kind=removed")
    assert "Nothing of that kind is among the latest 3,000 changes of the period" in page.get_text()
    assert page.select_one(".older a")["href"] == f"{ROOT}?kind=removed&until=2026-03-04"  # type: ignore[index]


def test_a_site_wide_edit_names_a_dozen_pages_and_leads_to_the_rest(crowded: Served) -> None:
    (entry,) = crowded.page(f"{ROOT}?class=site_wide").select("article.entry")

    assert "The same edit on 2,500 pages of example.gov" in read(entry)
    assert len(entry.select(".others a")) == 13
    whole = crowded.page(str(entry.select(".others a")[-1]["href"]))
    assert len(whole.select("article.entry")) == 100
    assert "Only the first 100 pages are listed" in read(whole)
