"""A bundle shows what it holds, and says what was changed in it."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, reading
from scraper.archive.redaction import redact, targets
from scraper.errors import UsageError
from scraper.exchange.bundle import make_bundle, write_bundle
from scraper.exchange.bundle_verifier import problems
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from pathlib import Path

EDITED = (PARAGRAPHS[0], PARAGRAPHS[1].replace("48", "61"), PARAGRAPHS[2])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    path: Path = tmp_path_factory.mktemp("bundle") / "archive.db"
    with Archive(path) as writable:
        watch = Watch(writable)
        watch.add()
        for body in (page(*PARAGRAPHS), page(*PARAGRAPHS) + b" ", page(*EDITED), page(*EDITED) + b" "):
            watch.look(body)
        writable.finish_run(watch.run_id, watch.now, fetched=4, changed=1, failed=0)
    return Archive(path, readonly=True)


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


def test_every_changed_byte_is_noticed(bundle: bytes) -> None:
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
