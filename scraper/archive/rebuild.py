"""Rebuilding: versions and changes are a pure function of the evidence, so they can be made again at any time.

A source is derived beside the archive first, and only where that comes out differently are its rows made again, in a
transaction of its own. So a rebuild may be killed at any moment: each source then stands as it was or as it is to be,
and `unfinished` names those that are left. The next rebuild goes on with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import scraper.archive.rhythms as rhythms
import scraper.archive.signals as signals
from scraper.archive.beside import beside, derive_beside
from scraper.archive.derived import DICTIONARIES, ROWS, Held, fingerprint, misfits, unused
from scraper.archive.replay import replay
from scraper.archive.rows import transaction
from scraper.archive.sitewide import rejudge
from scraper.archive.standings import agree, refresh
from scraper.archive.states import DERIVATION, outdated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from scraper.archive.lineage import Lineage
    from scraper.archive.replay import Step

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TableReport:
    """A derived table before and after: how many rows, and in which sources they differ.

    Of a dictionary (passages, link sets, rule sets) `differing` names rows that nothing uses, or that were altered.
    """

    table: str
    rows_before: int
    rows_after: int
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the table was as it is derived."""
        return not self.differing


def catch_up(connection: sqlite3.Connection, progress: Progress | None = None) -> int:
    """Derive again whatever was derived under other rules than today's, a source at a time; give how many there were.

    Each source is a transaction of its own: an interruption leaves the rest for the next time.
    """
    sources = outdated(connection)
    for done, source_id in enumerate(sources, start=1):
        with transaction(connection):
            rederive(connection, source_id)
        if progress:
            progress(done, len(sources))
    return len(sources)


def rederive(connection: sqlite3.Connection, source_id: str, step: Step | None = None) -> Lineage:
    """Make one source's derived rows again under its present rules; the caller holds the transaction."""
    keys = [
        row[0]
        for row in connection.execute(
            "select distinct e.edit_key from edits e join changes c on c.id = e.change_id "
            "where c.source_id = ? and e.edit_key is not null",
            (source_id,),
        )
    ]
    _note_used(connection, source_id)
    connection.execute(
        "delete from edits where change_id in (select id from changes where source_id = ?)", (source_id,)
    )
    for table in ("changes", "spans", "states", "source_urls", "versions"):
        connection.execute(f"delete from {table} where source_id = ?", (source_id,))
    lineage = replay(connection, source_id, step)
    rejudge(connection, keys)
    for table, (user, column, _) in DICTIONARIES.items():
        connection.execute(
            f"delete from {table} where id in (select id from temp.was_used where of = ?) "
            f"and not exists (select 1 from {user} where {user}.{column} = {table}.id)",
            (table,),
        )
    return lineage


def rebuild(
    connection: sqlite3.Connection, *, dry_run: bool = False, progress: Progress | None = None
) -> list[TableReport]:
    """Derive every source again; say table by table what came of it.

    With `dry_run` nothing is written, and the connection may be one that only reads. A rebuild that was cut short is
    gone on with. Raises ArchiveCorrupt where the evidence does not hold.
    """
    reports = _Reports()
    counted = {table: _count(connection, table) for table in DICTIONARIES}
    misfit = {table: list(misfits(connection, table)) for table in DICTIONARIES}
    if dry_run:
        for source_id, held in derived_beside(connection, progress=progress):
            reports.add(source_id, held)
    else:
        _release(connection, misfit)
        for source_id in _rebuilt(connection, reports, progress):
            connection.execute("delete from unfinished where task = 'rebuild' and subject = ?", (source_id,))
        if not agree(connection):
            with transaction(connection):
                refresh(connection)
        if not signals.agree(connection):
            with transaction(connection):
                signals.refold(connection)
        if not rhythms.agree(connection):
            with transaction(connection):
                rhythms.forget(connection)
    for table, before in counted.items():
        idle = list(unused(connection, table))
        after = before - len(idle) if dry_run else _sweep(connection, table)
        reports.dictionary(table, before, after, [*misfit[table], *idle])
    return reports.tables()


def derived_beside(
    connection: sqlite3.Connection, progress: Progress | None = None
) -> Iterator[tuple[str, tuple[Held, ...]]]:
    """Derive every source beside the archive, one after the other; give how each compares with what is stored."""
    sources = [row[0] for row in connection.execute("select id from sources order by id")]
    with beside(connection) as other:
        step = _counting(connection, sources, progress)
        for source_id in sources:
            yield source_id, derive_beside(other, source_id, step)


