"""The archive that reading is measured on: made up, but whole."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from scraper.archive import Archive, checks
from scraper.archive.captures import load_body
from scraper.archive.chain import walk
from scraper.archive.documents import load_document
from scraper.archive.searching import Wanted, search
from scraper.archive.standings import agree
from scraper.normalizing import normalize
from tests.benchmarks.large_archive import build, shape
from tests.benchmarks.reading_pages import pages

if TYPE_CHECKING:
    from pathlib import Path


def test_the_large_archive_is_whole_at_any_size(tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    build(path, versions=300, documents=40)
    assert 250 < shape(path)["versions"] < 350
    with closing(Archive(path, readonly=True)) as archive:
        connection = archive.connection
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        assert list(checks.captures(connection, None)) == []
        assert walk(connection, None)[1] == []
        assert agree(connection)
        rows = connection.execute("select id, source_id, number, capture_id from versions").fetchall()
        for row in rows:
            read = normalize(load_body(connection, row["capture_id"]), url="https://www.example/")
            assert load_document(connection, row["id"]).passages == read.passages
        sentence = load_document(connection, rows[-1]["id"]).passages[1].text
        assert sentence in {hit.text for hit in search(connection, Wanted(f'"{sentence}"'), 50).hits}
    assert len({path for kind in pages(path) for path in kind.paths}) > 60
