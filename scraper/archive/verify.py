"""Verifying: every hash recomputed, every derived row derived again, and the first thing that does not hold named.

Nothing is written to the archive: it may lie on a disk that cannot be written, or be somebody else's.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scraper.archive.beside import full_text_agrees
from scraper.archive.captures import described, load_body
from scraper.archive.deeds import has_table, unbound
from scraper.archive.derived import DICTIONARIES, misfits, unused
from scraper.archive.ledger import GENESIS, digest, link, run_digest
from scraper.archive.observations import ledger_records
from scraper.archive.rebuild import derived_beside
from scraper.archive.states import outdated
from scraper.archive.withheld import withheld_encoded
from scraper.errors import ArchiveCorrupt, CaptureWithheld

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
    redacted: int = 0


def verify(
    connection: sqlite3.Connection, progress: Progress | None = None, *, head: str | None = None
) -> Verification:
    """Check the file, every capture, the ledger and the derived tables, in this order.

    `head` is a ledger head that was written down elsewhere: a run has to have ended with it. The derived tables are
    made again in temporary ones, a source at a time.
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
    findings += broken or [*_unbrought(connection), *_redactions(connection)]
    note = None
    if findings:
        note = "versions and changes were not checked, because the evidence under them does not hold"
    elif stale := len(outdated(connection)):
        note = (
            f"versions and changes were not checked: {stale} sources were derived by an earlier Redline; "
            "`redline rebuild` derives them again"
        )
    else:
        findings = list(_derived(connection, _stage(progress, "deriving")))
    counts = [
        connection.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("captures", "fetches", "versions")
    ]
    redacted = connection.execute("select count(*) from captures where stored_bytes = 0").fetchone()[0]
    return Verification(counts[0], counts[1], counts[2], last, tuple(findings), note, redacted)


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
    total = connection.execute("select count(*) from captures").fetchone()[0]
    rows = connection.execute(
        "select captures.id, captures.bytes, stored_bytes = length(body), media_type, charset, "
        "first.id is not null, first.content_type from captures left join fetches first on first.id = "
        "(select min(id) from fetches where capture_id = captures.id) order by captures.id"
    )
    for done, (capture_id, length, stored, media_type, charset, brought, content_type) in enumerate(rows, start=1):
        try:
            if len(load_body(connection, capture_id)) != length or not stored:
                findings.append(Finding(f"captures {capture_id}", "altered: its body is not as long as it says"))
            if brought and described(content_type) != (media_type, charset):
                what = "altered: its type is not that of the answer that brought it"
                findings.append(Finding(f"captures {capture_id}", what))
        except CaptureWithheld as error:
            if not stored:
                findings.append(Finding(f"captures {capture_id}", f"altered: {error}, and yet there are some"))
        except ArchiveCorrupt as error:
            findings.append(Finding(f"captures {capture_id}", str(error)))
        if progress:
            progress("hashing", done, total)
    return findings


def _unbrought(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Captures that no observation brought, in an archive whose ledger is whole: somebody put them in."""
    for (capture_id,) in connection.execute(
        "select id from captures c where not exists (select 1 from fetches f where f.capture_id = c.id) order by id"
    ):
        yield Finding(f"captures {capture_id}", "put in: no observation brought it")


def _encoded(connection: sqlite3.Connection) -> list[Finding]:
    rows = connection.execute("select sha256, body from encoded_bodies order by rowid")
    broken = [sha256 for sha256, body in rows if hashlib.sha256(body).hexdigest() != sha256]
    withheld = withheld_encoded(connection) if broken else set()
    return [
        Finding(f"encoded_bodies {sha256[:12]}", "altered: it does not have the hash it was stored under")
        for sha256 in broken
        if sha256 not in withheld
    ]


def _redactions(connection: sqlite3.Connection) -> list[Finding]:
    """Tombstones that the ledger does not bind, or that are not those of their captures."""
    found = [Finding(where, what) for where, what in unbound(connection)]
    if has_table(connection, "redactions"):
        rows = connection.execute(
            "select r.id from redactions r left join captures c on c.id = r.capture_id "
            "and c.sha256 = r.sha256 and c.source_id = r.source_id where c.id is null order by r.id"
        )
        found += [Finding(f"redactions {row[0]}", "forged: it is not about the capture that it names") for row in rows]
    return found


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


def _derived(connection: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> Iterator[Finding]:
    for source_id, held in derived_beside(connection, progress):
        for table in held:
            if not table.same:
                yield Finding(
                    f"{table.table} of {source_id}",
                    f"{table.stored} rows stored and {table.derived} derived from the evidence differ, first at "
                    f"{table.first}: `redline verify --repair` derives them again; ask who wrote to the archive",
                )
    for name in DICTIONARIES:
        for row_id in misfits(connection, name):
            yield Finding(f"{name} {row_id}", "altered: it does not have the hash it is known by")
        for row_id in unused(connection, name):
            yield Finding(f"{name} {row_id}", "put in: no version uses it")
    if not full_text_agrees(connection):
        what = "the full-text index does not agree with the passages: `redline verify --repair` makes it anew"
        yield Finding("passages_fts", what)


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total: report(name, done, total)
