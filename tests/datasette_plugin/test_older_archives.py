"""An archive of the first schema in Datasette: our pages read it, and its file stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.archive.test_older import as_first_written
from tests.datasette_plugin.served import read, serve

if TYPE_CHECKING:
    from pathlib import Path


def test_the_pages_show_an_archive_of_the_first_schema_and_leave_it_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    as_first_written(path)
    before = path.read_bytes()
    served = serve(path)

    assert "dredged" in read(served.page("/-/redline/archive"))
    assert "not noted" in read(served.page("/-/redline/archive/dredging/1"))
    assert served.rows("/archive/clock_check.json?seconds=") == []
    assert path.read_bytes() == before
