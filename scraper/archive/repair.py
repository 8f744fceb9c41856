"""Repair: what can be proven is restored, and what cannot is named and left exactly as it is.

The ledger binds the hash of every body. So a body is restored from wherever the same bytes still are (the same bytes
under another source, the form in which they came over the wire, another keyframe, another copy of the archive), and
only where they have that hash. What a capture says of itself, the derived tables, the full-text index and every other
index follow from the evidence and are made anew. Nothing is restored under a ledger that does not hold.

Each repair is itself a record that the ledger binds (`deeds`).
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import scraper.archive.rhythms as rhythms
import scraper.archive.signals as signals
from scraper.archive.archive import Archive
from scraper.archive.beside import full_text_agrees
from scraper.archive.captures import described, load_body, replace_body
from scraper.archive.chain import walk
from scraper.archive.checks import Finding, broken_captures, broken_encoded
from scraper.archive.deeds import record_deed
from scraper.archive.full_text import index_anew
from scraper.archive.ledger import GENESIS
from scraper.archive.opening import writer_lock
from scraper.archive.rebuild import rebuild
from scraper.archive.restoring import proven_body, proven_encoded
from scraper.archive.rows import transaction, without_guard
from scraper.archive.salvage import file_damage, only_indexes, put_in_place, salvaged
from scraper.archive.standings import agree, refresh
from scraper.archive.verify import verify
from scraper.clock import to_text
from scraper.errors import ArchiveCorrupt

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mended:
    """One repair: what was mended, what did not hold, and what proves that it is as it was."""

    subject: str
    damage: str
    proof: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair came to: what was mended, what still does not hold, and the ledger's head after it."""

    mended: tuple[Mended, ...]
    findings: tuple[Finding, ...]
    ledger_head: str


def repair(path: Path, moment: datetime, *, other: Path | None = None) -> Repaired:
    """Mend an archive as far as can be proven; `other` is another copy of it, which is only read.

    What is mended in the file is mended in one transaction. Where the file itself is damaged, a whole one is made
    beside it from the evidence and takes its place at the end, and only where nothing in it is missing.
    """
    with ExitStack() as exits:
        copy = exits.enter_context(Archive(other, readonly=True)) if other else None
        with Archive(path, readonly=True) as read:
            damage = file_damage(read.connection)
        if damage and not only_indexes(damage):
            return _from_the_evidence(path, damage, copy, moment)
        archive = exits.enter_context(Archive(path))
        mended = []
        if damage:
            archive.connection.execute("reindex")
            mended.append(Mended("indexes", damage[0], "made anew from their tables"))
        _mend(archive, mended, copy, moment)
        checked = verify(archive.connection)
        return Repaired(tuple(mended), checked.findings, checked.ledger_head)


def _from_the_evidence(path: Path, damage: list[str], copy: Archive | None, moment: datetime) -> Repaired:
    """Make a whole file beside the damaged one, which is only read, and put it in its place where it holds."""
    target = path.with_name(f"{path.name}-repair")
    found: tuple[Finding, ...] = ()
    with writer_lock(path), Archive(path, readonly=True) as damaged:
        _remove(target)
        try:
            with Archive(target) as whole:
                salvaged(damaged.connection, whole.connection)
                mended = [Mended("file", damage[0], "written anew; every row of evidence is bound by the ledger")]
                _mend(whole, mended, copy, moment)
                checked = verify(whole.connection)
            if not checked.findings:
                damaged.close()
                put_in_place(target, path)
                return Repaired(tuple(mended), (), checked.ledger_head)
            found = checked.findings
        except sqlite3.DatabaseError as error:
            # A row that cannot be read, or one that was read and cannot be: either way it is not provable.
            if isinstance(error, sqlite3.OperationalError):
                raise
        finally:
            _remove(target)
    told = (*(Finding("file", text) for text in damage), *found)
    return Repaired((), tuple(dict.fromkeys(told)), GENESIS)


