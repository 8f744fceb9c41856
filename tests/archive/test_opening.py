"""Opening an archive: what it says where it cannot."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.schema_version import SCHEMA_VERSION
from scraper.errors import ArchiveBusy, ArchiveError, ArchiveMissing, ArchiveTooNew

if TYPE_CHECKING:
    from pathlib import Path


def test_reading_an_archive_that_is_not_there_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="redline run --db"):
        Archive(tmp_path / "none.db", readonly=True)
    assert not (tmp_path / "none.db").exists()


def test_a_second_writer_learns_who_holds_the_archive(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db"), pytest.raises(ArchiveBusy, match=r"process \d+"):
        Archive(tmp_path / "a.db")
    Archive(tmp_path / "a.db").close()


def test_a_reader_is_not_kept_out_by_the_writer(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db"):
        assert Archive(tmp_path / "a.db", readonly=True).counts()["fetches"] == 0


def test_a_closed_archive_is_one_file_in_a_journal_mode_that_anybody_can_read(tmp_path: Path) -> None:
    Archive(tmp_path / "a.db").close()

    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]
    assert sqlite3.connect(tmp_path / "a.db").execute("pragma journal_mode").fetchone() == ("delete",)


def test_an_archive_of_a_later_redline_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    raw = sqlite3.connect(path)
    raw.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    raw.close()
    before = path.read_bytes()

    for readonly in (True, False):
        with pytest.raises(ArchiveTooNew, match="upgrade Redline"):
            Archive(path, readonly=readonly)
    assert path.read_bytes() == before


def test_another_sqlite_file_is_not_taken_for_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    raw = sqlite3.connect(path)
    raw.execute("create table notes (text)")
    raw.close()

    with pytest.raises(ArchiveError, match="not a Redline archive"):
        Archive(path)


def test_a_file_that_is_no_database_gives_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear archive, " * 200)

    with pytest.raises(ArchiveError, match="not an SQLite file"):
        Archive(path)


def test_a_folder_that_does_not_exist_gives_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="does not exist"):
        Archive(tmp_path / "no" / "a.db")


def test_an_empty_file_is_no_archive_to_read_but_one_to_start_in(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()

    with pytest.raises(ArchiveError, match="is empty"):
        Archive(path, readonly=True)
    Archive(path).close()
    assert Archive(path, readonly=True).counts()["sources"] == 0
