"""The archive that reading is measured on: made up, but whole."""

from __future__ import annotations

import io
from contextlib import closing
from typing import TYPE_CHECKING

from PIL import Image

from scraper.archive import Archive, checks
from scraper.archive.captures import load_body
from scraper.archive.chain import walk
from scraper.archive.documents import load_document
from scraper.archive.searching import Wanted, search
from scraper.archive.standings import agree
from scraper.normalizing import normalize
from tests.benchmarks.large_archive import build, shape
from tests.benchmarks.reading_pages import pages
from tests.benchmarks.reading_plot import Waits, draw, place

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


def test_the_waits_are_drawn_on_one_scale() -> None:
    rows = [
        Waits("front page", (20.0, 60.0), (150.0, 390.0), (8.0, 20.0)),
        Waits("a page of a name that is rather long", (0.1, 9e9), (100.0, 100.0), None),
    ]
    picture = draw(rows * 20)
    image = Image.open(io.BytesIO(picture)).convert("RGB")

    assert len(picture) < 60_000
    # ten readers of the first page: from the left edge of the median's dot to the 99th percentile
    band = [(x, y) for x in range(340, image.width) for y in range(92, 113)]
    red = [x for x, y in band if _near(image.getpixel((x, y)), (0xB0, 0x1C, 0x2E))]
    assert abs(min(red) - (place(150.0) - 4)) <= 2
    assert abs(max(red) - place(390.0)) <= 2
    assert place(9e9) < image.width


def _near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    apart = [abs(int(a) - b) for a, b in zip(pixel, colour, strict=True)]
    return max(apart) < 24
