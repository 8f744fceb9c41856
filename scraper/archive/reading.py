"""Questions that the command line and the pages ask of an archive. Every function takes a connection and only reads.

Times are archive text (ISO 8601, UTC, ending in Z); a version is named by its source and number, as a reader
would, and by its id where a link has to hold for ever.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import scraper.archive.ledger as ledger
from scraper.archive.changes import KINDS
from scraper.archive.elided import elided
from scraper.archive.observations import ledger_end, ledger_records
from scraper.clock import to_text
from scraper.comparing.comparison import CLASSES, ChangeClass
from scraper.errors import UsageError
from scraper.fetching.observation import GOOD_OUTCOMES

if TYPE_CHECKING:
    import sqlite3

COUNTED = ("sources", "runs", "fetches", "captures", "timestamps", "versions", "passages", "changes", "edits")


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as it is listed: what, where, when at the earliest and the latest, how much it matters."""

    id: int
    source_id: str
    title: str
    publisher: str | None
    kind: str
    substantive: bool
    classes: tuple[str, ...]
    significance: float
    summary: str
    last_seen_old: str | None
    first_seen_new: str
    old_number: int | None
    new_number: int | None
    words_added: int
    words_removed: int


@dataclass(frozen=True, slots=True)
class ChangeDetail:
    """The rest of a change: its significance taken apart, its edits, and what differs beside the text."""

    parts: tuple[dict[str, Any], ...]
    diff: str
    details: dict[str, Any]
    edits: tuple[EditRow, ...]


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit of a sentence, as stored."""

    op: str
    old_position: int | None
    new_position: int | None
    old_text: str | None
    new_text: str | None
    kind: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a source."""

    id: int
    source_id: str
    number: int
    capture_id: int
    title: str | None
    byline: str | None
    published: str | None
    modified: str | None
    language: str | None
    words: int
    first_seen: str
    last_seen: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class BlamedPassage:
    """A passage of a version with the interval in which it has stood there."""

    position: int
    kind: str
    text: str
    first_version: int
    first_seen: str
    last_version: int | None
    passage_id: int


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source fares: when it was last looked at, when last seen well, and what the last look came to."""

    id: str
    url: str
    title: str
    publisher: str | None
    tags: tuple[str, ...]
    every: str | None
    retired: str | None
    versions: int
    changes: int
    looks: int
    last_look: str | None
    last_good: str | None
    outcome: str | None
    reason: str | None
    reason_code: str | None
    removed: bool


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has that may never shrink, and the derived ones beside them."""
    return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in COUNTED}


