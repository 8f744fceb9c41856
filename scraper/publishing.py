"""What a scheduled job needs to publish an archive safely: count, check that nothing was lost, tell what happened.

``python -m scraper.publishing counts archive.db > before.json`` remembers what the archive held; after the run,
``check``, ``message`` and ``summary`` compare with that. Exit codes are those of `redline`: 2 where the archive
cannot be read, 3 where it may not be published.

What pages say is untrusted here: it never reaches a commit message, and in the summary it is literal text.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.archive import Archive, reading
from scraper.errors import ArchiveError, RedlineError, UsageError
from scraper.fetching.observation import GOOD_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, TextIO

GUARDED = ("sources", "runs", "fetches", "captures", "timestamps", "versions")
"""The tables whose rows may not become fewer. Evidence never does; versions do only when rules or Redline change."""

MIB = 1024 * 1024
HOST_WARNS_AT = 50 * MIB
HOST_REFUSES_AT = 100 * MIB
"""GitHub's documented limits for one file in a repository."""

_LISTED = 50
_SHOWN = 200


def counts(path: Path) -> dict[str, int]:
    """The rows of each table, as ``bytes`` the size of the file, and as ``rules`` a number that changes with the rules.

    An ArchiveError where there is no archive.
    """
    with Archive(path, readonly=True) as archive:
        rows = {**archive.counts(), "rules": reading.rules_in_force(archive.connection)}
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        remedy = "end the process that is writing, or run `redline rebuild`, which settles what a dead one left"
        raise ArchiveError(f"{wal} holds changes that are not in {path.name} yet: {remedy}")
    return {**rows, "bytes": path.stat().st_size}


def check(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[str, ...]:
    """Reasons not to publish, each one line with what to do; empty where nothing was lost."""
    restore = "restore the last good archive.db from the history before the next run"
    reasons = [
        f"{table} fell from {before[table]:,} rows to {after.get(table, 0):,}: {restore}"
        for table in GUARDED
        if after.get(table, 0) < before.get(table, 0)
        and not (table == "versions" and before.get("rules") != after.get("rules"))
    ]
    if after.get("runs", 0) == before.get("runs", 0):
        reasons.append("no run was recorded since the count: see the log of the run, mend the cause and run it again")
    if after["bytes"] * 2 < before["bytes"]:
        reasons.append(f"the file shrank from {_size(before['bytes'])} to {_size(after['bytes'])}: {restore}")
    if after["bytes"] >= HOST_REFUSES_AT:
        reasons.append(f"archive.db is {_size(after['bytes'])} and the host refuses such a file: {_MAKE_ROOM}")
    return tuple(reasons)


def size_warning(size: int) -> str | None:
    """A warning in good time before the host refuses the file; None while there is room."""
    if size < HOST_WARNS_AT:
        return None
    limit = _size(HOST_REFUSES_AT)
    return f"archive.db is {_size(size)}; at {limit} the host refuses the file. Before that, {_MAKE_ROOM}"


def message(before: Mapping[str, int], after: Mapping[str, int], ledger_head: str | None) -> str:
    """A commit message of numbers alone: counts, and the head of the ledger that fixes every observation so far."""
    if ledger_head and not re.fullmatch(r"[0-9a-f]{64}", ledger_head):
        raise ArchiveError("the head of the ledger is not a SHA-256: run `redline verify`")
    grown = {table: after[table] - before.get(table, 0) for table in ("fetches", "versions", "changes")}
    subject = ", ".join(_number(count, table) for table, count in grown.items())
    return f"archive: {subject}\n\nLedger-Head: {ledger_head or 'none'}\n"


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
    if changes:
        parts.append("### What changed\n")
        parts.append(_table(("page", "kind", "significance", "in short"), changes))
    if missed:
        parts.append("### Not seen as a document\n")
        parts.append(_table(("page", "outcome", "reason"), missed))
    return "\n".join(parts)


_MAKE_ROOM = (
    "split the watch list by publisher, with one repository and archive each, or keep the archive as a release asset"
)


def _size(size: int) -> str:
    return f"{size / MIB:.1f} MiB" if size >= MIB // 10 else f"{size:,} bytes"


def _number(count: int, plural: str) -> str:
    singular = {"fetches": "fetch", "versions": "version", "changes": "change"}[plural]
    return f"{count} {singular if count == 1 else plural}"


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


def _command(kind: str, text: str) -> str:
    """A line for the person at the log; inside a job, one that the host shows beside the run (escaped as it asks)."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return f"{kind}: {text}"
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title=Redline::{safe}"


class _Group(click.Group):
    """Turns what a person can mend into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RedlineError as error:
            click.echo(_command("error", str(error)), err=True)
            ctx.exit(2)


_archive = click.argument("archive", type=click.Path(path_type=Path))
_before = click.argument("before", type=click.File(encoding="utf-8"))


@click.group(cls=_Group)
def main() -> None:
    """Count, check and describe an archive for a scheduled job."""


@main.command("counts")
@_archive
def _counts(archive: Path) -> None:
    """Print what the archive holds, as JSON."""
    click.echo(json.dumps(counts(archive)))


@main.command("check")
@_archive
@_before
def _check(archive: Path, before: TextIO) -> None:
    """Refuse, with exit code 3, an archive that lost something or whose last run did not end."""
    after = counts(archive)
    reasons = list(check(json.load(before), after))
    if _last_run(archive)["finished"] is None:
        reasons.append("the last run did not come to its end: see its log, mend the cause and run it again")
    for reason in reasons:
        click.echo(_command("error", f"Not published: {reason}"))
    if reasons:
        raise SystemExit(3)
    if warning := size_warning(after["bytes"]):
        click.echo(_command("warning", warning))


@main.command("message")
@_archive
@_before
def _message(archive: Path, before: TextIO) -> None:
    """Print the commit message."""
    click.echo(message(json.load(before), counts(archive), _last_run(archive)["ledger_head"]), nl=False)


@main.command("summary")
@_archive
def _summary(archive: Path) -> None:
    """Print what the last run came to, in Markdown."""
    click.echo(summary(archive, _last_run(archive)["id"]))


def _last_run(path: Path) -> dict[str, Any]:
    with Archive(path, readonly=True) as archive:
        last = archive.runs(limit=1)
    if not last:
        raise ArchiveError(f"{path} has no run yet: run `redline run --db {path}`")
    return last[0]


if __name__ == "__main__":
    main()
