"""The ledger: each observation carries the hash of its own canonical form and of the record before it.

Changing, dropping or inserting any earlier row breaks every hash after it. A run that ends closes with a record of its
own, which binds when it ended and what it counted; the hash of that is its head, and the next run goes on from there. A
head that was printed or committed elsewhere fixes everything that came before it.

A record enters the chain by the hash of its canonical form. So a proof that one record stands under a head needs the
digests of the records between them, and not their contents.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

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

# The columns that the closing record of a run binds, in this order.
RUN_BOUND = ("id", "started", "finished", "trigger", "software", "due", "fetched", "changed", "failed")


def canonical(record: Mapping[str, Any], bound: tuple[str, ...] = BOUND) -> bytes:
    """Write a record as its canonical form: a JSON list of the bound columns in order, ASCII, no spaces."""
    return json.dumps([record[name] for name in bound], ensure_ascii=True, separators=(",", ":")).encode()


def digest(record: Mapping[str, Any], bound: tuple[str, ...] = BOUND) -> str:
    """SHA-256 of a record's canonical form, as hex."""
    return hashlib.sha256(canonical(record, bound)).hexdigest()


def link(previous: str, digested: str) -> str:
    """SHA-256 over the previous record's hash, a line feed and a record's digest, all as hex."""
    return hashlib.sha256(f"{previous}\n{digested}".encode()).hexdigest()


def record_hash(record: Mapping[str, Any], previous: str) -> str:
    """The hash that an observation is stored under."""
    return link(previous, digest(record))


def run_digest(run: Mapping[str, Any]) -> str:
    """SHA-256 of a run's closing record, as hex."""
    return digest(run, RUN_BOUND)
