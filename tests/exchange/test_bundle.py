"""A bundle shows what it holds, and says what was changed in it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, reading
from scraper.archive.redaction import redact, targets
from scraper.config import FetchSettings
from scraper.errors import UsageError
from scraper.exchange.bundle import make_bundle, write_bundle
from scraper.exchange.bundle_verifier import problems
from scraper.fetching.observation import Answer
from scraper.timestamping import timestamp
from tests.archive.watching import EDITED, PARAGRAPHS, URL, Watch, page
from tests.authority import Authority, make_certificates, needs_openssl

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    path: Path = tmp_path_factory.mktemp("bundle") / "archive.db"
    with Archive(path) as writable:
        watch = Watch(writable)
        watch.add()
        for body in (page(*PARAGRAPHS), page(*PARAGRAPHS) + b" ", page(*EDITED), page(*EDITED) + b" "):
            watch.look(body)
        writable.record(watch.run_id, compressed(watch))
        writable.finish_run(watch.run_id, watch.now, fetched=5, changed=2, failed=0)
    return Archive(path, readonly=True)


def compressed(watch: Watch) -> Answer:
    """An answer with everything that can be observed: compressed unasked, dated, and allowed by robots.txt."""
    body = page(*PARAGRAPHS[:2])
    return Answer(
        "dredging",
        URL,
        watch.now,
        900,
        final_url=URL,
        status=200,
        headers=(
            ("Content-Type", "text/html"),
            ("Content-Encoding", "gzip"),
            ("Date", format_datetime(watch.now - timedelta(minutes=5), usegmt=True)),
        ),
        body=body,
        encoded_body=gzip.compress(body, mtime=0),
        sent=watch.now,
        answered=watch.now + timedelta(milliseconds=800),
        robots="allowed: robots.txt, line 3: Allow: /news/",
    )


@pytest.fixture(scope="module")
def bundle(archive: Archive) -> bytes:
    return make_bundle(archive.connection, "dredging", (1, 2))


def test_a_bundle_checks_itself_with_nothing_but_python(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "dredging.zip"
    write_bundle(archive.connection, "dredging", (1, 2), path)

    done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert str(archive.runs()[0]["ledger_head"]) in done.stdout


def test_the_same_archive_gives_the_same_bundle(archive: Archive, bundle: bytes) -> None:
    assert make_bundle(archive.connection, "dredging", (1, 2)) == bundle


@pytest.mark.parametrize("kind", ["bundle", "full"])
def test_every_changed_byte_is_noticed(kind: str, request: pytest.FixtureRequest) -> None:
    bundle: bytes = request.getfixturevalue(kind)
    rng = random.Random(5)
    for place in rng.sample(range(len(bundle)), 200):
        changed = bytearray(bundle)
        changed[place] ^= 1 << rng.randrange(8)
        assert problems(bytes(changed)), place


def test_an_untouched_bundle_has_no_problem(bundle: bytes) -> None:
    assert problems(bundle) == []


def test_a_body_that_was_exchanged_and_sealed_again_is_still_found(archive: Archive, tmp_path: Path) -> None:
    from scraper.exchange import bundle as making

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "load_body", lambda *_: page(*PARAGRAPHS).replace(b"48", b"18"))
        forged = make_bundle(archive.connection, "dredging", (1,))

    assert any("not the body that its record names" in text for text in problems(forged))


def test_a_record_that_was_rewritten_and_sealed_again_is_still_found(archive: Archive) -> None:
    record, proof = reading.ledger_proof(archive.connection, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "ledger_proof", lambda *_: ({**record, "started": "2020"}, proof))
        forged = make_bundle(archive.connection, "dredging", (1,))

    assert any("does not stand in the chain" in text for text in problems(forged))


def test_a_bundle_never_replaces_a_file(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "there.zip"
    path.write_bytes(b"mine")

    with pytest.raises(UsageError, match="already"):
        write_bundle(archive.connection, "dredging", (1,), path)
    assert path.read_bytes() == b"mine"


def test_a_bundle_of_what_is_withheld_says_so_and_still_shows_that_an_answer_with_that_hash_came(
    tmp_path: Path,
) -> None:
    with Archive(tmp_path / "a.db") as archive:
        watch = Watch(archive)
        watch.add()
        for body in (page(*PARAGRAPHS), page(*EDITED)):
            watch.look(body)
        archive.finish_run(watch.run_id, watch.now, fetched=2, changed=1, failed=0)
        redact(archive, targets(archive.connection, ["dredging/1"]), "a private address", watch.now)
        content = make_bundle(archive.connection, "dredging", (1, 2))
        path = tmp_path / "bundle.zip"
        path.write_bytes(content)

    done = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert (problems(content), done.returncode) == ([], 0)
    assert f"version-0001 is without its body, withheld on {watch.now:%Y-%m-%d}: a private address" in done.stdout
    with zipfile.ZipFile(path) as bundle:
        assert "version-0001/body" not in bundle.namelist()
        assert "a private address" in bundle.read("version-0001/text.txt").decode()
        assert "a private address" in bundle.read("difference.txt").decode()
        forged = {name: bundle.read(name) for name in bundle.namelist() if name != "version-0001/withheld.json"}
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as bundle:
        for name, piece in forged.items():
            bundle.writestr(name, piece)
    assert any("version-0001" in text for text in problems(again.getvalue()))


def files(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def sealed_again(contents: dict[str, bytes]) -> bytes:
    """What a forger makes who knows how a bundle is made: manifest and seal agree with the altered files."""
    from scraper.exchange import bundle as making

    manifest = json.loads(contents["manifest.json"])
    listed = {
        name: hashlib.sha256(content).hexdigest() for name, content in contents.items() if name != "manifest.json"
    }
    return making._sealed({**contents, "manifest.json": json.dumps({**manifest, "files": listed}).encode()})


@pytest.fixture(scope="module")
def full(archive: Archive) -> bytes:
    """The version that came compressed, with a date and a robots decision."""
    return make_bundle(archive.connection, "dredging", (3,))


def test_a_bundle_holds_the_body_as_it_came_and_the_facts_of_the_look(full: bytes) -> None:
    held = files(full)

    assert gzip.decompress(held["version-0003/encoded-body"]) == held["version-0003/body"]
    record = json.loads(held["version-0003/record.json"])
    assert record["clock_offset"] == 299
    assert record["server_date"] == "2026-03-04T05:55:00.000Z"
    assert record["robots"] == "allowed: robots.txt, line 3: Allow: /news/"
    told = held["README.txt"].decode()
    assert "at least 299 s ahead of the server's" in told
    assert "line 3: Allow: /news/" in told
    assert problems(full) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("robots", "denied"), ("clock_offset", 0), ("clock_offset", None), ("server_date", None), ("answered_ms", 1)],
)
def test_a_fact_that_was_altered_and_sealed_again_is_still_found(full: bytes, name: str, value: object) -> None:
    held = files(full)
    record = json.loads(held["version-0003/record.json"])
    held["version-0003/record.json"] = json.dumps({**record, name: value}).encode()

    assert any("does not stand in the chain" in text for text in problems(sealed_again(held)))


def test_a_fact_that_was_added_and_is_bound_by_nothing_is_found(full: bytes) -> None:
    held = files(full)
    record = json.loads(held["version-0003/record.json"])
    held["version-0003/record.json"] = json.dumps({**record, "signed_by": "the minister"}).encode()

    assert problems(sealed_again(held)) == ["version-0003/record.json says 'signed_by', which nothing binds"]


@pytest.mark.parametrize("exchanged", [b"another", None])
def test_a_compressed_body_that_was_exchanged_or_left_out_is_still_found(full: bytes, exchanged: bytes | None) -> None:
    held = files(full)
    del held["version-0003/encoded-body"]
    if exchanged is not None:
        held["version-0003/encoded-body"] = exchanged

    assert any("not the compressed body that its record names" in text for text in problems(sealed_again(held)))


@needs_openssl
def test_a_bundle_holds_the_timestamp_of_its_head_with_the_command_that_checks_it(
    archive: Archive, tmp_path: Path
) -> None:
    pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
    make_certificates(tmp_path)
    copy = tmp_path / "archive.db"
    copy.write_bytes(archive.path.read_bytes())
    with Archive(copy) as writable:
        for authority in Authority(tmp_path).serve():
            timestamp(writable, authority.url, FetchSettings(allow_private=("127.0.0.0/8",)))
    path = tmp_path / "dredging.zip"
    write_bundle(Archive(copy, readonly=True).connection, "dredging", (3,), path)

    held = files(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        opened.extractall(tmp_path / "unpacked")
    (command,) = [line.strip() for line in held["README.txt"].decode().splitlines() if "openssl ts -verify" in line]
    words = command.replace("ROOT.pem", str(tmp_path / "root.pem")).split()
    checked = subprocess.run(words, cwd=tmp_path / "unpacked", capture_output=True, text=True, check=False)
    assert "Verification: OK" in checked.stdout, checked.stderr
    shown = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=False)
    assert command in shown.stdout

    held["version-0003/timestamp-1.tsr"] = b"the word of somebody else"
    assert any("is no timestamp of" in text for text in problems(sealed_again(held)))
