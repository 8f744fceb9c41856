"""An empty archive, and a watch on one page in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from tests.archive.watching import EDITED, PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def watch(archive: Archive) -> Watch:
    made = Watch(archive)
    made.add()
    return made


@pytest.fixture
def edited(watch: Watch) -> Watch:
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*EDITED))
    return watch
