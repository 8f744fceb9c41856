"""What a keeper withholds is gone from the file, and everything else holds as it did."""

from __future__ import annotations

import gzip
import sqlite3
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.archive import Archive, reading
from scraper.archive.captures import load_body
from scraper.archive.documents import load_document
from scraper.archive.rebuild import rebuild
from scraper.archive.redaction import purge, redact, targets
from scraper.archive.searching import Wanted, search
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.errors import ArchiveCorrupt, ArchiveError, CaptureWithheld, UsageError
from scraper.fetching.observation import Answer
from tests.archive.watching import PARAGRAPHS, URL, Watch, page
from tests.datasette_plugin.served import serve

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "Plovdivanka-Quisquilia lives at number forty-one"
TELLING = page(*PARAGRAPHS, f"The complaint says that {SECRET} and asks to be heard.", modified="2026-03-03")
AFTER = page(*PARAGRAPHS, "The complaint was heard on Friday, and the council gave no reason for its answer.")
REASON = "a private address"


@pytest.fixture
def told(watch: Watch) -> Watch:
    """Three versions, of which the second tells what it should not; its capture is a base of others."""
    watch.look(page(*PARAGRAPHS))
    watch.look(TELLING)
    watch.look(AFTER)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=3, changed=2, failed=0)
    return watch


def withhold(watch: Watch, *names: str) -> str:
    return redact(watch.archive, targets(watch.archive.connection, names), REASON, watch.now)


def assert_sound(archive: Archive, redacted: int = 1) -> None:
    checked = verify(archive.connection)
    assert (checked.findings, checked.redacted, checked.note) == ((), redacted, None)
    assert all(table.same for table in rebuild(archive.connection))


def unguard(archive: Archive, *tables: str) -> None:
    for table in tables:
        archive.connection.execute(f"drop trigger {table}_no_update")
        archive.connection.execute(f"drop trigger {table}_no_delete")


def test_not_a_byte_of_what_was_withheld_is_left_in_the_file_nor_in_its_log(told: Watch) -> None:
    path = told.archive.path
    words = [word.encode() for word in ("Plovdivanka", "plovdivanka", "Quisquilia", "quisquilia")]
    files = [path, path.with_name(path.name + "-wal")]
    assert any(word in file.read_bytes() for file in files for word in words)

    withhold(told, "dredging/v2")

    assert [word for file in files for word in words if word in file.read_bytes()] == []
    told.archive.close()
    assert [word for word in words if word in path.read_bytes()] == []


def test_the_chain_holds_and_verify_says_redacted_and_not_broken(told: Watch) -> None:
    before = verify(told.archive.connection).ledger_head

    head = withhold(told, "dredging/2")

    assert_sound(told.archive)
    assert verify(told.archive.connection, head=before).findings == ()
    assert verify(told.archive.connection, head=head).ledger_head == head


def test_the_tombstone_stands_where_the_text_would(told: Watch) -> None:
    withhold(told, "dredging/2")
    connection = told.archive.connection

    version = reading.version(connection, "dredging", 2)
    assert load_document(connection, version.id).text.endswith(f"withheld on {told.now:%Y-%m-%d}: {REASON}]")
    assert version.title is None
    with pytest.raises(CaptureWithheld, match=REASON):
        load_body(connection, version.capture_id)
    assert told.kinds() == ["first_seen", "technical", "technical"]
    assert connection.execute("select count(*) from edits").fetchone()[0] == 0
    assert not search(connection, Wanted("Quisquilia"), 10).hits
    assert search(connection, Wanted("Ferries"), 10).hits[0].source_id == "dredging"


