"""What the schedule asks of the archive about sitemaps and feeds: where they are, what they say, if they were right.

Nothing here is stored: each answer follows from `signals`, from the looks and from the changes that they found. Judged
are the latest claims of the window, so the cost is bounded, however much a list claims.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.archive.observations import TRUST_VALIDATORS
from scraper.archive.staleness import GOOD
from scraper.clock import from_text, to_text
from scraper.scheduling.claims import Claim, Heeded, Told, span
from scraper.scheduling.history import WINDOW
from scraper.scheduling.turns import Channel

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

    from scraper.scheduling.claims import Record, Records

_MOST_ROWS = 2_000
_MOST_CLAIMS = 500  # of one host and kind: more would say nothing that these do not
_ANSWERED = "outcome in ('read', 'not_modified')"

_CHANNELS = f"""
select c.url as url, c.host as host, c.kind as kind, c.named as named, last.started as asked,
       last.rest_until as rest_until, good.names as names,
       good.kind as said_kind, whole.started as whole, whole.etag as etag, whole.last_modified as last_modified,
       whole.final_url as final_url,
       (select count(*) from signals f where f.url = c.url and f.id > coalesce(good.id, 0)) as failures
from channels c
left join signals last on last.id = (select max(id) from signals where url = c.url)
left join signals good on good.id = (select max(id) from signals where url = c.url and {_ANSWERED})
left join signals whole on whole.id = (select max(id) from signals where url = c.url and outcome = 'read')
where c.host in (select value from json_each(?))
order by c.host, c.named, c.url
"""

_NEWS = """
select k.source_id, g.host, g.kind, k.dated, g.started, st.last_good
from claims k join signals g on g.id = k.signal_id join states st on st.source_id = k.source_id
where st.last_good < g.started
"""

# The good looks before and after a claim was heard, and whether the latter found a change of wording.
_LOOKS = f"""
select b.started as seen, a.id as look, a.started as looked,
       exists(select 1 from changes c where c.id = a.id and c.substantive and c.kind <> 'first_seen') as found
from fetches b join fetches a on a.id = (
    select f.id from fetches f where f.source_id = :source and f.id > :after and f.outcome in {GOOD}
    order by f.id limit 1)
where b.id = (select f.id from fetches f where f.source_id = :source and f.id <= :after and f.outcome in {GOOD}
    order by f.id desc limit 1)
"""

_CHANGES = f"""
select k.source_id as source_id, f.host as host, f.kind as kind, c.last_seen_old as before, c.first_seen_new as after,
       (select s.id from signals s where s.url = k.url and s.started >= c.first_seen_new and s.{_ANSWERED}
        order by s.started limit 1) as answer
from claims k join signals f on f.id = k.first_id join changes c on c.source_id = k.source_id
where c.first_seen_new >= ? and c.first_seen_new >= f.started and c.last_seen_old is not null
  and c.substantive and c.kind <> 'first_seen'
