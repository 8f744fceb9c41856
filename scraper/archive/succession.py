"""May this file be published in the place of that one? Needs Python 3.11 or later and nothing else of Redline.

    python3 -I scraper/archive/succession.py sound ARCHIVE           is it a whole, settled archive?
    python3 -I scraper/archive/succession.py check BEFORE AFTER      does it hold everything that the one before held?
    python3 -I scraper/archive/succession.py message BEFORE AFTER    a commit message: counts and the ledger's head
    python3 -I scraper/archive/succession.py head ARCHIVE            the ledger's head

The job that holds the token to publish runs this file by itself, so that nothing that reads pages of strangers is
loaded beside the token. Exit codes: 0 yes; 2 wrong use; 3 no, with a line for each reason.

What may never change is what the archive itself declares append-only: every table with a trigger that forbids to
delete from it. The one exception is a body that was withdrawn: `redactions` says which, and what was stored as a
difference from it had to be stored anew.
"""

from __future__ import annotations

import os
import re
import sqlite3
import struct
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

APPLICATION_ID = 0x5245444C
MIB = 1024 * 1024
LIMITS = {"commit": 100 * MIB, "release": 2048 * MIB}
"""What the host refuses: a file in a repository of over 100 MiB, a release asset of 2 GiB or more."""
WARNS_AT = {"commit": 50 * MIB, "release": 1536 * MIB}
ROOM = {
    "commit": "keep it as a release asset (README, Run it on a schedule), or split the watch list by publisher",
    "release": "split the watch list by publisher, with one repository and archive each",
}

_RESTORE = "restore the last good archive from the history before the next run"
_OLDEST = ("captures", "fetches", "runs")
_STORED = ("body", "stored_bytes", "base_id")  # how a capture is stored, and not what it is


def faults(path: Path) -> list[str]:
    """What keeps a file from being a whole and settled archive, a line each; it is only read."""
    beside = [name for name in (f"{path.name}-wal", f"{path.name}-journal") if _size(path.with_name(name))]
    if beside:
        remedy = "end the process that is writing, or run `redline rebuild`, which settles what a dead one left"
        return [f"{beside[0]} holds what is not in {path.name} yet: {remedy}"]
    if not path.is_file():
        return [f"there is no {path}: {_RESTORE}, or begin one with `redline run --db {path}`"]
    with path.open("rb") as file:
        header = file.read(100)
    if form := _form(path, header):
        return [form]
    try:
        with closing(_open(path)) as connection:
            broken = [row[0] for row in connection.execute("pragma quick_check(1)") if row[0] != "ok"]
            broken += [f"a row of {row[0]} points to nothing" for row in connection.execute("pragma foreign_key_check")]
    except sqlite3.DatabaseError as error:
        broken = [str(error)]
    return [f"{path.name} is damaged ({broken[0]}): {_RESTORE}"] if broken else []


def _form(path: Path, header: bytes) -> str | None:
    """What the header says against it: https://www.sqlite.org/fileformat2.html#the_database_header."""
    if not header:
        return f"{path.name} is empty: {_RESTORE}"
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        return f"{path.name} is not an SQLite file: {_RESTORE}"
    page_size = struct.unpack(">H", header[16:18])[0]
    pages, user_version, application = (struct.unpack(">I", header[at : at + 4])[0] for at in (28, 60, 68))
    if application != APPLICATION_ID or not user_version:
        return f"{path.name} is an SQLite file, but not a Redline archive: {_RESTORE}"
    if header[18:20] != b"\1\1":
        return f"{path.name} is in WAL mode: run `redline rebuild`, which settles it into one file"
    whole = pages * (65_536 if page_size == 1 else page_size)
    if path.stat().st_size != whole:
        return f"{path.name} has {path.stat().st_size:,} bytes and says that it has {whole:,}: {_RESTORE}"
    return None


