"""A tamper campaign: alter an archive in one place, two hundred times over, and see whether `verify` names the place.

    python -m tests.benchmarks.tamper [--times N] [--seed S]

Each time a copy of the demo's archive (to which answers that came compressed and, where the command openssl and the
extra `timestamp` are there, timestamps of its heads are added first) loses its guards, as it would under somebody's SQL
prompt. Then one thing in its evidence is altered at random: a bit of a body, a bit of any column of an observation,
capture, timestamp or run, the order of two rows, a row taken out or put in. `found` counts the copies with which
`verify` finds fault, `named` those of them where it names the altered row, or its neighbour in the ledger where the row
itself is gone.

`rewritten` is another matter: there an observation is altered and the whole archive made anew, so that it agrees with
itself. Only a head that was written down elsewhere shows that, and so verify is given the one that was true.

Exit code 1 where anything was not found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.archive import Archive
from scraper.archive.captures import load_body
from scraper.archive.ledger import LATER
from scraper.archive.observations import stored_answer
from scraper.archive.schema_version import DERIVED_TABLES
from scraper.archive.verify import verify
from scraper.clock import from_text
from scraper.demo.tour import build
from scraper.errors import ArchiveCorrupt
from tests.benchmarks.enriched import enrich

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.archive.checks import Finding

Value = bytes | str | int
ROW_ID = {"encoded_bodies": "rowid"}

_USERS = {
    "encoded_bodies": "select id from fetches where encoded_sha256 = "
    "(select sha256 from encoded_bodies where rowid = :row)",
    "runs": "select id from fetches where run_id = :row",
    "captures": "select id from fetches where capture_id = :row",
    "header_lines": "select id from fetches where exists (select 1 from json_each(headers) where value = :row) "
    "or exists (select 1 from json_each(request_headers) where value = :row)",
}


@dataclass(frozen=True)
class Altered:
    """What was done to a copy: to which row of which table, in words, and which observations rest on that row."""

    table: str
    row: int | str
    what: str
    users: tuple[int, ...] = ()
    run: int | None = None

    def named_in(self, findings: tuple[Finding, ...]) -> bool:
        """True where a finding names the row, an observation that rests on it, or the run whose end is gone."""
        places = {(self.table, self.row), ("runs", self.run), *(("fetches", user) for user in self.users)}
        for table, row in places:
            line = f"row {row} of {table} "
            if any(finding.where == f"{table} {row}" or line in finding.what for finding in findings):
                return True
        return False


@dataclass
class Tally:
    """How many copies of one kind were made, found fault with, and named; and what was missed."""

    made: int = 0
    found: int = 0
    named: int = 0
    missed: list[str] = field(default_factory=list)


def flipped(value: Value, chance: random.Random) -> Value:
    """The value with one bit turned; text stays text, and a number stays one that fits."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(max(1, value.bit_length()))
    content = bytearray(value.encode() if isinstance(value, str) else value)
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    if isinstance(value, bytes):
        return bytes(content)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return flipped(value, chance)


