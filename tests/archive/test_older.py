"""Archives of the first schema: opened, read, verified and written on, with every record's hash as it was."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from scraper.archive import Archive, reading, timeline
from scraper.archive.ledger import BOUND, GENESIS, RUN_BOUND
from scraper.archive.opening import APPLICATION_ID
from scraper.archive.schema import migrations
from scraper.archive.schema_version import SCHEMA_VERSION
from scraper.archive.verify import verify
from tests.archive.watching import PARAGRAPHS, START, Watch, page

if TYPE_CHECKING:
    from pathlib import Path

ADDED = {
    "fetches": ("sent_ms", "answered_ms", "server_date", "clock_offset", "robots", "reason_code"),
    "runs": ("timestamps_head",),
}


def as_first_written(path: Path) -> None:
    """Write an archive as the first schema's Redline did: its tables, its rows, and hashes over its columns alone."""
    modern = path.with_name("modern.db")
    with Archive(modern) as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS))
        watch.look(page(*PARAGRAPHS[:2]))
        watch.look(None, status=None, failure="network_error")
        archive.finish_run(watch.run_id, watch.now, fetched=3, changed=1, failed=1)
    old = sqlite3.connect(path, isolation_level=None)
    old.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(Database(old), stop_before="m002_time_and_permission")
    old.execute("pragma user_version = 1")
    old.execute("attach ? as modern", (str(modern),))
    tables = "sources captures header_lines rulesets linksets versions passages spans changes edits states source_urls"
    for table in ("runs", *tables.split(), "fetches"):
        names = ", ".join(row[1] for row in old.execute(f"pragma main.table_info({table})"))
        old.execute("drop trigger if exists runs_no_update")
        old.execute(f"insert into main.{table} ({names}) select {names} from modern.{table}")
    _hash_as_the_first_schema_did(old)
    old.close()
    modern.unlink()


def _hash_as_the_first_schema_did(old: sqlite3.Connection) -> None:
    """Written out here and not taken from the ledger: what it does today must agree with what was done then."""
    old.row_factory = sqlite3.Row
    old.execute("drop trigger fetches_no_update")

    def linked(previous: str, row: sqlite3.Row, bound: tuple[str, ...]) -> str:
        canonical = json.dumps([row[name] for name in bound], separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        return hashlib.sha256(f"{previous}\n{digest}".encode()).hexdigest()

    previous = GENESIS
    for row in old.execute(
        "select f.*, c.sha256 as capture_sha256, r.started as run_started, r.trigger as run_trigger, "
        "r.software as run_software from fetches f join runs r on r.id = f.run_id "
        "left join captures c on c.id = f.capture_id order by f.id"
    ).fetchall():
        headers = old.execute(
            "select json_group_array(json_array(name, value)) from (select name, value from fetch_headers "
            "where fetch_id = ? order by position)",
            (row["id"],),
        ).fetchone()[0]
        written_out = {**dict(row), "headers": headers}
        previous = linked(previous, written_out, BOUND)  # type: ignore[arg-type]
        old.execute("update fetches set record_hash = ? where id = ?", (previous, row["id"]))
    run = old.execute("select * from runs").fetchone()
    old.execute("update runs set ledger_head = ?", (linked(previous, run, RUN_BOUND),))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    as_first_written(path)
    return path


def test_the_old_archive_of_this_test_has_none_of_what_was_added(old: Path) -> None:
    connection = sqlite3.connect(old)
    for table, added in ADDED.items():
        columns = {row[1] for row in connection.execute(f"pragma table_info({table})")}
        assert columns.isdisjoint(added)
    assert connection.execute("select 1 from sqlite_master where name = 'timestamps'").fetchone() is None


def test_an_old_archive_is_read_and_verified_without_a_byte_of_it_changing(old: Path) -> None:
    before = old.read_bytes()

    with Archive(old, readonly=True) as archive:
        checked = verify(archive.connection)
        assert checked.findings == ()
        assert (checked.fetches, checked.note) == (3, None)
        assert reading.look(archive.connection, 1)["robots"] is None
        assert timeline.evidence(archive.connection, 1).fetch_id == 1
        assert archive.counts()["fetches"] == 3

    assert old.read_bytes() == before


def test_an_old_archive_opened_for_writing_keeps_every_record_hash_and_still_verifies(old: Path) -> None:
    with Archive(old, readonly=True) as archive:
        hashes = [row[0] for row in archive.connection.execute("select record_hash from fetches order by id")]
        head = archive.runs()[0]["ledger_head"]

    with Archive(old) as archive:
        assert archive.connection.execute("pragma user_version").fetchone()[0] == SCHEMA_VERSION
        kept = [row[0] for row in archive.connection.execute("select record_hash from fetches order by id")]
        assert kept == hashes
        assert archive.runs()[0]["ledger_head"] == head
        assert verify(archive.connection, head=head).findings == ()


def test_a_run_on_a_migrated_archive_goes_on_from_the_old_head(old: Path) -> None:
    with Archive(old) as archive:
        watch = Watch(archive, now=START.replace(month=4))
        watch.add()
        watch.look(page(*PARAGRAPHS))
        archive.finish_run(watch.run_id, watch.now, fetched=1, changed=1, failed=0)
        checked = verify(archive.connection)
    assert (checked.findings, checked.fetches) == ((), 4)


def test_what_was_altered_in_an_old_archive_is_named_in_it(old: Path) -> None:
    raw = sqlite3.connect(old)
    raw.execute("update fetches set reason = 'nothing' where id = 2")
    raw.commit()
    raw.close()

    with Archive(old, readonly=True) as archive:
        assert verify(archive.connection).findings[0].where == "fetches 2"
