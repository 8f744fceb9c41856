"""A thousand hostile texts in an archive, and every kind of page asked for them, on a real server.

    python -m tests.benchmarks.siege [--count 1000]

Prints how many pages were asked for, how they were answered, what of it was harmful, and the most memory that the
server ever held; the exit code is 1 where there was an error page or harm, or more than 200 MB.
"""

from __future__ import annotations

import argparse
import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper import serving
from tests.datasette_plugin.hostility import SHARED, addresses, build, harm, texts
from tests.datasette_plugin.test_limits import BOMBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_MEMORY = 200  # MB


def main() -> int:
    """Run it; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1000)
    hostile = texts(parser.parse_args().count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        build(path, hostile)
        with server(path) as (process, port):
            paths = [*SHARED, *(path for at, text in enumerate(hostile) for path in addresses(at, text))]
            paths += [f"/archive.json?sql={quote(sql)}" for sql in BOMBS.values()]
            statuses, harmful = ask(port, paths)
            memory = peak_memory(process.pid)
    errors = sum(number for status, number in statuses.items() if status >= 500)
    print(f"{len(hostile)} hostile texts, {len(paths)} pages asked for")
    print("answers: " + ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items())))
    print(f"error pages: {errors}; harmful: {len(harmful)}; most memory: {memory or 'not known here'} MB")
    print("\n".join(harmful[:20]))
    return 1 if errors or harmful or (memory or 0) > MOST_MEMORY else 0


@contextmanager
def server(path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server as `redline serve` starts it."""
    port = serving.free_port("127.0.0.1", 18431)
    metadata, config = serving.described(path, path.parent)
    line = serving.command(path, metadata, config, host="127.0.0.1", port=port)
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield process, port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            fetch(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/robots.txt")
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def fetch(connection: http.client.HTTPConnection, path: str) -> tuple[int, str, str]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.headers.get("content-type", ""), response.read().decode("utf-8", "replace")


def ask(port: int, paths: Iterable[str]) -> tuple[Counter[int], list[str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses: Counter[int] = Counter()
    harmful = []
    for path in paths:
        status, kind, text = fetch(connection, path)
        statuses[status] += 1
        if status >= 500:
            harmful.append(f"{status} {path[:200]}")
        if kind.startswith("text/html"):
            harmful += [f"{path[:120]}: {found}" for found in harm(text.replace(f"127.0.0.1:{port}", "localhost"))]
    return statuses, harmful


def peak_memory(pid: int) -> int | None:
    """The most MB that a process ever held; None where the system does not say."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", said)
    return None if found is None else int(found[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