class Copy:
    """A copy without guards, in which one thing is about to be altered."""

    def __init__(self, connection: sqlite3.Connection, chance: random.Random) -> None:
        self.connection = connection
        self.chance = chance
        connection.execute("pragma foreign_keys = off")
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            if name.endswith(("_no_update", "_no_delete")):
                connection.execute(f"drop trigger {name}")

    def a_row(self, table: str, where: str = "true") -> sqlite3.Row:
        row_id = ROW_ID.get(table, "id")
        rows = self.connection.execute(
            f"select {row_id} as row_id, * from {table} where {where} order by {row_id}"
        ).fetchall()
        return self.chance.choice(rows)  # type: ignore[no-any-return]

    def columns(self, table: str) -> list[str]:
        return [row["name"] for row in self.connection.execute(f"pragma table_info({table})")]

    def flip(self, table: str, column: str | None = None) -> Altered:
        """Turn a bit of one value: of a column drawn at random, in a row where it holds something."""
        column = column or self.chance.choice(
            [name for name in self.columns(table) if name != "id" and self._holds_something(table, name)]
        )
        row = self.a_row(table, f"length({column}) > 0")
        value = flipped(row[column], self.chance)
        return self._altered(table, row, column, value)

    def fact(self) -> Altered:
        """Turn a bit of what a look saw of time and permission, or blank it."""
        column = self.chance.choice(LATER)
        if self.chance.random() < 0.5:
            return self.flip("fetches", column)
        return self._altered("fetches", self.a_row("fetches", f"{column} is not null"), column, None)

    def _altered(self, table: str, row: sqlite3.Row, column: str, value: Value | None) -> Altered:
        row_id, users = ROW_ID.get(table, "id"), self.users(table, row["row_id"])
        try:
            self.connection.execute(f"update {table} set {column} = ? where {row_id} = ?", (value, row["row_id"]))
        except sqlite3.IntegrityError:
            # The table's own checks refuse it: not something that a copy could hold.
            return self.flip(table)
        if column == "body" and table == "captures" and self._comes_back(row["row_id"]):
            # A compressed stream has bits that nobody reads. Such a flip alters no evidence: it is drawn again.
            self.connection.execute(f"update {table} set body = ? where id = ?", (row["body"], row["row_id"]))
            return self.flip(table, column)
        what = f"{column}: {_short(row[column])} became {_short(value)}"
        run = row["run_id"] if column == "run_id" else None
        return Altered(table, _place(table, row), what, users, run)

    def _comes_back(self, capture_id: int) -> bool:
        """True where this capture and all that were stored against it come back as they were."""
        resting = "select id, sha256 from captures where id = ? or base_id = ?"
        try:
            return all(
                hashlib.sha256(load_body(self.connection, one["id"])).hexdigest() == one["sha256"]
                for one in self.connection.execute(resting, (capture_id, capture_id))
            )
        except ArchiveCorrupt:
            return False

    def users(self, table: str, row_id: int) -> tuple[int, ...]:
        """The observations that rest on a row of another table."""
        found = self.connection.execute(_USERS[table], {"row": row_id}) if table in _USERS else ()
        return tuple(user["id"] for user in found)

    def _holds_something(self, table: str, column: str) -> bool:
        found = self.connection.execute(f"select 1 from {table} where length({column}) > 0 limit 1")
        return found.fetchone() is not None

    def swap(self) -> Altered:
        """Let two observations change places, or two timestamps."""
        table = self._one_of("fetches", "fetches", "timestamps")
        one, other = (self.a_row(table)["id"] for _ in range(2))
        if one == other:
            return self.swap()
        for old, new in ((one, -1), (other, one), (-1, other)):
            self.connection.execute(f"update {table} set id = ? where id = ?", (new, old))
        return Altered(table, min(one, other), f"changed places with {max(one, other)}")

    def delete(self) -> Altered:
        """Take out a row of evidence."""
        table = self._one_of("fetches", "fetches", "captures", "runs", "encoded_bodies", "header_lines", "timestamps")
        row = self.a_row(table)
        users = self.users(table, row["row_id"])
        self.connection.execute(f"delete from {table} where {ROW_ID.get(table, 'id')} = ?", (row["row_id"],))
        return Altered(table, _place(table, row), "taken out", users, row["run_id"] if table == "fetches" else None)

    def insert(self) -> Altered:
        """Put in a copy of an observation or a timestamp, at the end or in place of one that makes room."""
        table = self._one_of("fetches", "fetches", "timestamps", "encoded_bodies")
        row = self.a_row(table)
        if table == "encoded_bodies":
            return self._insert_body(row)
        last = self.connection.execute(f"select max(id) from {table}").fetchone()[0]
        place = self.chance.choice((last + 1, self.chance.randrange(1, last + 1)))
        self.connection.execute(f"update {table} set id = -id - 1 where id >= ?", (place,))
        self.connection.execute(f"update {table} set id = -id where id < 0")
        names = [name for name in self.columns(table) if name != "id"]
        values = [row[name] for name in names]
        marks = ", ".join("?" * (len(names) + 1))
        self.connection.execute(f"insert into {table} (id, {', '.join(names)}) values ({marks})", (place, *values))
        # A copy in the place of its original is the original: then the one that made room is the one too many.
        return Altered(table, place + (row["id"] == place), "put in")

    def _insert_body(self, row: sqlite3.Row) -> Altered:
        """A compressed body that agrees with its own hash and came with no observation."""
        body = flipped(row["body"], self.chance)
        assert isinstance(body, bytes)
        sha256 = hashlib.sha256(body).hexdigest()
        self.connection.execute("insert into encoded_bodies values (?, ?, ?)", (sha256, len(body), body))
        return Altered("encoded_bodies", sha256[:12], "put in")

    def _one_of(self, *tables: str) -> str:
        """A table out of these that has rows."""
        return self.chance.choice([table for table in tables if self._holds_something(table, "rowid")])

    def rewrite(self) -> Altered:
        """Make the whole archive anew by the way of a run, with one observation altered: it agrees with itself."""
        row = self.a_row("fetches")["id"]
        runs = self.connection.execute("select * from runs order by id").fetchall()
        looks = self.connection.execute("select * from fetches order by id").fetchall()
        answers = [stored_answer(self.connection, look) for look in looks]
        answers[row - 1] = replace(answers[row - 1], elapsed_ms=answers[row - 1].elapsed_ms + 1)
        for table in (*DERIVED_TABLES, "timestamps", "fetches", "captures", "encoded_bodies", "runs"):
            self.connection.execute(f"delete from {table}")
        path = self.connection.execute("pragma database_list").fetchone()["file"]
        self.connection.close()
        with Archive(path) as archive:
            for run in runs:
                run_id = archive.begin_run(run["trigger"], run["due"], from_text(run["started"]))
                for look, answer in zip(looks, answers, strict=True):
                    if look["run_id"] == run_id:
                        archive.record(run_id, answer)
                counts = {name: run[name] for name in ("fetched", "changed", "failed")}
                archive.finish_run(run_id, from_text(run["finished"]), **counts)
        return Altered("fetches", row, "altered, and the archive made anew")


