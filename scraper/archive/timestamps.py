"""Timestamps of heads: rows that are a chain of their own, whose end the next run to close binds into the ledger.

A timestamp comes after the head that it is about, so no record under that head can hold it. Its row carries a hash over
itself and the row before it, as an observation does, and `runs.timestamps_head` is the hash of the last one that was
there when a run closed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import scraper.archive.tokens as tokens
from scraper.archive.ledger import GENESIS, digest, link, preimage, run_digest
from scraper.archive.observations import ledger_end
from scraper.archive.rows import insert, transaction
from scraper.clock import to_text
from scraper.errors import ArchiveCorrupt, TimestampError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scraper.archive.tokens import Token

_BOUND = ("id", "run_id", "head", "authority", "obtained", "time", "token_sha256")


@dataclass(frozen=True, slots=True)
class Head:
    """The head that a run closed with, and the bytes whose SHA-256 it is."""

    run_id: int
    head: str
    preimage: bytes


def last_head(connection: sqlite3.Connection) -> Head:
    """The newest head of the ledger; UsageError where no run has ended, ArchiveCorrupt where it is not its run's."""
    run = connection.execute("select * from runs where finished is not null order by id desc limit 1").fetchone()
    if run is None:
        raise UsageError("no run has ended yet, so the ledger has no head: `redline run` makes one")
    after = connection.execute("select min(id) from fetches where run_id > ?", (run["id"],)).fetchone()[0]
    before = ledger_end(connection, after or 2**63 - 1, run["id"])
    content = preimage(before, run_digest(dict(run)))
    if hashlib.sha256(content).hexdigest() != run["ledger_head"]:
        raise ArchiveCorrupt(f"run {run['id']} does not have the hash it was stored under: see `redline verify`")
    return Head(run["id"], run["ledger_head"], content)


def stamped(connection: sqlite3.Connection, head: str, authority: str) -> str | None:
    """The time at which an authority stamped a head; None where it has not."""
    row = connection.execute(
        "select time from timestamps where head = ? and authority = ? order by id limit 1", (head, authority)
    ).fetchone()
    return row["time"] if row else None


def store(
    connection: sqlite3.Connection, head: Head, authority: str, obtained: datetime, answer: bytes, token: Token
) -> int:
    """Store an authority's answer as received, and give its number."""
    with transaction(connection):
        last = connection.execute("select max(id) from timestamps").fetchone()[0]
        row: dict[str, Any] = {
            "id": (last or 0) + 1,
            "run_id": head.run_id,
            "head": head.head,
            "authority": authority,
            "obtained": to_text(obtained),
            "time": to_text(token.time),
            "token": answer,
        }
        row["record_hash"] = link(chain_end(connection) or GENESIS, _digest(row))
        return insert(connection, "timestamps", row)


def chain_end(connection: sqlite3.Connection) -> str | None:
    """The hash of the last timestamp; None where there is none."""
    row = connection.execute("select record_hash from timestamps order by id desc limit 1").fetchone()
    return row["record_hash"] if row else None


def of_run(connection: sqlite3.Connection, run_id: int) -> list[dict[str, Any]]:
    """The timestamps of a run's head, the oldest first."""
    return [dict(row) for row in connection.execute("select * from timestamps where run_id = ? order by id", (run_id,))]


def of_look(connection: sqlite3.Connection, fetch_id: int) -> list[dict[str, Any]]:
    """The timestamps of the head that the run of a look closed with."""
    run_id = connection.execute("select run_id from fetches where id = ?", (fetch_id,)).fetchone()[0]
    return of_run(connection, run_id)


def faults(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What does not hold in the timestamps, as pairs of place and words; the first break of the chain ends the walk."""
    previous, count = GENESIS, 0
    seen: set[str | None] = {None}
    heads = dict(connection.execute("select id, ledger_head from runs"))
    for count, row in enumerate(connection.execute("select * from timestamps order by id"), start=1):
        where = f"timestamps {count}"
        if row["id"] != count:
            yield where, "missing: the chain of timestamps has a hole"
            return
        if link(previous, _digest(dict(row))) != row["record_hash"]:
            yield where, "altered: it does not have the hash it was stored under"
            return
        if heads.get(row["run_id"]) != row["head"]:
            yield where, f"altered: run {row['run_id']} did not end with the head that it is about"
        previous = row["record_hash"]
        seen.add(previous)
    yield from _lost(connection, seen, count)


def _lost(connection: sqlite3.Connection, seen: set[str | None], count: int) -> Iterator[tuple[str, str]]:
    """Timestamps at the end that are gone, although a later run bound them."""
    for run in connection.execute("select id, timestamps_head from runs order by id"):
        if run["timestamps_head"] not in seen:
            yield f"timestamps {count + 1}", f"missing or put in anew: run {run['id']} closed after another one"
            return


def token_faults(connection: sqlite3.Connection, roots: Sequence[Any]) -> tuple[list[tuple[str, str]], str | None]:
    """Read every token: what does not hold, and a note of what was not checked.

    The signature is checked under `roots`; without any, under the root that a token itself brings, where it does.
    That shows that the token is whole, and not that its authority is one to be trusted.
    """
    found, unsigned, own = [], 0, 0
    rows = connection.execute("select * from timestamps order by id").fetchall()
    for row in rows:
        try:
            token = tokens.read(row["token"], row["head"])
            trusted = list(roots) or tokens.own_root(row["token"])
        except TimestampError as error:
            found.append((f"timestamps {row['id']}", str(error)))
            continue
        if to_text(token.time) != row["time"]:
            found.append((f"timestamps {row['id']}", "altered: its token gives another time"))
        fault = tokens.signature_fault(row["token"], row["head"], trusted) if trusted else None
        if fault is not None:
            found.append((f"timestamps {row['id']}", f"its signature does not hold: {fault}"))
        unsigned += not trusted
        own += bool(trusted and not roots)
    return found, _note(len(rows), unsigned, own)


def unread(connection: sqlite3.Connection) -> str | None:
    """A note of how many tokens were not read, where the package for it is missing."""
    count = connection.execute("select count(*) from timestamps").fetchone()[0]
    return f"{count} timestamp tokens were not read: {tokens.NEEDED}" if count else None


def _note(count: int, unsigned: int, own: int) -> str | None:
    if not (unsigned or own):
        return None
    parts = [f"of {count} timestamps, each is of its head"]
    if own:
        parts.append(f"{own} are signed under a root that they bring themselves")
    if unsigned:
        parts.append(f"{unsigned} bring none, so their signatures were not checked")
    return ", ".join(parts) + "; give the authority's root with --authority-certificate FILE to check who signed"


def _digest(row: dict[str, Any]) -> str:
    bound = {**row, "token_sha256": hashlib.sha256(row["token"]).hexdigest()}
    return digest(bound, _BOUND, ())
