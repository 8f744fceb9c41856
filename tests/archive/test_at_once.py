"""Rows that are read in one step are the rows that SQLite gives."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.at_once import at_once

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
WEIGHTS = st.none() | st.integers(0, 10_000).map(lambda weight: weight / 10_000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), TEXTS, WEIGHTS)))
def test_rows_come_back_as_they_are_and_in_their_order(rows: list[tuple[int, str | None, float | None]]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table held (number integer, text text, weight real) strict")
        connection.executemany("insert into held values (?, ?, ?)", rows)

        rest = "from held where rowid <> ? order by text desc, rowid desc"
        found = at_once(connection, ("number", "text", "weight"), rest, (2,))

        by_hand = connection.execute(f"select number, text, weight {rest}", (2,)).fetchall()
        assert [tuple(row) for row in found] == by_hand
