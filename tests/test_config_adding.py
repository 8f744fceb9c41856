"""Which watch list is in use, and how `redline add` writes to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.config import SHIPPED, Source, append_source, beside, load, locate, parse, suggest_id
from scraper.errors import WatchListError
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '[[source]]\nid = "page"\nurl = "https://example.org/page"\n'


def test_the_list_given_comes_before_the_one_beside_the_archive_and_that_before_the_shipped_one(tmp_path: Path) -> None:
    db = tmp_path / "archive.db"

    assert locate(db, None) == SHIPPED
    beside(db).write_text(PAGE, encoding="utf-8")
    assert locate(db, None) == tmp_path / "sources.toml"
    assert locate(db, tmp_path / "mine.toml") == tmp_path / "mine.toml"


def test_adding_keeps_every_byte_that_the_keeper_wrote(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    before = b"\xef\xbb\xbf# mine\r\n" + PAGE.replace("\n", "\r\n").rstrip().encode()
    path.write_bytes(before)

    append_source(path, Source(id="new", url="https://example.org/new"))

    assert path.read_bytes().startswith(before)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert [source.id for source in load(path).sources] == ["page", "new"]


def test_adding_to_a_list_that_does_not_exist_takes_no_page_off_watch(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"

    append_source(path, Source(id="new", url="https://example.org/new"))

    assert [source.id for source in load(path).sources] == [source.id for source in load(SHIPPED).sources] + ["new"]


@pytest.mark.parametrize(("name", "url"), [("page", "https://example.org/b"), ("b", "https://example.org/page")])
def test_adding_what_is_listed_already_changes_nothing(tmp_path: Path, name: str, url: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(PAGE, encoding="utf-8")

    with pytest.raises(WatchListError, match="already"):
        append_source(path, Source(id=name, url=url))
    assert path.read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("text", ['source = [{id = "page", url = "https://example.org/page"}]\n', "\nsource = []\n"])
def test_adding_to_a_closed_list_says_how_to_open_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(WatchListError, match=r"under its own header \[\[source\]\]") as caught:
        append_source(path, Source(id="new", url="https://example.org/new"))

    assert caught.value.mistakes[0].line == text.count("\n")
    assert path.read_text(encoding="utf-8") == text


def test_adding_where_nothing_can_be_written_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(WatchListError, match="cannot be written"):
        append_source(tmp_path / "none" / "sources.toml", Source(id="new", url="https://example.org/new"))


_LINE = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=60, deadline=None)
@given(
    title=_LINE,
    publisher=_LINE,
    tags=st.lists(_LINE, max_size=3, unique=True),
    every=st.none() | st.integers(1, 9999).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_what_is_added_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, title: str, publisher: str, tags: list[str], every: timedelta | None
) -> None:
    path = tmp_path_factory.mktemp("added") / "sources.toml"
    path.write_text(PAGE, encoding="utf-8")
    source = Source(
        id="new",
        url="https://example.org/new?q=%22",
        title=title,
        publisher=publisher,
        tags=tuple(tags),
        every=every,
        rules=Rules(content='a[title="x\\"y"]', remove=("p > q",)),
    )

    append_source(path, source)

    assert load(path).sources[1] == source


def test_a_source_without_options_reads_back_with_its_host_as_publisher(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(PAGE, encoding="utf-8")
    source = Source(id="new", url="https://www.example.org/new")

    append_source(path, source)

    assert load(path).sources[1] == replace(source, publisher="example.org")


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.example.org/2026/03/07/new-law/", "example-org-new-law"),
        ("https://example.org/", "example-org"),
        ("https://example.org/?p=105", "example-org"),
        ("https://例え.example/", "example"),
        ("https://example.org/" + "long-word-" * 20, "example-org" + "-long-word" * 6 + "-long"),
    ],
)
def test_a_suggested_id_is_made_of_the_host_and_the_words_of_the_address(url: str, slug: str) -> None:
    assert suggest_id(url) == slug
    assert parse(PAGE.replace('"page"', f'"{suggest_id(url)}"'), "x").sources[0].id == slug
