"""Archives in which pages stand otherwise than seen, and one in which much changes each day."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.config import WatchList
from tests.archive.watching import PARAGRAPHS, START, Watch, page

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

HTML = (("Content-Type", "text/html"),)
NAMES = ("fine", "blocked", "failing", "absent", "removed", "unread", "never", "retired", "unseen", "quiet")


def in_every_state(path: Path) -> None:
    """An archive with a page in every state that a reader can meet, named for it."""
    with Archive(path) as archive:
        watch = Watch(archive)
        for name in NAMES:
            watch.add(name, f"https://www.example.gov/{name}")
        for name in NAMES:
            if name not in ("unseen", "never"):
                watch.look(page(*PARAGRAPHS), name, hours=0)
        watch.now += timedelta(hours=12)
        for _ in range(4):
            watch.look(page(*PARAGRAPHS), "fine", hours=0)
            watch.look(b"<h1>Access Denied</h1>", "blocked", status=403, headers=HTML, hours=0)
            watch.look(b"<h1>Access Denied</h1>", "never", status=403, headers=HTML, hours=0)
            watch.look(None, "failing", status=None, failure="network_error", hours=0)
            watch.look(b"<h1>Not found</h1>", "removed", status=404, headers=HTML, hours=0)
            watch.look(page("Please enable JavaScript."), "unread", hours=0)
            watch.now += timedelta(hours=24)
        watch.look(b"<h1>Not found</h1>", "absent", status=404, headers=HTML, hours=0)
        for day in range(3):
            watch.look(page(*PARAGRAPHS), "quiet", hours=24 if day != 1 else 24 * 20)
        left = WatchList(tuple(source for name, source in watch.sources.items() if name != "retired"))
        archive.sync(left, watch.now)
        archive.finish_run(watch.run_id, watch.now, fetched=0, changed=0, failed=0)


def seen_once(path: Path) -> None:
    """An archive of two pages with nothing but first versions."""
    with Archive(path) as archive:
        watch = Watch(archive)
        for name in ("one", "two"):
            watch.add(name, f"https://www.example.gov/{name}")
            watch.look(page(*PARAGRAPHS), name, hours=0)
        archive.finish_run(watch.run_id, watch.now, fetched=2, changed=0, failed=0)


def busy(path: Path, *, days: int = 3, a_day: int = 5_000) -> None:
    """An archive of `a_day` changes a day, made from one real change; half of the last day is one site-wide edit."""
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add("page-0", "https://www.example.gov/0")
        watch.look(page(*PARAGRAPHS), "page-0")
        watch.look(page(PARAGRAPHS[0], PARAGRAPHS[1].replace("48", "61"), PARAGRAPHS[2]), "page-0")
        archive.finish_run(watch.run_id, watch.now, fetched=2, changed=1, failed=0)
        connection = archive.connection
        connection.execute("begin")
        _repeat(connection, days, a_day)
        connection.execute("commit")


def _repeat(connection: sqlite3.Connection, days: int, a_day: int) -> None:
    change = dict(connection.execute("select * from changes order by id desc limit 1").fetchone())
    look = dict(connection.execute("select * from fetches order by id desc limit 1").fetchone())
    edit = dict(connection.execute("select * from edits order by change_id desc limit 1").fetchone())
    for at in range(1, a_day):
        connection.execute(
            "insert into sources (id, url, publisher, added) values (?, ?, 'example.gov', ?)",
            (f"page-{at}", f"https://www.example.gov/{at}", look["started"]),
        )
    number = look["id"]
    for day in range(days):
        for at in range(a_day):
            number += 1
            moment = (START + timedelta(days=day + 1, seconds=at)).isoformat().replace("+00:00", ".000Z")
            everywhere = day == days - 1 and at % 2 == 0
            own = {"id": number, "source_id": f"page-{at}", "significance": round((at % 90) / 100, 2)}
            classes = [*json.loads(change["classes"]), *(["site_wide"] if everywhere else [])]
            _insert(connection, "fetches", {**look, "id": number, "source_id": f"page-{at}", "started": moment})
            _insert(connection, "changes", {**change, **own, "first_seen_new": moment, "classes": json.dumps(classes)})
            _insert(
                connection,
                "edits",
                {**edit, "change_id": number, "classes": json.dumps(classes), "edit_key": "k" if everywhere else None},
            )


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    names = ", ".join(row)
    connection.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", tuple(row.values()))
