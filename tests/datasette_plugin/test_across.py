"""One Datasette over many archives: the front page and the search across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.archive.sharding import shard
from tests.archive.watching import START
from tests.datasette_plugin.served import Served, read, serve

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import Tag


@pytest.fixture(scope="module")
def shards(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [made.path for made in shard(demo_path, tmp_path_factory.mktemp("shards"), START)]


@pytest.fixture(scope="module")
def many(shards: list[Path]) -> Served:
    return serve(*shards)


def headings(page: Tag) -> list[str]:
    return [read(heading) for heading in page.select("article.entry h3")]


def test_the_site_opens_with_the_changes_of_all_archives(many: Served, shards: list[Path]) -> None:
    page = many.page("/")
    assert len(shards) > 1
    assert read(page.select_one("h1")) == "What changed"  # type: ignore[arg-type]
    links = {str(link["href"]) for link in page.select("article.entry h3 a")}
    assert all(any(link.startswith(f"/-/redline/{path.stem}/") for link in links) for path in shards)
    for link in sorted(links):
        assert many.get(link.split("#")[0]).status_code == 200


def test_together_they_show_what_the_whole_shows(many: Served, demo: Served) -> None:
    across, whole = many.page("/-/redline?all=1"), demo.page("/-/redline/archive?all=1")
    assert [read(day) for day in across.select(".day h2")] == [read(day) for day in whole.select(".day h2")]
    assert [headings(day) for day in across.select(".day")] == [headings(day) for day in whole.select(".day")]
    more = [sum(int(read(link).split()[0]) for link in day.select(".rest a")) for day in across.select(".day")]
    assert more == [sum(int(read(rest).split()[0]) for rest in day.select(".rest")) for day in whole.select(".day")]


def test_each_archive_says_how_its_pages_fare(many: Served, demo: Served, shards: list[Path]) -> None:
    across = many.page("/-/redline")
    assert [read(name) for name in across.select(".archive h2")] == [path.stem for path in shards]
    watched = [int(read(section.select_one("p b"))) for section in across.select(".archive")]  # type: ignore[arg-type]
    assert sum(watched) == int(read(demo.page("/-/redline/archive").select_one(".watch b")))  # type: ignore[arg-type]
    for link in across.select(".archive a"):
        assert many.get(str(link["href"])).status_code == 200


def test_every_change_is_on_one_of_the_pages_and_on_one_only(many: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = headings(many.page("/-/redline?all=1"))
    monkeypatch.setattr("scraper.datasette_plugin.across.LISTED", 5)
    found: list[str] = []
    path: str | None = "/-/redline?all=1"
    for _ in range(30):
        page = many.page(path or "")
        found += [str(entry["id"]) for entry in page.select("article.entry")]
        older = page.select_one(".older a")
        path = str(older["href"]) if older else None
        if path is None:
            break
    assert path is None
    assert len(found) == len(set(found))
    assert len(found) >= len(whole)


def test_what_a_day_has_beyond_its_list_is_in_the_archives_own_lists(
    many: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.datasette_plugin.across.EACH_DAY", 1)
    page = many.page("/-/redline?all=1")
    assert all(len(headings(day)) == 1 for day in page.select(".day"))
    links = page.select(".rest a")
    assert links
    for link in links:
        listed = headings(many.page(str(link["href"])))
        assert len(listed) >= 1


def test_the_list_is_narrowed_in_every_archive(many: Served) -> None:
    removed = many.page("/-/redline?kind=removed")
    assert headings(removed)
    assert all("Removed" in read(entry) for entry in removed.select("article.entry"))
    assert read(removed.select_one("a.clear")) == "Show all changes"  # type: ignore[arg-type]


def test_the_search_finds_in_all_archives(many: Served, shards: list[Path]) -> None:
    page = many.page("/-/redline/-/search?q=the")
    links = [str(link["href"]) for link in page.select(".found a")]
    assert {link.split("/")[3] for link in links} == {path.stem for path in shards}
    form = page.select_one("form.find")
    assert form is not None
    assert form["action"] == "/-/redline/-/search"
    for link in page.select("main a"):
        assert many.get(str(link["href"]).split("#")[0]).status_code == 200


def test_a_search_for_nothing_says_what_to_do(many: Served) -> None:
    assert "Type words above." in read(many.page("/-/redline/-/search"))
    assert "No passage of any version" in read(many.page("/-/redline/-/search?q=xyzzyplugh"))


def test_machines_are_kept_from_the_search_over_all(many: Served, demo: Served) -> None:
    assert "Disallow: /-/redline/-/search\n" in many.get("/robots.txt").text
    assert "Disallow: /-/redline/-/search\n" not in demo.get("/robots.txt").text


def test_the_archives_are_listed(many: Served, shards: list[Path]) -> None:
    page = many.page("/-/redline/-/pages")
    assert [read(item) for item in page.select("main li")] == [path.stem for path in shards]


def test_nonsense_in_the_address_is_an_answer_in_one_line(many: Served) -> None:
    answer = many.get("/-/redline?significance=much")
    assert answer.status_code == 404
    assert "is no significance" in answer.text


def test_with_one_archive_the_way_leads_to_its_own_pages(demo: Served) -> None:
    for path in ("/-/redline", "/-/redline/-/search?q=the", "/-/redline/-/pages"):
        answer = demo.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, "/-/redline/archive")
