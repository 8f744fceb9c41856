"""What can be proven is restored; what cannot is named, and left as it is."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.captures import load_body
from scraper.archive.repair import repair
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.errors import ArchiveCorrupt
from scraper.fetching.observation import Answer
from tests.archive.watching import PARAGRAPHS, START, URL, Watch, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG = page(*(f"Line {n} of the long report says {random.Random(n).random()} and no more." for n in range(1500)))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Two pages: one with edits, noise and a long body, and one that has some of the same bytes."""
    path = tmp_path / "kept.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        watch.add("copy", URL + "-copy")
        for n in range(4):
            watch.look(page(*PARAGRAPHS, f"Paragraph {n} is of this look alone, and of no other look at all."))
        watch.look(LONG)
        watch.look(LONG, "copy")
        watch.look(page(*PARAGRAPHS), "copy")
        archive.finish_run(watch.run_id, watch.now, fetched=7, changed=5, failed=0)
    return path


def altered(path: Path, *statements: str) -> None:
    """What somebody with an SQL prompt could do, or a bit that turned."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for (name,) in raw.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            if name.endswith(("_no_update", "_no_delete")):
                raw.execute(f"drop trigger {name}")
        for statement in statements:
            raw.execute(statement)


def mended(path: Path, other: Path | None = None) -> list[str]:
    done = repair(path, START, other=other)
    assert done.findings == ()
    with Archive(path, readonly=True) as archive:
        assert verify(archive.connection).findings == ()
        recorded = [row[0] for row in archive.connection.execute("select subject from repairs order by id")]
    assert recorded == [one.subject for one in done.mended]
    return recorded


def bodies(path: Path) -> list[bytes]:
    with Archive(path, readonly=True) as archive:
        return [load_body(archive.connection, row[0]) for row in archive.connection.execute("select id from captures")]


def test_a_whole_archive_needs_no_repair_and_none_is_recorded(kept: Path) -> None:
    assert mended(kept) == []


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("update versions set title = 'Another'", "versions"),
        ("delete from edits", "edits"),
        ("delete from source_urls", "source_urls"),
        ("update states set last_good = null", "states"),
        ("delete from states", "states"),
        ("update spans set to_version = null", "spans"),
        ("update changes set significance = 0.01", "changes"),
    ],
)
def test_derived_rows_that_were_altered_are_derived_again(kept: Path, statement: str, subject: str) -> None:
    altered(kept, statement)
    assert subject in mended(kept)


def test_a_passage_that_was_rewritten_under_its_hash_is_found_and_derived_again(kept: Path) -> None:
    altered(kept, "update passages set text = 'something milder' where id = 2")
    with Archive(kept, readonly=True) as archive:
        assert "passages 2" in [finding.where for finding in verify(archive.connection).findings]

    assert "passages" in mended(kept)

    with Archive(kept, readonly=True) as archive:
        assert archive.connection.execute("select 1 from passages where text = 'something milder'").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into passages_fts(passages_fts) values ('delete-all')",
        "insert into passages_fts(passages_fts, rowid, text) select 'delete', id, text from passages where id = 3",
        "delete from passages_fts_docsize where id = 2",
        "update passages_fts_data set block = zeroblob(40) where id > 10",
    ],
)
def test_a_full_text_index_that_is_out_of_step_is_found_and_made_anew(kept: Path, statement: str) -> None:
    altered(kept, statement)
    with Archive(kept, readonly=True) as archive:
        assert [finding.where for finding in verify(archive.connection).findings] == ["passages_fts"]

    assert mended(kept) == ["passages_fts"]


def test_bytes_that_another_page_has_too_come_back_from_there(kept: Path) -> None:
    before = bodies(kept)
    altered(kept, "update captures set body = zeroblob(stored_bytes) where id = 5")

    assert mended(kept) == ["captures 5"]
    assert bodies(kept) == before


def test_bytes_come_back_from_the_form_in_which_they_came_over_the_wire(tmp_path: Path) -> None:
    path, body = tmp_path / "wire.db", page(*PARAGRAPHS)
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        run_id = archive.begin_run("test", 1, START)
        answer = Answer("dredging", URL, START, 5, URL, 200, headers, body=body, encoded_body=gzip.compress(body))
        archive.record(run_id, answer)
        archive.finish_run(run_id, START, fetched=1, changed=0, failed=0)
    altered(path, "update captures set body = x'28b52ffd' where id = 1")

    assert mended(path) == ["captures 1"]
    assert bodies(path) == [body]


def test_a_difference_that_names_the_wrong_base_finds_the_right_one(kept: Path) -> None:
    before = bodies(kept)
    altered(kept, "update captures set base_id = 5 where id = 3")

    assert mended(kept) == ["captures 3"]
    assert bodies(kept) == before


def test_what_a_capture_says_of_itself_follows_from_its_bytes(kept: Path) -> None:
    altered(kept, "update captures set bytes = 7, media_type = 'image/png', stored_bytes = 3 where id = 2")
    assert mended(kept) == ["captures 2"]


def test_bytes_that_are_nowhere_else_are_named_and_left_as_they_are(kept: Path) -> None:
    altered(kept, "update captures set body = zeroblob(stored_bytes) where id = 3", "update versions set words = 1")

    done = repair(kept, START)

    assert done.mended == ()
    assert [finding.where for finding in done.findings] == ["captures 3"]
    with Archive(kept, readonly=True) as archive:
        row = archive.connection.execute("select body, stored_bytes from captures where id = 3").fetchone()
    assert row["body"] == bytes(row["stored_bytes"])


def test_a_second_copy_gives_back_what_the_first_has_lost_and_what_was_stored_against_it(
    kept: Path, tmp_path: Path
) -> None:
    before, copy = bodies(kept), tmp_path / "copy.db"
    shutil.copyfile(kept, copy)
    altered(kept, "update captures set body = zeroblob(stored_bytes) where id in (1, 3)")
    untouched = copy.read_bytes()

    assert mended(kept, copy) == ["captures 1", "captures 3"]

    assert bodies(kept) == before
    assert copy.read_bytes() == untouched


def test_a_second_copy_whose_bytes_have_another_hash_gives_nothing(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(kept, copy)
    forged = page(*PARAGRAPHS, "Paragraph 2 is a forgery, and stands in the copy under the hash of another.")
    altered(kept, "update captures set body = zeroblob(stored_bytes) where id = 3")
    with closing(sqlite3.connect(copy)) as raw:
        from scraper.archive.bodies import pack

        raw.execute("drop trigger captures_no_update")
        raw.execute("update captures set body = ?, base_id = null where id = 3", (pack(forged).data,))
        raw.commit()

    done = repair(kept, START, other=copy)

    assert done.mended == ()
    assert [finding.where for finding in done.findings] == ["captures 3"]


def test_nothing_is_restored_under_a_ledger_that_does_not_hold(kept: Path) -> None:
    altered(kept, "update captures set sha256 = '%s' where id = 3" % ("ab" * 32))

    done = repair(kept, START)

    assert done.mended == ()
    assert {"captures 3", "fetches 3"} <= {finding.where for finding in done.findings}


def test_a_repair_that_was_rewritten_is_named(kept: Path) -> None:
    altered(kept, "delete from edits")
    repair(kept, START)
    altered(kept, "update repairs set proof = 'none'")

    with Archive(kept, readonly=True) as archive:
        assert [finding.where for finding in verify(archive.connection).findings] == ["repairs of run 2"]


# Pages of the file.


def pages_of(path: Path, *names: str) -> list[int]:
    with closing(sqlite3.connect(path)) as raw:
        marks = ", ".join("?" * len(names))
        try:
            rows = raw.execute(f"select pageno from dbstat where name in ({marks}) order by pageno", names).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite was built without dbstat")
    return [row[0] for row in rows]


def scribbled(path: Path, page_number: int) -> None:
    content = bytearray(path.read_bytes())
    content[(page_number - 1) * 4096 : page_number * 4096] = random.Random(page_number).randbytes(4096)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["edits_key", "fetches_source", "versions", "passages", "passages_fts_data", "spans", "changes"]
)
def test_a_page_that_was_overwritten_in_an_index_or_a_derived_table_is_made_anew(kept: Path, name: str) -> None:
    before = bodies(kept)
    scribbled(kept, pages_of(kept, name)[-1])
    with Archive(kept, readonly=True) as archive:
        assert verify(archive.connection).findings != ()

    assert mended(kept)

    assert bodies(kept) == before
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith("kept.db-")] == []


def overflow_of(path: Path, capture_id: int) -> int:
    """A page that holds nothing but a piece of a long body."""
    with Archive(path, readonly=True) as archive:
        body = bytes(archive.connection.execute("select body from captures where id = ?", (capture_id,)).fetchone()[0])
    assert len(body) > 12_000
    at = path.read_bytes().index(body[8_000:8_200])
    return at // 4096 + 1


def test_a_page_that_was_overwritten_in_a_long_body_comes_back_where_the_bytes_are_elsewhere(kept: Path) -> None:
    before = bodies(kept)
    scribbled(kept, overflow_of(kept, 5))

    assert mended(kept)[:2] == ["file", "captures 5"]
    assert bodies(kept) == before


def test_a_page_of_evidence_that_is_nowhere_else_leaves_the_file_to_the_letter(kept: Path) -> None:
    scribbled(kept, pages_of(kept, "fetches")[-1])
    before = kept.read_bytes()

    done = repair(kept, START)

    assert (done.mended, done.findings[0].where) == ((), "file")
    assert kept.read_bytes() == before
    assert sorted(path.name for path in kept.parent.iterdir()) == ["kept.db"]


def test_a_damaged_table_of_tables_is_refused_in_a_line(kept: Path) -> None:
    scribbled(kept, pages_of(kept, "sqlite_schema", "sqlite_master")[-1])

    code, said = command("verify", "--repair", "--db", kept)

    assert code == 3
    assert "is damaged" in said
    with pytest.raises(ArchiveCorrupt, match="restore the last good copy"):
        Archive(kept, readonly=True)


# The command.


def command(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_says_what_it_mended_and_verifies(kept: Path) -> None:
    altered(kept, "delete from edits")
    assert command("verify", "--db", kept)[0] == 3

    code, said = command("verify", "--repair", "--db", kept)

    assert code == 0
    assert "mended edits" in said
    assert "everything holds" in said


def test_the_command_ends_as_verify_does_where_something_cannot_be_proven(kept: Path) -> None:
    altered(kept, "update captures set body = zeroblob(stored_bytes) where id = 3")
    code, said = command("verify", "--repair", "--db", kept)
    assert (code, "captures 3: " in said, "0 repairs" in said) == (3, True, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (lambda kept: ("--from", kept), "--from goes with --repair"),
        (lambda kept: ("--repair", "--from", kept.with_name("no.db")), "no archive at"),
    ],
)
def test_a_copy_that_cannot_be_used_is_said_in_a_line(
    kept: Path, arguments: Callable[[Path], tuple[object, ...]], said: str
) -> None:
    code, output = command("verify", "--db", kept, *arguments(kept))
    assert (code, said in output) == (2, True), output
