"""What the commands of scrape.yml do to a repository.

The steps of scrape.yml are executed with bash as they stand in the file, each job in a clone of a scratch repository,
against pages on loopback whose headlines try to give orders. A `uses` step is not executed: the clone stands for the
checkout, a copied file for the artifact. Nor is `pip install`, because the package under test is installed already.
`gh` is a program of this test's own that keeps the assets of a release in a folder.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper.archive import Archive, succession
from scraper.clock import system_clock
from scraper.config import load
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

yaml: Any = importlib.import_module("yaml")  # comes with Datasette; it has no types of its own

ROOT = Path(__file__).parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "scrape.yml").read_text(encoding="utf-8"))
KEPT = ("Keep the archive of a failed run", "Keep an archive that was not published")

GH = r"""#!/usr/bin/env python3
# The parts of `gh release` that the workflow uses, on a folder; a token is asked for, as the real one does.
import fnmatch, os, pathlib, shutil, sys
arguments, release = sys.argv[1:], pathlib.Path(os.environ["RELEASE"])
option = lambda name: arguments[arguments.index(name) + 1] if name in arguments else None
assert os.environ["GH_TOKEN"] == "not-a-token"
assert arguments[0] == "release" and arguments[2] == "archive" and option("--repo") == "ana/watch"
if arguments[1] == "create":
    release.mkdir()
if not release.exists():
    sys.exit("release not found")
if arguments[1] == "view" and "--json" in arguments:
    assert (option("--json"), option("--jq")) == ("assets", ".assets[].name")
    print("".join(f"{file.name}\n" for file in release.iterdir()), end="")
if arguments[1] == "upload":
    file = pathlib.Path(arguments[3])
    if (release / file.name).exists():
        sys.exit("asset under the same name already exists")
    shutil.copyfile(file, release / file.name)
if arguments[1] == "download":
    found = [file for file in release.iterdir() if fnmatch.fnmatch(file.name, option("--pattern"))]
    if not found:
        sys.exit("no assets match the file pattern")
    shutil.copyfile(found[0], option("--output"))
if arguments[1] == "delete-asset":
    assert "--yes" in arguments
    (release / arguments[3]).unlink()
"""


@dataclass
class Job:
    """What one execution of scrape.yml's steps came to."""

    failed_at: str | None = None
    done: list[str] = field(default_factory=list)
    log: str = ""
    summary: str = ""


