"""How long a reader waits for each page, feed and search on a large archive, beside Datasette's own page of a row.

    python -m tests.benchmarks.read [--versions 1000000] [--documents 50000] [--db PATH]

makes an archive up (`large_archive`; one that is at PATH already is taken, and kept), serves it as `redline serve`
does, and asks for every page in turn, by one reader and then by ten at once who ask again as soon as they are answered.
Waiting is on the wall, and so depends on what else the machine does; `CPU` is the server's own time for a request, and
the ratio is that time beside the row page's in the same run. A page that the plugin does not have is said to be absent.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.datasette_plugin.queries import QUERIES
from tests.benchmarks.large_archive import build, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROW_PAGE = "Datasette: a row"
_PATIENCE = 120  # seconds for a single answer
_READERS = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page with some addresses of it, taken in turn."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waited:
    """What a kind of page came to: each wait in ms, the server's processor time in ms, and the size of an answer."""

    waits: tuple[float, ...]
    cpu: float
    status: int
    size: int


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--db", type=Path, help="where the archive is, or is to be made and kept")
    parser.add_argument("--requests", type=int, default=30, help="for each page and number of readers")
    parser.add_argument("--only", default="", help="a regular expression: pages with such a name alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redline-read-") as scratch:
        path = given.db or Path(scratch) / "large.db"
        if not path.exists():
            begun = time.process_time()
            build(path, versions=given.versions, documents=given.documents)
            print(f"made up in {time.process_time() - begun:.0f} s of processor time")
        print(", ".join(f"{count:,} {name}" for name, count in shape(path).items()), flush=True)
        kinds = [kind for kind in pages(path) if kind.name == _ROW_PAGE or re.search(given.only, kind.name)]
        with served(path) as (port, process):
            _table(kinds, port, process, given.requests)


