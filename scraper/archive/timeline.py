"""What the pages ask of an archive beyond `reading`: the news of all pages, the life of one, the evidence of a version.

Every function takes a connection and only reads. None counts a whole table of evidence: a page must answer at once
in an archive of a million versions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from scraper.archive.facets import WORDING, Facet, listed, values
from scraper.archive.observations import ledger_end
from scraper.archive.reading import ChangeRow, EditRow, change_row
from scraper.errors import UsageError
from scraper.fetching.observation import GOOD_OUTCOMES

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
    earlier ones.
    """

    source_id: str | None = None
    publisher: str | None = None
    tag: str | None = None
    change_class: str | None = None
    kind: str | None = None
    everything: bool = False
    before: int | None = None


@dataclass(frozen=True, slots=True)
class WatchState:
    """The watch list in numbers of pages. The last look at a page puts it into one of `fine` to `unseen`."""

    watched: int
    fine: int
    blocked: int
    failing: int
    absent: int
    unseen: int
    removed: int
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
class Stretch:
    """Looks in a row that came to the same; `seen` is the outcome where the page was seen as a document."""

    outcome: str
    start: str
    end: str
    looks: int


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
    ids = listed(connection, _facets(asked), source_id=asked.source_id, before=asked.before, limit=limit)
    rows = connection.execute(
        "select l.*, f.started as found, c.parts as parts, c.details as details from change_log l "
        "join changes c on c.id = l.id join fetches f on f.id = l.id "
        "where l.id in (select value from json_each(?)) order by l.id desc",
        (json.dumps(ids),),
    )
    return [
        News(change_row(row), row["found"], tuple(json.loads(row["parts"])), json.loads(row["details"])) for row in rows
    ]


def _facets(asked: Asked) -> list[Facet]:
    named = {"publisher": asked.publisher, "tag": asked.tag, "class": asked.change_class, "kind": asked.kind}
    wanted = [(facet, value) for facet, value in named.items() if value is not None]
    if not asked.everything and asked.kind is None and asked.change_class is None:
        wanted.append(WORDING)
    return wanted


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
        "sum(outcome is null) as unseen, sum(removed) as removed from standings where retired = 0"
    ).fetchone()
    numbers = {name: counted[name] or 0 for name in ("watched", "fine", "blocked", "absent", "unseen", "removed")}
    failing = numbers["watched"] - sum(numbers[name] for name in ("fine", "blocked", "absent", "unseen"))
    run = connection.execute("select started, finished from runs order by id desc limit 1").fetchone()
    last = connection.execute("select id from fetches order by id desc limit 1").fetchone()
    return WatchState(
        **numbers,
        failing=failing,
        stale=connection.execute(_STALE).fetchone()[0],
        looks=last["id"] if last else 0,
        last_run=run["started"] if run else None,
        last_finished=run["finished"] if run else None,
        ledger_head=ledger_end(connection) if last else None,
    )


# What the view `stale_sources` lists, counted without reading it.
_STALE = (
    "select (select count(*) from standings where retired = 0 and removed = 0 and stale_from = '') + "
    "(select count(*) from standings where retired = 0 and removed = 0 and stale_from > '' "
    " and stale_from < (select max(started) from runs))"
)


def watched(connection: sqlite3.Connection, *, after: str, limit: int) -> list[Watched]:
    """The pages of the watch list whose ids come after one, in order; those that left the list among them."""
    rows = connection.execute(
        "select s.id, coalesce(s.title, v.title, s.url), s.publisher, s.retired, coalesce(st.removed, 0), f.outcome, "
        "f.reason, f.started, st.last_good, coalesce(v.number, 0) from sources s "
        "left join states st on st.source_id = s.id left join versions v on v.id = st.version_id "
        "left join fetches f on f.id = (select max(id) from fetches g where g.source_id = s.id) "
        "where s.id > ? order by s.id limit ?",
        (after, limit),
    )
    return [Watched(*row) for row in rows]


def stretches(connection: sqlite3.Connection, source_id: str, limit: int = 5000) -> list[Stretch]:
    """The last looks at a source, those in a row that came to the same as one stretch, the oldest first.

    The view `coverage` says the same of all sources; asked for one, SQLite would still read every look there is.
    """
    rows = connection.execute(
        "select started, outcome from (select id, started, outcome from fetches where source_id = ? "
        "order by id desc limit ?) order by id",
        (source_id, limit),
    )
    looks = [(row["started"], "seen" if row["outcome"] in GOOD_OUTCOMES else row["outcome"]) for row in rows]
    grouped = ((outcome, list(group)) for outcome, group in groupby(looks, key=lambda look: look[1]))
    return [Stretch(outcome, group[0][0], group[-1][0], len(group)) for outcome, group in grouped]


def publishers(connection: sqlite3.Connection) -> list[str]:
    """The publishers of whom something was seen, in alphabetical order."""
    return values(connection, "publisher")


def tags(connection: sqlite3.Connection) -> list[str]:
    """The keeper's tags on what was seen, in alphabetical order."""
    return values(connection, "tag")


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
