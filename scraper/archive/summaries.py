"""What schema 3 added: two tables that say again, in an order that answers at once, what other tables say.

`change_facets` lists the changes under each thing that a reader can narrow a list by; without it a rare class means
reading every change there is. `standings` holds what the last look at each page came to; without it the state of the
watch list means two look-ups for every page. Triggers keep both up to date with the row that is written, so no code
that writes has to know of them, and `select` says what each must hold: it fills them, it stands in for them in an
archive of an earlier schema, and `redline verify` holds them against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Summary:
    """A table, and the query that gives exactly its rows."""

    table: str
    select: str


def _own(changes: str) -> str:
    """What changes are listed under for what they are; `changes` is what may stand in a `from`."""
    return f"""
select 'kind' as facet, c.kind as value, c.id as change_id from {changes} c
union select 'news', 'wording', c.id from {changes} c where c.substantive or c.kind = 'moved'
union select 'class', j.value, c.id from {changes} c, json_each(c.classes) j
"""  # constants of this module


def _of_page(changes: str) -> str:
    """What changes are listed under for the pages that they are of: only a keeper alters that."""
    return f"""
select 'publisher' as facet, s.publisher as value, c.id as change_id
from {changes} c join sources s on s.id = c.source_id where s.publisher is not null
union select 'tag', j.value, c.id from {changes} c join sources s on s.id = c.source_id, json_each(s.tags) j
"""


# When a page becomes stale: as the view `stale_sources` has it, two days or three times its rhythm after it was seen.
_STALE_FROM = """
case when st.last_good is null then '' else strftime('%Y-%m-%dT%H:%M:%fZ', julianday(st.last_good) + max(2.0,
    3 * coalesce(cast(s.every as real) * case substr(s.every, -1)
        when 'm' then 1 / 1440.0 when 'h' then 1 / 24.0 when 'd' then 1.0 when 'w' then 7.0 end, 0))) end
""".strip()

_STANDINGS = f"""
select s.id as source_id, s.retired is not null as retired, coalesce(st.removed, 0) as removed, f.outcome as outcome,
       {_STALE_FROM} as stale_from, f.id as fetch_id
from sources s
left join states st on st.source_id = s.id
left join fetches f on f.id = (select max(g.id) from fetches g where g.source_id = s.id)
"""

SUMMARIES = (
    Summary("change_facets", f"{_own('changes')} union {_of_page('changes')}"),
    Summary("standings", _STANDINGS),
)

_TABLES = [
    """
create table change_facets (
    facet text not null,
    value text not null,
    change_id integer not null references changes(id),
    primary key (facet, value, change_id)
) strict, without rowid
""",
    """
create table standings (
    source_id text primary key references sources(id),
    retired integer not null check (retired in (0, 1)),
    removed integer not null check (removed in (0, 1)),
    outcome text,
    stale_from text not null,
    fetch_id integer
) strict, without rowid
""",
    "create index standings_outcome on standings(retired, outcome, removed)",
    "create index standings_stale on standings(retired, removed, stale_from)",
    # Counts the changes of a page without reading them.
    "create index changes_counted on changes(source_id, kind)",
]

_ONE = "(select new.id as id, new.kind as kind, new.classes as classes, new.substantive as substantive, "
_ONE += "new.source_id as source_id)"
_ADD = f"insert into change_facets {_own(_ONE)};"
_ADD_OF_PAGE = f"insert into change_facets {_of_page(_ONE)};"
# By the whole key, since the facets of a change do not lie together.
_DROP = """
delete from change_facets where change_id = old.id and (
    (facet = 'kind' and value = old.kind) or (facet = 'news' and value = 'wording')
    or (facet = 'class' and value in (select j.value from json_each(old.classes) j)));
"""
_DROP_OF_PAGE = """
delete from change_facets where facet = 'publisher' and change_id = old.id
    and value = (select publisher from sources where id = old.source_id);
delete from change_facets where facet = 'tag' and change_id = old.id
    and value in (select j.value from sources s, json_each(s.tags) j where s.id = old.source_id);
"""
_RELIST = f"""
delete from change_facets where facet = 'publisher' and value = old.publisher
    and change_id in (select id from changes where source_id = old.id);
delete from change_facets where facet = 'tag' and value in (select value from json_each(old.tags))
    and change_id in (select id from changes where source_id = old.id);
insert into change_facets {_of_page("(select * from changes where source_id = new.id)")};
"""


def _stand(source: str) -> str:
    """Say a page's standing anew, but for its last look."""
    return f"""
update standings set (retired, removed, stale_from) = (
    select s.retired is not null, coalesce(st.removed, 0), {_STALE_FROM}
    from sources s left join states st on st.source_id = s.id where s.id = {source})
where source_id = {source};
"""


_TRIGGERS = {
    "changes_listed after insert on changes": _ADD + _ADD_OF_PAGE,
    "changes_relisted after update of kind, classes, substantive on changes": _DROP + _ADD,
    # Before: what is listed refers to the change.
    "changes_unlisted before delete on changes": _DROP + _DROP_OF_PAGE,
    "sources_relisted after update of publisher, tags on sources when old.publisher is not new.publisher "
    "or old.tags <> new.tags": _RELIST,
    "sources_stand after insert on sources": "insert into standings values (new.id, 0, 0, null, '', null);"
    + _stand("new.id"),
    "sources_restand after update of retired, every on sources when old.retired is not new.retired "
    "or old.every is not new.every": _stand("new.id"),
    "states_stand after insert on states": _stand("new.source_id"),
    "states_restand after update on states": _stand("new.source_id"),
    "states_fall after delete on states": _stand("old.source_id"),
    "fetches_stand after insert on fetches": "update standings set fetch_id = new.id, outcome = new.outcome "
    "where source_id = new.source_id and coalesce(fetch_id, 0) < new.id;",
}

THIRD: list[str] = [
    *_TABLES,
    *(f"create trigger {event} begin {body} end" for event, body in _TRIGGERS.items()),
    *(f"insert into {summary.table} {summary.select}" for summary in SUMMARIES),
]
"""The statements of schema 3, in order."""


def refresh(connection: sqlite3.Connection) -> None:
    """Say both anew from what they follow from; the caller holds the transaction."""
    for summary in SUMMARIES:
        connection.execute(f"delete from {summary.table}")
        connection.execute(f"insert into {summary.table} {summary.select}")


def disagreeing(connection: sqlite3.Connection) -> list[str]:
    """The tables of `SUMMARIES` that do not hold what they must."""
    found = []
    for summary in SUMMARIES:
        stored = f"select * from {summary.table}"
        made = f"select * from ({summary.select})"
        asked = f"select exists({stored} except {made}) or exists({made} except {stored})"
        if connection.execute(asked).fetchone()[0]:
            found.append(summary.table)
    return found