# What is done, and how many of two hundred times.
DONE: dict[str, tuple[int, Callable[[Copy], Altered]]] = {
    "bit of a body": (40, lambda copy: copy.flip("captures", "body")),
    "bit of a body as it came": (15, lambda copy: copy.flip("encoded_bodies", "body")),
    "compressed body's row": (5, lambda copy: copy.flip("encoded_bodies")),
    "clocks and robots.txt": (20, Copy.fact),
    "bit of a token": (10, lambda copy: copy.flip("timestamps", "token")),
    "bit of a timestamp's row": (10, lambda copy: copy.flip("timestamps")),
    "bit of a header": (15, lambda copy: copy.flip(copy.chance.choice(("header_lines", "fetches")), None)),
    "bit of an observation": (40, lambda copy: copy.flip("fetches")),
    "bit of a capture's row": (10, lambda copy: copy.flip("captures")),
    "bit of a run": (15, lambda copy: copy.flip("runs")),
    "order of two": (10, Copy.swap),
    "row taken out": (20, Copy.delete),
    "row put in": (15, Copy.insert),
}
REWRITTEN: dict[str, tuple[int, Callable[[Copy], Altered]]] = {"rewritten, head kept": (4, Copy.rewrite)}


def campaign(original: Path, times: int, seed: int) -> dict[str, Tally]:
    """Alter so many copies, in the shares of `DONE`, and a few more that are made anew."""
    chance, tallies = random.Random(seed), {}
    head = _true_head(original)
    with closing(_open(original)) as connection:
        stamped = connection.execute("select 1 from timestamps").fetchone() is not None
    for name, (share, alter) in (DONE | REWRITTEN).items():
        tally = tallies[name] = Tally()
        if not stamped and ("token" in name or "timestamp" in name):
            print(f"{name:<24} not done: it needs the command openssl and the extra `timestamp`")
            continue
        for _ in range(max(1, round(share * times / 200))):
            _try(original, alter, chance, tally, head if name in REWRITTEN else None)
        print(f"{name:<24} {tally.made:>5} {tally.found:>6} {tally.named:>6}", flush=True)
    return tallies


def _try(
    original: Path,
    alter: Callable[[Copy], Altered],
    chance: random.Random,
    tally: Tally,
    head: str | None,
) -> None:
    copy = original.with_name("copy.db")
    shutil.copyfile(original, copy)
    with closing(_open(copy)) as connection:
        altered = alter(Copy(connection, chance))
    with closing(_open(copy)) as connection:
        try:
            findings = verify(connection, head=head).findings
        except Exception as error:  # a verify that breaks off is a fault of its own, and is told as one
            findings = ()
            altered = replace(altered, what=f"{altered.what}; verify broke off: {error!r}")
    tally.made += 1
    tally.found += bool(findings)
    named = head is not None or altered.named_in(findings)
    tally.named += bool(findings) and named
    told = f"{altered.table} {altered.row}: {altered.what}"
    if not findings:
        tally.missed.append(f"not found: {told}")
    elif not named:
        tally.missed.append(f"not named: {told}; verify said {findings[0].where}: {findings[0].what}")


def _place(table: str, row: sqlite3.Row) -> int | str:
    """What verify calls a row by."""
    return str(row["sha256"][:12]) if table == "encoded_bodies" else int(row["row_id"])


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _true_head(path: Path) -> str:
    with closing(_open(path)) as connection:
        head: str = connection.execute("select ledger_head from runs order by id desc limit 1").fetchone()[0]
    return head


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def main() -> None:
    """Build the demo's archive, alter it, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redline-tamper-") as folder:
        original = Path(folder) / "demo.db"
        build(original)
        enrich(original)
        print(f"{'':<24} {'made':>5} {'found':>6} {'named':>6}")
        tallies = campaign(original, given.times, given.seed)
    total: Counter[str] = Counter()
    for name in DONE:
        total.update(made=tallies[name].made, found=tallies[name].found, named=tallies[name].named)
    print(f"{'all but rewritten':<24} {total['made']:>5} {total['found']:>6} {total['named']:>6}")
    missed = [line for tally in tallies.values() for line in tally.missed]
    print("\n".join(missed))
    sys.exit(1 if any(line.startswith("not found") for line in missed) else 0)


if __name__ == "__main__":
    main()
