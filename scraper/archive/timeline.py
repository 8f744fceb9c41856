"""What the pages ask of an archive beyond `reading`: the news of all pages, the life of one, the evidence of a version.

Every function takes a connection and only reads. None counts a whole table of evidence: a page must answer at once
in an archive of a million versions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.archive.at_once import at_once
from scraper.archive.elided import count as elided_count
from scraper.archive.events import has_class, lists
from scraper.archive.observations import ledger_end
from scraper.archive.reading import ChangeRow, EditRow, change_row
from scraper.archive.staleness import LAST_LOOKING, LOOKING
from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


_EDIT = ("op", "old_position", "new_position", "old_text", "new_text", "kind")


@dataclass(frozen=True, slots=True)
class News:
    """A change with what a front page needs beside it: when it was found, its parts, what differs beside the text."""

    change: ChangeRow
    found: str
    parts: tuple[dict[str, Any], ...]
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyedEdit:
    """An edit with the key that is equal for the same edit on other pages (None where it is too small to tell)."""

    edit: EditRow
    key: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which news are wanted; None does not narrow.

    `everything` includes first versions and changes that leave the wording alone; `before` is the id of a change: only
    earlier ones. `since` and `until` are days (2026-03-09), both included, of the look that first showed the change;
    `significance` is the least that is wanted.
    """

    source_id: str | None = None
    publisher: str | None = None
    tag: str | None = None
    change_class: str | None = None
    kind: str | None = None
    everything: bool = False
    before: int | None = None
    since: str | None = None
    until: str | None = None
    significance: float | None = None


@dataclass(frozen=True, slots=True)
class WatchState:
    """The watch list in numbers of pages. The last look at a page puts it into one of `fine` to `unseen`.

    `unconfirmed` are those of `absent` that are not said to be removed yet.
    """

    watched: int
    fine: int
    blocked: int
    failing: int
    absent: int
    unseen: int
    removed: int
    unconfirmed: int
    stale: int
    looks: int
    last_run: str | None
    last_finished: str | None
    ledger_head: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a version rests on: the look that showed it, the bytes it was read from, the rules it was read under."""

    fetch_id: int
    started: str
    requested_url: str
    final_url: str
    status: int | None
    record_hash: str
    capture_id: int
    capture_sha256: str
    media_type: str | None
    charset: str | None
    bytes: int
    normalizer: str
    rules: str
    peer: str | None
    robots: str | None
    server_date: str | None
    clock_offset: int | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A capture of a source whose bytes the keeper withheld: the version it was read to (None: none), when and why."""

    version: int | None
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source changed: its changes of wording since it was first seen, and how many were not announced."""

    changes: int
    silent: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A page of the watch list with what the last look came to."""

    id: str
    title: str
    publisher: str | None
    retired: str | None
    removed: int
    outcome: str | None
    reason: str | None
    last_look: str | None
    last_good: str | None
    versions: int


def news(connection: sqlite3.Connection, asked: Asked, limit: int) -> list[News]:
    """The changes asked for, the last found first."""
    where, values = conditions(asked)
    rows = connection.execute(f"{_NEWS} where {where} order by l.id desc limit ?", (*values, limit))
    return [_news(row) for row in rows]


def news_of(connection: sqlite3.Connection, change_ids: Iterable[int]) -> dict[int, News]:
    """These changes by their ids."""
    rows = connection.execute(
        f"{_NEWS} where l.id in (select value from json_each(?))", (json.dumps(list(change_ids)),)
    )
    return {row["id"]: _news(row) for row in rows}


_NEWS = (
    "select l.*, f.started as found, c.parts as parts, c.details as details from change_log l "
    "join changes c on c.id = l.id join fetches f on f.id = l.id"
)


def _news(row: sqlite3.Row) -> News:
    return News(change_row(row), row["found"], tuple(json.loads(row["parts"])), json.loads(row["details"]))


def of_publisher_and_tag(publisher: str | None, tag: str | None) -> tuple[str, list[Any]]:
    """The condition on a row `s` of `sources` that it is of a publisher, and has a tag; None asks for neither."""
    wanted = [("s.publisher = ?", [publisher])] if publisher is not None else []
    wanted += [lists("s.tags", tag)] if tag is not None else []
    return " and ".join(text for text, _ in wanted) or "true", [value for _, values in wanted for value in values]


