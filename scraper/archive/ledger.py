"""The ledger: each observation carries the hash of its own canonical form and of the record before it.

Changing, dropping or inserting any earlier row breaks every hash after it. A run that ends closes with a record of its
own, which binds when it ended and what it counted; the hash of that is its head, and the next run goes on from there. A
head that was printed or committed elsewhere fixes everything that came before it.

Columns that later versions added stand at the end of a record as one JSON object that holds those of them which are not
null, and a record in which all of them are null has no such object. So the records from before keep their hashes, and
to blank such a column breaks the hash as much as to alter it.

A record enters the chain by the hash of its canonical form. So a proof that one record stands under a head needs the
digests of the records between them, and not their contents.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from scraper.compact_json import compact

if TYPE_CHECKING:
    from collections.abc import Mapping

GENESIS = "0" * 64


# The columns that a record binds, in this order. The capture is bound by the hash of its bytes, not by a row id.
BOUND = (
    "id",
    "run_id",
    "run_started",
    "run_trigger",
    "run_software",
    "source_id",
    "url",
    "final_url",
    "started",
    "elapsed_ms",
    "status",
    "outcome",
    "reason",
    "etag",
    "last_modified",
    "content_type",
    "bytes",
    "capture_sha256",
    "redirects",
    "headers",
    "request_headers",
    "peer",
    "certificate_sha256",
    "http_version",
    "encoded_sha256",
    "error",
)

# The columns that were added to fetches later, in the order in which they were: new ones go to the end.
LATER = ("sent_ms", "answered_ms", "server_date", "clock_offset", "robots", "reason_code")

# The columns that the closing record of a run binds, in this order, and those that were added later.
RUN_BOUND = ("id", "started", "finished", "trigger", "software", "due", "fetched", "changed", "failed")
RUN_LATER = ("timestamps_head", "signals_head")


def canonical(record: Mapping[str, Any], bound: tuple[str, ...] = BOUND, later: tuple[str, ...] = LATER) -> bytes:
    """Write a record as its canonical form, ASCII, no spaces: a JSON list of the bound columns in order.

    Its last item is an object of the `later` columns that are not null, in order, where there is any.
    """
    values = [record[name] for name in bound]
    added = {name: record[name] for name in later if record[name] is not None}
    return compact([*values, added] if added else values).encode()


def digest(record: Mapping[str, Any], bound: tuple[str, ...] = BOUND, later: tuple[str, ...] = LATER) -> str:
    """SHA-256 of a record's canonical form, as hex."""
    return hashlib.sha256(canonical(record, bound, later)).hexdigest()


def link(previous: str, digested: str) -> str:
    """SHA-256 of `preimage`, as hex."""
    return hashlib.sha256(preimage(previous, digested)).hexdigest()


def preimage(previous: str, digested: str) -> bytes:
    """The previous record's hash, a line feed and a record's digest, all as hex: what a link of the chain hashes."""
    return f"{previous}\n{digested}".encode()


def record_hash(record: Mapping[str, Any], previous: str) -> str:
    """The hash that an observation is stored under."""
    return link(previous, digest(record))


def run_digest(run: Mapping[str, Any]) -> str:
    """SHA-256 of a run's closing record, as hex."""
    return digest(run, RUN_BOUND, RUN_LATER)
