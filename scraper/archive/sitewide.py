"""Edits that many pages of a publisher had at about the same time: one event, not many.

Whether an edit is site-wide depends only on the changes that are stored: on at least `PAGES` pages of the publisher,
the same replacement within `SPAN` of it. So the marks are the same whatever the order in which changes were derived.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import scraper.comparing as comparing
from scraper.clock import from_text, to_text
from scraper.comparing.comparison import CLASSES, Comparison, Part

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

PAGES = 3
SPAN = timedelta(days=7)

# An edit with what its mark depends on.
_EDITS = (
    "select e.change_id, e.position, e.classes, e.edit_key, c.source_id, c.first_seen_new, s.publisher "
    "from edits e join changes c on c.id = e.change_id join sources s on s.id = c.source_id "
)


def mark_new(connection: sqlite3.Connection, change_id: int) -> None:
    """Judge the edits of a change that has just been stored, and those that it may have tipped over the threshold.

    Edits that are marked already stay marked, so only unmarked ones nearby are looked at: the cost does not grow with
    the number of pages that a site-wide edit is on.
    """
    own = connection.execute(f"{_EDITS} where e.change_id = ? limit 1", (change_id,)).fetchone()
    if own is None or own["publisher"] is None:
        return
    keys = connection.execute(
        "select distinct edit_key from edits where change_id = ? and edit_key is not null", (change_id,)
    ).fetchall()
    early, late = _around(own["first_seen_new"])
    touched: set[int] = set()
    for (key,) in keys:
        unmarked = connection.execute(
            f"{_EDITS} where e.edit_key = ? and s.publisher = ? and c.first_seen_new between ? and ? "
            "and not exists (select 1 from json_each(e.classes) where value = 'site_wide')",
            (key, own["publisher"], early, late),
        ).fetchall()
        # The edits of one moment are judged alike: a change may repeat one edit on thousands of lines.
        moments = {edit["first_seen_new"] for edit in unmarked}
        many = {at for at in moments if _on_many_pages(connection, key, own["publisher"], at)}
        for edit in unmarked:
            if edit["first_seen_new"] in many:
                _set_mark(connection, edit, marked=True)
                touched.add(edit["change_id"])
    for touched_id in sorted(touched):
        _weigh(connection, touched_id)


def rejudge(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Judge every edit of these keys again, after changes that had them were taken away or made anew."""
    touched: set[int] = set()
    for key in sorted(set(keys)):
        by_publisher: dict[str, list[sqlite3.Row]] = defaultdict(list)
        for edit in connection.execute(f"{_EDITS} where e.edit_key = ? order by c.first_seen_new", (key,)):
            if edit["publisher"] is not None:
                by_publisher[edit["publisher"]].append(edit)
        for edits in by_publisher.values():
            many = crowded([(edit["first_seen_new"], edit["source_id"]) for edit in edits])
            for edit in edits:
                marked = edit["first_seen_new"] in many
                if marked != ("site_wide" in json.loads(edit["classes"])):
                    _set_mark(connection, edit, marked=marked)
                    touched.add(edit["change_id"])
    for touched_id in sorted(touched):
        _weigh(connection, touched_id)


def crowded(seen: Sequence[tuple[str, str]]) -> set[str]:
    """Of moments with the page that had an edit then, in order: those around which at least PAGES pages had it."""
    found: set[str] = set()
    near: Counter[str] = Counter()
    begin = end = 0
    for moment in dict.fromkeys(at for at, _ in seen):
        early, late = _around(moment)
        while end < len(seen) and seen[end][0] <= late:
            near[seen[end][1]] += 1
            end += 1
        while seen[begin][0] < early:
            near[seen[begin][1]] -= 1
            if not near[seen[begin][1]]:
                del near[seen[begin][1]]
            begin += 1
        if len(near) >= PAGES:
            found.add(moment)
    return found


def mark_beside(connection: sqlite3.Connection, source_id: str) -> None:
    """Mark the edits of a source that was derived in temporary tables, by what the archive holds of all others."""
    edits = connection.execute(f"{_EDITS} where e.edit_key is not null order by e.change_id").fetchall()
    judged: dict[tuple[str, str, str], bool] = {}
    marked: set[int] = set()
    for edit in edits:
        asked = (edit["edit_key"], edit["publisher"], edit["first_seen_new"])
        if asked not in judged:
            judged[asked] = _on_many_others(connection, source_id, *asked)
        if judged[asked]:
            _set_mark(connection, edit, marked=True)
            marked.add(edit["change_id"])
    for change_id in sorted(marked):
        _weigh(connection, change_id)


def _on_many_others(connection: sqlite3.Connection, source_id: str, key: str, publisher: str, moment: str) -> bool:
    others = connection.execute(
        "select distinct c.source_id from main.edits e join main.changes c on c.id = e.change_id "
        "join main.sources s on s.id = c.source_id where e.edit_key = ? and s.publisher = ? "
        "and c.first_seen_new between ? and ? and c.source_id <> ? limit ?",
        (key, publisher, *_around(moment), source_id, PAGES - 1),
    ).fetchall()
    return len(others) == PAGES - 1


def _on_many_pages(connection: sqlite3.Connection, key: str, publisher: str, moment: str) -> bool:
    pages = connection.execute(
        "select distinct c.source_id from edits e join changes c on c.id = e.change_id "
        "join sources s on s.id = c.source_id "
        "where e.edit_key = ? and s.publisher = ? and c.first_seen_new between ? and ? limit ?",
        (key, publisher, *_around(moment), PAGES),
    ).fetchall()
    return len(pages) >= PAGES


def _around(moment: str) -> tuple[str, str]:
    at = from_text(moment)
    return to_text(at - SPAN), to_text(at + SPAN)


def _set_mark(connection: sqlite3.Connection, edit: sqlite3.Row, *, marked: bool) -> None:
    classes = set(json.loads(edit["classes"])) - {"site_wide"} | ({"site_wide"} if marked else set())
    connection.execute(
        "update edits set classes = ? where change_id = ? and position = ?",
        (json.dumps([name for name in CLASSES if name in classes]), edit["change_id"], edit["position"]),
    )


def _weigh(connection: sqlite3.Connection, change_id: int) -> None:
    """A change that is nothing but site-wide edits is site-wide itself, and weighs less."""
    row = connection.execute("select * from changes where id = ?", (change_id,)).fetchone()
    edits = connection.execute("select classes from edits where change_id = ?", (change_id,)).fetchall()
    whole = all("site_wide" in json.loads(edit["classes"]) for edit in edits)
    stored = Comparison(
        substantive=bool(row["substantive"]),
        classes=tuple(name for name in json.loads(row["classes"]) if name != "site_wide"),
        significance=row["significance"],
        parts=tuple(Part(**part) for part in json.loads(row["parts"])),
        edits=(),
        words_added=row["words_added"],
        words_removed=row["words_removed"],
        summary=row["summary"],
    )
    weighed = comparing.with_classes(stored, ("site_wide",) if whole else ())
    connection.execute(
        "update changes set classes = ?, significance = ?, parts = ? where id = ?",
        (json.dumps(weighed.classes), weighed.significance, parts_as_text(weighed.parts), change_id),
    )


def parts_as_text(parts: Iterable[Part]) -> str:
    """The parts of a significance as they are stored."""
    told = [{"name": part.name, "value": part.value, "reason": part.reason} for part in parts]
    return json.dumps(told, ensure_ascii=False)
