"""Recording one answer: capture, judge, derive, observe; in one transaction, so that a kill loses one page at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scraper.archive.captures import Capture, Unpacked, store_capture, store_encoded
from scraper.archive.headers import Packer, as_text
from scraper.archive.ledger import record_hash
from scraper.archive.lineage import Derived, Lineage
from scraper.archive.look import Look
from scraper.archive.rebuild import rederive
from scraper.archive.rows import insert, transaction
from scraper.archive.signals import name_channels
from scraper.archive.tail import Tail
from scraper.archive.withheld import withholding
from scraper.clock import to_text
from scraper.fetching.clocks import clock_offset, server_date
from scraper.fetching.identity import host_of, publisher_family
from scraper.fetching.signals import feeds_named

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scraper.archive.groundwork import Groundwork
    from scraper.fetching.observation import Answer, Outcome


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


class Recorder:
    """Records the answers of one run, and remembers between two of them what stands for all.

    It is for one run, and until another is begun or any is closed; what was taken back it notices by itself.
    """

    def __init__(self, connection: sqlite3.Connection, run_id: int) -> None:
        self.run_id = run_id
        self._connection = connection
        self._run = _run_facts(connection, run_id)
        self._tail: Tail | None = None
        self._packer = Packer(connection)

    def record(self, answer: Answer, groundwork: Groundwork | None = None) -> Recorded:
        """Store an answer with everything that follows from it; `groundwork` is what was worked out of it before."""
        connection = self._connection
        with transaction(connection):
            tail = self._end_of_ledger()
            unpacked: Unpacked = {}
            capture = store_capture(connection, answer, unpacked, groundwork)
            lineage = Lineage(connection, answer.source_id, unpacked)
            if lineage.outdated:
                # The page did not change, our reading of it did: read its whole history anew before comparing.
                lineage = rederive(connection, answer.source_id)
            before = _look_before(connection, answer.source_id)
            tombstone = withholding(connection, capture.id) if capture and not capture.fresh else None
            look = Look.at(tail.next_id, answer, capture.id if capture else None, tombstone, groundwork=groundwork)
            derived = lineage.observe(look)
            row = _row(tail.next_id, self.run_id, answer, capture, derived)
            # Bytes that are withheld are not kept in another form either, when the page answers with them again.
            row["encoded_sha256"] = None if tombstone else store_encoded(connection, answer)
            row["record_hash"] = record_hash(self._bound(row, answer, capture), tail.end)
            row["headers"] = self._packer.pack(answer.headers, before["headers"] if before else None)
            row["request_headers"] = self._packer.pack(
                answer.request_headers, before["request_headers"] if before else None
            )
            insert(connection, "fetches", row)
            if capture is not None and capture.fresh:
                _note_feeds(connection, answer)
        self._tail = tail.after(row["record_hash"])
        told = (before["outcome"], before["reason"]) if before else None
        repeated = derived.outcome == "unsupported" and told == (derived.outcome, derived.reason)
        return Recorded(tail.next_id, answer.source_id, derived.outcome, derived.reason, derived.change_id, repeated)

    def _end_of_ledger(self) -> Tail:
        if self._tail is None or not self._tail.stands(self._connection):
            # What was remembered of header lines was written together with the observations before.
            self._packer = Packer(self._connection)
            return Tail.read(self._connection)
        return self._tail

    def _bound(self, row: dict[str, Any], answer: Answer, capture: Capture | None) -> dict[str, Any]:
        """The record that the ledger binds."""
        written = {"headers": as_text(answer.headers), "request_headers": as_text(answer.request_headers)}
        return {**row, **self._run, **written, "capture_sha256": capture.sha256 if capture else None}


def _note_feeds(connection: sqlite3.Connection, answer: Answer) -> None:
    """Remember the feeds that a page announces, for the schedule to listen to; none where a stranger answered."""
    where = answer.final_url or answer.url
    if publisher_family(host_of(where)) != publisher_family(host_of(answer.url)):
        return
    if answer.status == 200 and answer.body and (urls := feeds_named(answer.body, where)):
        name_channels(connection, host_of(answer.url), "feed", urls, where, answer.started)


def _look_before(connection: sqlite3.Connection, source_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = connection.execute(
        "select outcome, reason, headers, request_headers from fetches where source_id = ? order by id desc limit 1",
        (source_id,),
    ).fetchone()
    return found


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
        "reason_code": derived.code.value if derived.code else None,
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
