"""A visitor's SQL can neither stall nor swell the server, and gives the right answers all the same."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.datasette_plugin import limits
from tests.datasette_plugin.served import OLD_LINE, Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BIG = limits.LONGEST + 1
TEXT = "printf('%.900000c', 'a')"
NEEDLE = "(printf('%.300000c', 'a') || 'b')"
BOMBS = {
    "zeroblob": f"select length(hex(zeroblob({BIG})))",
    "randomblob": f"select length(randomblob({BIG}))",
    "replace": f"select length(replace({TEXT}, 'a', 'aaaaaaaa'))",
    "concatenation": f"select length({TEXT} || {TEXT})",
    "group_concat": "with recursive c(x) as (select 1 union all select x + 1 from c limit 100000) "
    "select length(group_concat('0123456789abcdef')) from c",
    "pattern": "select 'a' like '%" + "a" * 200 + "'",
    "depth": "select " + "(" * 150 + "1" + ")" * 150 + " + " + "-(" * 150 + "1" + ")" * 150,
    "compound": " union ".join(["select 1"] * 50),
    "columns": "select " + ", ".join(["1"] * 200),
    "rows": f"with recursive c(x) as (select 1 union all select x + 1 from c limit 900) select {TEXT} from c",
    "one row": "select " + ", ".join([TEXT] * 99),
    "recursion": "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
    "length of the SQL": "select '" + "a" * 50_000 + "'",
}
FAST = {
    "instr": (f"select instr({TEXT}, {NEEDLE})", 0),
    "replace": (f"select length(replace({TEXT}, {NEEDLE}, ''))", 900_000),
    "trim": (f"select length(trim({TEXT}, {NEEDLE}))", 0),
}


def ask(served: Served, sql: str, database: str = "archive") -> Any:
    path = f"/{database}.json?sql=" if OLD_LINE else f"/{database}/-/query.json?sql="
    return served.get(f"{path}{quote(sql)}&_shape=array")


@pytest.fixture
def limited() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        limits.limit(connection)
        yield connection


@pytest.mark.parametrize("sql", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_with_a_reason_and_the_server_goes_on(demo: Served, sql: str) -> None:
    response = ask(demo, sql)

    assert response.status_code == 400, response.text[:300]
    assert response.json()["error"]
    assert ask(demo, "select 1 as one").json() == [{"one": 1}]


@pytest.mark.parametrize(("sql", "answer"), FAST.values(), ids=FAST)
def test_a_product_of_two_lengths_is_worked_out_in_no_time(demo: Served, sql: str, answer: int) -> None:
    # SQLite's own functions would take from seconds to hours here, in one call that nothing can interrupt.
    (row,) = ask(demo, f"{sql} as answer").json()
    assert row["answer"] == answer


def test_the_database_in_memory_beside_an_archive_is_limited_too(demo_path: Path) -> None:
    from datasette.app import Datasette

    served = Served(Datasette([str(demo_path)], memory=True))
    assert ask(served, f"select length(hex(zeroblob({BIG})))", "_memory").status_code == 400


def test_an_instance_without_an_archive_is_not_limited(foreign_path: Path) -> None:
    served = serve(foreign_path, name="birds")
    assert ask(served, f"select length(zeroblob({BIG})) as n", "birds").json() == [{"n": BIG}]


def test_nothing_is_written_attached_or_loaded_through_an_archives_connection(demo: Served) -> None:
    async def attempt() -> list[str]:
        database = demo.datasette.get_database("archive")

        def refusals(connection: sqlite3.Connection) -> list[str]:
            said = []
            for sql in ("create temp table t (a)", "attach ':memory:' as other", "select load_extension('x')"):
                with pytest.raises(sqlite3.Error) as caught:
                    connection.execute(sql)
                said.append(str(caught.value))
            return said

        return list(await database.execute_fn(refusals))

    import asyncio

    said = asyncio.run(attempt())
    assert "readonly" in said[0]
    assert "too many attached databases" in said[1]
    assert "not authorized" in said[2] or "no such function" in said[2]


def test_a_page_of_ours_reads_what_is_longer_than_a_visitor_may_ask_for(limited: sqlite3.Connection) -> None:
    with limits.lifted(limited):
        assert len(limited.execute(f"select hex(zeroblob({BIG}))").fetchone()[0]) == 2 * BIG
    with pytest.raises(sqlite3.DataError, match="too big") as caught:
        limited.execute(f"select hex(zeroblob({BIG}))").fetchone()
    assert "substr()" in (limits.explained(caught.value) or "")


def test_the_weight_of_an_answer_is_counted_for_each_answer(limited: sqlite3.Connection) -> None:
    for _ in range(40):
        assert len(limited.execute(f"select {TEXT}").fetchall()) == 1


def test_an_error_that_is_no_limit_is_left_to_others() -> None:
    assert limits.explained(sqlite3.OperationalError("no such table: t")) is None
    assert limits.explained(ValueError("x")) is None


VALUES = st.one_of(st.none(), st.text("abé\U0001f6a2 ", max_size=8), st.integers(-99, 99))


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES, VALUES)
def test_the_functions_that_stand_in_for_sqlites_give_the_same(a: Any, b: Any, c: Any) -> None:
    with closing(sqlite3.connect(":memory:")) as own, closing(sqlite3.connect(":memory:")) as ours:
        limits.limit(ours)
        for call in ("instr(?1, ?2)", "replace(?1, ?2, ?3)", "trim(?1, ?2)", "ltrim(?1, ?2)", "rtrim(?1, ?2)"):
            values = (a, b, c)[: call.count("?")]
            expected = own.execute(f"select {call}", values).fetchone()[0]
            assert ours.execute(f"select {call}", values).fetchone()[0] == expected, call


def test_bytes_are_found_in_bytes(limited: sqlite3.Connection) -> None:
    drawn = random.Random(7).randbytes(200)
    assert limited.execute("select instr(?, ?)", (drawn, drawn[50:60])).fetchone()[0] == drawn.index(drawn[50:60]) + 1


# GHSA-w3hf-fcg5-p4cc (Datasette's issue 2868): the column of an arraycontains filter was put between brackets as it
# came, so that a `]` in it ended the name and what followed was SQL, run even where SQL is not allowed. Versions before
# 0.65.3, and of the next line before 1.0a38, answer the two questions differently.
INJECTED = "tags])) or exists(select 1 from captures where id {} 0) or 1 in (select value from json_each([tags"


def test_a_column_name_in_a_filter_is_never_run_as_sql(demo: Served) -> None:
    counts = []
    for sign in (">", "<"):
        response = demo.get(f"/archive/sources.json?{quote(INJECTED.format(sign), safe='')}__arraycontains=zzz")
        counts.append((response.status_code, len(response.json().get("rows") or ())))
    assert counts[0] == counts[1], "the truth of an injected condition can be read from the answer"
    assert counts[0][1] == 0


def test_a_proper_filter_of_an_array_still_works(demo: Served) -> None:
    (tag,) = demo.rows("/archive/sources.json?_size=1&_col=tags&_nofacet=1")[0]["tags"][:1] or ["none"]
    assert demo.get(f"/archive/sources.json?tags__arraycontains={quote(str(tag))}").status_code == 200


def test_the_floor_of_datasette_stays_above_the_injection() -> None:
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    floor = next(r for r in map(Requirement, requires("redline") or ()) if r.name == "datasette")
    assert not floor.specifier.contains("0.65.2")
    assert not floor.specifier.contains("0.65.4")
    assert floor.specifier.contains("0.65.5")


def test_every_archive_adds_to_the_memory_that_sqlite_may_hold(demo_path: Path, tmp_path: Path) -> None:
    # In a process of its own: the limit is that of the process, and is never raised again.
    names = [tmp_path / f"{number}.db" for number in range(3)]
    for name in names:
        name.write_bytes(demo_path.read_bytes())
    asked = (
        "import asyncio, sys; from datasette.app import Datasette\n"
        "async def main():\n"
        "    served = Datasette(sys.argv[1:]); await served.invoke_startup()\n"
        "    await served.client.get('/-/redline/0')\n"
        "    read = lambda connection: connection.execute('pragma hard_heap_limit').fetchone()[0]\n"
        "    print(await served.get_database('2').execute_fn(read))\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", asked, *map(str, names)], capture_output=True, text=True)
    assert int(done.stdout) == 3 * limits.HEAP, done.stderr
