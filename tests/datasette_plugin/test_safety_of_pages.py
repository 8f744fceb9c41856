"""What a page said must never act in a reader's browser, and our pages ask nothing of anybody else."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.archive import Archive
from tests.archive.watching import PARAGRAPHS, Watch
from tests.archive.watching import page as watched_page
from tests.datasette_plugin.conftest import SCRIPT
from tests.datasette_plugin.served import Served, read, serve
from tests.datasette_plugin.test_pages_of_the_plugin import PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup

ROOT = "/-/redline/archive"
HOSTILE_PAGES = (
    "/",
    f"{ROOT}?all=1",
    f"{ROOT}?publisher=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&tag=%27%22%3E&kind=%3Cb%3E",
    f"{ROOT}?class=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&order=significance&since=2026-03-02&until=2026-03-02",
    f"{ROOT}/dredging",
    f"{ROOT}/dredging/1",
    f"{ROOT}/dredging/2",
    f"{ROOT}/dredging/1..2",
    f"{ROOT}/-/search?q=alert",
    f"{ROOT}/-/search?q=alert&in=removed",
    f"{ROOT}/-/search?q=alert&in=added&publisher=%22%3E%3Csvg+onload=alert(1)%3E",
    f"{ROOT}/-/phrase?q=alert",
    f"{ROOT}/-/phrase?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    f"{ROOT}/-/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    f"{ROOT}/-/pages",
)


def assert_harmless(page: BeautifulSoup) -> None:
    assert not page.select("iframe, object, embed, base, img, meta[http-equiv]")
    for script in page.select("script"):
        assert not script.get_text()
        assert str(script["src"]).startswith("/-/static-plugins/redline/")
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), element
            assert name != "style", element
            if name in ("href", "src", "action", "formaction", "xlink:href"):
                assert_leads_somewhere_harmless(element.name, str(value), " ".join(element.get("rel") or []))


def assert_leads_somewhere_harmless(tag: str, target: str, rel: str) -> None:
    parts = urlsplit(target)
    assert parts.scheme in ("", "http", "https"), target
    if parts.netloc and parts.netloc != "localhost":
        assert tag == "a", f"{tag} asks {target}"
        assert "noreferrer" in rel
        assert "nofollow" in rel


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_hostile_pages_are_shown_as_text(hostile: Served, path: str) -> None:
    assert_harmless(hostile.page(path))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_anything_of_another_origin(demo: Served, path: str) -> None:
    assert_harmless(demo.page(path))


def test_the_hostile_text_is_there_to_be_read(hostile: Served) -> None:
    assert SCRIPT in hostile.page(f"{ROOT}/dredging/1").get_text()
    assert SCRIPT in hostile.page(f"{ROOT}/dredging").get_text()
    assert SCRIPT in hostile.page(f"{ROOT}/dredging/1..2").get_text()


def test_only_links_to_the_web_can_be_followed(hostile: Served) -> None:
    page = hostile.page(f"{ROOT}/dredging/1")

    assert "https://other.example/x" in [a["href"] for a in page.select("a.out")]
    assert "javascript" not in {urlsplit(str(a["href"])).scheme for a in page.select("a[href]")}


@pytest.mark.parametrize("path", ["/", ROOT, f"{ROOT}/biography", f"{ROOT}/nowhere", "/-/redline/nowhere"])
def test_our_pages_forbid_scripts_frames_and_guessing(demo: Served, path: str) -> None:
    headers = demo.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", [f"{ROOT}/biography/1", f"{ROOT}/dredging-contract/1..2"])
def test_the_pages_for_reading_run_one_script_of_our_own_and_nothing_else(demo: Served, path: str) -> None:
    policy = demo.get(path).headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert [str(s["src"]).split("?")[0] for s in demo.page(path).select("script")] == [
        "/-/static-plugins/redline/reading.js"
    ]
    assert demo.get(str(demo.page(path).select("script")[0]["src"])).status_code == 200


def test_a_capture_comes_as_the_exact_bytes_to_be_saved_and_not_shown(demo: Served) -> None:
    captures = demo.rows("/archive/captures.json?_size=5&_col=id&_col=sha256&_nofacet=1&_labels=off")
    assert captures

    for capture in captures:
        response = demo.get(f"{ROOT}/-/capture/{capture['id']}")
        assert hashlib.sha256(response.content).hexdigest() == capture["sha256"]
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["content-disposition"].startswith("attachment; filename=")
        assert "sandbox" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_style_sheet_is_our_own_and_asks_nothing_of_anybody(demo: Served) -> None:
    href = demo.page("/").select_one("link[rel=stylesheet]")["href"]  # type: ignore[index]
    response = demo.get(str(href))

    assert response.status_code == 200
    assert not re.search(r"url\(|@import|https?:", response.text)


def test_a_date_beyond_the_calendar_is_shown_as_the_page_has_it(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(watched_page(*PARAGRAPHS, modified="9999-12-31T23:59:59-05:00"))

    version = serve(tmp_path / "archive.db").page("/-/redline/archive/dredging/1")
    assert "9999-12-31T23:59:59-05:00" in read(version)