@dataclass
class Repository:
    """A bare origin with an archive and a watch list in it, and what it takes to run the job on a clone."""

    folder: Path
    env: dict[str, str]

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=cwd or self.origin, env=self.env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def clone(self, name: str) -> Path:
        self.git("clone", "--quiet", "--depth=1", f"file://{self.origin}", name, cwd=self.folder)
        return self.folder / name

    def commit(self, name: str, files: dict[str, bytes | None]) -> None:
        """Push a commit that writes files, or removes those that are None."""
        clone = self.clone(name)
        for path, content in files.items():
            (clone / path).unlink(missing_ok=True)
            if content is not None:
                (clone / path).write_bytes(content)
        self.git("add", "--all", cwd=clone)
        self.git("commit", "--quiet", "--message", name, cwd=clone)
        self.git("push", "--quiet", "origin", "HEAD:main", cwd=clone)

    def file(self, name: str) -> bytes | None:
        """A file at the tip of the branch; None where there is none."""
        command = ["git", "show", f"main:{name}"]
        done = subprocess.run(command, cwd=self.origin, env=self.env, check=False, capture_output=True)
        return None if done.returncode else done.stdout

    def archive(self) -> bytes:
        """The archive as it is published: in the branch, or as the asset that the branch points to."""
        pointer = self.file("archive.pointer")
        if pointer is None:
            return self.file("archive.db") or b""
        told = dict(line.split(" ") for line in pointer.decode().splitlines())
        content = (self.release / told["asset"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == told["sha256"]
        return content

    def pointed_at(self) -> str:
        """The name of the asset that the branch points to."""
        return (self.file("archive.pointer") or b"").decode().split()[1]

    @property
    def release(self) -> Path:
        return Path(self.env["RELEASE"])

    def assets(self) -> list[str]:
        return sorted(file.name for file in self.release.iterdir()) if self.release.exists() else []

    def rows(self) -> dict[str, int]:
        path = self.folder / "look.db"
        path.write_bytes(self.archive())
        with Archive(path, readonly=True) as archive:
            return archive.counts()

    def messages(self) -> list[str]:
        return self.git("log", "--format=%B%x00", "main").split("\0")[:-1]

    def run_job(self, name: str, meanwhile: dict[str, Callable[[], None]] | None = None) -> Job:
        """Run the steps of both jobs in order; `meanwhile` maps a step's name to what happens just before it."""
        told = Job()
        known = {"github.token": "not-a-token", "env.REDLINE_PUBLISH": self.env["REDLINE_PUBLISH"]}
        for title, job in WORKFLOW["jobs"].items():
            if told.failed_at is None:
                self._run(job, f"{name}-{title}" if title != "scrape" else name, known, meanwhile or {}, told)
                known |= {
                    f"needs.{title}.outputs.{output}": _expanded(value, known)
                    for output, value in job.get("outputs", {}).items()
                    if told.failed_at is None
                }
        return told

    def publish(self, name: str, meanwhile: dict[str, Callable[[], None]] | None = None) -> Job:
        """Run the steps of the second job alone, on what a first one would hand over, made here without its steps."""
        before, path = self.archive(), self.folder / f"{name}.db"
        path.write_bytes(before)
        (self.folder / "sources.toml").write_bytes(self.file("sources.toml") or b"")
        with Archive(path) as archive:
            run(load(self.folder / "sources.toml"), archive, everything=True)
        shutil.copyfile(path, self.folder / "handover")
        known = {"github.token": "not-a-token", "env.REDLINE_PUBLISH": self.env["REDLINE_PUBLISH"]}
        for output, content in {"before": before, "after": path.read_bytes()}.items():
            known[f"needs.scrape.outputs.{output}"] = hashlib.sha256(content).hexdigest()
        told = Job()
        self._run(WORKFLOW["jobs"]["publish"], name, known, meanwhile or {}, told)
        return told

    def _run(
        self, job: dict[str, Any], name: str, known: dict[str, str], meanwhile: dict[str, Callable[[], None]], told: Job
    ) -> None:
        clone, temp = self.clone(name), self.folder / f"{name}-temp"
        temp.mkdir()
        files = {"GITHUB_STEP_SUMMARY": temp / "summary.md", "GITHUB_OUTPUT": temp / "output"}
        env = self.env | {key: str(file) for key, file in files.items()} | {"RUNNER_TEMP": str(temp)}
        for step in job["steps"]:
            if not self._applies(step, told, known):
                continue
            label = step.get("name") or step["uses"]
            meanwhile.get(label, lambda: None)()
            if label == "Hand the archive over":
                shutil.copyfile(clone / step["with"]["path"], self.folder / step["with"]["name"])
            elif label == "Take the archive over":
                (temp / "handover").mkdir()
                shutil.copyfile(self.folder / step["with"]["name"], temp / "handover" / "archive.db")
            elif "run" in step and not step["run"].startswith("pip install"):
                self._run_step(step, label, clone, env, known, told)
                for line in files["GITHUB_OUTPUT"].read_text().splitlines() if files["GITHUB_OUTPUT"].exists() else ():
                    output, _, value = line.partition("=")
                    known[f"steps.{step.get('id')}.outputs.{output}"] = value
                files["GITHUB_OUTPUT"].unlink(missing_ok=True)
            told.done.append(label)
        if files["GITHUB_STEP_SUMMARY"].exists():
            told.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")

    @staticmethod
    def _applies(step: dict[str, Any], job: Job, known: dict[str, str]) -> bool:
        """The conditions that the file uses; another one would have to be taught to this test."""
        failed, mode = job.failed_at is not None, known["env.REDLINE_PUBLISH"]
        return {
            "success()": not failed,
            "failure() || cancelled()": failed,
            "env.REDLINE_PUBLISH == 'commit'": not failed and mode == "commit",
            "env.REDLINE_PUBLISH == 'release'": not failed and mode == "release",
        }[step.get("if", "success()")]

    def _run_step(
        self, step: dict[str, Any], label: str, clone: Path, env: dict[str, str], known: dict[str, str], job: Job
    ) -> None:
        own = {key: _expanded(value, known) for key, value in step.get("env", {}).items()}
        # The host's own command line for `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=clone, env=env | own, capture_output=True, text=True, timeout=120)
        job.log += f"{done.stdout}{done.stderr}"
        if done.returncode and job.failed_at is None:
            job.failed_at = label


def _expanded(value: str, known: dict[str, str]) -> str:
    """The host's expressions in a value, each by what is known; one that is not known is a mistake in the file."""
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: known[match[1]], value)


class Press(ThreadingHTTPServer):
    """A small publisher on loopback: `pages` maps a path to headline and text, and may change at any time."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.visitors: list[str | None] = []
        super().__init__(("127.0.0.1", 0), PressHandler)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class PressHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Press)
        self.server.visitors.append(self.headers["User-Agent"])
        headline, text = self.server.pages.get(self.path, ("", ""))
        page = f"<!doctype html><title>{headline}</title><main><article><h1>{headline}</h1>{text}</article></main>"
        self.send_response(200 if headline else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode() if headline else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing."""


ORDER = "::error title=Owned::$(touch owned) `touch owned` [press](javascript:alert(1)) &lt;img src=x&gt;"
TEXT = "<p>The harbour office has published the depths of the northern channel for the coming season.</p>" * 3


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


def watch_list(*urls: str) -> bytes:
    """A watch list of loopback pages that are due after an hour."""
    text = '[fetch]\ndelay = 0\ntimeout = 10\nallow_private = ["127.0.0.0/8"]\n'
    for at, url in enumerate(urls):
        text += f'[[source]]\nid = "page-{at}"\nurl = "{url}"\nevery = "1h"\n'
    return text.encode()


def make_archive(path: Path, sources: bytes) -> None:
    """One run, a day ago, over a watch list that then stands beside the archive."""
    path.with_name("sources.toml").write_bytes(sources)
    with Archive(path) as archive:
        run(load(path.with_name("sources.toml")), archive, clock=lambda: system_clock() - timedelta(days=1))


@pytest.fixture
def repository(tmp_path: Path, press: Press) -> Repository:
    """An origin whose archive was begun by hand the day before, as the head of scrape.yml asks."""
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    (stubs / "sleep").write_text("#!/bin/sh\n", encoding="utf-8")
    (stubs / "sleep").chmod(0o755)
    (stubs / "gh").write_text(GH, encoding="utf-8")
    (stubs / "gh").chmod(0o755)
    env = {
        "PATH": os.pathsep.join([str(stubs), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),  # this tree, whatever else may be installed
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_REPOSITORY": "ana/watch",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "7",
        "GITHUB_RUN_ATTEMPT": "1",
        "REDLINE_PUBLISH": "commit",
        "RELEASE": str(tmp_path / "release"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ana",
        "GIT_AUTHOR_EMAIL": "ana@example.org",
        "GIT_COMMITTER_NAME": "Ana",
        "GIT_COMMITTER_EMAIL": "ana@example.org",
    }
    made = Repository(tmp_path, env)
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(made.origin), cwd=tmp_path)
    first = tmp_path / "first"
    made.git("init", "--quiet", "--initial-branch=main", str(first), cwd=tmp_path)
    make_archive(first / "archive.db", watch_list(press.url("/channel"), press.url("/pilots")))
    for program in (".github/find-archive.sh", "scraper/archive/succession.py"):
        (first / program).parent.mkdir(parents=True)
        shutil.copy(ROOT / program, first / program)
    made.git("add", "--all", cwd=first)
    made.git("commit", "--quiet", "--message", "first", cwd=first)
    made.git("push", "--quiet", str(made.origin), "main", cwd=first)
    return made


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
