"""How much room captures take, and how fast they come back, beside git and WARC on the same captures.

    python -m tests.benchmarks.store --corpus HISTORIES [--steps 10] [--plot PNG]

HISTORIES holds page histories, a folder each with NNNN_<time>.html files. Captures go in in the order of time, one
look at every page after the other. A recapture counts as noise where the page's normalised text did not change.
git is given the same files, a commit for each look, and `git gc --aggressive`; the WARC figure is a gzip member for
each capture, as WARC files are written, without their record headers.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive import Archive
from scraper.archive.captures import load_body
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer
from tests.benchmarks.plots import bars

START = datetime(2026, 1, 1, tzinfo=UTC)
HEADERS = (("Content-Type", "text/html"), ("Server", "nginx"), ("Cache-Control", "max-age=300"), ("Vary", "Accept"))


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--plot", type=Path, help="draw the sizes as a PNG here")
    given = parser.parse_args()
    folders = sorted({file.parent for file in given.corpus.rglob("[0-9][0-9][0-9][0-9]_*.html")})
    if not folders:
        sys.exit(f"the corpus is not at {given.corpus}: nothing was measured")
    histories = {folder.name: sorted(folder.glob("[0-9]*_*.html"))[: given.steps] for folder in folders}
    with tempfile.TemporaryDirectory() as scratch:
        own = _ours(histories, Path(scratch) / "archive.db", given.steps)
        git = _git(histories, Path(scratch) / "git", given.steps)
    packed = sum(len(gzip.compress(file.read_bytes(), 9)) for files in histories.values() for file in files)
    print(f"{'WARC.gz, a member each':<44}{packed:>14,} bytes")
    if given.plot:
        sizes = {**own, "git gc --aggressive": git, "WARC.gz": packed}
        shown = {name: {"": size / 1e6} for name, size in sizes.items()}
        bars(given.plot, "The same captures, stored", "MB", shown)


def _ours(histories: dict[str, list[Path]], path: Path, steps: int) -> dict[str, int]:
    """Print the figures of an archive; give the bytes that came, those of the captures in it, and those of the file."""
    urls = {name: f"https://{number}.example.org/page" for number, name in enumerate(histories)}
    ids = {name: f"page-{number}" for number, name in enumerate(histories)}
    with Archive(path) as archive:
        archive.sync(WatchList(tuple(Source(ids[name], urls[name]) for name in histories)), START)
        for step in range(steps):
            moment = START + step * timedelta(hours=12)
            run_id = archive.begin_run("benchmark", len(histories), moment)
            for name, files in histories.items():
                if step < len(files):
                    archive.record(run_id, _answer(ids[name], urls[name], moment, files[step]))
            archive.finish_run(run_id, moment, fetched=len(histories), changed=0, failed=0)
        raw, stored = _captures(archive)
    size = path.stat().st_size
    with Archive(path) as archive:
        moment = START + steps * timedelta(hours=12)
        run_id = archive.begin_run("benchmark", len(histories), moment)
        for name, files in histories.items():
            archive.record(run_id, _answer(ids[name], urls[name], moment, files[-1]))
    print(f"{'archive, everything indexed':<44}{size:>14,} bytes")
    print(
        f"{'growth for a refetch with the same bytes':<44}{(path.stat().st_size - size) / len(histories):>14,.0f} bytes"
    )
    return {"raw": raw, "Redline: captures": stored, "Redline: the file": size}


def _answer(source_id: str, url: str, moment: datetime, file: Path) -> Answer:
    stamped = (*HEADERS, ("Date", f"{moment:%a, %d %b %Y %H:%M:%S} GMT"))
    return Answer(source_id, url, moment, 90, url, 200, stamped, body=file.read_bytes(), peer="203.0.113.5:443")


def _captures(archive: Archive) -> tuple[int, int]:
    """Print how captures are stored; give their bytes as they came and as stored."""
    rows = archive.connection.execute(
        "select c.id, c.bytes, c.stored_bytes, min(f.outcome = 'unchanged') as noise "
        "from captures c join fetches f on f.capture_id = c.id group by c.id"
    ).fetchall()
    times = [min(_taken(archive, row["id"]) for _ in range(2)) for row in rows]
    noise = [row["stored_bytes"] for row in rows if row["noise"]]
    raw, stored = sum(row["bytes"] for row in rows), sum(row["stored_bytes"] for row in rows)
    print(f"{len(rows)} captures, {raw:,} bytes raw")
    print(f"{'captures as stored':<44}{stored:>14,} bytes{stored / raw:>9.2%} of raw")
    told = f"median {statistics.median(noise):,.0f}, mean {statistics.mean(noise):,.0f} bytes"
    print(f"{'a recapture that differs only in noise':<44}{told} ({len(noise)} of them)")
    longest = max(row["bytes"] for row in rows)
    told = f"median {statistics.median(times):.2f} ms, worst {max(times):.2f} ms (longest {longest:,} bytes)"
    print(f"{'a capture comes back, processor time':<44}{told}")
    return raw, stored


def _taken(archive: Archive, capture_id: int) -> float:
    """Milliseconds of processor time: by the clock on the wall, the worst is that of whoever else was busy."""
    begun = time.process_time()
    load_body(archive.connection, capture_id)
    return (time.process_time() - begun) * 1000


def _git(histories: dict[str, list[Path]], folder: Path, steps: int) -> int:
    """Print and give the bytes of the same captures in git."""
    folder.mkdir()

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    git("init")
    for step in range(steps):
        for name, files in histories.items():
            if step < len(files):
                (folder / f"{name[:100]}.html").write_bytes(files[step].read_bytes())
        git("add", "-A")
        git("commit", "--allow-empty", "-m", f"look {step}")
    git("gc", "--aggressive", "--prune=now")
    size = sum(file.stat().st_size for file in (folder / ".git" / "objects").rglob("*") if file.is_file())
    print(f"{'git after gc --aggressive':<44}{size:>14,} bytes")
    return size


if __name__ == "__main__":
    main()
