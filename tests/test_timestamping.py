"""A head is stamped by a real authority on loopback, and what it does wrong stores nothing and says what it was."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.archive import Archive, timestamps, tokens
from scraper.archive.tokens import load_certificates
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.config import FetchSettings
from scraper.errors import TimestampError, UsageError
from scraper.timestamping import timestamp
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.authority import Authority, make_certificates, needs_openssl
from tests.datasette_plugin.served import read, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
pytestmark = needs_openssl

SETTINGS = FetchSettings(user_agent="Redline tests", timeout=5, allow_private=("127.0.0.0/8",))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("authority")
    make_certificates(folder)
    return folder


@pytest.fixture
def authority(certificates: Path, tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    shutil.copytree(certificates, folder)
    yield from Authority(folder).serve()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS))
        archive.finish_run(watch.run_id, watch.now, fetched=1, changed=0, failed=0)
        watch.run_id = 0
        yield watch


def another_run(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=1, changed=0, failed=0)
    watch.run_id = 0


def tokens_stored(watch: Watch) -> int:
    return int(watch.archive.connection.execute("select count(*) from timestamps").fetchone()[0])


def test_a_head_is_stamped_and_openssl_alone_agrees(watch: Watch, authority: Authority, tmp_path: Path) -> None:
    stamped = timestamp(watch.archive, authority.url, SETTINGS)

    assert authority.asked[0][0] == "application/timestamp-query"
    row = watch.archive.connection.execute("select * from timestamps").fetchone()
    assert (row["head"], row["run_id"]) == (watch.archive.runs()[0]["ledger_head"], 1)
    assert row["time"] == stamped.time
    assert stamped.signer == "CN=An Example Authority"
    (tmp_path / "token.tsr").write_bytes(row["token"])
    command = ["openssl", "ts", "-verify", "-digest", row["head"], "-in", "token.tsr", "-CAfile", str(authority.root)]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in checked.stdout, checked.stderr


def test_the_same_authority_is_not_asked_twice_about_a_head(watch: Watch, authority: Authority) -> None:
    first = timestamp(watch.archive, authority.url, SETTINGS)
    again = timestamp(watch.archive, authority.url, SETTINGS)

    assert (again.new, again.time) == (False, first.time)
    assert len(authority.asked) == tokens_stored(watch) == 1


def test_stamps_of_several_runs_verify_and_each_next_run_binds_them(watch: Watch, authority: Authority) -> None:
    for _ in range(2):
        timestamp(watch.archive, authority.url, SETTINGS)
        another_run(watch)
    connection = watch.archive.connection

    checked = verify(connection, roots=load_certificates(authority.root))

    assert (checked.findings, checked.note) == ((), None)
    bound = [row["timestamps_head"] for row in connection.execute("select timestamps_head from runs order by id")]
    stored = [row["record_hash"] for row in connection.execute("select record_hash from timestamps order by id")]
    assert bound == [None, *stored]


def test_without_a_certificate_verify_says_whose_root_it_relied_on(watch: Watch, authority: Authority) -> None:
    timestamp(watch.archive, authority.url, SETTINGS)
    note = verify(watch.archive.connection).note or ""

    assert "under a root that they bring themselves" in note
    assert "--authority-certificate" in note


def test_where_a_token_brings_no_root_verify_says_that_its_signature_was_not_checked(
    watch: Watch, authority: Authority
) -> None:
    authority.with_root = False
    timestamp(watch.archive, authority.url, SETTINGS)

    checked = verify(watch.archive.connection)
    assert checked.findings == ()
    assert "signatures were not checked" in (checked.note or "")
    assert verify(watch.archive.connection, roots=load_certificates(authority.root)).note is None


def test_another_authoritys_certificate_does_not_do(watch: Watch, authority: Authority, tmp_path: Path) -> None:
    timestamp(watch.archive, authority.url, SETTINGS)
    other = tmp_path / "other"
    other.mkdir()
    make_certificates(other)

    (finding,) = verify(watch.archive.connection, roots=load_certificates(other / "root.pem")).findings

    assert finding.where == "timestamps 1"
    assert "its signature does not hold" in finding.what


def test_a_stamp_is_refused_that_does_not_hold_under_the_certificate_given(
    watch: Watch, authority: Authority, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_certificates(other)

    with pytest.raises(TimestampError, match="does not hold under the certificate given"):
        timestamp(watch.archive, authority.url, SETTINGS, roots=load_certificates(other / "root.pem"))
    assert tokens_stored(watch) == 0


def other_question(authority: Authority, *options: str) -> Callable[[bytes], bytes]:
    """An authority that answers a question of its own."""

    def ask(_: bytes) -> bytes:
        command = ["openssl", "ts", "-query", "-sha256", "-cert", "-out", "other.tsq", *options]
        subprocess.run(command, cwd=authority.folder, check=True, capture_output=True)
        return (authority.folder / "other.tsq").read_bytes()

    return ask


@pytest.mark.parametrize("wrong", ["imprint", "nonce", "rejected", "garbage", "cut", "status", "large", "nothing"])
def test_whatever_an_authority_does_wrong_is_one_line_and_stores_nothing(
    watch: Watch, authority: Authority, wrong: str
) -> None:
    head = watch.archive.runs()[0]["ledger_head"]
    said = {
        "imprint": "imprint is not the head",
        "nonce": "answers another question",
        "rejected": "it was rejected",
        "garbage": "no timestamp response",
        "cut": "no timestamp response",
        "status": "it answered 503",
        "large": "larger than 256 KiB",
        "nothing": "no timestamp response",
    }
    if wrong == "imprint":
        authority.before = other_question(authority, "-digest", "00" * 32)
    elif wrong == "nonce":
        authority.before = other_question(authority, "-digest", head)
    elif wrong == "rejected":
        authority.before = lambda question: question[:-3]
    elif wrong == "status":
        authority.status = 503
    else:
        replaced = {"garbage": b"<html>hello", "large": b"x" * 300_000, "nothing": b""}
        authority.after = lambda answer: replaced.get(wrong, answer[:-1])

    with pytest.raises(TimestampError, match=said[wrong]) as caught:
        timestamp(watch.archive, authority.url, SETTINGS)

    assert len(str(caught.value).splitlines()) == 1
    assert authority.url in str(caught.value)
    assert tokens_stored(watch) == 0
    assert verify(watch.archive.connection).findings == ()


def test_an_authority_that_does_not_answer_in_time_is_one_line(watch: Watch, authority: Authority) -> None:
    done = threading.Event()
    authority.after = lambda answer: answer * (done.wait(10) + 1)
    hasty = FetchSettings(user_agent="Redline tests", timeout=0.2, allow_private=("127.0.0.0/8",))
    try:
        with pytest.raises(TimestampError, match="no whole answer"):
            timestamp(watch.archive, authority.url, hasty)
    finally:
        done.set()


def test_an_authority_in_a_private_network_needs_leave(watch: Watch, authority: Authority) -> None:
    with pytest.raises(TimestampError, match="allow_private"):
        timestamp(watch.archive, authority.url, FetchSettings())
    assert authority.asked == []


def test_an_address_that_is_none_is_a_usage_error(watch: Watch) -> None:
    with pytest.raises(UsageError, match="the authority"):
        timestamp(watch.archive, "freetsa", SETTINGS)


def test_before_the_first_run_there_is_nothing_to_stamp(tmp_path: Path) -> None:
    with Archive(tmp_path / "new.db") as archive, pytest.raises(UsageError, match="no run has ended"):
        timestamps.last_head(archive.connection)


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("update timestamps set token = x'00' where id = 1", "timestamps 1"),
        ("update timestamps set time = '2020-01-01T00:00:00.000Z' where id = 2", "timestamps 2"),
        ("update timestamps set authority = 'https://another.example/' where id = 2", "timestamps 2"),
        ("update timestamps set head = replace(head, 'a', 'b') where id = 1", "timestamps 1"),
        ("delete from timestamps where id = 1", "timestamps 1"),
        ("delete from timestamps where id = 2", "timestamps 2"),
        ("delete from timestamps", "timestamps 1"),
        ("update timestamps set id = 3 - id + 10; update timestamps set id = id - 10", "timestamps 1"),
        (
            "insert into timestamps select 3, run_id, head, authority, obtained, time, token, record_hash "
            "from timestamps where id = 1",
            "timestamps 3",
        ),
        ("update runs set timestamps_head = null where id = 3", "runs 3"),
    ],
)
def test_whatever_was_altered_in_the_timestamps_is_named(
    watch: Watch, authority: Authority, statement: str, where: str
) -> None:
    for _ in range(2):
        timestamp(watch.archive, authority.url, SETTINGS)
        another_run(watch)
    connection = watch.archive.connection
    for trigger in ("timestamps_no_update", "timestamps_no_delete", "runs_no_update"):
        connection.execute(f"drop trigger {trigger}")
    for part in statement.split(";"):
        connection.execute(part)

    assert verify(connection).findings[0].where == where


def test_timestamps_are_append_only(watch: Watch, authority: Authority) -> None:
    timestamp(watch.archive, authority.url, SETTINGS)
    for statement in ("update timestamps set time = 'now'", "delete from timestamps"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            watch.archive.connection.execute(statement)


def test_no_flipped_bit_of_a_token_breaks_off_the_reading(watch: Watch, authority: Authority) -> None:
    timestamp(watch.archive, authority.url, SETTINGS)
    row = watch.archive.connection.execute("select * from timestamps").fetchone()
    roots, rng, refused = load_certificates(authority.root), random.Random(3), 0
    for place in range(0, len(row["token"]), 7):
        altered = bytearray(row["token"])
        altered[place] ^= 1 << rng.randrange(8)
        try:
            tokens.read(bytes(altered), row["head"])
            refused += tokens.signature_fault(bytes(altered), row["head"], roots) is not None
        except TimestampError:
            refused += 1
    assert refused > 100


def test_a_versions_page_and_the_tables_show_the_stamp(watch: Watch, authority: Authority) -> None:
    stamped = timestamp(watch.archive, authority.url, SETTINGS)
    watch.archive.close()
    served = serve(watch.archive.path)

    assert authority.url in read(served.page("/-/redline/archive/dredging/1"))
    assert served.rows("/archive/timestamps.json")[0]["time"] == stamped.time


def command(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


@pytest.fixture
def listed(watch: Watch, tmp_path: Path) -> tuple[str, ...]:
    """The options of a command on an archive that is closed, with a watch list that lets loopback be asked."""
    watch.archive.close()
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[fetch]\nallow_private = ["127.0.0.0/8"]\ntimeout = 5\n'
        '[[source]]\nid = "dredging"\nurl = "http://127.0.0.1:8999/none"\n'
    )
    return ("--db", str(tmp_path / "archive.db"), "--sources", str(sources))


def test_the_command_stamps_and_verify_checks_it(authority: Authority, listed: tuple[str, ...]) -> None:
    root = ("--authority-certificate", str(authority.root))
    code, said = command("timestamp", "--authority", authority.url, *root, *listed)
    assert (code, "stamped" in said) == (0, True), said

    code, said = command("verify", "--db", listed[1], *root)
    assert (code, "everything holds" in said) == (0, True), said


def test_a_run_is_as_good_where_its_timestamp_fails(authority: Authority, listed: tuple[str, ...]) -> None:
    authority.status = 500
    code, said = command("run", "--all", "--timestamp", authority.url, *listed)

    assert code == 1, "the page was not there; the authority's failure makes it no worse"
    assert "it answered 500; nothing was stored" in said
    assert command("verify", "--db", listed[1])[0] == 0
    authority.status = 200
    code, said = command("run", "--all", "--timestamp", authority.url, *listed)
    assert "stamped" in said


def test_a_certificate_file_that_is_none_is_one_line(listed: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "letter.pem").write_text("Dear authority")
    code, said = command("verify", "--db", listed[1], "--authority-certificate", str(tmp_path / "letter.pem"))

    assert code == 2
    assert "holds no certificate" in said


def test_without_the_package_the_command_says_what_to_install(
    authority: Authority, listed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("timestamp", "--authority", authority.url, *listed)[0] == 0
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)

    code, said = command("timestamp", "--authority", authority.url + "2", *listed)
    assert (code, "redline[timestamp]" in said) == (2, True)
    code, said = command("verify", "--db", listed[1])
    assert code == 0
    assert "1 timestamp tokens were not read" in " ".join(said.split())
