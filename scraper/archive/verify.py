"""Verifying: every hash recomputed, every derived row derived again, and the first thing that does not hold named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scraper.archive.captures import load_body
from scraper.archive.ledger import GENESIS, record_hash
from scraper.archive.lineage import DERIVATION
from scraper.archive.rebuild import rebuild
from scraper.errors import ArchiveCorrupt

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, in a line that names the row."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; no findings means that everything held."""

    captures: int
    fetches: int
    versions: int
    ledger_head: str
    findings: tuple[Finding, ...]
    note: str | None = None


def verify(connection: sqlite3.Connection, progress: Progress | None = None) -> Verification:
    """Check the file, every capture, the ledger and the derived tables, in this order.

    The derived tables are made again inside a transaction that is taken back, so the connection has to be one
    that may write.
    """
    findings = [Finding("file", text) for text in _file(connection)]
    findings += _captures(connection, progress)
    head, broken = _ledger(connection)
    findings += broken
    note = _outdated(connection)
    if not findings and note is None:
        report = rebuild(connection, dry_run=True, progress=_stage(progress, "deriving"))
        findings += [
            Finding(t.table, f"{t.rows_before} rows stored, {t.rows_after} derived from the evidence, and they differ")
            for t in report
            if not t.same
        ]
    counts = [
        connection.execute(f"select count(*) from {t}").fetchone()[0] for t in ("captures", "fetches", "versions")
    ]
    return Verification(counts[0], counts[1], counts[2], head, tuple(findings), note)


def _outdated(connection: sqlite3.Connection) -> str | None:
    """Rows that an earlier Redline derived are not wrong, but this one would derive others: say so, claim nothing."""
    sources = connection.execute(
        "select count(distinct v.source_id) from versions v join rulesets r on r.id = v.ruleset_id "
        "join sources s on s.id = v.source_id where r.normalizer <> ? or r.rules <> s.rules",
        (DERIVATION,),
    ).fetchone()[0]
    if not sources:
        return None
    return f"{sources} sources were derived under earlier rules and wait for `redline rebuild`"


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
    ids = [row[0] for row in connection.execute("select id from captures order by id")]
    for done, capture_id in enumerate(ids, start=1):
        try:
            load_body(connection, capture_id)
        except ArchiveCorrupt as error:
            findings.append(Finding(f"captures {capture_id}", str(error)))
        if progress:
            progress("hashing", done, len(ids))
    return findings


def _ledger(connection: sqlite3.Connection) -> tuple[str, list[Finding]]:
    """Walk the chain; give its head and the first row that breaks it, or a run whose head it does not pass through."""
    previous, expected = GENESIS, 1
    heads = {GENESIS}
    rows = connection.execute(
        "select f.*, c.sha256 as capture_sha256 "
        "from fetches f left join captures c on c.id = f.capture_id order by f.id"
    )
    for row in rows:
        if row["id"] != expected:
            return previous, [Finding(f"fetches {expected}", "missing: the ledger has a hole")]
        if record_hash(dict(row), previous) != row["record_hash"]:
            return previous, [Finding(f"fetches {row['id']}", "altered: it does not have the hash it was stored under")]
        previous, expected = row["record_hash"], expected + 1
        heads.add(previous)
    for run in connection.execute("select id, ledger_head from runs where ledger_head is not null order by id"):
        if run["ledger_head"] not in heads:
            return previous, [
                Finding(f"runs {run['id']}", "its ledger head is not in the ledger: rows after it were lost")
            ]
    return previous, []


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total: report(name, done, total)
