"""Observations out: stored fetches as the ledger binds them, and as they were answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import scraper.archive.headers as headers
from scraper.archive.captures import load_body
from scraper.archive.elided import FAR, elided
from scraper.archive.ledger import BOUND, GENESIS, LATER, link
from scraper.clock import from_text
from scraper.fetching.codes import code_from_text
from scraper.fetching.observation import FAILURES, FINDINGS, Answer, Failure, Hop

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

TRUST_VALIDATORS = timedelta(days=7)
"""A page or a list is asked for whole once in this time: there are servers whose validators stay while what they serve
changes."""

_RECORDS = (
    "select f.*, c.sha256 as capture_sha256, r.started as run_started, r.trigger as run_trigger, "
    "r.software as run_software "
    "from fetches f join runs r on r.id = f.run_id left join captures c on c.id = f.capture_id "
)


def ledger_records(
    connection: sqlite3.Connection, where: str = "", values: tuple[Any, ...] = ()
) -> Iterator[tuple[dict[str, Any], str]]:
    """Give stored fetches in order, each as the record that the ledger binds with the hash it was stored under."""
    for row in connection.execute(f"{_RECORDS} {where} order by f.id", values):
        yield bound_record(connection, dict(row)), row["record_hash"]


def ledger_end(connection: sqlite3.Connection, fetch_id: int = FAR, run_id: int = FAR) -> str:
    """The hash that the next record follows: that of the last record of all, or of those before a fetch and its run."""
    fetch = connection.execute(
        "select id, run_id, record_hash from fetches where id < ? order by id desc limit 1", (fetch_id,)
    ).fetchone()
    run = connection.execute(
        "select id, ledger_head from runs where finished is not null and id < ? order by id desc limit 1", (run_id,)
    ).fetchone()
    if run and (fetch is None or run["id"] >= fetch["run_id"]):
        end, later = str(run["ledger_head"]), elided(connection, before=fetch_id, since_run=run["id"])
    else:
        end = str(fetch["record_hash"]) if fetch else GENESIS
        later = elided(connection, after=fetch["id"] if fetch else 0, before=fetch_id)
    for _, _, digest in later:
        end = link(end, digest)
    return end


def bound_record(connection: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    """A fetch as the ledger binds it: header lines written out, whatever way they are stored."""
    record = {name: row[name] for name in (*BOUND, *LATER)}
    for name in ("headers", "request_headers"):
        record[name] = headers.as_text(headers.unpack(connection, row[name]))
    return record


def stored_answer(connection: sqlite3.Connection, row: sqlite3.Row, *, bodiless: bool = False) -> Answer:
    """Give back a stored observation as it was answered, with its body; `bodiless` where that is withheld."""
    outcome = row["outcome"]
    found = outcome in FAILURES or (outcome in FINDINGS and row["error"])
    return Answer(
        source_id=row["source_id"],
        url=row["url"],
        started=from_text(row["started"]),
        elapsed_ms=row["elapsed_ms"],
        final_url=row["final_url"],
        status=row["status"],
        headers=headers.unpack(connection, row["headers"]),
        redirects=tuple(Hop(**hop) for hop in json.loads(row["redirects"])),
        request_headers=headers.unpack(connection, row["request_headers"]),
        peer=row["peer"],
        certificate_sha256=row["certificate_sha256"],
        http_version=row["http_version"],
        body=None if row["capture_id"] is None or bodiless else load_body(connection, row["capture_id"]),
        failure=cast("Failure", outcome) if found else None,
        error=row["error"],
        code=code_from_text(row["reason_code"]) if found else None,
        sent=_after(row["started"], row["sent_ms"]),
        answered=_after(row["started"], row["answered_ms"]),
        robots=row["robots"],
    )


def _after(started: str, milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_text(started) + timedelta(milliseconds=milliseconds)
