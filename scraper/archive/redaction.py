"""Withholding: a capture's bytes leave the archive, and with them all that was read from them alone.

What is left is a tombstone: number, hash, length, when and why. The ledger binds the hash of the bytes and not the
bytes, so the chain holds as it did; and it binds the tombstone (`deeds`), so that bytes that are missing without one
are a failure. Bytes that are kept as a difference from those withheld are stored anew first.

Gone means gone from the file: a deleted row stays in free pages, in the slack of others and in the log until all of
them are written anew. That is `purge`, which an interruption leaves noted as unfinished.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.captures import load_body, replace_body
from scraper.archive.deeds import has_table, record_deed
from scraper.archive.full_text import index_anew
from scraper.archive.rebuild import rederive
from scraper.archive.rows import insert, transaction, without_guard
from scraper.clock import to_text
from scraper.errors import ArchiveError, UsageError
from scraper.fetching.identity import host_of
from scraper.fetching.signals import feeds_named

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.archive.archive import Archive

_NAME = re.compile(r"(?P<source>.+)/(?:(?P<id>\d+)|v(?P<version>\d+)|(?P<hash>[0-9a-f]{8,64}))\Z")
_MAKING = "the capture of a source is SOURCE/NUMBER, SOURCE/HASH, or SOURCE/vN for all of its version N"


@dataclass(frozen=True, slots=True)
class Target:
    """A capture that is to be withheld. `elsewhere` names captures that keep the same bytes or the same text."""

    capture_id: int
    source_id: str
    sha256: str
    bytes: int
    elsewhere: tuple[str, ...]


def targets(connection: sqlite3.Connection, names: Sequence[str]) -> list[Target]:
    """Find the captures that a keeper names; UsageError where a name finds none, or one that is withheld already."""
    ids = sorted({capture_id for name in names for capture_id in _named(connection, name)})
    found = []
    for capture_id in ids:
        row = connection.execute("select * from captures where id = ?", (capture_id,)).fetchone()
        if not row["stored_bytes"]:
            raise UsageError(f"{row['source_id']}/{capture_id} is withheld already")
        elsewhere = tuple(f"{source}/{other}" for source, other in _elsewhere(connection, row) if other not in ids)
        found.append(Target(capture_id, row["source_id"], row["sha256"], row["bytes"], elsewhere))
    return found


def redact(archive: Archive, chosen: Sequence[Target], reason: str, moment: datetime) -> str:
    """Withhold captures, in one transaction, and write the file anew; give the ledger's head after it.

    Raises ArchiveError where somebody reads the archive, ArchiveCorrupt where bytes that stay do not hold.
    """
    connection = archive.connection
    _alone(archive)
    connection.execute("pragma secure_delete = on")
    with transaction(connection), without_guard(connection, "captures"), without_guard(connection, "encoded_bodies"):
        gone = {target.capture_id for target in chosen}
        for target in chosen:
            _rebase(connection, target.capture_id, gone)
        tombstones = [_tombstone(connection, target, gone, reason, moment) for target in chosen]
        for tombstone in tombstones:
            blank = "update captures set body = x'', stored_bytes = 0, base_id = null where id = ?"
            connection.execute(blank, (tombstone["capture_id"],))
            for sha256 in json.loads(str(tombstone["encoded"])):
                connection.execute("update encoded_bodies set body = x'' where sha256 = ?", (sha256,))
        head = record_deed(archive, "redaction", tombstones, moment)
        for source_id in sorted({target.source_id for target in chosen}):
            rederive(connection, source_id)
            _forget_feeds(connection, source_id)
        index_anew(connection)
        insert(connection, "unfinished", {"task": "purge", "subject": head})
    purge(archive)
    return head


def _forget_feeds(connection: sqlite3.Connection, source_id: str) -> None:
    """Forget the feeds that a page announced, save those that a capture announces whose bytes are still there.

    Asked are the captures of the page itself, and of each other the latest.
    """
    rows = connection.execute(
        "select url, host from channels where kind = 'feed' "
        "and named_by in (select coalesce(final_url, url) from fetches where source_id = ?)",
        (source_id,),
    )
    lost = {(row["url"], row["host"]) for row in rows}
    kept = connection.execute(
        "select c.id, f.url, coalesce(f.final_url, f.url) as place from captures c "
        "join fetches f on f.id = (select min(id) from fetches where capture_id = c.id) where c.stored_bytes > 0 and "
        "(c.source_id = :source or c.id = (select max(id) from captures where source_id = c.source_id)) "
        "order by c.source_id <> :source, c.id desc",
        {"source": source_id},
    )
    for capture_id, url, place in kept:
        if not lost:
            return
        if any(host == host_of(url) for _, host in lost):
            lost -= {(feed, host_of(url)) for feed in feeds_named(load_body(connection, capture_id), place)}
    connection.executemany("delete from channels where url = ? and host = ?", sorted(lost))


def purge(archive: Archive) -> bool:
    """Write the file anew where a redaction asks for it, so that nothing of what was withheld is left in it.

    Gives whether there was anything to do. Raises ArchiveError where somebody reads the archive meanwhile.
    """
    connection = archive.connection
    if not has_table(connection, "unfinished") or not _unpurged(connection):
        return False
    connection.execute("vacuum")
    _alone(archive)
    connection.execute("delete from unfinished where task = 'purge'")
    return True


def _unpurged(connection: sqlite3.Connection) -> bool:
    return connection.execute("select 1 from unfinished where task = 'purge'").fetchone() is not None


def _alone(archive: Archive) -> None:
    """Settle the log into the file; ArchiveError where a reader keeps that from being done."""
    busy = archive.connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    if busy:
        raise ArchiveError(
            f"somebody is reading {archive.path}, perhaps `redline serve`, and what is withheld stays in the log as "
            "long: stop them and try again; `redline redact` by itself finishes what was begun"
        )


def _named(connection: sqlite3.Connection, name: str) -> list[int]:
    match = _NAME.match(name)
    if match is None:
        raise UsageError(f"{name!r} names no capture: {_MAKING}")
    if match["version"]:
        rows = connection.execute(
            "select distinct f.capture_id from fetches f join versions v on v.source_id = f.source_id "
            "where v.source_id = ? and v.number = ? and f.id >= v.id and f.capture_id is not null "
            "and f.outcome in ('first_version', 'new_version', 'unchanged') and f.id < coalesce("
            "(select id from versions n where n.source_id = v.source_id and n.number = v.number + 1), f.id + 1)",
            (match["source"], int(match["version"])),
        )
    else:
        # Sixty-three bits: a longer number is a hash.
        number = int(match["id"]) if match["id"] and len(match["id"]) < 19 else -1
        rows = connection.execute(
            "select id from captures where source_id = ? and (id = ? or sha256 like ?)",
            (match["source"], number, f"{match['hash'] or match['id'] if number < 0 else '-'}%"),
        )
    found = [row[0] for row in rows]
    if not found:
        raise UsageError(f"there is no capture {name}: {_MAKING}")
    return found


def _elsewhere(connection: sqlite3.Connection, row: sqlite3.Row) -> list[tuple[str, int]]:
    """Captures that keep the same bytes, or that were read as the same version; those withheld are none."""
    same = connection.execute(
        "select source_id, id from captures where sha256 = ? and id <> ? and stored_bytes > 0",
        (row["sha256"], row["id"]),
    ).fetchall()
    read_alike = connection.execute(
        "select distinct c.source_id, c.id from fetches mine join versions v on v.source_id = mine.source_id "
        "and v.id = (select max(id) from versions w where w.source_id = mine.source_id and w.id <= mine.id) "
        "join fetches f on f.source_id = v.source_id and f.id >= v.id and f.id < coalesce("
        "(select min(id) from versions n where n.source_id = v.source_id and n.id > v.id), f.id + 1) "
        "join captures c on c.id = f.capture_id where mine.capture_id = ? and c.id <> mine.capture_id "
        "and c.stored_bytes > 0 and f.outcome in ('first_version', 'new_version', 'unchanged')",
        (row["id"],),
    ).fetchall()
    return sorted({tuple(found) for found in (*same, *read_alike)})


def _rebase(connection: sqlite3.Connection, base_id: int, gone: set[int]) -> None:
    """Store anew what is kept as a difference from a body that goes: the first of them whole, the rest against it."""
    new_base = None
    for (capture_id,) in connection.execute(
        "select id from captures where base_id = ? order by id", (base_id,)
    ).fetchall():
        if capture_id in gone:
            continue
        replace_body(connection, capture_id, load_body(connection, capture_id), new_base)
        if new_base is None:
            new_base = capture_id


def _tombstone(
    connection: sqlite3.Connection, target: Target, gone: set[int], reason: str, moment: datetime
) -> dict[str, object]:
    """The row that stays: with it go the bodies as they came over the wire that no other capture shares."""
    encoded = connection.execute(
        "select distinct f.encoded_sha256 from fetches f where f.capture_id = ? and f.encoded_sha256 is not null "
        "and not exists (select 1 from fetches o join captures c on c.id = o.capture_id where "
        "o.encoded_sha256 = f.encoded_sha256 and c.stored_bytes > 0 and c.id not in (select value from json_each(?)))",
        (target.capture_id, json.dumps(sorted(gone))),
    )
    return {
        "capture_id": target.capture_id,
        "source_id": target.source_id,
        "sha256": target.sha256,
        "encoded": json.dumps(sorted(row[0] for row in encoded)),
        "redacted": to_text(moment),
        "reason": reason,
    }
