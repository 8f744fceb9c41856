"""The demo's archive, and one of a page that wishes its readers ill; each made once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.config import Source, WatchList
from scraper.demo.tour import build
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plugin") / "archive.db"
    build(path)
    return path


@pytest.fixture(scope="session")
def demo(demo_path: Path) -> Served:
    return serve(demo_path)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An archive in which title, publisher, tag, text, links, address and headers are all hostile."""
    path = tmp_path_factory.mktemp("hostile") / "archive.db"
    shown = SCRIPT.replace("<", "&lt;").replace(">", "&gt;")
    link = '<a href="javascript:alert(1)">press</a> <a href="https://other.example/x">here</a>'
    with Archive(path) as archive:
        watch = Watch(archive)
        source = Source(
            "dredging",
            "https://www.example.gov/news/dredging-contract",
            title=SCRIPT,
            publisher='"><img src=x onerror=alert(1)>',
            tags=("'><svg onload=alert(1)>",),
        )
        watch.sources["dredging"] = source
        archive.sync(WatchList((source,)), watch.now)
        watch.look(page(f"{shown} {link} {PARAGRAPHS[0]}", *PARAGRAPHS[1:], title=shown))
        watch.look(page(f"{shown} {link} {PARAGRAPHS[0]}", PARAGRAPHS[1].replace("48", shown), title=f"{shown} again"))
    return serve(path)


@pytest.fixture(scope="session")
def foreign_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is no archive."""
    path = tmp_path_factory.mktemp("foreign") / "birds.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table birds (name text)")
        connection.execute("insert into birds values ('marsh warbler')")
    connection.close()
    return path
