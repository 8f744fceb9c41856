"""docs/sql.md is what the catalogue says, its examples have answers, and the functions of SQL keep their bounds."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.datasette_plugin.sql_examples import EXAMPLES
from scraper.datasette_plugin.sql_functions import LENT, LONGEST, diff_words, domain, lend, words
from scraper.datasette_plugin.sql_guide import guide

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "sql.md"


@pytest.fixture(scope="module")
def connection(demo_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{demo_path.as_uri()}?mode=ro", uri=True)
    lend(connection)
    yield connection
    connection.close()


def test_the_document_is_the_one_that_is_written_today() -> None:
    assert DOCUMENT.read_text() == guide(), "python -m scraper.datasette_plugin.sql_guide docs/sql.md"


def test_every_example_of_the_document_has_an_answer_in_the_demo(connection: sqlite3.Connection) -> None:
    statements = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)

    assert len(statements) == len(EXAMPLES)
    for statement in statements:
        assert connection.execute(statement).fetchall(), statement


def test_an_edit_is_shown_word_by_word(connection: sqlite3.Connection) -> None:
    (row,) = connection.execute("select redline_diff_words('It cost 48 crowns.', 'It cost 61 crowns.')").fetchall()

    assert row[0] == "It cost [-48-]{+61+} crowns."


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.gov:8443/a?b#c", "example.gov"),
        ("http://press.example/", "press.example"),
        ("https://[::1]/", "::1"),
        ("https://[", None),
        ("no address", None),
        (None, None),
        (5, None),
    ],
)
def test_the_host_of_an_address(url: object, host: str | None) -> None:
    assert domain(url) == host


def test_words_are_counted_as_versions_count_them(connection: sqlite3.Connection) -> None:
    assert words("It cost 48.6 million crowns.") == 5
    assert connection.execute("select redline_words(null), redline_words(5)").fetchone() == (None, None)


def test_a_text_that_is_too_long_gives_null_and_costs_nothing() -> None:
    longer = "a " * LONGEST

    assert (words(longer), diff_words(longer, "a"), domain(longer)) == (None, None, None)


@settings(max_examples=60, deadline=None)
@given(st.none() | st.integers() | st.binary(max_size=20) | st.text(max_size=40), st.none() | st.text(max_size=40))
def test_no_value_is_an_error_to_a_function(one: object, other: object) -> None:
    for lent in LENT:
        assert isinstance(lent.function(*(one, other)[: lent.arguments]), (str, int, type(None)))


def test_the_difference_holds_both_texts() -> None:
    old, new = "The ferries keep to their timetable.", "No ferries keep to the timetable today."
    marked = diff_words(old, new) or ""

    assert re.sub(r"\[-(.*?)-\]", r"\1", re.sub(r"\{\+.*?\+\}", "", marked)) == old
    assert re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\[-.*?-\]", "", marked)) == new
