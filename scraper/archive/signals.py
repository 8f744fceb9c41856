"""What publishers' sitemaps and feeds were asked and said: evidence of its own, beside the looks at pages.

A row of `signals` is one request, with what came of it and what it claimed of watched pages that it had not claimed at
the answer before. It never makes a version or a change, and no version or change rests on it: it only says why a page
was looked at when it was. The body is not kept, only its hash; a sitemap names every page of a site, and what is not
watched is not ours to keep.

The rows are a chain of their own, whose end each run that closes binds into the ledger (`runs.signals_head`). In an
archive that was split off another, the rows about other publishers are there by their digests alone, as looks are
(`elided`). `channels` and `claims` say again what robots.txt, pages and `signals` said last.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scraper.archive.ledger import GENESIS, digest, link
from scraper.archive.rows import insert, transaction
from scraper.clock import to_text
from scraper.fetching.politeness import LONGEST_REST, asked_to_wait

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from scraper.fetching.observation import Answer

SIGNALS: list[str] = [
    """
create table signals (
    id integer primary key,
    run_id integer not null references runs(id),
    after_fetch integer,
    host text,
    url text,
    kind text,
    started text,
    elapsed_ms integer,
    final_url text,
    status integer,
    outcome text not null default 'elided'
        check (outcome in ('read', 'not_modified', 'unreadable', 'failed', 'elided')),
    reason text,
    etag text,
    last_modified text,
    content_type text,
    bytes integer,
    sha256 text,
    robots text,
    rest_until text,
    entries integer,
    names integer,
    claims text not null default '[]' check (json_valid(claims)),
    digest text not null check (length(digest) = 64),
    record_hash text not null check (length(record_hash) = 64)
) strict
""",
    "create index signals_url on signals(url, id)",
    "create index signals_answered on signals(url, started)",
    "create index signals_started on signals(started)",
    "create index signals_run on signals(run_id)",
    """
create table channels (
    url text not null,
    host text not null,
    kind text not null check (kind in ('sitemap', 'feed')),
    named_by text not null,
    named text not null,
    primary key (url, host)
) strict, without rowid
""",
    "create index channels_host on channels(host)",
    """
create table claims (
    url text not null,
    source_id text not null references sources(id),
    dated text not null,
    signal_id integer not null references signals(id),
    first_id integer not null references signals(id),
    primary key (url, source_id)
) strict, without rowid
""",
    "create index claims_source on claims(source_id)",
    "alter table runs add column signals_head text",
]
"""The statements of schema 7, in order."""

SIGNALS_GUARDED: tuple[str, ...] = ("signals",)
"""The table of schema 7 that is evidence: append-only, guarded by triggers."""

MOST_CHANNELS = 100

_FAILURES_BEFORE_DROPPED = 3

# Since when nothing could be read of a list, where that was so several times in a row; null where it was not.
_FAILING = f"""
select case when count(*) >= {_FAILURES_BEFORE_DROPPED} then min(started) end from signals f
where f.url = {{}} and f.id > coalesce((select max(g.id) from signals g
    where g.url = f.url and g.outcome in ('read', 'not_modified')), 0)