def _rebuilt(connection: sqlite3.Connection, reports: _Reports, progress: Progress | None) -> Iterator[str]:
    """Rebuild what is left to do, a source at a time; give each that is done."""
    stale = set(outdated(connection))
    left = _left(connection)
    step = _counting(connection, left, progress)
    with beside(connection) as other:
        for source_id in left:
            if source_id not in stale:
                held = derive_beside(other, source_id, step)
                if all(table.same for table in held):
                    reports.add(source_id, held)
                    yield source_id
                    continue
            with transaction(connection):
                reports.add(source_id, _replaced(connection, source_id, step if source_id in stale else None))
            yield source_id


def _replaced(connection: sqlite3.Connection, source_id: str, step: Step | None) -> list[Held]:
    before = {table: fingerprint(connection, table, source_id) for table in ROWS}
    rederive(connection, source_id, step)
    after = {table: fingerprint(connection, table, source_id) for table in ROWS}
    return [
        Held(table, before[table][0], after[table][0], None if before[table] == after[table] else source_id)
        for table in ROWS
    ]


def _left(connection: sqlite3.Connection) -> list[str]:
    """The sources that a rebuild has still to do: those that one left which was cut short, else all of them."""
    query = "select subject from unfinished where task = 'rebuild' and derivation = ? order by subject"
    with transaction(connection):
        if not (left := connection.execute(query, (DERIVATION,)).fetchall()):
            connection.execute("delete from unfinished where task = 'rebuild'")
            connection.execute("insert into unfinished select 'rebuild', id, ? from sources", (DERIVATION,))
            left = connection.execute(query, (DERIVATION,)).fetchall()
    return [row[0] for row in left]


def _note_used(connection: sqlite3.Connection, source_id: str) -> None:
    """Note in a temporary table what a source points to: of a long history that is too much to hold in memory."""
    connection.execute("create temp table if not exists was_used (of text, id integer)")
    connection.execute("delete from temp.was_used")
    for table, (user, column, _) in DICTIONARIES.items():
        connection.execute(
            f"insert into temp.was_used select distinct ?, {column} from {user} where source_id = ?", (table, source_id)
        )


def _release(connection: sqlite3.Connection, misfit: dict[str, list[int]]) -> None:
    """Let rows of a dictionary that were altered be found under their hash no more: what used them is made anew."""
    with transaction(connection):
        for table, ids in misfit.items():
            connection.executemany(
                f"update {table} set sha256 = 'altered ' || id where id = ?", [(row_id,) for row_id in ids]
            )


def _sweep(connection: sqlite3.Connection, table: str) -> int:
    user, column, _ = DICTIONARIES[table]
    with transaction(connection):
        connection.execute(
            f"delete from {table} where not exists (select 1 from {user} where {user}.{column} = {table}.id)"
        )
    return _count(connection, table)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


def _counting(connection: sqlite3.Connection, sources: Iterable[str], progress: Progress | None) -> Step | None:
    """Count looks towards all looks of these sources."""
    if progress is None:
        return None
    report, done = progress, 0
    total = sum(
        connection.execute("select count(*) from fetches where source_id = ?", (source_id,)).fetchone()[0]
        for source_id in sources
    )

    def step() -> None:
        nonlocal done
        done += 1
        report(done, total)

    return step


class _Reports:
    """What came of each table so far."""

    def __init__(self) -> None:
        self._rows = {table: [0, 0] for table in ROWS}
        self._differing: dict[str, list[str]] = {table: [] for table in ROWS}
        self._dictionaries: list[TableReport] = []

    def add(self, source_id: str, held: Iterable[Held]) -> None:
        for table in held:
            self._rows[table.table][0] += table.stored
            self._rows[table.table][1] += table.derived
            if not table.same:
                self._differing[table.table].append(source_id)

    def dictionary(self, table: str, before: int, after: int, rows: list[int]) -> None:
        named = tuple(f"row {row_id}" for row_id in dict.fromkeys(rows))
        self._dictionaries.append(TableReport(table, before, after, named))

    def tables(self) -> list[TableReport]:
        rows = self._rows.items()
        return [
            *(TableReport(table, before, after, tuple(self._differing[table])) for table, (before, after) in rows),
            *self._dictionaries,
        ]
