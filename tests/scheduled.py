"""A repository in which the steps of scrape.yml are executed with bash as they stand in the file.

Each job runs in a clone of a scratch repository, against pages on loopback whose headlines try to give orders. A `uses`
step is not executed: the clone stands for the checkout, a copied file for the artifact. Nor is `pip install`, because
the package under test is installed already. `gh` is a program of this module's own that keeps the assets of a release
in a folder.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.archive import Archive
from scraper.clock import system_clock
from scraper.config import load
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Callable

yaml: Any = importlib.import_module("yaml")  # comes with Datasette; it has no types of its own

ROOT = Path(__file__).parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "scrape.yml").read_text(encoding="utf-8"))

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


def begun(folder: Path, press: Press) -> Repository:
    """An origin whose archive was begun by hand the day before, as the head of scrape.yml asks."""
    stubs = folder / "stubs"
    stubs.mkdir()
    (stubs / "sleep").write_text("#!/bin/sh\n", encoding="utf-8")
    (stubs / "sleep").chmod(0o755)
    (stubs / "gh").write_text(GH, encoding="utf-8")
    (stubs / "gh").chmod(0o755)
    env = {
        "PATH": os.pathsep.join([str(stubs), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),  # this tree, whatever else may be installed
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_REPOSITORY": "ana/watch",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "7",
        "GITHUB_RUN_ATTEMPT": "1",
        "REDLINE_PUBLISH": "commit",
        "RELEASE": str(folder / "release"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ana",
        "GIT_AUTHOR_EMAIL": "ana@example.org",
        "GIT_COMMITTER_NAME": "Ana",
        "GIT_COMMITTER_EMAIL": "ana@example.org",
    }
    made = Repository(folder, env)
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(made.origin), cwd=folder)
    first = folder / "first"
    made.git("init", "--quiet", "--initial-branch=main", str(first), cwd=folder)
    make_archive(first / "archive.db", watch_list(press.url("/channel"), press.url("/pilots")))
    for program in (".github/find-archive.sh", "scraper/archive/succession.py"):
        (first / program).parent.mkdir(parents=True)
        shutil.copy(ROOT / program, first / program)
    made.git("add", "--all", cwd=first)
    made.git("commit", "--quiet", "--message", "first", cwd=first)
    made.git("push", "--quiet", str(made.origin), "main", cwd=first)
    return made
