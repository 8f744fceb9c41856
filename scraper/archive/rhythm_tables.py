"""What schema 8 added: what the schedule learnt last, and when each page is due by that; see `rhythms`.

A row that says when a page is due is undone by triggers as soon as something is seen of the page or a list says
something else of it, and what was learnt as soon as the watch list is another.
"""

from __future__ import annotations

RHYTHMS: list[str] = [
    """
create table outlooks (
    id integer primary key check (id = 1),
    learnt text not null,
    watch_list text not null,
    software text not null,
    pages integer not null,
    outlook text not null check (json_valid(outlook))
) strict
""",
    """
create table rhythms (
    source_id text primary key references sources(id),
    weight real not null,
    factor real not null,
    due text
) strict, without rowid
""",
    "create index rhythms_due on rhythms(due)",
    "create trigger fetches_move_rhythms after insert on fetches begin "
    "update rhythms set due = null where source_id = new.source_id; end",
    "create trigger states_move_rhythms after delete on states begin "
    "update rhythms set due = null where source_id = old.source_id; end",
    # What a list is silent of may wait; what it does not name, or names with another date, is no silence of it.
    *(
        f"create trigger claims_{event}_rhythms after {event} on claims begin "
        f"update rhythms set due = null where source_id = {row}.source_id; end"
        for event, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    ),
    "create trigger sources_begin_rhythms after insert on sources begin delete from outlooks; end",
    "create trigger sources_move_rhythms after update on sources when old.url is not new.url "
    "or old.publisher is not new.publisher or old.rules is not new.rules or old.every is not new.every "
    "or old.retired is not new.retired begin delete from outlooks; end",
]
"""The statements of schema 8, in order."""
