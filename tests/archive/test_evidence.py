"""What was observed stays as it was observed, and the archive can show it."""

from __future__ import annotations

import gzip
import json
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive.captures import load_body
from scraper.archive.ledger import BOUND, GENESIS, LATER, canonical
from scraper.archive.observations import stored_answer
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from scraper.fetching.observation import Answer
from tests.archive.watching import EDITED, PARAGRAPHS, URL, Watch, page

if TYPE_CHECKING:
    from scraper.archive import Archive


@pytest.fixture
def history(watch: Watch) -> Watch:
    """First seen, noise, an edit, a block, a removal, a return with edits."""
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS) + b"<!-- nonce -->")
    watch.look(page(*EDITED))
    watch.look(b"Access Denied", status=403)
    for _ in range(3):
        watch.look(b"Not Found", status=404)
    watch.look(page(*PARAGRAPHS))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=8, changed=4, failed=1)
    return watch


@pytest.mark.parametrize(
    "statement",
    [
        "update fetches set outcome = 'unchanged'",
        "delete from fetches",
        "update captures set body = x'00'",
        "delete from captures",
        "update runs set trigger = 'nobody'",
        "delete from runs",
        "delete from header_lines",
    ],
)
def test_evidence_can_be_neither_rewritten_nor_deleted(history: Watch, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        history.archive.connection.execute(statement)


def test_every_body_comes_back_as_it_was_received(history: Watch) -> None:
    connection = history.archive.connection
    assert load_body(connection, 1) == page(*PARAGRAPHS)
    assert load_body(connection, 2) == page(*PARAGRAPHS) + b"<!-- nonce -->"


def test_an_untouched_archive_verifies(history: Watch) -> None:
    checked = verify(history.archive.connection)

    assert checked.findings == ()
    assert (checked.fetches, checked.note) == (8, None)
    assert checked.ledger_head != GENESIS


def test_a_rebuild_gives_the_same_tables_to_the_letter(history: Watch) -> None:
    assert all(table.same for table in rebuild(history.archive.connection))


def test_a_dry_run_of_a_rebuild_changes_nothing_and_says_what_would_change(history: Watch) -> None:
    connection = history.archive.connection
    connection.execute("update changes set summary = 'nothing to see here' where kind = 'content'")

    report = {table.table: table.same for table in rebuild(connection, dry_run=True)}

    assert not report["changes"]
    assert report["versions"]
    stood = connection.execute("select count(*) from changes where summary = 'nothing to see here'").fetchone()[0]
    assert stood > 0


def test_a_rebuild_mends_derived_tables_that_were_altered(history: Watch) -> None:
    connection = history.archive.connection
    connection.execute("delete from edits")
    rebuild(connection)

    assert verify(connection).findings == ()


def _unguarded(archive: Archive, statement: str) -> None:
    """What somebody with an SQL prompt could do who first takes the guards away."""
    archive.connection.execute("drop trigger runs_no_update")
    for table in ("fetches", "captures"):
        archive.connection.execute(f"drop trigger {table}_no_update")
        archive.connection.execute(f"drop trigger {table}_no_delete")
    archive.connection.execute("pragma foreign_keys = off")
    archive.connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("update fetches set outcome = 'gone' where id = 4", "fetches 4"),
        ("update fetches set started = '2026-01-01T00:00:00.000Z' where id = 2", "fetches 2"),
        ("delete from fetches where id = 3", "fetches 3"),
        ("delete from fetches where id = 8", "runs 1"),
        ("update captures set bytes = bytes + 1 where id = 2", "captures 2"),
        ("delete from captures where id = 1", "file"),
        ("update runs set software = 'another'", "fetches 1"),
        ("update captures set body = x'00' where id = 1", "captures 1"),
        ("update versions set title = 'Another' where number = 1", "versions of dredging"),
        ("update edits set old_text = 'something milder'", "edits of dredging"),
    ],
)
def test_whatever_was_altered_is_named(history: Watch, statement: str, where: str) -> None:
    _unguarded(history.archive, statement)
    findings = verify(history.archive.connection).findings
    assert findings[0].where == where