def conditions(asked: Asked) -> tuple[str, list[Any]]:
    """What is asked as a condition on a row `l` of `changes` or `change_log`, with its values."""
    offered: list[tuple[str, Any]] = [
        ("l.source_id = ?", asked.source_id),
        ("(select publisher from sources p where p.id = l.source_id) = ?", asked.publisher),
        ("l.kind = ?", asked.kind),
        ("l.id < ?", asked.before),
        ("l.first_seen_new >= ?", asked.since),
        ("l.first_seen_new < date(?, '+1 day')", asked.until),
        ("l.significance >= ?", asked.significance),
    ]
    wanted = [(text, [value]) for text, value in offered if value is not None]
    wanted += [lists("l.classes", asked.change_class)] if asked.change_class is not None else []
    wanted += (
        [lists("(select tags from sources t where t.id = l.source_id)", asked.tag)] if asked.tag is not None else []
    )
    clauses = [text for text, _ in wanted]
    if not asked.everything and asked.kind is None and asked.change_class is None:
        clauses.append("(l.substantive or l.kind = 'moved')")
    return " and ".join(clauses) or "true", [value for _, values in wanted for value in values]


def leading_edits(connection: sqlite3.Connection, change_ids: Iterable[int]) -> dict[int, list[KeyedEdit]]:
    """The edits of each change, at most the first thirty: enough to choose what to show of it."""
    found: dict[int, list[KeyedEdit]] = defaultdict(list)
    rows = connection.execute(
        f"select change_id, {', '.join(_EDIT)}, classes, edit_key from edits "
        "where change_id in (select value from json_each(?)) and position < 30 order by change_id, position",
        (json.dumps(list(change_ids)),),
    )
    for row in rows:
        named = {name: row[name] for name in _EDIT}
        edit = EditRow(**named, classes=tuple(json.loads(row["classes"])))
        found[row["change_id"]].append(KeyedEdit(edit, row["edit_key"]))
    return found


def openings(connection: sqlite3.Connection, change_ids: Iterable[int]) -> dict[int, str]:
    """How each removed page began when it was last seen: its first paragraph, by the id of the removal."""
    rows = connection.execute(
        "select c.id, (select p.text from spans s join passages p on p.id = s.passage_id "
        "  where s.source_id = c.source_id and s.from_version <= v.number "
        "  and (s.to_version is null or s.to_version >= v.number) and s.kind = 'paragraph' and length(p.text) > 80 "
        "  order by s.rank limit 1) from changes c join versions v on v.id = c.old_version "
        "where c.kind = 'removed' and c.id in (select value from json_each(?))",
        (json.dumps(list(change_ids)),),
    )
    return {change_id: text for change_id, text in rows if text}


def watch_state(connection: sqlite3.Connection) -> WatchState:
    """How the watch list fares as a whole."""
    counted = connection.execute(
        "select count(*) as watched, "
        "sum(outcome in ('first_version', 'new_version', 'unchanged', 'not_modified')) as fine, "
        "sum(outcome in ('blocked', 'robots_denied')) as blocked, "
        "sum(outcome in ('gone', 'soft_404', 'redirected_elsewhere')) as absent, "
        "sum(outcome in ('gone', 'soft_404', 'redirected_elsewhere') and not removed) as unconfirmed, "
        "sum(outcome is null) as unseen, sum(removed) as removed, "
        f"sum({_STALE}) as stale from standings sd where retired = 0"
    ).fetchone()
    numbers = {name: counted[name] or 0 for name in counted.keys()}  # noqa: SIM118  # a Row iterates its values
    failing = numbers["watched"] - sum(numbers[name] for name in ("fine", "blocked", "absent", "unseen"))
    run = last_looking(connection)
    last = connection.execute("select id from fetches order by id desc limit 1").fetchone()
    return WatchState(
        **numbers,
        failing=failing,
        looks=last["id"] - elided_count(connection, last["id"]) if last else 0,
        last_run=run[0] if run else None,
        last_finished=run[1] if run else None,
        ledger_head=ledger_end(connection) if last else None,
    )


def last_looking(connection: sqlite3.Connection) -> tuple[str, str | None] | None:
    """When the last run that looked at pages began, and when it finished if it did; None where there was none."""
    row = connection.execute(f"select started, finished from runs where {LOOKING} order by id desc limit 1").fetchone()
    return (row["started"], row["finished"]) if row else None


# What the view `stale_sources` lists, from the standings alone.
_STALE = f"(not sd.removed and (sd.stale_from = '' or sd.stale_from < coalesce({LAST_LOOKING}, '')))"

STATES: dict[str, str] = {
    "seen": "sd.outcome in ('first_version', 'new_version', 'unchanged', 'not_modified')",
    "blocked": "sd.outcome in ('blocked', 'robots_denied')",
    "failing": "sd.outcome not in ('first_version', 'new_version', 'unchanged', 'not_modified', 'blocked', "
    "'robots_denied', 'gone', 'soft_404', 'redirected_elsewhere')",
    "absent": "sd.outcome in ('gone', 'soft_404', 'redirected_elsewhere') and not sd.removed",
    "removed": "sd.removed",
    "unseen": "sd.fetch_id is null",
    "stale": _STALE,
}
"""The states that the watch line counts, each as a condition on a watched page: the numbers lead to these lists."""


