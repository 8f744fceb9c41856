"""What a run came to, in Markdown for the page of a job: ``python -m scraper.publishing archive.db`` prints it.

What pages say is untrusted here: in the summary it is literal text. Whether the archive may be published at all is
asked of `scraper.archive.succession`, which is a program of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.archive import Archive, reading
from scraper.archive.succession import annotation
from scraper.errors import ArchiveError, RedlineError, UsageError
from scraper.fetching.observation import GOOD_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

_LISTED = 50
_SHOWN = 200


def summary(path: Path, run: int) -> str:
    """What a run came to, in Markdown for the job's page; every word from a page is escaped."""
    with Archive(path, readonly=True) as archive:
        record = next((row for row in archive.runs(limit=100) if row["id"] == run), None)
        if record is None:
            raise UsageError(f"there is no run {run} among the last 100")
        changes = [
            (row.title, row.kind.replace("_", " "), f"{row.significance:.2f}", row.summary)
            for row in archive.changes(run_id=run, limit=1_000_000)
        ]
        missed = [
            (row.title, row.outcome.replace("_", " "), row.reason or "")
            for row in reading.statuses(archive.connection)
            if row.outcome and row.outcome not in GOOD_OUTCOMES and (row.last_look or "") >= record["started"]
        ]
    numbers = [(str(record[name]) for name in ("due", "fetched", "changed", "failed"))]
    parts = [f"## Run {run}\n\n{_literal(record['started'])} to {_literal(record['finished'] or 'no end')}\n"]
    parts.append(_table(("due", "fetched", "changed", "failed"), numbers))
    parts.append(f"Ledger-Head: {_literal(record['ledger_head'] or 'none')}\n")
    if changes:
        parts.append("### What changed\n")
        parts.append(_table(("page", "kind", "significance", "in short"), changes))
    if missed:
        parts.append("### Not seen as a document\n")
        parts.append(_table(("page", "outcome", "reason"), missed))
    return "\n".join(parts)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table of literal cells; beyond a number that a person reads, only how many more there are."""
    heads, rows = list(heads), [list(row) for row in rows]
    lines = [heads, ["---"] * len(heads), *([_literal(cell) for cell in row] for row in rows[:_LISTED])]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return text if len(rows) <= _LISTED else f"{text}\nand {len(rows) - _LISTED:,} more\n"


def _literal(text: str) -> str:
    """Text that Markdown and HTML show as it is.

    Every character but letters, digits and the space becomes a numeric reference, which CommonMark never reads as
    structure (section 2.5), so no link, image, tag or mention can come out of a headline.
    """
    line = " ".join(text.split())
    line = line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in line)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
def main(archive: Path) -> None:
    """Print what the last run of ARCHIVE came to, in Markdown."""
    try:
        click.echo(summary(archive, _last_run(archive)))
    except RedlineError as error:
        click.echo(annotation("error", str(error)), err=True)
        raise SystemExit(2) from None


def _last_run(path: Path) -> int:
    with Archive(path, readonly=True) as archive:
        last = archive.runs(limit=1)
    if not last:
        raise ArchiveError(f"{path} has no run yet: run `redline run --db {path}`")
    return int(last[0]["id"])


if __name__ == "__main__":
    main()
