"""Recording one answer: capture, judge, derive, observe; in one transaction, so that a kill loses one page at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import scraper.archive.headers as headers
from scraper.archive.captures import Capture, store_capture, store_encoded
from scraper.archive.elided import next_fetch_id
from scraper.archive.ledger import record_hash
from scraper.archive.lineage import Derived, Lineage
from scraper.archive.look import Look
from scraper.archive.observations import ledger_end
from scraper.archive.rebuild import rederive
from scraper.archive.rows import insert, transaction
from scraper.archive.signals import name_channels
from scraper.archive.withheld import withholding
from scraper.clock import to_text
from scraper.fetching.clocks import clock_offset, server_date
from scraper.fetching.identity import host_of
from scraper.fetching.signals import feeds_named

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scraper.fetching.observation import Answer, Outcome
    from scraper.normalizing.reading import Reading


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was stored for one answer."""

    fetch_id: int
    source_id: str
    outcome: Outcome
    reason: str
    change_id: int | None
    repeated: bool = False
    """The look before said the same, and no look will say otherwise until the keeper or the publisher acts."""


def record(connection: sqlite3.Connection, run_id: int, answer: Answer, reading: Reading | None = None) -> Recorded:
    """Store an answer with everything that follows from it.

    `reading` is the document in its body, where that was read already; it counts only under today's rules.
    """
    with transaction(connection):
        fetch_id = next_fetch_id(connection)
        capture = store_capture(connection, answer)
        lineage = Lineage(connection, answer.source_id)
        if lineage.outdated:
            # The page did not change, our reading of it did: read its whole history anew before comparing.
            lineage = rederive(connection, answer.source_id)
        before = connection.execute(
            "select outcome, reason, headers, request_headers from fetches "
            "where source_id = ? order by id desc limit 1",
            (answer.source_id,),
        ).fetchone()
        tombstone = withholding(connection, capture.id) if capture else None
        look = Look.at(fetch_id, answer, capture.id if capture else None, tombstone, reading=reading)
        derived = lineage.observe(look)
        row = _row(fetch_id, run_id, answer, capture, derived)
        # Bytes that are withheld are not kept in another form either, when the page answers with them again.
        row["encoded_sha256"] = None if tombstone else store_encoded(connection, answer)
        lists = {"headers": answer.headers, "request_headers": answer.request_headers}
        row |= _packed(connection, lists, before)
        bound = {**row, **_run_facts(connection, run_id), "capture_sha256": capture.sha256 if capture else None}
        bound |= {name: headers.as_text(lines) for name, lines in lists.items()}
        row["record_hash"] = record_hash(bound, ledger_end(connection))
        insert(connection, "fetches", row)
        if capture is not None and capture.is_new:
            _note_feeds(connection, answer)
    told = (before["outcome"], before["reason"]) if before else None
    repeated = derived.outcome == "unsupported" and told == (derived.outcome, derived.reason)
    return Recorded(fetch_id, answer.source_id, derived.outcome, derived.reason, derived.change_id, repeated)


def _note_feeds(connection: sqlite3.Connection, answer: Answer) -> None:
    """Remember the feeds that a page announces, for the schedule to listen to."""
    where = answer.final_url or answer.url
    if answer.status == 200 and answer.body and (urls := feeds_named(answer.body, where)):
        name_channels(connection, host_of(answer.url), "feed", urls, where, answer.started)


def _packed(
    connection: sqlite3.Connection, lists: dict[str, tuple[tuple[str, str], ...]], before: sqlite3.Row | None
) -> dict[str, str]:
    """Lists of headers as they are stored, each against that of the look before at the same page."""
    return {name: headers.pack(connection, lines, before[name] if before else None) for name, lines in lists.items()}


def _run_facts(connection: sqlite3.Connection, run_id: int) -> dict[str, Any]:
    row = connection.execute("select started, trigger, software from runs where id = ?", (run_id,)).fetchone()
    return {"run_started": row["started"], "run_trigger": row["trigger"], "run_software": row["software"]}


def _time_and_permission(answer: Answer) -> dict[str, Any]:
    return {
        "sent_ms": _milliseconds(answer.started, answer.sent),
        "answered_ms": _milliseconds(answer.started, answer.answered),
        "server_date": to_text(dated) if (dated := server_date(answer)) else None,
        "clock_offset": clock_offset(answer),
        "robots": answer.robots,
    }


def _milliseconds(start: datetime, moment: datetime | None) -> int | None:
    return None if moment is None else round((moment - start) / timedelta(milliseconds=1))


def _row(fetch_id: int, run_id: int, answer: Answer, capture: Capture | None, derived: Derived) -> dict[str, Any]:
    hops = [{"url": hop.url, "status": hop.status, "location": hop.location} for hop in answer.redirects]
    return {
        "id": fetch_id,
        "run_id": run_id,
        "source_id": answer.source_id,
        "url": answer.url,
        "final_url": answer.final_url,
        "started": to_text(answer.started),
        "elapsed_ms": answer.elapsed_ms,
        "status": answer.status,
        "outcome": derived.outcome,
        "reason": derived.reason,
        "etag": answer.header("etag"),
        "last_modified": answer.header("last-modified"),
        "content_type": answer.header("content-type"),
        "bytes": capture.bytes if capture else None,
        "capture_id": capture.id if capture else None,
        "redirects": json.dumps(hops),
        "peer": answer.peer,
        "certificate_sha256": answer.certificate_sha256,
        "http_version": answer.http_version,
        "error": answer.error,
        **_time_and_permission(answer),
    }