def test_bytes_that_were_stored_against_those_withheld_come_back_as_before(watch: Watch) -> None:
    bodies = [TELLING.replace(b"<main>", b"<main data-nonce=%d>" % n) for n in range(4)]
    for body in bodies:
        watch.look(body)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=4, changed=0, failed=0)
    connection = watch.archive.connection
    bases = [row[0] for row in connection.execute("select base_id from captures order by id")]
    assert bases == [None, 1, 1, 1]

    withhold(watch, "dredging/1")

    assert [load_body(connection, number) for number in (2, 3, 4)] == bodies[1:]
    assert [row[0] for row in connection.execute("select base_id from captures order by id")] == [None, None, 2, 2]
    assert_sound(watch.archive)


def test_a_keeper_is_told_where_the_same_text_stays(watch: Watch) -> None:
    watch.add("copy", URL + "-copy")
    watch.look(TELLING)
    watch.look(TELLING.replace(b"<main>", b"<main data-nonce=7>"))
    watch.look(TELLING, "copy")

    (target,) = targets(watch.archive.connection, ["dredging/1"])
    both = targets(watch.archive.connection, ["dredging/v1"])

    assert target.elsewhere == ("copy/3", "dredging/2")
    assert [(one.capture_id, one.elsewhere) for one in both] == [(1, ("copy/3",)), (2, ())]


def test_noise_that_is_withheld_makes_no_version(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS).replace(b"<main>", b"<main data-session=4711>"))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=2, changed=0, failed=0)

    withhold(watch, "dredging/2")

    assert watch.kinds() == ["first_seen"]
    assert_sound(watch.archive)


def test_absence_that_was_judged_by_bytes_since_withheld_stays_an_absence(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for n in range(3):
        watch.look(b"<h1>Not found</h1> request %d" % n, status=404)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=4, changed=1, failed=0)
    assert watch.kinds() == ["first_seen", "removed"]

    withhold(watch, "dredging/2", "dredging/3")

    assert watch.kinds() == ["first_seen", "removed"]
    assert_sound(watch.archive, redacted=2)


def test_the_same_bytes_again_stay_withheld_and_looks_go_on(told: Watch) -> None:
    withhold(told, "dredging/2")
    told.run_id = 0

    again = told.look(TELLING)
    back = told.look(page(*PARAGRAPHS))
    told.archive.finish_run(told.run_id, told.now, fetched=2, changed=2, failed=0)

    assert (again.outcome, back.outcome) == ("new_version", "new_version")
    assert SECRET not in "".join(row[0] for row in told.archive.connection.execute("select text from passages"))
    assert told.archive.counts()["captures"] == 3
    assert_sound(told.archive)


def test_the_form_in_which_it_came_over_the_wire_goes_too(watch: Watch) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    run_id = watch.archive.begin_run("test", 1, watch.now)
    for body in (page(*PARAGRAPHS), TELLING):
        answer = Answer("dredging", URL, watch.now, 5, URL, 200, headers, body=body, encoded_body=gzip.compress(body))
        watch.archive.record(run_id, answer)
    watch.archive.finish_run(run_id, watch.now, fetched=2, changed=1, failed=0)

    withhold(watch, "dredging/2")

    sizes = watch.archive.connection.execute("select length(body) from encoded_bodies order by rowid").fetchall()
    assert [bool(row[0]) for row in sizes] == [True, False]
    assert_sound(watch.archive)


# A tombstone cannot be forged silently.


def test_bytes_that_are_missing_without_a_tombstone_are_a_failure(told: Watch) -> None:
    unguard(told.archive, "captures")
    told.archive.connection.execute("update captures set body = x'', stored_bytes = 0, base_id = null where id = 3")

    (finding, *_) = verify(told.archive.connection).findings

    assert finding.where == "captures 3"
    assert "no redaction" in finding.what


def test_a_tombstone_that_the_ledger_does_not_bind_is_a_failure(told: Watch) -> None:
    unguard(told.archive, "captures", "redactions")
    connection = told.archive.connection
    connection.execute("update captures set body = x'', stored_bytes = 0, base_id = null where id = 3")
    connection.execute(
        "insert into redactions (run_id, capture_id, source_id, sha256, redacted, reason) "
        "select 1, id, source_id, sha256, '2026-03-09T00:00:00.000Z', 'because' from captures where id = 3"
    )

    assert [finding.where for finding in verify(connection).findings] == ["redactions 1"]