order by c.id desc limit {_MOST_ROWS}
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the claims of the window, and of the changes that there was to announce."""

    heeded: tuple[Heeded, ...] = ()
    told: tuple[Told, ...] = ()


def channels(connection: sqlite3.Connection, hosts: Collection[str], now: datetime) -> list[Channel]:
    """The sitemaps and feeds of these watched hosts, with what came of asking them."""
    return [_channel(row, now) for row in connection.execute(_CHANNELS, (json.dumps(list(hosts)),))]


def _channel(row: sqlite3.Row, now: datetime) -> Channel:
    fresh = row["whole"] is not None and now - from_text(row["whole"]) <= TRUST_VALIDATORS
    return Channel(
        url=row["url"],
        host=row["host"],
        kind=row["said_kind"] if row["said_kind"] in ("sitemap", "feed") else row["kind"],
        named=from_text(row["named"]),
        asked=from_text(row["asked"]) if row["asked"] else None,
        failures=row["failures"],
        names=row["names"],
        is_index=row["said_kind"] == "index",
        etag=row["etag"] if fresh else None,
        last_modified=row["last_modified"] if fresh else None,
        answered_at=row["final_url"],
        rest_until=from_text(row["rest_until"]) if row["rest_until"] else None,
    )


def news(connection: sqlite3.Connection) -> list[Claim]:
    """What lists said of pages since these were last seen, and of a moment after that."""
    told = (
        (Claim(source_id, host, kind, dated, from_text(heard)), from_text(seen))
        for source_id, host, kind, dated, heard, seen in connection.execute(_NEWS)
    )
    return [claim for claim, seen in told if claim.is_news(seen)]


def silences(connection: sqlite3.Connection, host: str, kind: str) -> dict[str, datetime]:
    """When the lists of one kind of a host last answered, by the page that they name."""
    rows = connection.execute(
        "select k.source_id, max(g.started) from (select url, max(started) as started from signals "
        f"where host = ? and kind = ? and {_ANSWERED} group by url) g join claims k on k.url = g.url "
        "group by k.source_id",
        (host, kind),
    )
    return {source_id: from_text(answered) for source_id, answered in rows}


def silent_lists(connection: sqlite3.Connection, records: Records) -> dict[str, tuple[datetime, Record]]:
    """When the lists of these records last answered, by the page that they name; with the best record of several."""
    found: dict[str, tuple[datetime, Record]] = {}
    for (host, kind), counted in records.items():
        for source_id, answered in silences(connection, host, kind).items():
            if source_id not in found or found[source_id][1].silence < counted.silence:
                found[source_id] = (answered, counted)
    return found


def addresses(connection: sqlite3.Connection, source_ids: Collection[str]) -> list[tuple[str, str]]:
    """Every address under which these pages have been seen, with the page."""
    rows = connection.execute(
        "select source_id, url from source_urls where source_id in (select value from json_each(?))",
        (json.dumps(list(source_ids)),),
    )
    return [(source_id, url) for source_id, url in rows]


def asked_a_day(connection: sqlite3.Connection, now: datetime) -> float:
    """How many lists were asked a day in the last week."""
    since = to_text(now - timedelta(days=7))
    return float(connection.execute("select count(*) from signals where started >= ?", (since,)).fetchone()[0]) / 7


def judged(connection: sqlite3.Connection, now: datetime) -> Judged:
    """Hold what was claimed in the window against what the looks found."""
    since = to_text(now - WINDOW)
    rows = connection.execute(
        "select id, after_fetch, host, kind, started, claims from signals "
        "where started >= ? and outcome = 'read' and claims <> '[]' order by id desc limit ?",
        (since, _MOST_ROWS),
    ).fetchall()
    if not rows:
        return Judged()
    said: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    heeded: dict[tuple[str, str, str, int], Heeded] = {}
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        lists = row["host"], row["kind"]
        for source_id, dated in json.loads(row["claims"]):
            if dated is None:
                continue
            said[*lists, source_id].append((row["id"], dated))
            if counted[lists] < _MOST_CLAIMS:
                counted[lists] += _heed(connection, row, source_id, dated, heeded)
    return Judged(tuple(heeded.values()), tuple(_told(connection, since, said)))


def _heed(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    source_id: str,
    dated: str,
    heeded: dict[tuple[str, str, str, int], Heeded],
) -> bool:
    """Take a claim to account by the look after it; one look answers for all that was claimed before it."""
    asked = {"source": source_id, "after": row["after_fetch"]}
    looks = connection.execute(_LOOKS, asked).fetchone()
    if looks is None:
        return False
    claim = Claim(source_id, row["host"], row["kind"], dated, from_text(row["started"]))
    seen = from_text(looks["seen"])
    if claim.is_news(seen):
        key = (row["host"], row["kind"], source_id, looks["look"])
        heeded.setdefault(key, Heeded(claim, seen, from_text(looks["looked"]), bool(looks["found"])))
    return True


def _told(
    connection: sqlite3.Connection, since: str, said: dict[tuple[str, str, str], list[tuple[int, str]]]
) -> list[Told]:
    """Each change of a page that a list names, and whether the list had announced it at its first answer after it."""
    told = []
    for row in connection.execute(_CHANGES, (since,)):
        before, after = from_text(row["before"]), from_text(row["after"])
        answer = row["answer"]
        announced = any(
            (answer is None or number <= answer) and _within(dated, before, after)
            for number, dated in said.get((row["host"], row["kind"], row["source_id"]), ())
        )
        if announced or answer is not None:
            told.append(Told(row["host"], row["kind"], announced))
    return told


def _within(dated: str, before: datetime, after: datetime) -> bool:
    moments = span(dated)
    return moments is not None and moments[1] > before and moments[0] <= after
