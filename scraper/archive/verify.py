"""Verifying: every hash recomputed, every derived row derived again, and the first thing that does not hold named.

Nothing is written to the archive: it may lie on a disk that cannot be written, or be somebody else's. Memory does not
grow with the archive: what is read is read row by row, and what is derived is derived a source at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import scraper.archive.checks as checks
import scraper.archive.rhythms as rhythms
import scraper.archive.signals as signals
from scraper.archive.beside import full_text_agrees
from scraper.archive.chain import walk
from scraper.archive.checks import Finding
from scraper.archive.deeds import has_table
from scraper.archive.derived import DICTIONARIES, misfits, unused
from scraper.archive.ledger import GENESIS
from scraper.archive.rebuild import derived_beside
from scraper.archive.salvage import file_damage
from scraper.archive.standings import agree
from scraper.archive.states import outdated

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; no findings means that everything checked held.

    `note` says what was not checked, and why; `redacted` counts captures whose bytes the keeper withheld.
    """

    captures: int
    fetches: int
    versions: int
    ledger_head: str
    findings: tuple[Finding, ...]
    note: str | None = None
    redacted: int = 0


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
    again in temporary ones.
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
    findings = list(checks.captures(connection, _stage(progress, "hashing")))
    last, broken = walk(connection, head)
    findings += broken or [*checks.unbrought(connection), *checks.deeds(connection)]
    unheld, unchecked = checks.stamps(connection, roots)
    findings += unheld
    findings += checks.announcements(connection)
    notes = [unchecked] if unchecked else []
    if findings:
        notes.append("versions and changes were not checked, because the evidence under them does not hold")
    elif stale := len(outdated(connection)):
        notes.append(
            f"versions and changes were not checked: {stale} sources were derived by an earlier Redline; "
            "`redline rebuild` derives them again"
        )
    else:
        findings = list(_derived(connection, _stage(progress, "deriving")))
    notes += _unfinished(connection)
    counts = [
        connection.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("captures", "fetches", "versions")
    ]
    redacted = connection.execute("select count(*) from captures where stored_bytes = 0").fetchone()[0]
    return Verification(counts[0], counts[1], counts[2], last, tuple(findings), "; ".join(notes) or None, redacted)


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    if damage := file_damage(connection):
        yield from damage
        return
    for table, row_id, parent, _ in connection.execute("pragma foreign_key_check"):
        yield f"row {row_id} of {table} points to a missing row of {parent}"


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
    if not agree(connection):
        what = "they do not agree with the last looks and states: `redline verify --repair` makes them anew"
        yield Finding("standings", what)
    if not signals.agree(connection):
        what = "they do not say what the signals said: `redline verify --repair` makes them anew"
        yield Finding("claims", what)
    if not rhythms.agree(connection):
        what = (
            "a page is said to be due later than its looks say: `redline verify --repair` has the next run learn anew"
        )
        yield Finding("rhythms", what)
    if not full_text_agrees(connection):
        what = "the full-text index does not agree with the passages: `redline verify --repair` makes it anew"
        yield Finding("passages_fts", what)


def _unfinished(connection: sqlite3.Connection) -> Iterator[str]:
    """Work that was interrupted; none of it makes the archive wrong."""
    if not has_table(connection, "unfinished"):
        return
    tasks = dict(connection.execute("select task, count(*) from unfinished group by task").fetchall())
    if "purge" in tasks:
        yield "a redaction was interrupted before the file was written anew: `redline redact` finishes it"
    if "rebuild" in tasks:
        yield f"a rebuild was interrupted with {tasks['rebuild']} sources to go: `redline rebuild` goes on with it"


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total: report(name, done, total)
