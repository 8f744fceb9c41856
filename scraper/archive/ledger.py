"""The ledger: each observation carries the hash of its own canonical form and of the record before it.

Changing, dropping or inserting any earlier row breaks every hash after it. The last hash of a run is its head; a
head that was printed or committed elsewhere fixes everything that came before it.
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
    "error",
)


def canonical(record: Mapping[str, Any]) -> bytes:
    """Write a record as its canonical form: a JSON list of the bound columns in order, ASCII, no spaces."""
    return json.dumps([record[name] for name in BOUND], ensure_ascii=True, separators=(",", ":")).encode()


def record_hash(record: Mapping[str, Any], previous: str) -> str:
    """SHA-256 over the previous record's hash (as hex) and this record's canonical form."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(record)).hexdigest()