def changes(
    connection: sqlite3.Connection,
    *,
    source_id: str | None = None,
    publisher: str | None = None,
    kind: str | None = None,
    change_class: str | None = None,
    substantive: bool = False,
    since: str | None = None,
    run_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[ChangeRow]:
    """List changes, the newest first; each filter narrows."""
    asked: list[tuple[str, Any]] = [
        ("l.source_id = ?", source_id),
        ("l.publisher = ?", publisher),
        ("l.kind = ?", kind),
        ("exists (select 1 from json_each(l.classes) where value = ?)", change_class),
        ("l.first_seen_new >= ?", since),
        ("l.id in (select id from fetches where run_id = ?)", run_id),
    ]
    where = [text for text, value in asked if value is not None]
    values = [value for _, value in asked if value is not None]
    if substantive:
        where.append("l.substantive")
    clause = f"where {' and '.join(where)}" if where else ""
    rows = connection.execute(
        f"select l.* from change_log l {clause} order by l.id desc limit ? offset ?", (*values, limit, offset)
    )
    return [change_row(row) for row in rows]


def change(connection: sqlite3.Connection, change_id: int) -> tuple[ChangeRow, ChangeDetail]:
    """Give one change whole; UsageError where there is none of that id."""
    row = connection.execute("select * from change_log where id = ?", (change_id,)).fetchone()
    if row is None:
        raise UsageError(f"there is no change {change_id}: `redline log` lists them")
    rest = connection.execute("select parts, diff, details from changes where id = ?", (change_id,)).fetchone()
    edits = connection.execute(
        "select op, old_position, new_position, old_text, new_text, kind, classes from edits "
        "where change_id = ? order by position",
        (change_id,),
    )
    detail = ChangeDetail(
        parts=tuple(json.loads(rest["parts"])),
        diff=rest["diff"],
        details=json.loads(rest["details"]),
        edits=tuple(EditRow(**{**dict(e), "classes": tuple(json.loads(e["classes"]))}) for e in edits),
    )
    return change_row(row), detail


def versions(connection: sqlite3.Connection, source_id: str, last: int = -1) -> list[VersionRow]:
    """List the versions of a source, the oldest first; only the `last` so many, where that is asked."""
    rows = connection.execute(
        f"select {_VERSION} from versions where source_id = ? order by number desc limit ?", (source_id, last)
    )
    return [VersionRow(*row) for row in rows][::-1]


def first_version(connection: sqlite3.Connection, source_id: str) -> tuple[VersionRow | None, int]:
    """The first version of a source, None where there is none yet, and how many versions there are."""
    row = connection.execute(
        f"select {_VERSION} from versions where source_id = ? order by number limit 1", (source_id,)
    ).fetchone()
    many = connection.execute("select count(*) from versions where source_id = ?", (source_id,)).fetchone()[0]
    return VersionRow(*row) if row else None, int(many)


def version(connection: sqlite3.Connection, source_id: str, number: int | None = None) -> VersionRow:
    """Give one version of a source, the latest where no number is given; UsageError says which there are."""
    _must_be_known(connection, source_id)
    order = "number = ?" if number is not None else "? is null"
    row = connection.execute(
        f"select {_VERSION} from versions where source_id = ? and {order} order by number desc limit 1",
        (source_id, number),
    ).fetchone()
    if row is None:
        top = connection.execute("select max(number) from versions where source_id = ?", (source_id,)).fetchone()[0]
        have = f"it has versions 1 to {top}" if top else "it has none yet: `redline status` says why"
        which = "version" if number is None else f"version {number}"
        raise UsageError(f"there is no {which} of {source_id}: {have}")
    return VersionRow(*row)


def version_at(connection: sqlite3.Connection, source_id: str, moment: str) -> VersionRow:
    """Give the version that stood at a moment: the last one first seen not after it."""
    row = connection.execute(
        f"select {_VERSION} from versions where source_id = ? and first_seen <= ? order by number desc limit 1",
        (source_id, moment),
    ).fetchone()
    if row is None:
        first = version(connection, source_id, 1)
        raise UsageError(f"{source_id} was not yet watched then: it was first seen at {first.first_seen}")
    return VersionRow(*row)


def as_moment(text: str) -> str:
    """Read a date or time as a person writes it, in UTC where it names no zone, and write it as the archive does."""
    try:
        at = datetime.fromisoformat(text)
        return to_text(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is not a time: write it as 2026-03-09 or 2026-03-09T06:17") from None


def outcome_at(connection: sqlite3.Connection, source_id: str, moment: str) -> str | None:
    """What the last look before a moment came to where it did not see the page; None where it did."""
    row = connection.execute(
        "select outcome from fetches where source_id = ? and started <= ? order by id desc limit 1",
        (source_id, moment),
    ).fetchone()
    return row["outcome"] if row and row["outcome"] not in GOOD_OUTCOMES else None


def seen_beside(connection: sqlite3.Connection, version_id: int) -> tuple[ChangeClass, ...]:
    """The classes of the change to a version that only other versions or other pages show."""
    row = connection.execute("select classes from changes where id = ?", (version_id,)).fetchone()
    stored: list[ChangeClass] = json.loads(row["classes"]) if row else []
    return tuple(name for name in stored if name in ("revert", "site_wide"))


def check_filters(change_class: str | None, kind: str | None) -> None:
    """Raise UsageError for a class or kind that no change can have."""
    for asked, known in ((change_class, CLASSES), (kind, KINDS)):
        if asked is not None and asked not in known:
            raise UsageError(f"there is no {asked!r}: it is one of {', '.join(known)}")


def blame(connection: sqlite3.Connection, source_id: str, number: int) -> list[BlamedPassage]:
    """Give the passages of a version in order, each with the interval in which it has stood at its place."""
    rows = connection.execute(
        "select s.kind, p.text, s.from_version, v.first_seen, s.to_version, s.passage_id "
        "from spans s join passages p on p.id = s.passage_id "
        "join versions v on v.source_id = s.source_id and v.number = s.from_version "
        "where s.source_id = ? and s.from_version <= ? and (s.to_version is null or s.to_version >= ?) order by s.rank",
        (source_id, number, number),
    )
    return [BlamedPassage(position, *row) for position, row in enumerate(rows)]


def statuses(connection: sqlite3.Connection) -> list[SourceStatus]:
    """How every source fares, those of the watch list first, in the order they were added."""
    rows = connection.execute(f"{_STATUS} order by s.retired is not null, s.added, s.rowid")
    return [_status(row) for row in rows]


def status(connection: sqlite3.Connection, source_id: str) -> SourceStatus:
    """How one source fares; UsageError names those that come close where there is none of that id."""
    _must_be_known(connection, source_id)
    return _status(connection.execute(f"{_STATUS} where s.id = ?", (source_id,)).fetchone())


def _must_be_known(connection: sqlite3.Connection, source_id: str) -> None:
    if connection.execute("select 1 from sources where id = ?", (source_id,)).fetchone() is None:
        from difflib import get_close_matches

        # Among its neighbours in the order of the ids: to compare with all of fifty thousand takes half a second.
        near = "select id from (select id from sources where id {} ? order by id {} limit 500)"
        found = connection.execute(f"{near.format('>', '')} union {near.format('<', 'desc')}", (source_id, source_id))
        close = get_close_matches(source_id, [row[0] for row in found], 3, 0.4)
        hint = f"did you mean {', '.join(close)}?" if close else "`redline sources` lists them"
        raise UsageError(f"there is no source {source_id!r}: {hint}")


def runs(connection: sqlite3.Connection, limit: int = 10) -> list[dict[str, Any]]:
    """The last runs, the newest first."""
    return [dict(row) for row in connection.execute("select * from runs order by id desc limit ?", (limit,))]


def urls(connection: sqlite3.Connection, source_id: str) -> list[dict[str, Any]]:
    """The addresses under which a source has been seen."""
    rows = connection.execute("select * from source_urls where source_id = ? order by first_seen, url", (source_id,))
    return [dict(row) for row in rows]


def look(connection: sqlite3.Connection, fetch_id: int) -> dict[str, Any]:
    """One observation with the hash of its capture: what was sent back, and how it is fixed in the ledger."""
    row = connection.execute(
        "select f.*, c.sha256 as capture_sha256, c.media_type, c.stored_bytes from fetches f "
        "left join captures c on c.id = f.capture_id where f.id = ?",
        (fetch_id,),
    ).fetchone()
    if row is None:
        raise UsageError(f"there is no fetch {fetch_id}")
    return dict(row)


def ledger_proof(connection: sqlite3.Connection, fetch_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A fetch's record as the ledger binds it, and the proof that it stands under the head of its run.

    The proof is the hash before the record, the digests of the records after it in the run, the closing one among
    them, and the head.
    """
    records = list(
        ledger_records(
            connection, "where f.id >= ? and f.run_id = (select run_id from fetches where id = ?)", (fetch_id, fetch_id)
        )
    )
    record = records[0][0]
    digests = {later["id"]: ledger.digest(later) for later, _ in records[1:]}
    digests |= {number: told for number, _, told in elided(connection, after=fetch_id, run_id=record["run_id"])}
    after = [digests[number] for number in sorted(digests)]
    head = records[0][1]
    for digested in after:
        head = ledger.link(head, digested)
    run = connection.execute("select * from runs where id = ?", (record["run_id"],)).fetchone()
    if run["finished"]:
        after, head = [*after, ledger.run_digest(dict(run))], run["ledger_head"]
    return record, {"previous": ledger_end(connection, fetch_id, record["run_id"]), "after": after, "head": head}


_VERSION = (
    "id, source_id, number, capture_id, title, byline, published, modified, language, words, first_seen, last_seen, "
    "text_sha256"
)

_STATUS = """
select s.id, s.url, coalesce(s.title, v.title, s.url) as title, s.publisher, s.tags, s.every, s.retired,
       coalesce(v.number, 0) as versions,
       (select count(*) from changes c where c.source_id = s.id)
           - (select count(*) from changes c where c.source_id = s.id and c.kind = 'first_seen') as changes,
       (select count(*) from fetches f where f.source_id = s.id) as looks,
       f.started as last_look, st.last_good, f.outcome, f.reason, f.reason_code, coalesce(st.removed, 0) as removed
from sources s
left join states st on st.source_id = s.id
left join versions v on v.id = st.version_id
left join standings sd on sd.source_id = s.id
left join fetches f on f.id = sd.fetch_id
"""


def _status(row: sqlite3.Row) -> SourceStatus:
    named = {**dict(row), "tags": tuple(json.loads(row["tags"])), "removed": bool(row["removed"])}
    return SourceStatus(**named)


def change_row(row: sqlite3.Row) -> ChangeRow:
    """Read a row that has the columns of the view `change_log`."""
    named = {name: row[name] for name in ChangeRow.__slots__}
    return ChangeRow(**{**named, "substantive": bool(row["substantive"]), "classes": tuple(json.loads(row["classes"]))})
