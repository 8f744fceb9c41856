"""What schema 2 added to the tables of the first archive, statement by statement.

Columns that are added to evidence are null in the rows from before, and the ledger binds them only where they are not
(`ledger.LATER`, `ledger.RUN_LATER`), so that every record from before keeps its hash.
"""

from __future__ import annotations

# What a look saw of time and permission. All of `answered_ms`, `server_date` and `clock_offset` are of the last address
# that was asked, at the end of the redirects.
_LOOKS = [
    "alter table fetches add column sent_ms integer",
    "alter table fetches add column answered_ms integer",
    "alter table fetches add column server_date text",
    "alter table fetches add column clock_offset integer",
    "alter table fetches add column robots text",
]

# An authority's word that a head of the ledger was there at a time (RFC 3161). The rows are a chain of their own, and
# the next run to close binds its end.
_TIMESTAMPS = [
    """
create table timestamps (
    id integer primary key,
    run_id integer not null references runs(id),
    head text not null check (length(head) = 64),
    authority text not null,
    obtained text not null,
    time text not null,
    token blob not null,
    record_hash text not null check (length(record_hash) = 64)
) strict
""",
    "create index timestamps_run on timestamps(run_id)",
    "alter table runs add column timestamps_head text",
]

SECOND: list[str] = [*_LOOKS, *_TIMESTAMPS]
"""The statements of schema 2, in order."""

SECOND_GUARDED: tuple[str, ...] = ("timestamps",)
"""The tables of schema 2 that are evidence: append-only, guarded by triggers."""