@pytest.mark.parametrize(
    "statement", ["update redactions set reason = 'another'", "delete from redactions", "update redactions set id = 9"]
)
def test_a_tombstone_that_was_altered_is_named(told: Watch, statement: str) -> None:
    withhold(told, "dredging/2")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        told.archive.connection.execute(statement)
    unguard(told.archive, "redactions")
    told.archive.connection.execute(statement)

    where = [finding.where for finding in verify(told.archive.connection).findings]

    assert "redactions of run 2" in where


# What can go wrong.


def test_nothing_is_withheld_while_somebody_reads(told: Watch) -> None:
    reader = Archive(told.archive.path, readonly=True)
    reader.connection.execute("begin")
    reader.connection.execute("select count(*) from captures").fetchone()
    chosen = targets(told.archive.connection, ["dredging/2"])
    told.archive.connection.execute("pragma busy_timeout = 10")

    with pytest.raises(ArchiveError, match="somebody is reading"):
        redact(told.archive, chosen, REASON, told.now)

    assert load_body(told.archive.connection, 2) == TELLING
    reader.close()


def test_nothing_is_withheld_where_what_stays_does_not_hold(watch: Watch) -> None:
    for n in range(3):
        watch.look(TELLING.replace(b"<main>", b"<main data-nonce=%d>" % n))
    unguard(watch.archive, "captures")
    watch.archive.connection.execute("update captures set body = substr(body, 1, length(body) - 3) where id = 3")
    chosen = targets(watch.archive.connection, ["dredging/1"])

    with pytest.raises(ArchiveCorrupt, match="capture 3"):
        redact(watch.archive, chosen, REASON, watch.now)

    assert load_body(watch.archive.connection, 1).startswith(b"<!doctype")


