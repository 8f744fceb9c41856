"""What schemas 2 and 4 added to the tables of the first archive, statement by statement.

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

# What was done to the archive other than by looking: bytes withheld, damage mended. The trigger of their run holds the
# hash of these rows, and its closing record binds the trigger. `unfinished` is no evidence: it is what is left to do of
# a work that goes over many transactions.
_DEEDS = [
    """
create table redactions (
    id integer primary key,
    run_id integer not null references runs(id),
    capture_id integer not null unique references captures(id),
    source_id text not null references sources(id),
    sha256 text not null check (length(sha256) = 64),
    encoded text not null default '[]' check (json_valid(encoded)),
    redacted text not null,
    reason text not null
) strict
""",
    "create index redactions_run on redactions(run_id)",
    """
create table repairs (
    id integer primary key,
    run_id integer not null references runs(id),
    repaired text not null,
    subject text not null,
    damage text not null,
    proof text not null
) strict
""",
    "create index repairs_run on repairs(run_id)",
    """
create table unfinished (
    task text not null check (task in ('rebuild', 'purge')),
    subject text not null,
    derivation text not null default '',
    primary key (task, subject)
) strict, without rowid
""",
]

# The observations that an archive which was split off another does not hold: of each stretch of them the digests, 32
# bytes a record, so that the chain can still be walked from its first record. See `archive.elided`.
_ELIDED = """
create table elided (
    first_id integer primary key,
    run_id integer not null references runs(id),
    count integer not null,
    digests blob not null check (length(digests) = 32 * count)
) strict
"""

SECOND: list[str] = [*_LOOKS, *_TIMESTAMPS, *_DEEDS, _ELIDED]
"""The statements of schema 2, in order."""

SECOND_GUARDED: tuple[str, ...] = ("timestamps", "redactions", "repairs", "elided")
"""The tables of schema 2 that are evidence: append-only, guarded by triggers."""

REASON_CODES: list[str] = [
    "alter table fetches add column reason_code text",
    "alter table states add column fresh_dates text",
]
"""The statements of schema 4: why a look came to what it did, as one of `fetching.codes`; and, derived, which dates of
a page were the time of the look."""