def losses(before: Path, after: Path) -> list[str]:
    """What the one before held and the one after does not hold as it was, and what else forbids to publish it.

    Both are sound; nothing is written. Columns and tables that a later schema added are no difference.
    """
    with closing(_open(after)) as connection:
        connection.execute("attach ? as earlier", (f"{before.resolve().as_uri()}?mode=ro&immutable=1",))
        versions = [connection.execute(f"pragma {name}.user_version").fetchone()[0] for name in ("earlier", "main")]
        if versions[1] < versions[0]:
            return [f"its schema is {versions[1]} and was {versions[0]}: publish with the Redline that wrote it before"]
        if gone := _gone(connection):
            return [f"{gone} is gone from it: {_RESTORE}"]
        reasons = [reason for table in _guarded(connection) for reason in _table(connection, table)]
        reasons += _beside_evidence(connection)
        return [f"{reason}: {_RESTORE}" for reason in reasons] + list(_unfinished(connection))


def _gone(connection: sqlite3.Connection) -> str | None:
    """A guard or an append-only table that is no longer there."""
    wanted = {("trigger", f"{table}_no_{verb}") for table in _OLDEST for verb in ("update", "delete")}
    wanted |= {("table", table) for table in (*_guarded(connection), "sources", "versions", "rulesets")}
    guards = (
        "select type, name from earlier.sqlite_master where type = 'trigger' and name like '%\\_no\\_%' escape '\\'"
    )
    wanted |= set(connection.execute(guards).fetchall())
    there = set(connection.execute("select type, name from main.sqlite_master").fetchall())
    return next((f"the {kind} {name}" for kind, name in sorted(wanted - there)), None)


def _guarded(connection: sqlite3.Connection) -> list[str]:
    """The tables that were append-only."""
    guards = "select tbl_name from earlier.sqlite_master where type = 'trigger' and name = tbl_name || '_no_delete'"
    return sorted({row[0] for row in connection.execute(guards)} | set(_OLDEST))