def test_a_redaction_that_was_cut_short_before_the_file_was_written_anew_is_finished_at_the_next_opening(
    told: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = told.archive.path
    monkeypatch.setattr("scraper.archive.redaction.purge", lambda _: False)
    withhold(told, "dredging/2")
    monkeypatch.undo()
    assert told.archive.connection.execute("select count(*) from unfinished").fetchone()[0] == 1
    told.archive.close()

    with Archive(path) as archive:
        assert not purge(archive)
        assert_sound(archive)
    assert b"Quisquilia" not in path.read_bytes()


@pytest.mark.parametrize("name", ["dredging", "dredging/9", "dredging/v9", "nowhere/1", "dredging/feedfacefeed"])
def test_a_name_that_finds_nothing_says_how_captures_are_named(told: Watch, name: str) -> None:
    with pytest.raises(UsageError, match="SOURCE/NUMBER"):
        targets(told.archive.connection, [name])


def test_a_capture_is_found_by_its_hash_and_withheld_once(told: Watch) -> None:
    (target,) = targets(told.archive.connection, ["dredging/2"])
    assert targets(told.archive.connection, [f"dredging/{target.sha256[:16]}"]) == [target]
    withhold(told, "dredging/2")
    with pytest.raises(UsageError, match="already"):
        withhold(told, "dredging/2")


# What people see of it.


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    path = tmp_path / "settled.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        for body in (page(*PARAGRAPHS), TELLING, AFTER):
            watch.look(body)
        archive.finish_run(watch.run_id, watch.now, fetched=3, changed=2, failed=0)
    return path


def command(*arguments: object, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_asks_first_and_changes_nothing_where_the_answer_is_no(settled: Path) -> None:
    code, said = command("redact", "dredging/2", "--reason", REASON, "--db", settled, answer="n\n")

    assert code == 1
    assert "Withhold them?" in said
    assert command("show", "dredging", 2, "--db", settled)[1].count(SECRET.split()[0]) == 1


def test_the_command_wants_a_reason(settled: Path) -> None:
    code, said = command("redact", "dredging/2", "--yes", "--db", settled)
    assert (code, "--reason" in said) == (2, True)


def test_every_command_that_reads_says_what_is_withheld(settled: Path, tmp_path: Path) -> None:
    assert command("redact", "dredging/2", "--reason", REASON, "--yes", "--db", settled)[0] == 0

    assert "1 redacted: everything holds" in command("verify", "--db", settled)[1]
    assert REASON in command("show", "dredging", 2, "--db", settled)[1]
    assert REASON in command("log", "dredging", "--all", "--db", settled)[1]
    for refused in (("show", "dredging", 2, "--raw"), ("diff", "dredging", 1, 2), ("diff", "dredging", 2, 3)):
        code, said = command(*refused, "--db", settled)
        assert (code, REASON in said) == (2, True), said
    assert command("export", "texts", tmp_path / "out", "--raw", "--db", settled)[0] == 0
    written = {path.name[:4] + path.suffix: path.read_text() for path in (tmp_path / "out" / "dredging").iterdir()}
    assert sorted(written) == ["0001.body", "0001.txt", "0002.txt", "0003.body", "0003.txt"]
    assert REASON in written["0002.txt"]
    assert command("redact", "--db", settled)[1] == "no redaction is unfinished\n"


def test_the_pages_say_withheld_in_place_of_the_text(settled: Path) -> None:
    command("redact", "dredging/2", "--reason", REASON, "--yes", "--db", settled)
    site = serve(settled, name="settled")
    root = "/-/redline/settled"

    assert REASON in site.page(f"{root}/dredging/2").text
    for gone in (f"{root}/-/capture/2", f"{root}/dredging/1..2"):
        response = site.get(gone)
        assert response.status_code == 404, response.text[:300]
        assert REASON in response.text


@pytest.mark.parametrize("headers", [(), (("Content-Type", "application/pdf"),)], ids=["no kind", "another kind"])
def test_what_comes_after_a_withheld_capture_whose_kind_its_header_does_not_tell_is_read(
    watch: Watch, headers: tuple[tuple[str, str], ...]
) -> None:
    watch.look(page(*PARAGRAPHS), headers=headers)
    watch.look(page(*PARAGRAPHS[:2]))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=2, changed=1, failed=0)
    withhold(watch, "dredging/v1")
    watch.run_id = 0
    recorded = watch.look(AFTER)

    assert recorded.outcome == "new_version"
    assert watch.kinds() == ["first_seen", "technical", "content"]
    watch.archive.finish_run(watch.run_id, watch.now, fetched=1, changed=1, failed=0)
    assert_sound(watch.archive)


def announcing(feed: str, *paragraphs: str) -> bytes:
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
    return page(*paragraphs).replace(b"</head>", link.encode() + b"</head>")


def test_a_feed_that_only_withheld_bytes_announce_is_gone_with_them(watch: Watch) -> None:
    watch.add("harbour", "https://www.example.gov/news/harbour")
    watch.look(announcing("/feed-of-the-council", *PARAGRAPHS))
    watch.look(announcing("/feed-of-Plovdivanka", *PARAGRAPHS[:2]))
    watch.look(announcing("/feed-of-ferries", *PARAGRAPHS[:1]))
    watch.look(announcing("/feed-of-ferries", *PARAGRAPHS[1:]), "harbour")
    watch.archive.finish_run(watch.run_id, watch.now, fetched=4, changed=2, failed=0)

    withhold(watch, "dredging/v2", "dredging/v3")

    left = {channel.url.rpartition("-")[2] for channel in watch.archive.channels(["www.example.gov"], watch.now)}
    assert left == {"council", "ferries"}  # the first by an earlier capture, the second by another page's
    assert b"Plovdivanka" not in watch.archive.path.read_bytes()
    assert_sound(watch.archive, 2)
    watch.look(announcing("/feed-of-Plovdivanka", *PARAGRAPHS[:2]))
    assert len(watch.archive.channels(["www.example.gov"], watch.now)) == 2