def _mend(archive: Archive, mended: list[Mended], copy: Archive | None, moment: datetime) -> None:
    """Mend what the file holds, and record it; `mended` holds what was mended before."""
    connection = archive.connection
    other = copy.connection if copy else None
    with transaction(connection):
        if not walk(connection)[1]:
            with without_guard(connection, "captures"), without_guard(connection, "encoded_bodies"):
                mended += _encoded(connection, other)
                mended += _bodies(connection, other)
        if not full_text_agrees(connection):
            index_anew(connection)
            mended.append(Mended("passages_fts", "it did not agree with the passages", "made anew from them"))
        if not agree(connection):
            refresh(connection)
            mended.append(Mended("standings", "they did not agree with the looks and states", "made anew from them"))
        if not rhythms.agree(connection):
            rhythms.forget(connection)
            mended.append(Mended("rhythms", "a page was said to be due later than its looks say", "to be learnt anew"))
        if not list(signals.faults(connection)) and not signals.agree(connection):
            signals.refold(connection)
            mended.append(Mended("claims", "they did not say what the signals said", "made anew from them"))
        _record(archive, mended, moment)
    try:
        reports = rebuild(connection)
    except ArchiveCorrupt:
        return  # verify says which; nothing can be derived from evidence that does not hold
    derived = [
        Mended(table.table, f"it differed in {', '.join(table.differing)}", "derived again from the evidence")
        for table in reports
        if not table.same
    ]
    with transaction(connection):
        _record(archive, derived, moment)
    mended += derived


def _record(archive: Archive, mended: list[Mended], moment: datetime) -> None:
    rows: list[dict[str, Any]] = [
        {"repaired": to_text(moment), "subject": one.subject, "damage": one.damage, "proof": one.proof}
        for one in mended
    ]
    if rows:
        record_deed(archive, "repair", rows, moment)


def _encoded(connection: sqlite3.Connection, other: sqlite3.Connection | None) -> list[Mended]:
    mended = []
    for sha256 in list(broken_encoded(connection)):
        if body := proven_encoded(other, sha256):
            connection.execute(
                "update encoded_bodies set body = ?, bytes = ? where sha256 = ?", (body, len(body), sha256)
            )
            mended.append(Mended(f"encoded_bodies {sha256[:12]}", "its bytes were damaged", "the other copy has them"))
    return mended


def _bodies(connection: sqlite3.Connection, other: sqlite3.Connection | None) -> list[Mended]:
    mended = []
    # Bodies that others are stored against come first: with them, those come back as well.
    broken = list(dict.fromkeys(capture_id for capture_id, _ in broken_captures(connection)))
    order = (
        {row[0]: (row[1], row[0]) for row in connection.execute("select id, base_id is not null from captures")}
        if broken
        else {}
    )
    for capture_id in sorted(broken, key=order.__getitem__):
        if damage := _damage(connection, capture_id):
            if found := proven_body(connection, capture_id, other):
                body, proof = found
                replace_body(connection, capture_id, body, None)
                mended.append(Mended(f"captures {capture_id}", damage, proof))
            else:
                continue
        _describe(connection, capture_id, mended)
    return mended


def _damage(connection: sqlite3.Connection, capture_id: int) -> str | None:
    try:
        load_body(connection, capture_id)
    except ArchiveCorrupt as error:
        return str(error)
    return None


def _describe(connection: sqlite3.Connection, capture_id: int, mended: list[Mended]) -> None:
    """Let a capture say of itself again what its body and the observation that brought it say."""
    row = connection.execute("select * from captures where id = ?", (capture_id,)).fetchone()
    brought = connection.execute(
        "select content_type from fetches where capture_id = ? order by id limit 1", (capture_id,)
    ).fetchone()
    if brought is None:
        return
    true = (len(load_body(connection, capture_id)), len(row["body"]), *described(brought["content_type"]))
    if true != (row["bytes"], row["stored_bytes"], row["media_type"], row["charset"]):
        connection.execute(
            "update captures set bytes = ?, stored_bytes = ?, media_type = ?, charset = ? where id = ?",
            (*true, capture_id),
        )
        damage, proof = "its length or type was altered", "its bytes and the observation that brought it say them"
        mended.append(Mended(f"captures {capture_id}", damage, proof))


def _remove(target: Path) -> None:
    for path in target.parent.glob(f"{target.name}*"):
        path.unlink(missing_ok=True)
