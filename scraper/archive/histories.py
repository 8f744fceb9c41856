"""What the schedule asks of the archive: for each source what its looks came to, in three passes over small rows.

The looks themselves are not read, only the last of each source. How long a page was watched follows from its first
and last good look, and between which looks it changed stands in `changes`; so a plan costs what changed lately and
how many pages there are, and not how often they were looked at.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.clock import from_text, to_text
from scraper.fetching.observation import FAILED_OUTCOMES
from scraper.scheduling.escalation import LADDER
from scraper.scheduling.history import WINDOW, Changed, History, age, band_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping

# A run that follows another more closely than this was started by hand, and says nothing of the rhythm of a schedule.
_BY_HAND = timedelta(minutes=10)
_RUNS = 20

_UNIX = 2440587.5  # the Julian day of 1 January 1970

# A page is as old as it says, or as the watch list where it does not say, or says what is no date.
_BORN = (
    "min(julianday(s.added), coalesce("
    "case when one.published glob '[12][0-9][0-9][0-9]-[01][0-9]-*' then julianday(one.published) end, 1e9))"
)

_LOOKS = f"""
select s.id as source_id, f.started as looked, f.outcome as outcome, {_BORN} as born, one.first_seen as first_seen,
       st.last_good as last_good, st.last_absent as last_absent, st.absent_since as absent_since,
       coalesce(st.removed, 0) as removed, st.doubt_since as doubt_since,
       case when f.outcome in ({{failed}}) then (
           select count(*) from fetches g where g.source_id = s.id and g.id > coalesce((
               select h.id from fetches h where h.source_id = s.id and h.outcome not in ({{failed}})
               order by h.id desc limit 1), 0)) else 0 end as failures
from sources s
join standings sd on sd.source_id = s.id
join fetches f on f.id = sd.fetch_id
left join states st on st.source_id = s.id
left join versions one on one.source_id = s.id and one.number = 1
where s.retired is null
""".format(failed=", ".join(f"'{outcome}'" for outcome in sorted(FAILED_OUTCOMES)))

_AMONG = "in (select value from json_each(?))"

# Of all pages the changes are found by their time, of some by the page: the plus has SQLite leave the other index.
_SINCE = "first_seen_new >= ?"
_SINCE_AMONG = f"+first_seen_new >= ? and source_id {_AMONG}"

# Each change with the days (Julian) of the look before it and of the one that found it.
_CHANGES = """
select source_id, julianday(coalesce(last_seen_old, first_seen_new)), julianday(first_seen_new) from changes
where {since} and substantive and kind <> 'first_seen'
"""

# The plus has SQLite read the few changes since then and group them, not all that there are in the order of sources.
_MOVES = """
select source_id, max(first_seen_new) as moved from changes
where first_seen_new >= ?
  and (kind in ('moved', 'restored', 'restored_with_edits') or (kind = 'content' and details like '%"old_url"%'))
group by +source_id
"""


def histories(
    connection: sqlite3.Connection, now: datetime, source_ids: Collection[str] | None = None
) -> dict[str, History]:
    """The history of every source on the watch list that was ever looked at, by its id; of these alone, where given."""
    since = to_text(now - WINDOW)
    asked = () if source_ids is None else (json.dumps(list(source_ids)),)
    looks = connection.execute(f"{_LOOKS} and s.id {_AMONG}" if asked else _LOOKS, asked).fetchall()
    lately = connection.execute(_CHANGES.format(since=_SINCE_AMONG if asked else _SINCE), (since, *asked))
    changed = _changed(lately, {row["source_id"]: row["born"] for row in looks})
    lately_moved = to_text(now - LADDER[-1] - timedelta(days=1))
    moved = dict(tuple(row) for row in connection.execute(_MOVES, (lately_moved,)))
    told = {}
    looks.reverse()
    while looks:  # let go of one by one: a row takes as much memory as the history that it becomes
        row = looks.pop()
        source_id = row["source_id"]
        told[source_id] = _history(row, since, changed.get(source_id, ()), moved.get(source_id))
    return told


def _changed(rows: Iterable[tuple[str, float, float]], born: Mapping[str, float]) -> dict[str, tuple[Changed, ...]]:
    """The changes of each source, put together by the bands of age that they lie between, as their mean.

    So there are no more of them than pairs of bands, however often a page changed.
    """
    groups: dict[str, dict[tuple[int, int], list[float]]] = defaultdict(dict)
    for source_id, looked_before, found in rows:
        if source_id in born:
            after = max(0.0, found - born[source_id])
            before = min(after, max(0.0, looked_before - born[source_id]))
            group = groups[source_id].setdefault((band_of(before), band_of(after)), [0, 0.0, 0.0])
            group[0] += 1
            group[1] += before
            group[2] += after
    return {
        source_id: tuple(Changed(int(count), b / count, a / count) for count, b, a in of_source.values())
        for source_id, of_source in groups.items()
    }


def _history(row: sqlite3.Row, since: str, changed: tuple[Changed, ...], moved: str | None) -> History:
    seen = _moment(max(filter(None, (row["last_good"], row["last_absent"], _when_doubted(row))), default=None))
    born = datetime.fromtimestamp((row["born"] - _UNIX) * 86400, UTC)
    return History(
        looked=from_text(row["looked"]),
        outcome=row["outcome"],
        born=born,
        seen=seen,
        watched=_watched(row["first_seen"], since, seen, born),
        changed=changed,
        failures=row["failures"],
        absent_since=_moment(row["absent_since"]),
        removed=bool(row["removed"]),
        doubt_since=_moment(row["doubt_since"]),
        moved=_moment(moved),
    )


def _watched(first: str | None, since: str, seen: datetime | None, born: datetime) -> tuple[float, float] | None:
    """The ages between which a page was watched, within the window; None where it has not been seen in it."""
    if first is None or seen is None or (start := from_text(max(first, since))) > seen:
        return None
    return age(born, start), age(born, seen)


def _when_doubted(row: sqlite3.Row) -> str | None:
    """A look that saw a page it did not believe has seen it all the same."""
    return row["looked"] if row["doubt_since"] and row["outcome"] == "extraction_suspect" else None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


def usual_wake(connection: sqlite3.Connection) -> timedelta | None:
    """The usual time between two runs: the median of the last ones, None while there are too few to tell."""
    rows = connection.execute("select started from runs order by id desc limit ?", (_RUNS + 1,)).fetchall()
    started: list[datetime] = []
    for row in reversed(rows):
        moment = from_text(row["started"])
        if not started or moment - started[-1] >= _BY_HAND:
            started.append(moment)
    gaps = sorted(later - earlier for earlier, later in pairwise(started))
    return gaps[len(gaps) // 2] if len(gaps) >= 3 else None
