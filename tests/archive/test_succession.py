"""An archive may be published in the place of another where it holds everything that the other held."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, succession
from scraper.archive.opening import APPLICATION_ID
from scraper.archive.schema_version import DERIVED_TABLES
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEXT = "<p>The harbour office has published the depths of the northern channel for the coming season.</p>" * 3


def look(path: Path, number: int, *sources: str) -> None:
    """One run over the sources, an hour after the one before."""
    moment = NOON + timedelta(hours=number)
    with Archive(path) as archive:
        archive.sync(WatchList(tuple(Source(name, f"https://example.org/{name}") for name in sources)), moment)
        run = archive.begin_run("test", len(sources), moment)
        for name in sources:
            url = f"https://example.org/{name}"
            body = f"<article><h1>{name}</h1>{TEXT}<p>It is {number} metres deep.</p></article>".encode()
            headers = (("content-type", "text/html; charset=utf-8"),)
            answer = Answer(name, url, moment, 40, url, 200, headers, body=body, encoded_body=b"gzip" + body)
            archive.record(run, answer)
        archive.finish_run(run, moment, fetched=len(sources), changed=0, failed=0)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """An archive of two runs over two pages, one of which was then no longer on the list."""
    made = tmp_path / "before.db"
    look(made, 1, "channel", "pilots")
    look(made, 2, "channel")
    return made


@pytest.fixture
def after(before: Path) -> Path:
    """The same archive after another run."""
    made = before.with_name("after.db")
    shutil.copyfile(before, made)
    look(made, 3, "channel", "pilots")
    return made


def alter(path: Path, *statements: str) -> None:
    """Do to an archive what nobody may: its guards are taken away and put back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        guards = connection.execute(
            "select name, sql from sqlite_master where type = 'trigger' and sql like '%append-only%'"
        )
        kept = guards.fetchall()
        for name, _ in kept:
            connection.execute(f"drop trigger {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in kept:
            connection.execute(sql.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1))


# One file


def test_an_archive_that_a_run_has_left_is_whole_and_settled(after: Path) -> None:
    assert succession.faults(after) == []
    assert succession.APPLICATION_ID == APPLICATION_ID


def test_a_missing_archive_is_told_and_not_begun(tmp_path: Path) -> None:
    assert "there is no" in succession.faults(tmp_path / "archive.db")[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.example/spec/v1\n", "is not an SQLite file"),
        (b"SQLite format 3\0", "not an SQL"),
    ],
)
def test_a_hollow_file_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "archive.db").write_bytes(content)

    assert told in succession.faults(tmp_path / "archive.db")[0]


def test_another_database_is_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        connection.execute("create table captures (id integer primary key)")

    assert "not a Redline archive" in succession.faults(tmp_path / "archive.db")[0]


@pytest.mark.parametrize("change", [-1, -4096, 1, 4096])
def test_a_file_that_was_cut_short_or_grew_a_tail_is_told(after: Path, change: int) -> None:
    content = after.read_bytes()
    after.write_bytes(content[:change] if change < 0 else content + bytes(change))

    assert re.search(r"has [\d,]+ bytes and says that it has", succession.faults(after)[0])


def test_a_file_with_a_scribbled_page_is_told(after: Path) -> None:
    content = bytearray(after.read_bytes())
    content[5 * 4096 : 6 * 4096] = b"\xff" * 4096
    after.write_bytes(content)

    assert "is damaged" in succession.faults(after)[0]


def test_a_row_that_points_to_nothing_is_told(after: Path) -> None:
    alter(after, "update fetches set capture_id = 99 where id = 1")

    assert "a row of fetches points to nothing" in succession.faults(after)[0]


def test_a_write_ahead_log_beside_it_is_told(after: Path) -> None:
    with Archive(after) as writer:
        writer.begin_run("test", 0, NOON)

        assert "after.db-wal holds what is not in after.db yet" in succession.faults(after)[0]


def test_a_journal_beside_it_is_told(after: Path) -> None:
    after.with_name("after.db-journal").write_bytes(b"half done")

    assert "after.db-journal holds" in succession.faults(after)[0]


def test_another_journal_mode_is_told(after: Path) -> None:
    with closing(sqlite3.connect(after)) as connection:
        connection.execute("pragma journal_mode = wal")

    assert "is in WAL mode" in succession.faults(after)[0]


def test_every_page_size_is_read(tmp_path: Path) -> None:
    for size in (512, 65_536):
        path = tmp_path / f"{size}.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"pragma page_size = {size}")
            connection.execute(f"pragma application_id = {APPLICATION_ID}")
        look(path, 1, "channel")

        assert succession.faults(path) == []


# One after the other


def test_an_archive_that_grew_may_be_published(before: Path, after: Path) -> None:
    assert succession.losses(before, after) == []


def test_without_a_new_run_there_is_nothing_to_publish(before: Path) -> None:
    assert "no run was recorded" in succession.losses(before, before)[0]


