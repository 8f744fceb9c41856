"""One Datasette over many archives: the front page and the search across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.archive.sharding import shard
from tests.archive.watching import START
from tests.datasette_plugin.served import Served, read, serve

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def shards(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [made.path for made in shard(demo_path, tmp_path_factory.mktemp("shards"), START)]


@pytest.fixture(scope="module")
def many(shards: list[Path]) -> Served:
    return serve(*shards)


def headings(page: BeautifulSoup) -> list[str]:
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
    assert sorted(headings(across)) == sorted(headings(whole))
    counts = ".watch b"
    assert [read(b) for b in across.select(counts)] == [read(b) for b in whole.select(counts)]


def test_every_change_is_on_one_of_the_pages_and_on_one_only(many: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = headings(many.page("/-/redline?all=1"))
    monkeypatch.setattr("scraper.datasette_plugin.across.LISTED", 5)
    found: list[str] = []
    path: str | None = "/-/redline?all=1"
    for _ in range(30):
        page = many.page(path or "")
        found += [str(link["href"]) for link in page.select("article.entry h3 a")]
        older = page.select_one(".older a")
        path = str(older["href"]) if older else None
        if path is None:
            break
    assert path is None
    assert len(found) == len(set(found))
    assert len(found) >= len(whole)


def test_the_search_finds_in_all_archives(many: Served, shards: list[Path]) -> None:
    page = many.page("/-/redline/-/search?q=the")
    links = [str(link["href"]) for link in page.select(".excerpt a")]
    assert {link.split("/")[3] for link in links} == {path.stem for path in shards}
    form = page.select_one("form.find")
    assert form is not None
    assert form["action"] == "/-/redline/-/search"


def test_the_archives_are_listed(many: Served, shards: list[Path]) -> None:
    page = many.page("/-/redline/-/pages")
    assert [read(item) for item in page.select("main li")] == [path.stem for path in shards]


def test_nonsense_in_the_address_is_an_answer_in_one_line(many: Served) -> None:
    answer = many.get("/-/redline?before.nobody=x")
    assert answer.status_code == 404
    assert "is no whole number" in answer.text


def test_with_one_archive_the_way_leads_to_its_own_pages(demo: Served) -> None:
    for path in ("/-/redline", "/-/redline/-/search?q=the", "/-/redline/-/pages"):
        answer = demo.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, "/-/redline/archive")