def _table(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Where one append-only table does not begin with the rows that it had."""
    columns, now = _columns(connection, "earlier", table), _columns(connection, "main", table)
    keys = [name for name, key in columns.items() if key] or ["rowid"]
    both = f"from earlier.{table} b join main.{table} a on " + " and ".join(f"a.{key} = b.{key}" for key in keys)
    had, kept = (
        connection.execute(f"select count(*) {rows}").fetchone()[0] for rows in (f"from earlier.{table}", both)
    )
    if kept < had:
        yield f"{table} lost {had - kept:,} of its {had:,} rows"
    differ = " or ".join(f"a.{name} is not b.{name}" for name in columns if name in now)
    allowed = _allowed(connection, table, [name for name in columns if name in now])
    row = connection.execute(
        f"select b.{keys[0]} {both} where ({differ}) and not ({allowed}) order by 1 limit 1"
    ).fetchone()
    if row:
        yield f"row {str(row[0])[:12]} of {table} was rewritten"
    if keys == ["id"]:
        begins = f"select count(*) from main.{table} where id <= (select max(id) from earlier.{table})"
        if connection.execute(begins).fetchone()[0] > kept:
            yield f"rows were put into {table} before its last"


def _allowed(connection: sqlite3.Connection, table: str, columns: list[str]) -> str:
    """The condition under which a row `b` may have become `a` (of `columns`) although its table is append-only."""
    if table == "runs":
        return "b.finished is null"
    if not _columns(connection, "main", "redactions"):
        return "0"
    if table == "encoded_bodies":
        return "b.sha256 in (select j.value from main.redactions, json_each(encoded) j)"
    if table == "captures":
        facts = " and ".join(f"a.{name} is b.{name}" for name in columns if name not in _STORED)
        withdrawn = "(select capture_id from main.redactions)"
        return f"{facts} and (b.id in {withdrawn} or (b.base_id is not null and b.base_id in {withdrawn}))"
    return "0"


def _beside_evidence(connection: sqlite3.Connection) -> Iterator[str]:
    """Sources are retired and never dropped; versions become fewer only where another rule set read them."""
    if row := connection.execute("select id from earlier.sources except select id from main.sources").fetchone():
        yield f"the source {row[0][:80]} is gone"
    had, now = (
        connection.execute(f"select count(*) from {name}.versions").fetchone()[0] for name in ("earlier", "main")
    )
    rules = "select sha256 from {}.rulesets order by sha256"
    same = connection.execute(rules.format("earlier")).fetchall() == connection.execute(rules.format("main")).fetchall()
    if same and now < had:
        yield f"versions fell from {had:,} rows to {now:,} under the same rules"


def _unfinished(connection: sqlite3.Connection) -> Iterator[str]:
    last = connection.execute("select id, finished from main.runs order by id desc limit 1").fetchone()
    if last is None or last[0] <= (connection.execute("select max(id) from earlier.runs").fetchone()[0] or 0):
        yield "no run was recorded since: see the log of the run, mend the cause and run it again"
    elif last[1] is None:
        yield "the last run did not come to its end: see its log, mend the cause and run it again"
    if _columns(connection, "main", "unfinished") and (
        work := connection.execute("select task, subject from main.unfinished").fetchone()
    ):
        yield f"a {work[0]} was begun and not finished ({str(work[1])[:80]}): run `redline rebuild` to its end"


def too_large(size: int, mode: str) -> str | None:
    """Why the host would refuse a file of that many bytes; None where it would not. `mode` is a key of `LIMITS`."""
    if size < LIMITS[mode]:
        return None
    return f"the archive is {size / MIB:.1f} MiB and the host refuses such a file: {ROOM[mode]}"


def size_warning(size: int, mode: str) -> str | None:
    """A warning in good time before the host refuses the file; None while there is room."""
    if size < WARNS_AT[mode]:
        return None
    limit = LIMITS[mode] // MIB
    return f"the archive is {size / MIB:.1f} MiB; at {limit:,} MiB the host refuses it. Before that, {ROOM[mode]}"


def head(path: Path) -> str | None:
    """The head of the ledger after the last run that ended; None before the first."""
    with closing(_open(path)) as connection:
        row = connection.execute(
            "select ledger_head from runs where finished is not null order by id desc limit 1"
        ).fetchone()
    if row and not re.fullmatch(r"[0-9a-f]{64}", str(row[0])):
        raise ValueError("the head of the ledger is not a SHA-256: run `redline verify`")
    return row[0] if row else None


def message(before: Path, after: Path) -> str:
    """A commit message of numbers alone: counts, and the head of the ledger that fixes every observation so far."""
    grown = []
    with closing(_open(before)) as old, closing(_open(after)) as new:
        for one, many in (("fetch", "fetches"), ("version", "versions"), ("change", "changes")):
            counts = [connection.execute(f"select count(*) from {many}").fetchone()[0] for connection in (old, new)]
            more = counts[1] - counts[0]
            grown.append(f"{more} {one if more == 1 else many}")
    return f"archive: {', '.join(grown)}\n\nLedger-Head: {head(after) or 'none'}\n"


def annotation(kind: str, text: str) -> str:
    """A line for the person at the log; inside a job, one that the host shows beside the run (escaped as it asks)."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return f"{kind}: {text}"
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title=Redline::{safe}"


def main(arguments: Sequence[str]) -> int:
    """Answer the question that the command line asks; give the exit code."""
    questions = {"sound": 1, "head": 1, "check": 2, "message": 2}
    if not arguments or questions.get(arguments[0]) != len(arguments) - 1:
        print(__doc__, file=sys.stderr)
        return 2
    question, paths = arguments[0], [Path(name) for name in arguments[1:]]
    mode = os.environ.get("REDLINE_PUBLISH") or "commit"
    reasons = [reason for path in paths for reason in faults(path)]
    try:
        if not reasons and question == "check":
            size = paths[1].stat().st_size
            reasons = [*losses(*paths), *filter(None, [too_large(size, mode)])]
            if not reasons and (warning := size_warning(size, mode)):
                print(annotation("warning", warning))
        elif not reasons and question != "sound":
            print((message(*paths) if question == "message" else head(paths[0]) or "").rstrip("\n"))
    except (ValueError, sqlite3.DatabaseError) as error:
        reasons = [str(error)]
    for reason in reasons:
        print(annotation("error", f"Not published: {reason}" if question == "check" else reason), file=sys.stderr)
    return 3 if reasons else 0


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> dict[str, bool]:
    """The columns of a table, each with whether it belongs to the primary key; empty where there is no such table."""
    rows = connection.execute("select name, pk from pragma_table_info(?, ?)", (table, schema))
    return {name: bool(key) for name, key in rows}


def _open(path: Path) -> sqlite3.Connection:
    # Immutable: nothing beside the file is read, made or locked. `faults` has seen that nothing is there.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    # The file may have been made to do harm: https://www.sqlite.org/security.html#untrusted_sqlite_database_files.
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma cell_size_check = on")
    return connection


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
