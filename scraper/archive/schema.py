"""The tables and views of an archive, as sqlite-utils migrations.

Evidence (`runs`, `fetches`, `captures`) is append-only, guarded by triggers. Everything below the line is derived
from it and may be dropped and made again by `redline rebuild`. A migration that has shipped is never edited: a new
one is added after it, and `SCHEMA_VERSION` grows with it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from scraper.archive.additions import REASON_CODES, SECOND, SECOND_GUARDED
from scraper.archive.first_views import FIRST_VIEWS
from scraper.archive.full_text import FED_AT_COMMIT
from scraper.archive.rhythm_tables import RHYTHMS
from scraper.archive.schema_version import TOKENIZER
from scraper.archive.signals import SIGNALS, SIGNALS_GUARDED
from scraper.archive.standings import STALE_BY_RHYTHM, THIRD

migrations = Migrations("redline")

_EVIDENCE = """
create table sources (
    id text primary key,
    url text not null,
    title text,
    publisher text,
    tags text not null default '[]' check (json_valid(tags)),
    rules text not null default '{}' check (json_valid(rules)),
    every text,
    added text not null,
    retired text
) strict;

create table runs (
    id integer primary key,
    started text not null,
    finished text,
    trigger text not null,
    software text not null,
    due integer not null default 0,
    fetched integer not null default 0,
    changed integer not null default 0,
    failed integer not null default 0,
    ledger_head text
) strict;

create table captures (
    id integer primary key,
    sha256 text not null check (length(sha256) = 64),
    source_id text not null references sources(id),
    media_type text,
    charset text,
    bytes integer not null,
    stored_bytes integer not null,
    base_id integer references captures(id),
    body blob not null,
    unique (source_id, sha256)
) strict;

create table encoded_bodies (
    sha256 text primary key check (length(sha256) = 64),
    bytes integer not null,
    body blob not null
) strict;

create table fetches (
    id integer primary key,
    run_id integer not null references runs(id),
    source_id text not null references sources(id),
    url text not null,
    final_url text,
    started text not null,
    elapsed_ms integer not null,
    status integer,
    outcome text not null,
    reason text not null,
    etag text,
    last_modified text,
    content_type text,
    bytes integer,
    capture_id integer references captures(id),
    redirects text not null default '[]',
    headers text not null default '[]',
    request_headers text not null default '[]',
    peer text,
    certificate_sha256 text,
    http_version text,
    encoded_sha256 text references encoded_bodies(sha256),
    error text,
    record_hash text not null check (length(record_hash) = 64)
) strict;
create index fetches_source on fetches(source_id, id);
create index fetches_run on fetches(run_id);
create index fetches_capture on fetches(capture_id) where capture_id is not null;

create table header_lines (
    id integer primary key,
    name text not null,
    value text not null,
    unique (name, value)
) strict;

create table hosts (
    host text primary key,
    crawl_delay real,
    next_allowed text,
    failures integer not null default 0,
    robots text,
    robots_fetched text
) strict;
"""

_DERIVED = """
create table source_urls (
    source_id text not null references sources(id),
    url text not null,
    first_seen text not null,
    last_seen text not null,
    reason text not null,
    primary key (source_id, url)
) strict;

create table rulesets (
    id integer primary key,
    sha256 text not null unique,
    normalizer text not null,
    rules text not null
) strict;

create table linksets (
    id integer primary key,
    sha256 text not null unique,
    links text not null,
    images text not null
) strict;

create table versions (
    id integer primary key,
    source_id text not null references sources(id),
    number integer not null,
    capture_id integer not null references captures(id),
    ruleset_id integer not null references rulesets(id),
    text_sha256 text not null,
    document_sha256 text not null,
    title text,
    byline text,
    published text,
    modified text,
    language text,
    canonical_url text,
    syndicated_from text,
    words integer not null,
    linkset_id integer not null references linksets(id),
    first_seen text not null,
    last_seen text not null,
    unique (source_id, number)
) strict;
create index versions_text on versions(source_id, text_sha256);
create index versions_first_seen on versions(first_seen);
create index versions_linkset on versions(linkset_id);
create index versions_ruleset on versions(ruleset_id);

create table passages (
    id integer primary key,
    sha256 text not null unique,
    text text not null
) strict;

create table spans (
    source_id text not null references sources(id),
    rank integer not null,
    from_version integer not null,
    to_version integer,
    kind text not null,
    passage_id integer not null references passages(id),
    primary key (source_id, rank, from_version)
) strict, without rowid;
create index spans_passage on spans(passage_id);