def pages(path: Path) -> list[Kind]:
    """Every kind of page, with addresses chosen from what the archive holds: busy and quiet, common and rare."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        chosen = _Chosen.of(connection)
    ours, database = f"/-/redline/{quote(path.stem)}", f"/{quote(path.stem)}"
    return [
        Kind(_ROW_PAGE, tuple(f"{database}/versions/{number}" for number in chosen.versions)),
        *_front(ours, chosen),
        *_documents(ours, chosen),
        *_searches(ours, chosen),
        *_feeds(ours, chosen),
        *_datasette(database),
    ]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the addresses are made of. `pairs` are sources with the number of their latest version, busiest first."""

    versions: tuple[int, ...]
    changes: tuple[int, ...]
    pairs: tuple[tuple[str, int], ...]
    publishers: tuple[str, ...]
    tags: tuple[str, ...]
    words: tuple[str, ...]
    sentence: str
    captures: tuple[int, ...]
    url: str
    day: str

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> _Chosen:
        def column(sql: str) -> tuple[str, ...]:
            return tuple(row[0] for row in connection.execute(sql))

        ids = [row[0] for row in connection.execute("select id from versions order by id")]
        spread = tuple(ids[len(ids) * n // 20] for n in range(1, 20))
        busiest = connection.execute(
            "select source_id, max(number) as top from versions group by source_id order by top desc, source_id"
        ).fetchall()
        pairs = tuple((row[0], row[1]) for row in (*busiest[:3], *busiest[len(busiest) // 2 :][:3]))
        publishers = column("select publisher from sources group by publisher order by count(*) desc, publisher")
        tags = column("select value from sources, json_each(tags) group by value order by count(*) desc, value")
        (text,) = column("select text from passages order by id desc limit 1")
        words = sorted(set(re.findall(r"[a-z]{6,}", text)))
        changes = connection.execute("select id from changes order by id desc limit 1000").fetchall()
        return cls(
            versions=spread,
            changes=tuple(row[0] for row in changes[::97]),
            pairs=pairs,
            publishers=(publishers[0], publishers[-1]),
            tags=(tags[0], tags[-1]),
            words=tuple(words[:4]),
            sentence=text.partition(". ")[0],
            captures=tuple(range(1, 20)),
            url=column(f"select url from sources where id = '{pairs[0][0]}'")[0],
            day=column(f"select substr(first_seen, 1, 10) from versions where id = {ids[len(ids) // 2]}")[0],
        )


def _front(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    yield Kind("front page", (ours,))
    yield Kind("front page, everything", (f"{ours}?all=1",))
    yield Kind("front page, most significant first", (f"{ours}?order=significance",))
    yield Kind("front page, from the middle", (f"{ours}?until={chosen.day}",))
    yield Kind("front page, one day", (f"{ours}?since={chosen.day}&until={chosen.day}",))
    for name, publisher in zip(("large", "small"), chosen.publishers, strict=True):
        yield Kind(f"front page, a {name} publisher", (f"{ours}?publisher={quote(publisher)}",))
    for name, tag in zip(("common", "rare"), chosen.tags, strict=True):
        yield Kind(f"front page, a {name} tag", (f"{ours}?tag={quote(tag)}",))
    for change_class in ("undeclared_edit", "correction_notice", "revert", "caption"):
        yield Kind(f"front page, class {change_class}", (f"{ours}?class={change_class}",))
    for kind in ("content", "removed", "restored"):
        yield Kind(f"front page, kind {kind}", (f"{ours}?kind={kind}",))
    rare = f"publisher={quote(chosen.publishers[1])}&class=correction_notice"
    yield Kind("front page, small publisher and class", (f"{ours}?{rare}",))
    common = f"publisher={quote(chosen.publishers[0])}&class=negation&tag={quote(chosen.tags[0])}"
    yield Kind("front page, three filters", (f"{ours}?{common}",))


def _documents(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    busy, quiet = chosen.pairs[:3], chosen.pairs[3:]
    yield Kind("pages watched", (f"{ours}/-/pages", f"{ours}/-/pages?after={quiet[0][0]}"))
    for state in ("seen", "blocked", "removed", "stale"):
        yield Kind(f"pages watched: {state}", (f"{ours}/-/pages?state={state}",))
    for name, pairs in (("busiest documents", busy), ("usual documents", quiet)):
        yield Kind(f"document page, {name}", tuple(f"{ours}/{source}" for source, _ in pairs))
        middle = [f"{ours}/{source}/{(top + 1) // 2}" for source, top in pairs]
        yield Kind(f"version page, {name}", tuple(middle))
        yield Kind(f"version as text, {name}", tuple(f"{path}/text.txt" for path in middle))
        yield Kind(f"version at a day, {name}", tuple(f"{ours}/{source}/at/2027-01-01" for source, _ in pairs))
        yield Kind(
            f"difference, {name}", tuple(f"{ours}/{source}/{top - 1}..{top}" for source, top in pairs if top > 1)
        )
        yield Kind(f"first to last, {name}", tuple(f"{ours}/{source}/1..{top}" for source, top in pairs if top > 1))
    yield Kind("look", tuple(f"{ours}/-/look/{number}" for number in chosen.versions))
    yield Kind("change", tuple(f"{ours}/-/change/{number}" for number in chosen.changes))
    yield Kind("capture", tuple(f"{ours}/-/capture/{number}" for number in chosen.captures))


def _searches(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    source = chosen.pairs[0][0]
    yield Kind("search, a rare word", tuple(f"{ours}/-/search?q={word}" for word in chosen.words))
    yield Kind("search, a word of nearly every passage", (f"{ours}/-/search?q=the",))
    yield Kind("search, a common and a rare word", tuple(f"{ours}/-/search?q=the+{word}" for word in chosen.words))
    yield Kind("search, a sentence", (f"{ours}/-/search?q=%22{quote(chosen.sentence)}%22",))
    yield Kind("search, nothing found", (f"{ours}/-/search?q=xyzzy",))
    yield Kind("search in added text", tuple(f"{ours}/-/search?q={word}&in=added" for word in ("the", *chosen.words)))
    yield Kind("search in the busiest document", (f"{ours}/-/search?q=the&source={source}",))


def _feeds(ours: str, chosen: _Chosen) -> Iterator[Kind]:
    busy, publisher = chosen.pairs[0][0], quote(chosen.publishers[0])
    yield Kind("feed", (f"{ours}/-/feed.atom",))
    yield Kind("feed of a publisher", (f"{ours}/-/feed.atom?publisher={publisher}",))
    yield Kind("feed of a document", (f"{ours}/{busy}/feed.atom",))
    yield Kind("JSON feed", (f"{ours}/-/feed.json",))
    yield Kind("feed of a search", tuple(f"{ours}/-/feed.atom?q={word}" for word in chosen.words))
    yield Kind("timemap of the busiest document", (f"{ours}/-/timemap/{chosen.url}",))
    yield Kind("timegate, memento", (f"{ours}/-/timegate/{chosen.url}", f"{ours}/at/2027-01-01/{chosen.url}"))
    yield Kind("history of a phrase", tuple(f"{ours}/-/phrase?q={word}" for word in chosen.words))


def _datasette(database: str) -> Iterator[Kind]:
    yield Kind("Datasette: the database", (database,))
    for table in ("sources", "fetches", "versions", "changes", "edits", "passages", "captures"):
        yield Kind(f"Datasette: {table}", (f"{database}/{table}",))
    for view in ("change_log", "latest_versions", "passage_history", "coverage", "gaps", "stale_sources"):
        yield Kind(f"Datasette: {view}", (f"{database}/{view}",))
    for name, question in QUERIES.items():
        given = {"phrase": "minister", "source": "document-000001"}
        asked = "&".join(f"{each}={given.get(each, '')}" for each in question.params)
        yield Kind(f"question: {name}", (f"{database}/{name}?{asked}",))


@contextmanager
def served(path: Path) -> Iterator[tuple[int, int]]:
    """The archive behind `redline serve`; its port, and the process that answers."""
    line = [sys.executable, "-m", "scraper", "serve", "--db", str(path), "--port", "8650"]
    child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        told = child.stdout.readline()
        found = re.search(r":(\d+)/", told)
        if found is None:
            sys.exit(f"the archive is not served: {told}")
        port = int(found[1])
        for _ in range(600):
            time.sleep(0.1)
            try:
                _get(_connect(port), "/-/versions.json")
                break
            except OSError:
                continue
        yield port, _server(child.pid)
    finally:
        child.terminate()
        child.wait()


def _server(parent: int) -> int:
    """The process of Datasette itself, which `redline serve` starts."""
    for status in Path("/proc").glob("[0-9]*/status"):
        text = status.read_text(errors="replace") if status.exists() else ""
        if re.search(rf"^PPid:\t{parent}$", text, re.MULTILINE):
            return int(status.parent.name)
    return parent


def _cpu(process: int) -> float:
    """Processor time of a process so far in ms, to the nearest 10; 0 where the system does not say."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 10.0


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, int]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def _ask(port: int, process: int, kind: Kind, requests: int, readers: int) -> Waited:
    """So many requests by so many readers at once, each over a connection of its own."""
    paths, lock = itertools.cycle(kind.paths), threading.Lock()
    waits: list[float] = []
    seen: list[tuple[int, int]] = []

    def read() -> None:
        with closing(_connect(port)) as connection:
            for _ in range(max(1, requests // readers)):
                with lock:
                    path = next(paths)
                begun = time.perf_counter()
                answered = _get(connection, path)
                waits.append((time.perf_counter() - begun) * 1000)
                seen.append(answered)

    before = _cpu(process)
    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = (_cpu(process) - before) / max(1, len(waits))
    return Waited(tuple(waits), cpu, max(status for status, _ in seen), max(size for _, size in seen))


def _table(kinds: Sequence[Kind], port: int, process: int, requests: int) -> None:
    print(f"{'':<44}{'one reader, ms':>17}{f'{_READERS} readers, ms':>17}")
    print(f"{'page':<44}{'median':>9}{'p99':>8}{'median':>9}{'p99':>8}{'CPU':>8}{'ratio':>7}{'bytes':>11}")
    row_page = 0.0
    for kind in kinds:
        with closing(_connect(port)) as connection:
            answers = [_get(connection, path) for path in kind.paths]  # once, so that the file's pages are in memory
        if all(status == 404 for status, _ in answers):
            print(f"{kind.name:<44}   absent")
            continue
        one = _ask(port, process, kind, requests, 1)
        many = _ask(port, process, kind, requests, _READERS)
        row_page = row_page or one.cpu
        told = f"{kind.name:<44}{statistics.median(one.waits):>9.1f}{_p99(one.waits):>8.1f}"
        told += f"{statistics.median(many.waits):>9.1f}{_p99(many.waits):>8.1f}"
        told += f"{one.cpu:>8.1f}{one.cpu / (row_page or 1):>7.1f}{one.size:>11,}"
        print(told + ("" if one.status < 400 else f"  {one.status}"), flush=True)


def _p99(waits: Sequence[float]) -> float:
    return sorted(waits)[max(0, round(len(waits) * 0.99) - 1)]


if __name__ == "__main__":
    main()
