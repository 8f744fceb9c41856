"""What schema 3 added, and 6 put right: how every watched page stands, and the indexes that its pages are read by.

`standings` holds what the last look at each page came to; without it the state of the watch list means two look-ups
for every page. Triggers keep it up to date with the row that is written, so no code that writes has to know of it, and
STANDINGS says what it must hold: it fills the table, stands in for it in an archive of an earlier schema, and
`redline verify` holds the table against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.archive.staleness import STALE_SOURCES, stale_from

if TYPE_CHECKING:
    import sqlite3

STANDINGS = f"""
select s.id as source_id, s.retired is not null as retired, coalesce(st.removed, 0) as removed, f.outcome as outcome,
       {stale_from("f.outcome")} as stale_from, f.id as fetch_id
from sources s
left join states st on st.source_id = s.id
left join fetches f on f.id = (select max(g.id) from fetches g where g.source_id = s.id)
"""
"""The query that gives exactly the rows of `standings`."""

_TABLE = """
create table standings (
    source_id text primary key references sources(id),
    retired integer not null check (retired in (0, 1)),
    removed integer not null check (removed in (0, 1)),
    outcome text,
    stale_from text not null,
    fetch_id integer
) strict, without rowid
"""

_INDEXES = [
    # Counts the changes of a page without reading them.
    "create index changes_counted on changes(source_id, kind)",
    "create index sources_publisher on sources(publisher)",
    # A page is asked for by an address that it has, or had.
    "create index sources_url on sources(url)",
    "create index source_urls_url on source_urls(url)",
]


def _stand(source: str) -> str:
    """Say a page's standing anew, but for its last look, of which `outcome` is read as it stands."""
    return f"""
update standings set (retired, removed, stale_from) = (
    select s.retired is not null, coalesce(st.removed, 0), {stale_from("standings.outcome")}
    from sources s left join states st on st.source_id = s.id where s.id = {source})
where source_id = {source};
"""


_TRIGGERS = {
    "sources_stand after insert on sources": "insert into standings values (new.id, 0, 0, null, '', null);"
    + _stand("new.id"),
    "sources_restand after update of retired, every on sources when old.retired is not new.retired "
    "or old.every is not new.every": _stand("new.id"),
    "states_stand after insert on states": _stand("new.source_id"),
    "states_restand after update on states": _stand("new.source_id"),
    "states_fall after delete on states": _stand("old.source_id"),
    # Where looks come to the same as before, what they stand for stays.
    "fetches_stand after insert on fetches": "update standings set fetch_id = new.id, outcome = new.outcome, "
    f"stale_from = case when outcome is new.outcome then stale_from else (select {stale_from('new.outcome')} "
    "from sources s left join states st on st.source_id = s.id where s.id = new.source_id) end "
    "where source_id = new.source_id and coalesce(fetch_id, 0) < new.id;",
}

THIRD: list[str] = [
    _TABLE,
    *_INDEXES,
    *(f"create trigger {event} begin {body} end" for event, body in _TRIGGERS.items()),
    f"insert into standings {STANDINGS}",
]
"""The statements of schema 3, in order."""

STALE_BY_RHYTHM: list[str] = [
    *(f"drop trigger {event.partition(' ')[0]}" for event in _TRIGGERS),
    *(f"create trigger {event} begin {body} end" for event, body in _TRIGGERS.items()),
    "drop view stale_sources",
    STALE_SOURCES,
    "delete from standings",
    f"insert into standings {STANDINGS}",
]
"""The statements of schema 6: an archive of schema 3 may have been made when a page became stale by another rule."""


def refresh(connection: sqlite3.Connection) -> None:
    """Say all standings anew from what they follow from; the caller holds the transaction."""
    connection.execute("delete from standings")
    connection.execute(f"insert into standings {STANDINGS}")


def agree(connection: sqlite3.Connection) -> bool:
    """Whether `standings` holds what it must."""
    stored, made = "select * from standings", f"select * from ({STANDINGS})"
    asked = f"select exists({stored} except {made}) or exists({made} except {stored})"
    return not connection.execute(asked).fetchone()[0]