"""

_BOUND = (
    *("id", "run_id", "after_fetch", "host", "url", "kind", "started", "elapsed_ms", "final_url", "status", "outcome"),
    *("reason", "etag", "last_modified", "content_type", "bytes", "sha256", "robots", "rest_until"),
    *("entries", "names", "claims"),
)


def record_signal(
    connection: sqlite3.Connection,
    run_id: int,
    answer: Answer,
    said: dict[str, Any],
    claims: dict[str, str] | None,
    *,
    cut: bool = False,
) -> int:
    """Store what came of asking a list, and give the row's number.

    `said` holds the columns `host`, `kind`, `outcome`, `reason`, `bytes`, `sha256` and `entries`; `claims` the date as
    written of each watched page that it names, by the page's id, and None where it was not read. Of them those are
    stored that differ from what the same list said before, and null for a page that it no longer gives a date. Of a
    list that was `cut`, what was not read may stand there still.
    """
    with transaction(connection):
        before = dict(connection.execute("select source_id, dated from claims where url = ?", (answer.url,)).fetchall())
        now = before if claims is None else {**before, **claims} if cut else claims
        news: list[list[str | None]] = [
            [source, now[source]] for source in sorted(now) if before.get(source) != now[source]
        ]
        news += [[source, None] for source in sorted(before.keys() - now.keys())]
        last = connection.execute("select id, record_hash from signals order by id desc limit 1").fetchone()
        row = {
            "id": last["id"] + 1 if last else 1,
            "run_id": run_id,
            "after_fetch": connection.execute("select coalesce(max(id), 0) from fetches").fetchone()[0],
            "url": answer.url,
            "started": to_text(answer.started),
            "elapsed_ms": answer.elapsed_ms,
            "final_url": answer.final_url,
            "status": answer.status,
            "etag": answer.header("etag"),
            "last_modified": answer.header("last-modified"),
            "content_type": answer.header("content-type"),
            "robots": answer.robots,
            "rest_until": _rest_until(answer),
            "names": len(now) if said["outcome"] in ("read", "not_modified") else None,
            "claims": json.dumps(news, ensure_ascii=False, separators=(",", ":")),
            **said,
        }
        digested = digest(row, _BOUND, ())
        hashes = {"digest": digested, "record_hash": link(last["record_hash"] if last else GENESIS, digested)}
        insert(connection, "signals", row | hashes)
        _take(connection, answer.url, int(row["id"]), news)
    return int(row["id"])


def _rest_until(answer: Answer) -> str | None:
    """Until when a list that was away asked to be left alone, a day at the most; None where it did not."""
    now = answer.started + timedelta(milliseconds=answer.elapsed_ms)
    asked = asked_to_wait(answer, now)
    return None if asked is None else to_text(now + min(asked, LONGEST_REST))


def _take(connection: sqlite3.Connection, url: str, signal_id: int, news: Iterable[list[str | None]]) -> None:
    """Take what a list said anew into what it says now."""
    for source_id, dated in news:
        if dated is None:
            connection.execute("delete from claims where url = ? and source_id = ?", (url, source_id))
        else:
            connection.execute(
                "insert into claims (url, source_id, dated, signal_id, first_id) values (?, ?, ?, ?, ?) "
                "on conflict do update set dated = excluded.dated, signal_id = excluded.signal_id",
                (url, source_id, dated, signal_id, signal_id),
            )


def name_channels(
    connection: sqlite3.Connection, host: str, kind: str, urls: Iterable[str], named_by: str, moment: datetime
) -> None:
    """Remember where a watched host announces its changes; what is remembered already stays as it is.

    No more than `MOST_CHANNELS` are remembered of a host. Where there are as many, the one that fails longest gives way
    to one that does not fail.
    """
    for url in urls:
        known = [row[0] for row in connection.execute("select url from channels where host = ?", (host,))]
        if url in known or (len(known) >= MOST_CHANNELS and not _make_room(connection, host, url)):
            continue
        row = {"url": url, "host": host, "kind": kind, "named_by": named_by, "named": to_text(moment)}
        insert(connection, "channels", row)


def _make_room(connection: sqlite3.Connection, host: str, url: str) -> bool:
    """Forget the list of a host that fails longest, for the sake of another; False where there is no cause to."""
    if connection.execute(_FAILING.format("?"), (url,)).fetchone()[0] is not None:
        return False
    failing = connection.execute(
        f"select url, ({_FAILING.format('c.url')}) as since from channels c where host = ? and since is not null "
        "order by since, url limit 1",
        (host,),
    ).fetchone()
    if failing is None:
        return False
    connection.execute("delete from channels where url = ? and host = ?", (failing["url"], host))
    return True


def keep_children(
    connection: sqlite3.Connection, host: str, urls: Collection[str], index: str, moment: datetime
) -> None:
    """Remember the sitemaps that an index names of a host, and forget those that it no longer does."""
    connection.execute(
        "delete from channels where host = ? and kind = 'sitemap' and named_by = ? "
        "and url not in (select value from json_each(?))",
        (host, index, json.dumps(list(urls))),
    )
    name_channels(connection, host, "sitemap", urls, index, moment)


def refold(connection: sqlite3.Connection) -> None:
    """Make `claims` anew from the rows that they follow from; the caller holds the transaction."""
    connection.execute("delete from claims")
    for (url, source_id), (dated, signal_id, first_id) in sorted(_folded(connection).items()):
        row = {"url": url, "source_id": source_id, "dated": dated, "signal_id": signal_id, "first_id": first_id}
        insert(connection, "claims", row)


def agree(connection: sqlite3.Connection) -> bool:
    """Whether `claims` holds what it must."""
    held = connection.execute("select url, source_id, dated, signal_id, first_id from claims")
    return {(row[0], row[1]): tuple(row[2:]) for row in held} == _folded(connection)


def _folded(connection: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, int, int]]:
    """What each list says now of each page of this archive: the date, who said it first, who first named the page."""
    own = {row[0] for row in connection.execute("select id from sources")}
    folded: dict[tuple[str, str], tuple[str, int, int]] = {}
    rows = connection.execute("select id, url, claims from signals where claims <> '[]' order by id")
    for signal_id, url, claims in rows:
        for source_id, dated in json.loads(claims):
            if dated is None:
                folded.pop((url, source_id), None)
            elif source_id in own:
                first = folded.get((url, source_id), ("", 0, signal_id))[2]
                folded[url, source_id] = (dated, signal_id, first)
    return folded


def chain_end(connection: sqlite3.Connection) -> str | None:
    """The hash of the last row; None where there is none."""
    row = connection.execute("select record_hash from signals order by id desc limit 1").fetchone()
    return row["record_hash"] if row else None


def faults(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What does not hold in the rows, as pairs of place and words; the first break of the chain ends the walk."""
    previous, count = GENESIS, 0
    seen: set[str | None] = {None}
    # Before the run with which a shard begins, and nowhere else, a row may be here by its digest alone.
    split = connection.execute("select coalesce(max(id), 0) from runs where trigger like 'shard %'").fetchone()[0]
    for count, row in enumerate(connection.execute("select * from signals order by id"), start=1):
        where = f"signals {count}"
        if row["id"] != count:
            yield where, "missing: the chain of signals has a hole"
            return
        elided = row["outcome"] == "elided" and row["run_id"] <= split and row["url"] is None
        digested = row["digest"] if elided else digest(dict(row), _BOUND, ())
        if digested != row["digest"] or link(previous, digested) != row["record_hash"]:
            yield where, "altered: it does not have the hash it was stored under"
            return
        previous = row["record_hash"]
        seen.add(previous)
    for run in connection.execute("select id, signals_head from runs order by id"):
        if run["signals_head"] not in seen:
            yield f"signals {count + 1}", f"missing: run {run['id']} closed when there were more than there are"
            return
