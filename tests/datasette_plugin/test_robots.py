"""What machines may read and index, asked of the parser that the fetching room uses itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from protego import Protego

from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://archive.example"
ROOT = "/-/redline/archive"
OPEN = (
    "/",
    ROOT,
    f"{ROOT}?before=9",
    f"{ROOT}/biography",
    f"{ROOT}/biography?before=4",
    f"{ROOT}/biography/1",
    f"{ROOT}/biography/1..2",
    f"{ROOT}/-/pages",
    "/-/static-plugins/redline/redline.css",
)
SHUT = (
    f"{ROOT}?publisher=x&class=number",
    f"{ROOT}/biography?at=2026-03-01",
    f"{ROOT}/-/search",
    f"{ROOT}/-/search?q=x",
    f"{ROOT}/-/capture/1",
    "/archive",
    "/archive?sql=select+1",
    "/archive/changes",
    "/archive/changes?_facet=kind",
    "/archive/changes.csv",
    "/archive.json",
)
INDEXED = ("/", ROOT, f"{ROOT}/biography", f"{ROOT}/biography/1", f"{ROOT}/biography/1..2", f"{ROOT}/-/pages")
NOT_INDEXED = (
    f"{ROOT}/biography/1..3",
    f"{ROOT}?all=1",
    f"{ROOT}/-/search?q=harbour",
    f"{ROOT}/-/capture/1",
    "/archive",
    "/archive/changes?_facet=kind",
    "/archive?sql=select+1",
)


@pytest.fixture(scope="module")
def rules(demo: Served) -> Protego:
    response = demo.get("/robots.txt")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return Protego.parse(response.text)


@pytest.mark.parametrize("path", OPEN)
def test_what_a_reader_looks_for_may_be_crawled(rules: Protego, path: str) -> None:
    assert rules.can_fetch(HOST + path, "anybot")


@pytest.mark.parametrize("path", SHUT)
def test_what_has_no_end_may_not(rules: Protego, path: str) -> None:
    assert not rules.can_fetch(HOST + path, "anybot")


def test_the_pages_that_have_an_end_may_be_indexed_and_no_others(demo: Served) -> None:
    assert [path for path in INDEXED if "x-robots-tag" in demo.get(path).headers] == []
    assert [path for path in NOT_INDEXED if demo.get(path).headers.get("x-robots-tag") != "noindex"] == []


def test_an_archive_that_is_closed_is_not_named(demo_path: Path) -> None:
    served = serve(demo_path, extra={"databases": {"archive": {"allow": {"id": "keeper"}}}})
    response = served.get("/robots.txt")

    assert response.status_code == 404
    assert "/archive" not in response.text


def test_a_foreign_instance_has_no_robots_txt_of_ours(foreign_path: Path) -> None:
    assert serve(foreign_path, name="birds").get("/robots.txt").status_code == 404


def test_a_name_with_spaces_and_signs_is_written_as_its_address_is(demo_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "our *archive$.db"
    path.write_bytes(demo_path.read_bytes())
    served = serve(path, name=path.stem)
    rules = Protego.parse(served.get("/robots.txt").text)
    table = str(served.datasette.urls.table(path.stem, "changes"))

    assert served.get(table).status_code == 200
    assert not rules.can_fetch(HOST + table, "anybot")
    assert not rules.can_fetch(f"{HOST}/-/redline/our%20%2Aarchive%24/-/search", "anybot")