def test_a_run_that_did_not_come_to_its_end_is_refused(before: Path, after: Path) -> None:
    with Archive(after) as archive:
        archive.begin_run("test", 0, NOON)

    assert "did not come to its end" in succession.losses(before, after)[0]


def test_an_archive_that_began_anew_is_refused(before: Path, tmp_path: Path) -> None:
    anew = tmp_path / "anew.db"
    look(anew, 1, "channel", "pilots")
    assert any(reason.startswith("fetches lost 1 of its 3 rows") for reason in succession.losses(before, anew))

    for number in (2, 3, 4):
        look(anew, number, "pilots")
    assert any("was rewritten" in reason for reason in succession.losses(before, anew))


EVIDENCE = ("captures", "encoded_bodies", "fetches", "header_lines", "runs")


@pytest.mark.parametrize("table", EVIDENCE)
def test_a_row_lost_at_the_end_or_in_the_middle_is_told(before: Path, after: Path, table: str) -> None:
    with closing(sqlite3.connect(before)) as connection:
        rows = connection.execute(f"select rowid from {table} order by rowid").fetchall()
    for (row,) in (rows[0], rows[-1]):
        shorter = after.with_name("shorter.db")
        shutil.copyfile(after, shorter)
        alter(shorter, "pragma foreign_keys = off", f"delete from {table} where rowid = {row}")

        assert succession.losses(before, shorter)[0].startswith(f"{table} lost 1 of its {len(rows)} rows: restore")


REWRITTEN = {
    "captures": "update captures set body = x'00', stored_bytes = 1 where id = 1",
    "encoded_bodies": "update encoded_bodies set body = x'00' where rowid = 1",
    "fetches": "update fetches set status = 404 where id = 2",
    "header_lines": "update header_lines set value = 'text/plain' where id = 1",
    "runs": "update runs set failed = 9 where id = 1",
}


@pytest.mark.parametrize("table", EVIDENCE)
def test_a_row_that_was_rewritten_is_told(before: Path, after: Path, table: str) -> None:
    alter(after, REWRITTEN[table])

    assert re.match(rf"row \w+ of {table} was rewritten: restore", succession.losses(before, after)[0])


def test_every_table_that_is_evidence_is_guarded(before: Path) -> None:
    with Archive(before, readonly=True) as archive:
        tables = {
            row[0]
            for row in archive.connection.execute(
                "select name from pragma_table_list where schema = 'main' and type = 'table'"
            )
        }
    others = {"sources", "hosts", "channels", "_sqlite_migrations", "sqlite_schema", "unfinished", *DERIVED_TABLES}

    assert tables - others - {name for name in tables if name.startswith("sqlite_")} >= set(EVIDENCE)
    with closing(sqlite3.connect(before)) as connection:
        connection.execute("attach ? as earlier", (str(before),))
        assert tables - others <= set(succession._guarded(connection))


def test_a_row_put_in_before_the_last_is_told(before: Path, after: Path) -> None:
    alter(before, "update header_lines set id = 7 where id = 1")
    alter(after, "update header_lines set id = 7 where id = 1", "insert into header_lines values (3, 'x', 'y')")

    assert succession.losses(before, after)[0].startswith("rows were put into header_lines before its last")


@pytest.mark.parametrize("gone", ["trigger fetches_no_delete", "trigger captures_no_update", "table encoded_bodies"])
def test_a_guard_or_a_table_that_is_gone_is_told(before: Path, after: Path, gone: str) -> None:
    with closing(sqlite3.connect(after, isolation_level=None)) as connection:
        connection.execute(f"drop {gone}")

    assert re.match(r"the (trigger|table) \w+ is gone from it: restore", succession.losses(before, after)[0])
    assert gone.split()[1].split("_")[0] in succession.losses(before, after)[0]


def test_a_view_in_the_place_of_a_table_is_told(before: Path, after: Path) -> None:
    with closing(sqlite3.connect(after, isolation_level=None)) as connection:
        connection.execute("create table elsewhere as select * from encoded_bodies")
        connection.execute("drop table encoded_bodies")
        connection.execute("create view encoded_bodies as select * from elsewhere")

    assert "is gone from it" in succession.losses(before, after)[0]


def test_a_source_that_was_dropped_is_told(before: Path, after: Path) -> None:
    alter(before, "insert into sources (id, url, added) values ('tides', 'https://example.org/tides', '2026')")

    assert succession.losses(before, after)[0].startswith("the source tides is gone")


def test_versions_become_fewer_only_under_other_rules(before: Path, after: Path) -> None:
    with closing(sqlite3.connect(before, isolation_level=None)) as connection:
        connection.execute("create temp table more as select * from versions limit 1")
        for number in range(90, 95):
            connection.execute("update more set id = ?, number = ?", (number, number))
            connection.execute("insert into versions select * from more")
    assert "versions fell from 8 rows to 5 under the same rules" in succession.losses(before, after)[0]

    alter(after, "update rulesets set sha256 = 'other'")
    assert succession.losses(before, after) == []


