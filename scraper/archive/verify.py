"""Verifying: every hash recomputed, every derived row derived again, and the first thing that does not hold named.

Nothing is written to the archive: it may lie on a disk that cannot be written, or be somebody else's.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scraper.archive.captures import load_body
from scraper.archive.ledger import GENESIS, record_hash
from scraper.archive.observations import ledger_records
from scraper.archive.rebuild import rebuild
from scraper.archive.states import outdated
from scraper.errors import ArchiveCorrupt

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, in a line that names the row."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; no findings means that everything checked held.

    `note` says what was not checked, and why.
    """

    captures: int
    fetches: int
    versions: int
    ledger_head: str
    findings: tuple[Finding, ...]
    note: str | None = None


def verify(
    connection: sqlite3.Connection, progress: Progress | None = None, *, head: str | None = None
) -> Verification:
    """Check the file, every capture, the ledger and the derived tables, in this order.

    `head` is a ledger head that was written down elsewhere: a run has to have ended with it. The derived tables are
    made again in a temporary copy, which takes as much room as the archive does.
    """
    findings = [Finding("file", text) for text in _file(connection)]
    if findings:
        return Verification(0, 0, 0, GENESIS, tuple(findings), "nothing else was checked")
    try:
        return _contents(connection, progress, head)
    except sqlite3.DatabaseError as error:
        return Verification(0, 0, 0, GENESIS, (Finding("file", str(error)),), "nothing after that was checked")


def _contents(connection: sqlite3.Connection, progress: Progress | None, head: str | None) -> Verification:
    findings = _captures(connection, progress) + _encoded(connection)
    last, broken = _ledger(connection, head)
    findings += broken
    note = None
    if findings:
        note = "versions and changes were not checked, because the evidence under them does not hold"
    elif stale := len(outdated(connection)):
        note = (
            f"versions and changes were not checked: {stale} sources were derived by an earlier Redline; "
            "`redline rebuild` derives them again"
        )
    else:
        findings = _derived(connection, _stage(progress, "deriving"))
    counts = [
        connection.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("captures", "fetches", "versions")
    ]
    return Verification(counts[0], counts[1], counts[2], last, tuple(findings), note)


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (text,) in connection.execute("pragma integrity_check"):
            if text != "ok":
                yield text
        for table, row_id, parent, _ in connection.execute("pragma foreign_key_check"):
            yield f"row {row_id} of {table} points to a missing row of {parent}"
    except sqlite3.DatabaseError as error:
        yield str(error)


def _captures(connection: sqlite3.Connection, progress: Progress | None) -> list[Finding]:
    findings = []
    rows = connection.execute("select id, bytes from captures order by id").fetchall()
    for done, (capture_id, length) in enumerate(rows, start=1):
        try:
            if len(load_body(connection, capture_id)) != length:
                findings.append(Finding(f"captures {capture_id}", f"altered: its body is not {length} bytes long"))
        except ArchiveCorrupt as error:
            findings.append(Finding(f"captures {capture_id}", str(error)))
        if progress:
            progress("hashing", done, len(rows))
    return findings


def _encoded(connection: sqlite3.Connection) -> list[Finding]:
    rows = connection.execute("select sha256, body from encoded_bodies order by rowid")
    return [
        Finding(f"encoded_bodies {sha256[:12]}", "altered: it does not have the hash it was stored under")
        for sha256, body in rows
        if hashlib.sha256(body).hexdigest() != sha256
    ]


def _ledger(connection: sqlite3.Connection, head: str | None) -> tuple[str, list[Finding]]:
    """Walk the chain; give its head and the first row that breaks it, or a run that did not end where it says."""
    previous, expected = GENESIS, 1
    ends: dict[int, str] = {}
    try:
        for record, stored in ledger_records(connection):
            if record["id"] != expected:
                return previous, [Finding(f"fetches {expected}", "missing: the ledger has a hole")]
            if record_hash(record, previous) != stored:
                what = "altered, it or its run: it does not have the hash it was stored under"
                return previous, [Finding(f"fetches {expected}", what)]
            previous, expected = stored, expected + 1
            ends[record["run_id"]] = previous
    except ArchiveCorrupt as error:
        return previous, [Finding(f"fetches {expected}", str(error))]
    findings = list(_runs(connection, ends))
    heads = {row[0] for row in connection.execute("select ledger_head from runs")}
    if head is not None and head not in heads:
        findings.append(Finding("ledger", f"no run ended with {head}: what came before it was altered or lost"))
    return previous, findings


def _runs(connection: sqlite3.Connection, ends: dict[int, str]) -> Iterator[Finding]:
    """Runs follow each other without a hole, and each that ended says where the ledger stood then."""
    last: str | None = None
    for number, run in enumerate(connection.execute("select id, finished, ledger_head from runs order by id"), start=1):
        if run["id"] != number:
            yield Finding(f"runs {number}", "missing: the runs have a hole")
            return
        last = ends.get(run["id"], last)
        if run["finished"] and run["ledger_head"] != last:
            yield Finding(f"runs {run['id']}", "its ledger head is not that of its last observation: rows were lost")


def _derived(connection: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> list[Finding]:
    with _copy(connection) as copy:
        report = rebuild(copy, progress=progress)
    return [
        Finding(
            table.table,
            f"{table.rows_before} rows stored and {table.rows_after} derived from the evidence differ: "
            "run `redline rebuild`, and ask who wrote to the archive",
        )
        for table in report
        if not table.same
    ]


@contextlib.contextmanager
def _copy(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory(prefix="redline-verify-") as folder:
        copy = sqlite3.connect(Path(folder) / "copy.db", isolation_level=None)
        try:
            connection.backup(copy)
            copy.row_factory = sqlite3.Row
            copy.execute("pragma journal_mode = memory")
            copy.execute("pragma synchronous = off")
            yield copy
        finally:
            copy.close()


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total: report(name, done, total)