_WATCHED = (
    *("s.id", "coalesce(s.title, v.title, s.url)", "s.publisher", "s.retired", "coalesce(st.removed, 0)", "f.outcome"),
    *("f.reason", "f.started", "st.last_good", "coalesce(v.number, 0)"),
)


def watched(connection: sqlite3.Connection, *, after: str, limit: int, state: str | None = None) -> list[Watched]:
    """The pages of the watch list whose ids come after one, in order; those that left the list among them.

    `state`, one of STATES, narrows to the pages on the list that are in it; UsageError where there is none of that
    name.
    """
    if state is not None and state not in STATES:
        raise UsageError(f"there is no state {state[:40]!r}: it is one of {', '.join(STATES)}")
    narrowed = f"and not sd.retired and {STATES[state]} " if state else ""
    # The standing first: it decides, and for most pages nothing else has to be read.
    rest = (
        "from sources s left join standings sd on sd.source_id = s.id left join fetches f on f.id = sd.fetch_id "
        "left join states st on st.source_id = s.id left join versions v on v.id = st.version_id "
        f"where s.id > ? {narrowed}order by s.id limit ?"
    )
    rows = at_once(connection, _WATCHED, rest, (after, limit))
    return [Watched(*row) for row in rows]


def pace(connection: sqlite3.Connection, source_id: str) -> Pace:
    """Count the changes of wording of a source."""
    row = connection.execute(
        f"select count(*), coalesce(sum({has_class('undeclared_edit', 'classes')}), 0) from changes "
        "where source_id = ? and substantive and kind in ('content', 'restored_with_edits')",
        (source_id,),
    ).fetchone()
    return Pace(*row)


def withheld(connection: sqlite3.Connection, source_id: str) -> list[Withheld]:
    """What the keeper withheld of a source, the earliest first; nothing where the archive knows no redactions."""
    if connection.execute("select 1 from sqlite_master where name = 'redactions'").fetchone() is None:
        return []
    rows = connection.execute(
        "select v.number, r.redacted, r.reason from redactions r left join versions v on v.capture_id = r.capture_id "
        "where r.source_id = ? order by r.redacted, v.number limit 20",
        (source_id,),
    )
    return [Withheld(*row) for row in rows]


def publishers(connection: sqlite3.Connection) -> list[str]:
    """The publishers on the watch list, in alphabetical order."""
    rows = connection.execute("select distinct publisher from sources where publisher is not null order by publisher")
    return [row[0] for row in rows]


def tags(connection: sqlite3.Connection) -> list[str]:
    """The keeper's tags, in alphabetical order."""
    rows = connection.execute(
        "select distinct j.value from (select distinct tags from sources) s, json_each(s.tags) j order by j.value"
    )
    return [row[0] for row in rows]


def evidence(connection: sqlite3.Connection, version_id: int) -> Evidence:
    """What a version rests on; UsageError where there is no such version."""
    row = connection.execute(
        "select f.id, f.started, f.url, coalesce(f.final_url, f.url), f.status, f.record_hash, c.id, c.sha256, "
        "c.media_type, c.charset, c.bytes, r.normalizer, r.rules, f.peer, f.robots, f.server_date, f.clock_offset "
        "from versions v join fetches f on f.id = v.id "
        "join captures c on c.id = v.capture_id join rulesets r on r.id = v.ruleset_id where v.id = ?",
        (version_id,),
    ).fetchone()
    if row is None:
        raise UsageError(f"there is no version with the id {version_id}")
    return Evidence(*row)


def standing_at_look(connection: sqlite3.Connection, fetch_id: int) -> tuple[str, int]:
    """Source and number of the version that a look saw or that stood when it was made.

    A look is evidence and keeps its id for ever, while versions are derived anew when the rules improve: so a citation
    names the look, and this finds the text that it showed.
    """
    row = connection.execute(
        "select f.source_id, (select max(v.number) from versions v where v.source_id = f.source_id and v.id <= f.id) "
        "from fetches f where f.id = ?",
        (fetch_id,),
    ).fetchone()
    if row is None:
        raise UsageError(f"there is no look {fetch_id} in this archive")
    if row[1] is None:
        raise UsageError(f"at look {fetch_id} no version of {row[0]} had been seen yet")
    return row[0], row[1]


def step_change(connection: sqlite3.Connection, old_version: int, new_version: int) -> int | None:
    """The id of the change from one version to the very next; None where they are not neighbours."""
    row = connection.execute(
        "select id from changes where new_version = ? and old_version = ?", (new_version, old_version)
    ).fetchone()
    return int(row[0]) if row else None
