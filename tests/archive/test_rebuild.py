"""A rebuild may be cut short at any moment, is gone on with, and says beforehand what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.beside import beside, derive_beside
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

SOURCES = ("a", "b", "c", "d")
RENAMED = tuple(text.replace("Department of Harbours", "Ministry of Harbours") for text in PARAGRAPHS)


@pytest.fixture
def four(watch: Watch) -> Watch:
    """Four pages of one publisher with the same edit on all of them."""
    for name in SOURCES:
        watch.add(name, f"{URL}-{name}")
        watch.look(page(*PARAGRAPHS), name)
    for name in SOURCES:
        watch.look(page(*RENAMED, f"Page {name} says something of its own."), name)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=8, changed=4, failed=0)
    return watch


def as_by_an_earlier_redline(connection: sqlite3.Connection) -> None:
    connection.execute("update states set derivation = 'an earlier one'")
    connection.execute("update versions set title = 'as it was read then'")


def cut_short(connection: sqlite3.Connection, at: int) -> None:
    class Killed(Exception):
        pass

    def progress(done: int, _: int) -> None:
        if done == at:
            raise Killed

    with pytest.raises(Killed):
        rebuild(connection, progress=progress)


@pytest.mark.parametrize("at", range(1, 9))
def test_a_rebuild_cut_short_leaves_each_source_as_it_was_or_as_it_is_to_be(four: Watch, at: int) -> None:
    connection = four.archive.connection
    as_by_an_earlier_redline(connection)

    cut_short(connection, at)

    titles: dict[str, set[str]] = {}
    for source_id, title in connection.execute("select source_id, title from versions"):
        titles.setdefault(source_id, set()).add(title)
    assert {name: len(found) for name, found in titles.items()} == dict.fromkeys(SOURCES, 1)
    assert connection.execute("pragma foreign_key_check").fetchall() == []
    done = [name for name in SOURCES if titles[name] == {"The harbour is dredged"}]
    assert done == list(SOURCES[: (at - 1) // 2])


def test_the_next_rebuild_goes_on_where_the_last_one_stopped(four: Watch) -> None:
    connection = four.archive.connection
    as_by_an_earlier_redline(connection)
    cut_short(connection, 6)
    seen: list[tuple[int, int]] = []

    reports = rebuild(connection, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert next(table for table in reports if table.table == "versions").differing == ("c", "d")
    assert verify(connection).findings == ()
    assert all(table.same for table in rebuild(connection))


def test_verify_names_a_rebuild_that_was_cut_short(four: Watch) -> None:
    cut_short(four.archive.connection, 4)

    checked = verify(four.archive.connection)

    assert checked.findings == ()
    assert "`redline rebuild` goes on" in (checked.note or "")


def test_a_rebuild_that_another_redline_left_is_begun_anew(four: Watch) -> None:
    connection = four.archive.connection
    cut_short(connection, 6)
    connection.execute("update unfinished set derivation = 'an earlier one'")
    seen: list[int] = []

    rebuild(connection, progress=lambda _, total: seen.append(total))

    assert set(seen) == {8}
    assert connection.execute("select count(*) from unfinished").fetchone()[0] == 0


def test_a_rebuild_of_what_is_as_it_should_be_writes_no_derived_row(four: Watch) -> None:
    connection = four.archive.connection
    four.archive.connection.execute(
        "create trigger never before delete on versions begin select raise(abort, 'no'); end"
    )

    assert all(table.same for table in rebuild(connection))


def test_a_dry_run_needs_no_right_to_write_and_names_the_sources(four: Watch) -> None:
    path: Path = four.archive.path
    four.archive.connection.execute("update edits set new_text = 'another' where change_id = 6")
    four.archive.close()
    before = path.read_bytes()

    with Archive(path, readonly=True) as archive:
        reports = {table.table: table for table in rebuild(archive.connection, dry_run=True)}

    assert reports["edits"].differing == ("b",)
    assert [name for name, table in reports.items() if not table.same] == ["edits"]
    assert path.read_bytes() == before


def test_deriving_beside_leaves_the_archive_and_its_connection_as_they_were(four: Watch) -> None:
    connection = four.archive.connection
    with beside(connection) as other:
        assert all(table.same for table in derive_beside(other, "a"))
        assert all(table.same for table in derive_beside(other, "b"))
        assert other.execute("select count(*) from versions").fetchone()[0] == 0
    assert connection.execute("select count(*) from versions").fetchone()[0] == 8
    assert connection.execute("select count(*) from sqlite_temp_master").fetchone()[0] == 0


def test_a_site_wide_mark_that_was_taken_away_is_found_and_set_again(four: Watch) -> None:
    connection = four.archive.connection
    marked = connection.execute("select count(*) from edits where classes like '%site_wide%'").fetchone()[0]
    assert marked >= 4
    connection.execute("update edits set classes = '[]' where change_id = 7 and classes like '%site_wide%'")

    assert [finding.where for finding in verify(connection).findings] == ["edits of c"]
    rebuild(connection)
    assert verify(connection).findings == ()


def test_an_archive_whose_path_has_marks_of_a_uri_in_it_is_derived_beside(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100% #1"
    folder.mkdir()
    with Archive(folder / "a.db") as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS))
        assert verify(archive.connection).findings == ()
