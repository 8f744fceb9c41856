"""An empty archive, and a watch on one page in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import Watch

from scraper.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def watch(archive: Archive) -> Watch:
    made = Watch(archive)
    made.add()
    return made
