"""Spans give back every version of a text, whatever was edited in between."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import documents
from scraper.archive.documents import load_passages, write_spans
from scraper.archive.schema import migrations
from scraper.normalizing.document import Document, Passage

HISTORIES = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=8)


def blank() -> sqlite3.Connection:
    from sqlite_utils import Database

    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(Database(connection))
    connection.row_factory = sqlite3.Row
    connection.execute("insert into sources (id, url, added) values ('s', 'https://example.org/', '')")
    return connection


def document(letters: list[str]) -> Document:
    return Document(tuple(Passage("paragraph", letter) for letter in letters))


def read(connection: sqlite3.Connection, number: int) -> list[str]:
    return [passage.text for passage in load_passages(connection, "s", number)]


@given(history=HISTORIES)
@settings(max_examples=60, deadline=None)
def test_every_version_reads_as_it_was_written(history: list[list[str]]) -> None:
    connection = blank()
    for number, letters in enumerate(history, start=1):
        write_spans(connection, "s", number, document(letters))
    assert [read(connection, number) for number in range(1, len(history) + 1)] == history


@given(history=HISTORIES)
@settings(max_examples=40, deadline=None)
def test_ranks_that_run_out_of_room_are_spread_without_changing_any_version(history: list[list[str]]) -> None:
    connection = blank()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "STEP", 16)  # just room for twelve
        for number, letters in enumerate(history, start=1):
            write_spans(connection, "s", number, document(letters))
        assert [read(connection, number) for number in range(1, len(history) + 1)] == history


def test_a_new_version_writes_only_what_changed() -> None:
    connection = blank()
    write_spans(connection, "s", 1, document(list("abcdefgh")))
    write_spans(connection, "s", 2, document(list("abcxefgh")))

    opened = connection.execute("select count(*) from spans where from_version = 2").fetchone()[0]
    closed = connection.execute("select count(*) from spans where to_version = 1").fetchone()[0]
    assert (opened, closed) == (1, 1)


def test_a_sentence_put_in_the_same_place_again_and_again_keeps_its_order() -> None:
    connection = blank()
    letters = ["title", "end"]
    for number in range(1, 80):
        letters.insert(1, f"news {number}")
        write_spans(connection, "s", number, document(letters))
    assert read(connection, 79) == letters
    assert read(connection, 3) == ["title", "news 3", "news 2", "news 1", "end"]


def test_no_two_passages_of_a_version_share_a_rank() -> None:
    connection = blank()
    for number, letters in enumerate(("abc", "acb", "xacb", "cb"), start=1):
        write_spans(connection, "s", number, document(list(letters)))
    rows = connection.execute("select rank, from_version, to_version from spans order by rank").fetchall()

    alive = [[r["rank"] for r in rows if r[1] <= n and (r[2] is None or r[2] >= n)] for n in range(1, 5)]

    assert all(a < b for ranks in alive for a, b in pairwise(ranks))
