"""What the commands of scrape.yml do to a repository, with the archive in the branch and as a release asset."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import sqlite3
import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from scraper.archive import succession
from tests.scheduled import ORDER, TEXT, Press, PressHandler, Repository, begun, make_archive, watch_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = ("Keep the archive of a failed run", "Keep an archive that was not published")


@pytest.fixture(scope="module")
def printing() -> Iterator[Press]:
    with Press() as server:
        # A short poll, because shutdown() waits for it to come round.
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def press(printing: Press) -> Press:
    printing.pages = {
        "/channel": (ORDER, f"{TEXT}<p>The channel is 9 metres deep.</p>"),
        "/pilots": ("Pilots", f"{TEXT}<p>There are 14 pilots.</p>"),
    }
    printing.visitors.clear()
    return printing


@pytest.fixture
def repository(tmp_path: Path, press: Press) -> Repository:
    return begun(tmp_path, press)


def test_a_run_commits_and_pushes_what_it_saw_and_no_headline_gives_orders(
    repository: Repository, press: Press
) -> None:
    press.pages["/channel"] = (ORDER, f"{TEXT}<p>The channel is 7 metres deep.</p>")

    job = repository.run_job("job")

    assert job.failed_at is None, job.log
    assert {name: repository.rows()[name] for name in ("runs", "fetches", "versions")} == {
        "runs": 2,
        "fetches": 4,
        "versions": 3,
    }
    message = r"archive: 2 fetches, 1 version, 1 change\n\nLedger-Head: [0-9a-f]{64}\s*"
    assert re.fullmatch(message, repository.messages()[0])
    assert not set(KEPT) & set(job.done)
    assert str(press.visitors[-1]).endswith("; +https://git.example/ana/watch)")

    assert list(repository.folder.rglob("owned")) == []
    heard = re.sub(r"^::stop-commands::(\w+)$.*?^::\1::$", "", job.log, flags=re.MULTILINE | re.DOTALL)
    assert heard != job.log
    assert not re.search(r"^\s*::", heard, re.MULTILINE)
    assert "##[" not in heard
    assert "What changed" in job.summary
    assert "<img" not in job.summary
    assert "](" not in job.summary


def test_a_commit_to_another_file_is_no_obstacle_and_the_next_run_goes_on_from_both(
    repository: Repository, press: Press
) -> None:
    press.pages["/ferry"] = ("Ferry", f"{TEXT}<p>The ferry sails at 9.</p>")
    longer = watch_list(press.url("/channel"), press.url("/pilots"), press.url("/ferry"))

    one = repository.run_job("one", {"Push": lambda: repository.commit("more", {"sources.toml": longer})})
    two = repository.run_job("two")

    assert (one.failed_at, two.failed_at) == (None, None), one.log + two.log
    assert "not-a-token" not in one.log
    assert base64.b64encode(b"x-access-token:not-a-token").decode() not in one.log
    assert {name: repository.rows()[name] for name in ("runs", "fetches", "versions")} == {
        "runs": 3,
        "fetches": 5,
        "versions": 3,
    }
    subjects = [message.strip().splitlines()[0] for message in repository.messages()]
    assert subjects == [
        "archive: 1 fetch, 1 version, 1 change",
        "archive: 2 fetches, 0 versions, 0 changes",
        "more",
        "first",
    ]


def test_a_page_that_cannot_be_fetched_does_not_fail_the_job_and_is_named(repository: Repository, press: Press) -> None:
    closed = ThreadingHTTPServer(("127.0.0.1", 0), PressHandler)
    closed.server_close()
    away = f"http://127.0.0.1:{closed.server_port}/away"
    repository.commit("more", {"sources.toml": watch_list(press.url("/channel"), press.url("/pilots"), away)})

    job = repository.run_job("job")

    assert job.failed_at is None, job.log
    assert "::warning title=Redline::Some pages could not be fetched" in job.log
    assert "network error" in job.summary
    assert repository.messages()[0].lstrip().startswith("archive: 3 fetches")


def test_a_mistake_in_the_watch_list_fails_the_job_and_publishes_nothing(repository: Repository) -> None:
    repository.commit("slip", {"sources.toml": b'[[source]]\nid = "a"\nurl = "nowhere"\n'})
    before = repository.archive()

    job = repository.run_job("job")

    assert job.failed_at == "Look at the pages that are due"
    assert "redline run ended with code 2" in job.log
    assert repository.archive() == before


@pytest.mark.parametrize("archive", [None, b"", b"version https://git-lfs.example/spec/v1\n"])
def test_a_missing_or_hollow_archive_fails_the_job_and_is_never_begun_anew(
    repository: Repository, archive: bytes | None
) -> None:
    repository.commit("lost", {"archive.db": archive})

    job = repository.run_job("job")

    assert job.failed_at == "Find the last archive"
    assert "::error title=Redline::" in job.log
    assert repository.messages()[0].strip() == "lost"


def test_an_archive_that_lost_something_is_refused(repository: Repository, press: Press) -> None:
    before = repository.archive()
    job_archive = repository.folder / "job" / "archive.db"

    def swap() -> None:
        job_archive.unlink()
        make_archive(job_archive, watch_list(press.url("/channel")))

    job = repository.run_job("job", {"Check that nothing was lost": swap})

    assert job.failed_at == "Check that nothing was lost"
    assert "::error title=Redline::Not published: fetches lost 1 of its 2 rows:" in job.log
    assert job.done[-1] == "Keep the archive of a failed run"
    assert repository.archive() == before


def test_another_archive_in_the_place_of_the_last_does_not_end_with_its_head(
    repository: Repository, press: Press
) -> None:
    job_archive = repository.folder / "job" / "archive.db"

    def swap() -> None:
        job_archive.unlink()
        make_archive(job_archive, watch_list(press.url("/channel"), press.url("/pilots")))

    job = repository.run_job("job", {"Verify the archive": swap})

    assert job.failed_at == "Verify the archive"
    assert "no run ended with" in job.log


def test_a_tampered_archive_fails_verification_and_is_not_published(repository: Repository) -> None:
    before = repository.archive()
    clone = repository.folder / "job"

    def tamper() -> None:
        with sqlite3.connect(clone / "archive.db") as connection:
            connection.execute("drop trigger fetches_no_update")
            connection.execute("update fetches set status = 404 where id = 1")
        connection.close()

    job = repository.run_job("job", {"Verify the archive": tamper})

    assert job.failed_at == "Verify the archive"
    assert "::error title=Redline::The archive failed verification" in job.log
    assert repository.archive() == before


def test_an_archive_that_somebody_else_changed_is_never_merged_or_overwritten(repository: Repository) -> None:
    theirs = repository.archive() + b"\0"

    job = repository.publish("job", {"Push": lambda: repository.commit("edit", {"archive.db": theirs})})

    assert job.failed_at == "Push"
    assert "Somebody else changed the archive" in job.log
    assert job.done[-1] == "Keep an archive that was not published"
    assert repository.archive() == theirs


def test_what_is_handed_over_has_to_be_what_was_sealed(repository: Repository) -> None:
    before = repository.archive()

    def swap() -> None:
        (repository.folder / "handover").write_bytes(before)

    job = repository.publish("job", {"Take the archive over": swap})

    assert job.failed_at == "Check what was handed over"
    assert "is not the one that was sealed" in job.log
    assert repository.archive() == before


def test_the_job_with_the_token_does_not_take_the_word_of_the_one_that_reads_pages(
    repository: Repository, press: Press
) -> None:
    before = repository.archive()
    clone = repository.folder / "job"

    def forge() -> None:
        (clone / "archive.db").unlink()
        make_archive(clone / "archive.db", watch_list(press.url("/channel")))

    job = repository.run_job("job", {"Seal the archive": forge})

    assert job.failed_at == "Check what was handed over"
    assert "::error title=Redline::Not published: fetches lost 1 of its 2 rows:" in job.log
    assert repository.archive() == before


def test_an_archive_that_changed_between_the_two_jobs_stays_as_it_is(repository: Repository) -> None:
    theirs = b""

    def change() -> None:
        nonlocal theirs
        assert repository.publish("theirs").failed_at is None
        theirs = repository.archive()

    job = repository.run_job("job", {"Hand the archive over": change})

    assert job.failed_at == "Check what was handed over"
    assert "Somebody else changed the archive" in job.log
    assert repository.archive() == theirs


# The archive as a release asset


@pytest.fixture
def released(repository: Repository) -> Repository:
    """The same origin as a run in release mode leaves it."""
    repository.env["REDLINE_PUBLISH"] = "release"
    content = repository.archive()
    asset = "archive-20260102T072300Z-6-1.db"
    repository.release.mkdir()
    (repository.release / asset).write_bytes(content)
    head = succession.head(repository.release / asset)
    pointer = f"asset {asset}\nsha256 {hashlib.sha256(content).hexdigest()}\nledger-head {head}\n"
    repository.commit("moved", {"archive.db": None, "archive.pointer": pointer.encode()})
    return repository


def test_the_first_run_in_release_mode_moves_the_archive_out_of_the_branch(
    repository: Repository, press: Press
) -> None:
    repository.env["REDLINE_PUBLISH"] = "release"

    job = repository.run_job("job")

    assert job.failed_at is None, job.log
    assert repository.file("archive.db") is None
    assert repository.rows()["runs"] == 2
    (asset,) = repository.assets()
    assert re.fullmatch(r"archive-\d{8}T\d{6}Z-7-1\.db", asset)
    head = (repository.file("archive.pointer") or b"").decode().split()[-1]
    assert f"Ledger-Head: {head}" in repository.messages()[0]
    assert "not-a-token" not in job.log


def test_the_next_run_goes_on_from_the_asset_and_leaves_those_of_a_week_and_the_first_of_each_month(
    released: Repository,
) -> None:
    (current,) = released.assets()
    was = released.archive()
    made = [f"archive-2025{month:02}{day:02}T072300Z-{month}{day}-1.db" for month in (11, 12) for day in range(1, 21)]
    for name in (*made, "readme.txt"):
        (released.release / name).touch()

    job = released.run_job("job")

    assert job.failed_at is None, job.log
    assert released.rows()["runs"] == 2
    assert released.pointed_at() != current
    assert (released.release / current).read_bytes() == was
    kept = released.assets()
    firsts = {made[0], made[20], current}
    assert firsts | {"readme.txt", made[-1], released.pointed_at()} <= set(kept)
    assert made[1] not in kept
    assert (
        len([name for name in kept if name.startswith("archive-") and name not in firsts]) == 28 + 1
    )  # the new one is its month's first


@pytest.mark.parametrize("harm", ["gone", "release gone", "cut short", "replaced"])
def test_an_asset_that_is_lost_or_is_not_the_one_that_was_published_fails_the_job(
    released: Repository, harm: str
) -> None:
    (asset,) = released.assets()
    file = released.release / asset
    if harm == "release gone":
        shutil.rmtree(released.release)
    elif harm == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-4096] if harm == "cut short" else file.read_bytes() + b"\0")
    pointer = released.file("archive.pointer")

    job = released.run_job("job")

    assert job.failed_at == "Find the last archive"
    told = "could not be had" if "gone" in harm else "does not have the SHA-256"
    assert re.search(rf"^::error title=Redline::The asset {asset}.* {told}", job.log, re.MULTILINE)
    assert released.file("archive.pointer") == pointer


def test_a_release_whose_pointer_is_lost_is_told_from_an_archive_that_never_was(released: Repository) -> None:
    released.commit("slip", {"archive.pointer": None})
    lost = released.run_job("lost")
    shutil.rmtree(released.release)
    never = released.run_job("never")

    assert (lost.failed_at, never.failed_at) == ("Find the last archive", "Find the last archive")
    assert "archive.pointer, which says which is the last, is lost" in lost.log
    assert "If there never was one, make it with `redline run`" in never.log
    assert released.assets() == []


@pytest.mark.parametrize(
    ("mode", "files", "told"),
    [
        ("releases", {}, "says neither commit nor release"),
        ("commit", {}, "The archive is a release asset"),
        ("release", {"archive.db": b"another"}, "only one can be the last archive"),
        ("release", {"archive.pointer": b"asset ../../etc/passwd\nsha256 0\n"}, "archive.pointer is damaged"),
    ],
)
def test_a_place_that_is_not_clear_is_told_and_nothing_is_published(
    released: Repository, mode: str, files: dict[str, bytes | None], told: str
) -> None:
    released.commit("slip", files or {"note.txt": b"nothing"})
    released.env["REDLINE_PUBLISH"] = mode

    job = released.run_job("job")

    assert job.failed_at == "Find the last archive"
    assert told in job.log
    assert len(released.assets()) == 1


def test_an_upload_that_comes_back_otherwise_does_not_move_the_pointer(released: Repository) -> None:
    gh = released.folder / "stubs" / "gh"
    gh.write_text(
        gh.read_text().replace(
            "shutil.copyfile(file, release / file.name)", "(release / file.name).write_bytes(file.read_bytes()[:-1])"
        )
    )
    pointer, before = released.file("archive.pointer"), released.archive()

    job = released.publish("job")

    assert job.failed_at == "Upload the archive as an asset"
    assert "did not come back as it was sent" in job.log
    assert job.done[-1] == "Keep an archive that was not published"
    assert released.file("archive.pointer") == pointer
    assert released.archive() == before


def test_a_pointer_that_somebody_else_moved_is_never_moved_back(released: Repository) -> None:
    pointer = (released.file("archive.pointer") or b"") + b"note theirs\n"

    job = released.publish("job", {"Push": lambda: released.commit("theirs", {"archive.pointer": pointer})})

    assert job.failed_at == "Push"
    assert "Somebody else changed the archive" in job.log
    assert released.file("archive.pointer") == pointer