create table changes (
    id integer primary key,
    source_id text not null references sources(id),
    old_version integer references versions(id),
    new_version integer references versions(id),
    last_seen_old text,
    first_seen_new text not null,
    kind text not null,
    substantive integer not null check (substantive in (0, 1)),
    classes text not null default '[]',
    significance real not null,
    parts text not null default '[]',
    words_added integer not null default 0,
    words_removed integer not null default 0,
    summary text not null,
    diff text not null default '',
    details text not null default '{}'
) strict;
create index changes_source on changes(source_id, id);
create index changes_first_seen on changes(first_seen_new);
create index changes_versions on changes(new_version);
create index changes_significance on changes(substantive, significance);

create table edits (
    change_id integer not null references changes(id),
    position integer not null,
    op text not null,
    old_position integer,
    new_position integer,
    old_text text,
    new_text text,
    kind text not null,
    classes text not null default '[]',
    edit_key text,
    primary key (change_id, position)
) strict;
create index edits_key on edits(edit_key) where edit_key is not null;

create table states (
    source_id text primary key references sources(id),
    derivation text not null,
    version_id integer references versions(id),
    asked_url text,
    url text,
    last_good text,
    readable_fetch_id integer,
    absent_since text,
    last_absent text,
    absent_looks integer not null default 0,
    removed integer not null default 0 check (removed in (0, 1)),
    doubt_since text,
    doubt_sha256 text,
    doubt_looks integer not null default 0
) strict;
"""

_GUARDS = """
create trigger {table}_no_update before update on {table} begin
    select raise(abort, '{table} is append-only: an observation is never rewritten');
end;
create trigger {table}_no_delete before delete on {table} begin
    select raise(abort, '{table} is append-only: an observation is never deleted');
end;
"""

_RUN_GUARDS = """
create trigger runs_no_update before update on runs when old.finished is not null begin
    select raise(abort, 'runs is append-only: a finished run is never rewritten');
end;
create trigger runs_no_delete before delete on runs begin
    select raise(abort, 'runs is append-only: a run is never deleted');
end;
"""


@migrations()
def m001_first_archive(db: Database) -> None:
    """Make every table, view and guard of the first public contract."""
    for script in (_EVIDENCE, _DERIVED, FIRST_VIEWS):
        _run(db, script)
    for table in ("fetches", "captures", "encoded_bodies", "header_lines"):
        _run(db, _GUARDS.format(table=table), ending="end;")
    _run(db, _RUN_GUARDS, ending="end;")
    passages = db.table("passages")
    assert isinstance(passages, Table)
    passages.enable_fts(["text"], create_triggers=True, tokenize=TOKENIZER)


@migrations()
def m002_time_and_permission(db: Database) -> None:
    """Keep how far the clocks were apart, what robots.txt allowed, and the timestamps of heads."""
    for statement in SECOND:
        db.execute(statement)
    for table in SECOND_GUARDED:
        _run(db, _GUARDS.format(table=table), ending="end;")


@migrations()
def m003_standings(db: Database) -> None:
    """Keep how every page stands, and index what the pages of an archive of a million versions read."""
    for statement in THIRD:
        db.execute(statement)


@migrations()
def m004_reason_codes(db: Database) -> None:
    """Keep why a look came to what it did as a code, too."""
    for statement in REASON_CODES:
        db.execute(statement)


@migrations()
def m005_full_text_fed_at_commit(db: Database) -> None:
    """Take the feeding of the full-text index from the triggers; `rows.commit` does it."""
    for statement in FED_AT_COMMIT:
        db.execute(statement)


@migrations()
def m006_staleness(db: Database) -> None:
    """Call a page stale by the rhythm that it is looked at by, and by the runs that looked."""
    for statement in STALE_BY_RHYTHM:
        db.execute(statement)


@migrations()
def m007_signals(db: Database) -> None:
    """Keep what sitemaps and feeds were asked and said."""
    for statement in SIGNALS:
        db.execute(statement)
    for table in SIGNALS_GUARDED:
        _run(db, _GUARDS.format(table=table), ending="end;")


@migrations()
def m008_rhythms(db: Database) -> None:
    """Keep what was learnt of the pages' rhythms, and when each is due by it."""
    for statement in RHYTHMS:
        db.execute(statement)


def _run(db: Database, script: str, ending: str = ";") -> None:
    """Execute statement by statement: `executescript` would commit, and a migration is one transaction."""
    for statement in script.split(ending + "\n"):
        if statement.strip():
            db.execute(statement + (ending if ending != ";" else ""))
