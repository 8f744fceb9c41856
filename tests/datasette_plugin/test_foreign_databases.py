"""The plugin beside databases that are none of ours, and where not everybody may read."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

from scraper.archive import Archive
from tests.datasette_plugin.served import serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.datasette_plugin.served import Served


def test_a_foreign_database_is_served_as_if_we_were_not_there(foreign_path: Path) -> None:
    served = serve(foreign_path, name="birds")

    assert "redline.css" not in served.get("/").text
    assert served.rows("/birds/birds.json")[0]["name"] == "marsh warbler"
    response = served.get("/-/redline/birds")
    assert response.status_code == 404
    assert "“birds” is not a Redline archive" in response.text
    assert "What changed:" not in served.get("/birds").text


def test_beside_a_foreign_database_the_index_stays_datasettes_own(demo_path: Path, foreign_path: Path) -> None:
    served = serve(demo_path, foreign_path)

    index = served.get("/").text
    assert "/birds" in index
    assert "redline.css" not in index
    assert "/-/redline/archive" in index, "a way leads from there to the archive"
    assert served.get("/-/redline").headers["location"] == "/-/redline/archive"


def test_two_archives_are_listed(demo_path: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.db"
    shutil.copy(demo_path, second)
    page = serve(demo_path, second).page("/-/redline")

    assert [a["href"] for a in page.select("main a")] == ["/-/redline/archive", "/-/redline/second"]


def test_an_archive_of_a_later_redline_is_refused_in_one_line(demo_path: Path, tmp_path: Path) -> None:
    later = tmp_path / "archive.db"
    shutil.copy(demo_path, later)
    connection = sqlite3.connect(later)
    connection.execute("pragma user_version = 99")
    connection.commit()
    connection.close()

    response = serve(later).get("/-/redline/archive")
    assert response.status_code == 404
    assert "upgrade Redline" in response.text


def closed(path: Path) -> Served:
    return serve(path, extra={"databases": {"archive": {"allow": {"id": "keeper"}}}})


def test_pages_of_an_archive_that_is_closed_to_the_public_are_closed_too(demo_path: Path) -> None:
    served = closed(demo_path)

    for path in ("", "/biography", "/biography/1", "/-/search?q=harbour", "/-/capture/1"):
        assert served.get(f"/-/redline/archive{path}").status_code == 404
    assert "Ilsabet" not in served.get("/").text
    cookies = {"ds_actor": served.datasette.sign({"a": {"id": "keeper"}}, "actor")}
    assert served.get("/-/redline/archive/biography", cookies=cookies).status_code == 200


def test_an_empty_archive_has_a_front_page_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Archive(path).close()
    served = serve(path)

    assert "The watch list is empty" in served.page("/").get_text()
    assert "The watch list is empty" in served.page("/-/redline/archive/-/pages").get_text()
