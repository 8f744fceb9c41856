"""The steps of the Dockerfile do what they say, run here without Docker: the same lines, in a folder of their own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scraper import serving
from scraper.demo.tour import build

TOP = Path(__file__).parent.parent
DOCKERFILE = (TOP / "Dockerfile").read_text()
LINES = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


def steps(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is served, made by the lines of the Dockerfile that follow the installation."""
    folder = tmp_path_factory.mktemp("srv")
    build(folder / "archive.db")
    for line in steps("RUN")[1:]:
        own = line.replace("/srv", str(folder))
        own = re.sub(r"^python\b", sys.executable, own)
        own = re.sub(r"^redline\b", f"{sys.executable} -m scraper", own)
        done = subprocess.run(own, shell=True, cwd=folder, capture_output=True, text=True, env=environment())
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return folder


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TOP)}


def test_what_is_copied_is_there() -> None:
    for line in steps("COPY"):
        assert all("${ARCHIVE}" in name or (TOP / name).exists() for name in shlex.split(line)[:-1]), line


def test_the_published_folder_is_settled_inspected_and_closed_to_writing(published: Path) -> None:
    assert sorted(path.name for path in published.iterdir()) == ["archive.db", "inspect-data.json"]
    counted = json.loads((published / "inspect-data.json").read_text())["archive"]["tables"]
    with sqlite3.connect(f"file:{published}/archive.db?immutable=1", uri=True) as connection:
        assert counted["versions"]["count"] == connection.execute("select count(*) from versions").fetchone()[0] > 0
    for path in (published, *published.iterdir()):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_the_container_runs_as_nobody_and_serves_an_unchanging_file() -> None:
    assert LINES.index("USER 65534:65534") > max(LINES.index(f"RUN {line}") for line in steps("RUN"))
    (command,) = (json.loads(line) for line in steps("CMD"))
    assert command[:3] == ["redline", "serve", "--immutable"]
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_counts_beside_an_archive_are_used_while_they_fit(published: Path, tmp_path: Path) -> None:
    assert serving.inspected(published / "archive.db", tmp_path) == published / "inspect-data.json"

    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(published / "inspect-data.json", other)
    build(other / "archive.db")
    with sqlite3.connect(other / "archive.db") as connection:
        connection.execute("create table more (a)")
    made = serving.inspected(other / "archive.db", tmp_path)
    assert made == tmp_path / "inspect-data.json"
    assert "more" in json.loads(made.read_text())["archive"]["tables"]


def test_the_command_line_promises_that_the_file_does_not_change(published: Path) -> None:
    counted = published / "inspect-data.json"
    db = published / "archive.db"
    line = serving.command(db, counted, counted, host="0.0.0.0", port=8001, counted=counted)

    assert line[line.index("--immutable") + 1] == str(db)
    assert line[line.index("--inspect-file") + 1] == str(counted)
