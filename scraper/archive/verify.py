"""Verifying: every hash recomputed, every derived row derived again, and the first thing that does not hold named.

Nothing is written to the archive: it may lie on a disk that cannot be written, or be somebody else's.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scraper.archive.timestamps as timestamps
import scraper.archive.tokens as tokens
from scraper.archive.captures import described, load_body
from scraper.archive.ledger import GENESIS, digest, link, run_digest
from scraper.archive.observations import ledger_records
from scraper.archive.opening import migrate
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
    connection: sqlite3.Connection,
    progress: Progress | None = None,
    *,
    head: str | None = None,
    roots: Sequence[Any] = (),
) -> Verification:
    """Check the file, every capture, the ledger and the derived tables, in this order.

    `head` is a ledger head that was written down elsewhere: a run has to have ended with it. `roots` are certificates
    (`tokens.load_certificates`) under which the signatures of timestamps have to hold. The derived tables are made
    again in a temporary copy, which takes as much room as the archive does.
    """
    findings = [Finding("file", text) for text in _file(connection)]
    if findings:
        return Verification(0, 0, 0, GENESIS, tuple(findings), "nothing else was checked")
    try:
        return _contents(connection, progress, head, roots)
    except sqlite3.DatabaseError as error:
        return Verification(0, 0, 0, GENESIS, (Finding("file", str(error)),), "nothing after that was checked")


def _contents(
    connection: sqlite3.Connection, progress: Progress | None, head: str | None, roots: Sequence[Any]
) -> Verification:
    findings = _captures(connection, progress) + _encoded(connection)
    last, broken = _ledger(connection, head)
    findings += broken or list(_unbrought(connection))
    unheld, unchecked = _timestamps(connection, roots)
    findings += unheld
    notes = [unchecked] if unchecked else []
    if findings:
        notes.append("versions and changes were not checked, because the evidence under them does not hold")
    elif stale := len(outdated(connection)):
        notes.append(
            f"versions and changes were not checked: {stale} sources were derived by an earlier Redline; "
            "`redline rebuild` derives them again"
        )
    else:
        findings = _derived(connection, _stage(progress, "deriving"))
    counts = [
        connection.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("captures", "fetches", "versions")
    ]
    return Verification(counts[0], counts[1], counts[2], last, tuple(findings), "; ".join(notes) or None)


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
    # What a capture says of itself follows from its body and from the first observation that brought it.
    rows = connection.execute(
        "select captures.id, captures.bytes, stored_bytes = length(body), media_type, charset, "
        "first.id is not null, first.content_type from captures left join fetches first on first.id = "
        "(select min(id) from fetches where capture_id = captures.id) order by captures.id"
    ).fetchall()
    for done, (capture_id, length, stored, media_type, charset, brought, content_type) in enumerate(rows, start=1):
        try:
            if len(load_body(connection, capture_id)) != length or not stored:
                findings.append(Finding(f"captures {capture_id}", "altered: its body is not as long as it says"))
            if brought and described(content_type) != (media_type, charset):
                what = "altered: its type is not that of the answer that brought it"
                findings.append(Finding(f"captures {capture_id}", what))
        except ArchiveCorrupt as error:
            findings.append(Finding(f"captures {capture_id}", str(error)))
        if progress:
            progress("hashing", done, len(rows))
    return findings


def _unbrought(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Bodies and header lines that no observation brought, in an archive with a whole ledger: somebody put them in."""
    for (capture_id,) in connection.execute("select id from captures except select capture_id from fetches"):
        yield Finding(f"captures {capture_id}", "put in: no observation brought it")
    for (sha256,) in connection.execute("select sha256 from encoded_bodies except select encoded_sha256 from fetches"):
        yield Finding(_encoded_body(sha256), "put in: no observation brought it")
    named = " union ".join(
        f"select value from fetches, json_each({column}) where json_each.type = 'integer'"
        for column in ("headers", "request_headers")
    )
    for (line_id,) in connection.execute(f"select id from header_lines except select * from ({named})"):
        yield Finding(f"header_lines {line_id}", "put in: no observation names it")


