"""What the commands of scrape.yml do to a repository.

The steps of scrape.yml are executed with bash as they stand in the file, in a clone of a scratch repository, against
pages on loopback whose headlines try to give orders. Two kinds of step are not executed: `uses`, where the clone
stands for the checkout, and `pip install`, because the package under test is installed already.
"""

from __future__ import annotations

import base64
import importlib
import os
import re
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

from scraper.archive import Archive
from scraper.clock import system_clock
from scraper.config import load
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

yaml: Any = importlib.import_module("yaml")  # comes with Datasette; it has no types of its own

ROOT = Path(__file__).parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "scrape.yml").read_text(encoding="utf-8"))
(STEPS,) = [job["steps"] for job in WORKFLOW["jobs"].values()]


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

    def archive(self) -> bytes:
        command = ["git", "show", "main:archive.db"]
        return subprocess.run(command, cwd=self.origin, env=self.env, check=True, capture_output=True).stdout

    def rows(self) -> dict[str, int]:
        path = self.folder / "look.db"
        path.write_bytes(self.archive())
        with Archive(path, readonly=True) as archive:
            return archive.counts()

    def messages(self) -> list[str]:
        return self.git("log", "--format=%B%x00", "main").split("\0")[:-1]

    def run_job(self, name: str, meanwhile: dict[str, Callable[[], None]] | None = None) -> Job:
        """Run the steps in order; `meanwhile` maps a step's name to what happens just before it."""
        clone, temp = self.clone(name), self.folder / f"{name}-temp"
        temp.mkdir()
        summary = temp / "summary.md"
        env = self.env | {"GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(temp)}
        job = Job()
        for step in STEPS:
            if not self._applies(step, job):
                continue
            label = step.get("name") or step["uses"]
            if "run" in step and not step["run"].startswith("pip install"):
                (meanwhile or {}).get(label, lambda: None)()
                self._run_step(step, label, clone, env, job)
            job.done.append(label)
        job.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return job

    @staticmethod
    def _applies(step: dict[str, Any], job: Job) -> bool:
        """The conditions that the file uses; another one would have to be taught to this test."""
        failed = job.failed_at is not None
        return {"success()": not failed, "failure() || cancelled()": failed}[step.get("if", "success()")]

    def _run_step(self, step: dict[str, Any], label: str, clone: Path, env: dict[str, str], job: Job) -> None:
        own = {key: value.replace("${{ github.token }}", "not-a-token") for key, value in step.get("env", {}).items()}
        assert not any("${{" in value for value in own.values())
        # The host's own command line for `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=clone, env=env | own, capture_output=True, text=True, timeout=120)
        job.log += f"{done.stdout}{done.stderr}"
        if done.returncode and job.failed_at is None:
            job.failed_at = label


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
    assert "Keep the archive of a failed run" not in job.done
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

    one = repository.run_job("one", {"Push the archive": lambda: repository.commit("more", {"sources.toml": longer})})
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

    assert job.failed_at == "Count what the archive holds"
    assert "::error title=Redline::" in job.log
    assert repository.messages()[0].strip() == "lost"


def test_an_archive_that_lost_something_is_refused(repository: Repository, press: Press) -> None:
    before = repository.archive()
    job_archive = repository.folder / "job" / "archive.db"

    def swap() -> None:
        job_archive.unlink()
        make_archive(job_archive, watch_list(press.url("/channel")))

    job = repository.run_job("job", {"Verify the archive": swap})

    assert job.failed_at == "Check that nothing was lost"
    assert "::error title=Redline::Not published: fetches fell from 2 rows to 1:" in job.log
    assert job.done[-1] == "Keep the archive of a failed run"
    assert repository.archive() == before


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

    job = repository.run_job("job", {"Push the archive": lambda: repository.commit("edit", {"archive.db": theirs})})

    assert job.failed_at == "Push the archive"
    assert "Somebody else changed archive.db" in job.log
    assert job.done[-1] == "Keep the archive of a failed run"
    assert repository.archive() == theirs
