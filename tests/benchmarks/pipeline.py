"""Accuracy through the whole way: real page histories over HTTP, judged by what stands in `changes`.

    python -m tests.benchmarks.pipeline --replay REPLAY.PY --corpus HISTORIES --labels LABELED_PAIRS.CSV

REPLAY.PY serves the histories a capture at a time; each moment is looked at by a real run, twelve hours apart by an
injected clock. A labelled pair of neighbouring captures is seen as a change where the second look made a substantive
change. Prints a line for each label, and what the archive came to.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.config import FetchSettings, Source, WatchList
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
BETWEEN = timedelta(hours=12)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replay", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8810)
    given = parser.parse_args()
    if not given.corpus.exists():
        sys.exit(f"the corpus is not at {given.corpus}: nothing was measured")
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        with _served(given.replay, given.corpus, given.port):
            pages = _fetch(f"http://127.0.0.1:{given.port}/__index.json")
            _live_through(archive, pages, given.port)
        _report(archive, _labels(given.labels, given.corpus), {page["name"]: _slug(page["name"]) for page in pages})


@contextmanager
def _served(replay: Path, corpus: Path, port: int) -> Iterator[None]:
    command = [sys.executable, str(replay), str(corpus), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield
        finally:
            server.terminate()


def _fetch(url: str) -> Any:
    with closing(urlopen(url)) as answer:
        return json.load(answer)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _live_through(archive: Archive, pages: list[dict[str, Any]], port: int) -> None:
    """Look at each page once for every capture that it has."""
    settings = FetchSettings(delay=0, robots=False, allow_private=("127.0.0.0/8",))
    watched = WatchList(tuple(Source(_slug(page["name"]), page["url"]) for page in pages), settings)
    captures = {_slug(page["name"]): page["captures"] for page in pages}
    for step in range(max(captures.values())):
        _fetch(f"http://127.0.0.1:{port}/__step?to={step}")
        live = tuple(source for source, count in captures.items() if step < count)
        run(
            watched,
            archive,
            clock=partial(datetime.fromtimestamp, (START + step * BETWEEN).timestamp(), UTC),
            only=live,
        )


def _labels(path: Path, corpus: Path) -> list[tuple[str, str, int]]:
    """Pairs of neighbouring captures: the page's folder name, its label, the number of the later look."""
    names = {folder: [f.name for f in sorted((corpus / folder).glob("[0-9]*_*.html"))] for folder in _folders(path)}
    with path.open() as file:
        return [
            (row["folder"].rsplit("/", 1)[-1], _label(row), names[row["folder"]].index(row["b"]))
            for row in csv.DictReader(file)
            if not row["label"].startswith(("ambiguous", "no_ref", "publisher"))
        ]


def _folders(path: Path) -> set[str]:
    with path.open() as file:
        return {row["folder"] for row in csv.DictReader(file)}


def _label(row: dict[str, str]) -> str:
    recurs = row["label"] == "changed_words" and row["ref_state_recurs"] == "True"
    return "changed_words_recurring" if recurs else row["label"]


def _report(archive: Archive, labels: list[tuple[str, str, int]], sources: dict[str, str]) -> None:
    seen: dict[tuple[str, int], tuple[bool, str]] = {}
    counted: dict[str, int] = defaultdict(int)
    for source, outcome, substantive in archive.connection.execute(
        "select f.source_id, f.outcome, coalesce(c.substantive, 0) from fetches f "
        "left join changes c on c.id = f.id order by f.id"
    ):
        seen[source, counted[source]] = bool(substantive), outcome
        counted[source] += 1
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    doubted = 0
    for name, label, look in labels:
        changed, outcome = seen[sources[name], look]
        doubted += outcome == "extraction_suspect"
        table[label][0] += changed
        table[label][1] += 1
    for label, (found, of) in sorted(table.items()):
        print(f"{label:<32}{found:>5} of {of:<5}{found / of:>8.2%}")
    checked = verify(archive.connection)
    print(f"{doubted} of the pairs ended in a doubtful look, which makes no version")
    print(f"{archive.counts()}\nverify: {len(checked.findings)} findings")


if __name__ == "__main__":
    main()