def _encoded(connection: sqlite3.Connection) -> list[Finding]:
    """Bodies as they came over the wire that are not what they were stored as."""
    return [
        Finding(_encoded_body(sha256), "altered: it does not have the hash and the length it was stored under")
        for sha256, length, body in connection.execute("select sha256, bytes, body from encoded_bodies order by rowid")
        if hashlib.sha256(body).hexdigest() != sha256 or len(body) != length
    ]


def _encoded_body(sha256: str) -> str:
    return f"encoded_bodies {sha256[:12]}"


def _timestamps(connection: sqlite3.Connection, roots: Sequence[Any]) -> tuple[list[Finding], str | None]:
    """What does not hold in the timestamps of heads, and a note of what could not be checked."""
    if broken := list(timestamps.faults(connection)):
        return [Finding(*fault) for fault in broken], None
    if not tokens.available():
        return [], timestamps.unread(connection)
    faults, note = timestamps.token_faults(connection, roots)
    return [Finding(*fault) for fault in faults], note


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record of the ledger: its row, the digest of what the row says now, and the hash it was stored under.

    A run that did not end has closed with no record: `stored` is None.
    """

    table: str
    id: int
    digest: str
    stored: str | None


def _ledger(connection: sqlite3.Connection, head: str | None) -> tuple[str, list[Finding]]:
    """Walk the chain; give its head and the first row that breaks it."""
    previous, expected = GENESIS, {"fetches": 1, "runs": 1}
    try:
        for entry in _entries(connection):
            if entry.id != expected[entry.table]:
                where = f"{entry.table} {expected[entry.table]}"
                return previous, [Finding(where, "missing: the ledger has a hole")]
            if entry.stored is not None and link(previous, entry.digest) != entry.stored:
                return previous, [_broken(connection, entry)]
            previous = entry.stored or previous
            expected[entry.table] += 1
    except ArchiveCorrupt as error:
        return previous, [Finding(f"fetches {expected['fetches']}", str(error))]
    heads = {row[0] for row in connection.execute("select ledger_head from runs")}
    if head is not None and head not in heads:
        return previous, [Finding("ledger", f"no run ended with {head}: what came before it was altered or lost")]
    return previous, []


def _broken(connection: sqlite3.Connection, entry: _Entry) -> Finding:
    """Name the record that breaks the chain: for a run, the first observation astray among its own."""
    if entry.table == "fetches":
        what = "altered, it or its run: it does not have the hash it was stored under"
        return Finding(f"fetches {entry.id}", what)
    astray = connection.execute(
        "select id from fetches where run_id > ? and id < (select max(id) from fetches where run_id <= ?) "
        "order by id limit 1",
        (entry.id, entry.id),
    ).fetchone()
    if astray:
        return Finding(f"fetches {astray['id']}", f"altered: it stands among those of run {entry.id}")
    what = "altered, or its last observations lost: it does not have the hash it was stored under"
    return Finding(f"runs {entry.id}", what)


def _entries(connection: sqlite3.Connection) -> Iterator[_Entry]:
    """Every record in the order of the chain: the observations of a run, and then its closing one."""
    runs = deque(connection.execute("select * from runs order by id"))
    for count, (record, stored) in enumerate(ledger_records(connection), start=1):
        # Where a row is missing, that is what is told, and not the run that cannot be closed without it.
        while record["id"] == count and runs and runs[0]["id"] < record["run_id"]:
            yield _closing(runs.popleft())
        yield _Entry("fetches", record["id"], digest(record), stored)
    for run in runs:
        yield _closing(run)


def _closing(run: sqlite3.Row) -> _Entry:
    stored = run["ledger_head"] if run["ledger_head"] is not None or not run["finished"] else ""
    return _Entry("runs", run["id"], run_digest(dict(run)), stored)


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
            migrate(copy)
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