def test_an_older_schema_is_told_and_columns_that_a_later_one_added_are_no_difference(
    before: Path, after: Path
) -> None:
    alter(after, "alter table fetches add column seen_from text", "pragma user_version = 9")

    assert succession.losses(before, after) == []
    assert "its schema is" in succession.losses(after, before)[0]


# A body that was withdrawn

ENCODED = "(select encoded_sha256 from fetches where capture_id = 1)"
REDACTIONS = (
    "create table if not exists redactions (id integer primary key, run_id integer, capture_id integer, "
    "source_id text, sha256 text, encoded text, redacted text, reason text)",
    "insert into redactions select 1, 3, id, source_id, sha256, "
    "(select json_group_array(encoded_sha256) from fetches where capture_id = captures.id), '2026', 'an address' "
    "from captures where id = 1",
)
EMPTIED = "update captures set body = x'', stored_bytes = 0 where id = 1"


def test_a_body_that_a_tombstone_withdraws_may_go(before: Path, after: Path) -> None:
    alter(
        after,
        *REDACTIONS,
        EMPTIED,
        "update captures set body = x'01', stored_bytes = 1, base_id = null where base_id = 1",
        f"update encoded_bodies set body = x'' where sha256 in {ENCODED}",
    )

    assert succession.losses(before, after) == []


@pytest.mark.parametrize(
    "more",
    [
        "update captures set body = x'' where source_id = 'pilots' and id = 2",
        "update captures set sha256 = replace(sha256, 'a', 'b') where id = 1",
        "update captures set bytes = 1 where id = 1",
        f"update encoded_bodies set body = x'' where sha256 not in {ENCODED}",
        "update fetches set capture_id = null where id = 1",
    ],
)
def test_a_tombstone_allows_nothing_but_its_own_body(before: Path, after: Path, more: str) -> None:
    alter(after, *REDACTIONS, EMPTIED, more)

    assert "was rewritten" in succession.losses(before, after)[0]


def test_a_tombstone_that_was_taken_back_is_told(before: Path, after: Path) -> None:
    alter(
        before,
        *REDACTIONS,
        "create trigger if not exists redactions_no_delete before delete on redactions begin select 1; end",
    )
    alter(
        after,
        *REDACTIONS,
        "delete from redactions",
        "create trigger if not exists redactions_no_delete before delete on redactions begin select 1; end",
    )

    assert succession.losses(before, after)[0].startswith("redactions lost 1 of its 1 rows")


def test_work_that_was_begun_and_not_finished_is_refused(before: Path, after: Path) -> None:
    alter(
        after,
        "create table if not exists unfinished (task text, subject text, derivation text)",
        "insert into unfinished values ('purge', '1', '')",
    )

    assert "a purge was begun and not finished" in succession.losses(before, after)[0]


# Telling


def test_a_file_beyond_the_limit_of_the_host_is_refused_and_one_half_as_large_is_warned_of() -> None:
    for mode, limit in succession.LIMITS.items():
        assert succession.too_large(limit - 1, mode) is None
        assert "the host refuses such a file" in (succession.too_large(limit, mode) or "")
        assert succession.size_warning(limit // 2 - 1, mode) is None
        assert "the host refuses it" in (succession.size_warning(limit - 1, mode) or "")
    assert "at 100 MiB" in (succession.size_warning(50 * 1024 * 1024, "commit") or "")


def test_a_commit_message_is_numbers_and_a_hash(before: Path, after: Path) -> None:
    message = succession.message(before, after)

    assert message == f"archive: 2 fetches, 2 versions, 2 changes\n\nLedger-Head: {succession.head(after)}\n"
    with Archive(after, readonly=True) as archive:
        assert succession.head(after) == archive.runs(limit=1)[0]["ledger_head"]


def test_a_ledger_head_that_is_no_hash_never_reaches_a_message(before: Path, after: Path) -> None:
    alter(after, "update runs set ledger_head = 'x' || char(10) || 'Signed-off-by: nobody'")

    with pytest.raises(ValueError, match="not a SHA-256"):
        succession.message(before, after)


def program(*arguments: str | Path, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-I", succession.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_program_answers_with_its_exit_code_and_a_line_for_each_reason(before: Path, after: Path) -> None:
    assert program("check", before, after) == (0, "")
    assert program("sound", after) == (0, "")
    assert program("head", after) == (0, f"{succession.head(after)}\n")
    assert program("message", before, after) == (0, succession.message(before, after))
    code, said = program("check", after, before, GITHUB_ACTIONS="true")
    assert code == 3
    assert said.count("::error title=Redline::Not published: ") == said.count("\n") > 3
    assert program("check", after)[0] == 2
    assert program("head", before.with_name("none.db"))[0] == 3
