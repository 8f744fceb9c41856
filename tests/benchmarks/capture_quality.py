"""Judge real answers of blocked and of healthy hosts, and say whether each was told for what it is.

    python -m tests.benchmarks.capture_quality --corpus DIR

DIR, or a folder in it, holds `<server>-<score>/<id>.json`: what a host answered (EDGI's web monitoring), with a score
that people gave it, 0 for a block or a broken host up to 1 for what the publisher said, an honest 404 included. Some
have their body beside them as `<id>.body`, in a folder of any score; for the others the title is all that is known, so
little more than the headers is there to judge by. `block_pages/*.txt` are blocks written down whole.

Healthy is 0.75 and above, blocked or broken 0.25 and below; between them either is right. A block that is read as an
absence is wrong whatever its score. Exits 1 where an answer is judged wrongly; without the corpus it says so and exits
0.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.fetching import ABSENT_OUTCOMES, Answer, Hop, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

HEALTHY, BROKEN = 0.75, 0.25


@dataclass(frozen=True)
class Labelled:
    """An answer with the score that people gave it."""

    name: str
    score: float
    answer: Answer

    def wrong(self, verdict: Verdict) -> str | None:
        """What is wrong with a verdict; None where it is right."""
        is_healthy = verdict.outcome is None or verdict.outcome in ABSENT_OUTCOMES
        if self.score >= HEALTHY and not is_healthy:
            return "is healthy"
        if self.score <= BROKEN and is_healthy:
            return "is read as a removal" if verdict.outcome else "is no page"
        if verdict.outcome in ABSENT_OUTCOMES and self.score < HEALTHY:
            return "is read as a removal"
        return None


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0 all right or nothing to judge, 1 something was judged wrongly."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="the unpacked corpus")
    labelled = list(read(parser.parse_args(arguments).corpus))
    if not labelled:
        print("no labelled answers there: nothing judged")
        return 0
    wrong = 0
    for item in labelled:
        verdict = judge(item.answer)
        mistake = item.wrong(verdict)
        wrong += mistake is not None
        print(
            f"{mistake or 'right':20} {item.score:4.2f} {item.name:26} {verdict.outcome or 'a page'}: {verdict.reason}"
        )
    print(f"\n{len(labelled) - wrong} of {len(labelled)} answers judged rightly")
    return 1 if wrong else 0


def read(corpus: Path) -> Iterator[Labelled]:
    """The labelled answers under a folder, in the order of their names."""
    bodies = {path.stem: path.read_bytes() for path in corpus.rglob("*-[01].*/*.body")}
    for path in sorted(corpus.rglob("*-[01].*/*.json")):
        server, _, score = path.parent.name.rpartition("-")
        yield Labelled(server, float(score), _answer(_record(path), bodies.get(path.stem)))
    for path in sorted(corpus.rglob("block_pages/*.txt")):
        if path.read_bytes().startswith(b"HTTP/"):
            yield Labelled(path.stem[:26], 0.0, _transcript(path))


def _record(path: Path) -> dict[str, Any]:
    record = json.loads(path.read_text("utf-8"))
    return dict(record.get("data", record))


def _answer(record: dict[str, Any], body: bytes | None) -> Answer:
    """An answer as the monitoring wrote it down. A body that was not kept is stood in for by its title."""
    url, leads_to = record["url"], record["source_metadata"].get("redirects") or []
    if body is None:
        body = f"<!doctype html><title>{html.escape(record['title'] or '')}</title>".encode()
    return Answer(
        source_id="labelled",
        url=url,
        started=datetime.fromisoformat(record["capture_time"]),
        elapsed_ms=0,
        final_url=leads_to[-1] if leads_to else url,
        status=record["status"],
        headers=tuple((record["headers"] or {}).items()),
        redirects=tuple(Hop(url, 302, target) for target in leads_to),
        body=b"" if record["content_length"] == 0 else body,
    )


def _transcript(path: Path) -> Answer:
    head, _, body = path.read_bytes().partition(b"\n\n")
    status, *lines = head.decode("latin-1").splitlines()
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    url = f"https://{path.stem.partition('_')[0]}/"
    return Answer("labelled", url, datetime.now(UTC), 0, url, int(status.split()[1]), headers, body=body)


if __name__ == "__main__":
    sys.exit(main())
