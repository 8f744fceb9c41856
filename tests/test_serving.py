"""`redline serve`: a real server on a real port, and every mistake in one line."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from scraper import serving
from scraper.archive import Archive
from scraper.datasette_plugin import describe
from scraper.errors import ArchiveError, ArchiveMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A job that a shell started in the background inherits an ignored SIGINT, and so would the server under test.
PROGRAM = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from scraper.serving import serve
sys.exit(serve(Path(sys.argv[1]), port=0))
"""


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("serving") / "some archive.db"
    Archive(path).close()
    return path


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def fetch(address: str, path: str) -> http.client.HTTPResponse:
    """Ask a server that may be about to start."""
    host = address.removeprefix("http://").rstrip("/")
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("GET", path)
            return connection.getresponse()
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_the_address_serves_the_archive_and_ends_without_a_traceback(
    archive_path: Path, end: signal.Signals
) -> None:
    line = [sys.executable, "-c", PROGRAM, str(archive_path)]
    server = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        told = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert address is not None, told

        answer = fetch(address[0], "/")
        assert answer.status == 200
        assert b"What changed" in answer.read()
        assert json.loads(fetch(address[0], "/-/settings.json").read())["suggest_facets"] is False
        tables = fetch(address[0], "/some~20archive/silent_edits.json?since=&until=&publisher=&_shape=array")
        assert tables.status == 200

        server.send_signal(end)
        rest, errors = server.communicate(timeout=15)
    finally:
        server.kill()
    assert server.returncode == 0
    assert (rest, errors) == ("", "")


def test_a_port_that_is_taken_is_passed_over(taken: int) -> None:
    assert serving.free_port("127.0.0.1", taken) > taken


def test_a_host_that_is_not_ours_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"--host 127\.0\.0\.1"):
        serving.free_port("198.51.100.7", 8001)
    with pytest.raises(UsageError, match=r"--host 127\.0\.0\.1"):
        serving.free_port("no such host", 8001)


def test_what_is_no_archive_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        serving.serve(tmp_path / "none.db")
    connection = sqlite3.connect(tmp_path / "birds.db")
    connection.execute("create table birds (name)")
    connection.close()
    with pytest.raises(ArchiveError, match="not a Redline archive"):
        serving.serve(tmp_path / "birds.db")


def test_files_beside_the_archive_that_describe_it_are_used(archive_path: Path, tmp_path: Path) -> None:
    beside, made = tmp_path / "here", tmp_path / "made"
    beside.mkdir()
    made.mkdir()
    db = beside / "archive.db"
    assert serving.described([db], made) == (made / "metadata.json", made / "datasette.yaml")

    describe.write(beside, "another")
    assert serving.described([db], made) == (made / "metadata.json", made / "datasette.yaml")

    describe.write(beside, "archive")
    assert serving.described([db], made) == (beside / "metadata.json", beside / "datasette.yaml")


def test_a_broken_file_beside_the_archive_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text("{")
    (tmp_path / "made").mkdir()

    with pytest.raises(UsageError, match=r"metadata\.json cannot be read: .*; mend it or move it away") as caught:
        serving.described([tmp_path / "archive.db"], tmp_path / "made")
    assert "\n" not in str(caught.value)


def test_the_command_fits_the_line_of_datasette_that_is_installed(tmp_path: Path) -> None:
    metadata, config = describe.write(tmp_path, "archive")
    line = serving.command([tmp_path / "archive.db"], metadata, config, host="127.0.0.1", port=8001)

    assert line[1:4] == ["-m", "datasette", "serve"]
    assert ("--config" in line) == (not version("datasette").startswith("0."))
    assert ("suggest_facets" in line) == version("datasette").startswith("0.")


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:1/"), ("0.0.0.0", "http://127.0.0.1:1/"), ("::1", "http://[::1]:1/")],
)
def test_the_address_can_be_opened_in_a_browser(host: str, shown: str) -> None:
    assert serving.address(host, 1) == shown


def test_several_archives_are_described_and_served_together(tmp_path: Path) -> None:
    archives = [tmp_path / "one.db", tmp_path / "two.db"]
    metadata, config = describe.write(tmp_path, "one", "two")

    line = serving.command(archives, metadata, config, host="127.0.0.1", port=8001)

    assert line[4:6] == [str(path) for path in archives]
    assert list(json.loads(metadata.read_text())["databases"]) == ["one", "two"]
    assert serving.described(archives, tmp_path) == (metadata, config)


def test_several_unchanging_archives_are_counted_together(archive_path: Path, tmp_path: Path) -> None:
    archives = [tmp_path / "one.db", tmp_path / "two.db"]
    for path in archives:
        shutil.copy(archive_path, path)
    counted = serving.inspected(archives, tmp_path)
    line = serving.command(archives, counted, counted, host="127.0.0.1", port=8001, counted=counted)

    assert [line[at + 1] for at, word in enumerate(line) if word == "--immutable"] == [str(path) for path in archives]
    assert set(json.loads(counted.read_text())) == {"one", "two"}
    assert serving.inspected(archives, tmp_path / "elsewhere") == counted


def test_files_that_describe_only_one_of_the_archives_are_not_used(tmp_path: Path) -> None:
    beside, made = tmp_path / "here", tmp_path / "made"
    beside.mkdir()
    made.mkdir()
    describe.write(beside, "one")
    found = serving.described([beside / "one.db", beside / "two.db"], made)
    assert found == (made / "metadata.json", made / "datasette.yaml")


def test_two_archives_of_one_name_are_refused(archive_path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"two archives are named some archive: .* rename one of the files"):
        serving.serve(archive_path, tmp_path / "some archive.db")