def test_rows_derived_by_an_earlier_redline_are_not_called_corrupt(
    history: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.archive.states.DERIVATION", "a later one")
    checked = verify(history.archive.connection)

    assert checked.findings == ()
    assert "redline rebuild" in (checked.note or "")


def test_an_answer_that_cannot_be_stored_leaves_nothing_of_itself(
    history: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = history.archive.counts()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("scraper.archive.recording.record_hash", fail)
    with pytest.raises(OSError, match="disk full"):
        history.look(page(*EDITED, "One more paragraph that has not been here before."))

    assert history.archive.counts() == before


def test_a_body_that_came_compressed_is_kept_in_both_forms(watch: Watch) -> None:
    body = page(*PARAGRAPHS)
    answer = Answer(
        "dredging",
        URL,
        watch.now,
        5,
        final_url=URL,
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
        request_headers=(("Accept-Encoding", "identity"),),
        peer="203.0.113.5:443",
        certificate_sha256="ab" * 32,
        http_version="1.1",
        body=body,
        encoded_body=gzip.compress(body),
    )
    run_id = watch.archive.begin_run("test", 1, watch.now)
    for _ in range(2):
        watch.archive.record(run_id, answer)

    connection = watch.archive.connection
    (wire,) = connection.execute("select body from encoded_bodies").fetchall()
    assert gzip.decompress(wire["body"]) == load_body(connection, 1) == body
    assert verify(connection).findings == ()
    row = connection.execute("select peer, http_version from fetches where id = 2").fetchone()
    assert tuple(row) == ("203.0.113.5:443", "1.1")


def test_what_a_look_saw_of_time_and_permission_is_kept_and_comes_back(watch: Watch) -> None:
    answer = Answer(
        "dredging",
        URL,
        watch.now,
        40,
        final_url=URL,
        status=200,
        headers=(("Date", "Mon, 02 Mar 2026 05:59:00 GMT"), ("Age", "30")),
        body=page(*PARAGRAPHS),
        sent=watch.now,
        answered=watch.now + timedelta(milliseconds=30),
        robots="allowed: no rule against it",
    )
    run_id = watch.archive.begin_run("test", 1, watch.now)
    watch.archive.record(run_id, answer)

    row = watch.archive.connection.execute("select * from fetches").fetchone()
    assert (row["sent_ms"], row["answered_ms"]) == (0, 30)
    assert (row["server_date"], row["clock_offset"]) == ("2026-03-02T05:59:00.000Z", 28)
    again = stored_answer(watch.archive.connection, row)
    assert (again.sent, again.answered, again.robots) == (answer.sent, answer.answered, answer.robots)


@pytest.mark.parametrize("value", ["null", "7"])
@pytest.mark.parametrize("column", ["sent_ms", "answered_ms", "server_date", "clock_offset", "robots", "reason_code"])
def test_a_fact_that_was_blanked_or_altered_is_named(watch: Watch, column: str, value: str) -> None:
    test_what_a_look_saw_of_time_and_permission_is_kept_and_comes_back(watch)
    assert verify(watch.archive.connection).findings == ()
    _unguarded(watch.archive, f"update fetches set {column} = {value}")
    assert verify(watch.archive.connection).findings[0].where == "fetches 1"


def test_a_record_without_later_facts_is_bound_as_it_always_was() -> None:
    record = dict.fromkeys((*BOUND, *LATER), "x") | dict.fromkeys(LATER)
    assert canonical(record) == json.dumps(["x"] * len(BOUND), separators=(",", ":")).encode()
    assert canonical({**record, "robots": "y"}).endswith(b',"x",{"robots":"y"}]')


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("update encoded_bodies set bytes = bytes + 1", "encoded_bodies"),
        ("update encoded_bodies set body = x'00'", "encoded_bodies"),
        ("insert into encoded_bodies values (printf('%064d', 1), 1, x'00')", "encoded_bodies"),
        ("insert into header_lines values (99, 'Server', 'another')", "header_lines 99"),
        ("update header_lines set value = 'another'", "fetches"),
    ],
)
def test_what_observations_rest_on_is_checked_too(watch: Watch, statement: str, where: str) -> None:
    test_a_body_that_came_compressed_is_kept_in_both_forms(watch)
    connection = watch.archive.connection
    for trigger in ("encoded_bodies_no_update", "header_lines_no_update"):
        connection.execute(f"drop trigger {trigger}")
    connection.execute(statement)
    assert any(finding.where.startswith(where) for finding in verify(connection).findings)
