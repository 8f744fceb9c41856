"""The full-text index is fed once a transaction, and holds exactly the passages that are committed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.archive.beside import full_text_agrees
from scraper.archive.documents import write_spans
from scraper.archive.rows import transaction
from tests.archive.test_spans import blank, document
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = ["harbour", "ferry", "channel", "crown", "dredger", "winter"]


def found(connection: sqlite3.Connection, word: str) -> list[str]:
    asked = "select text from passages_fts where passages_fts match ? order by rowid"
    return [row[0] for row in connection.execute(asked, (word,))]


def assert_whole(connection: sqlite3.Connection) -> None:
    """FTS5's own check of the index against the passages; sqlite3.DatabaseError where they differ."""
    connection.execute("insert into passages_fts(passages_fts, rank) values ('integrity-check', 1)")
    for word in WORDS:
        rows = connection.execute("select text from passages where text glob ? order by id", (f"{word}*",))
        assert found(connection, word) == [row[0] for row in rows]


def test_a_reader_finds_the_words_of_a_page_as_soon_as_it_finds_the_page(watch: Watch) -> None:
    watch.archive.gather()
    watch.look(page(*PARAGRAPHS))
    with Archive(watch.archive.path, readonly=True) as reader:
        assert reader.counts()["passages"] == 0
        assert found(reader.connection, "autumn") == []
        watch.archive.keep()
        assert reader.counts()["passages"] > 0
        assert found(reader.connection, "autumn") == [PARAGRAPHS[0]]
    assert full_text_agrees(watch.archive.connection)


STEPS = st.tuples(
    st.sampled_from(["write", "write", "drop", "alter"]), st.lists(st.sampled_from(WORDS), max_size=4), st.booleans()
)


@given(transactions=st.lists(st.lists(STEPS, max_size=4), max_size=5))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_taken_back_and_dropped_the_index_holds_what_is_there(
    transactions: list[list[tuple[str, list[str], bool]]],
) -> None:
    connection, number = blank(), 0
    for steps in transactions:
        with transaction(connection):
            for deed, words, keep in steps:
                number += 1
                with transaction(connection, keep=keep):
                    _do(connection, deed, words, number)
        assert_whole(connection)


def _do(connection: sqlite3.Connection, deed: str, words: Sequence[str], number: int) -> None:
    if deed == "write":
        write_spans(connection, f"source {number}", number, document(list(words)))
        return
    for word in words:
        connection.execute("delete from spans where passage_id in (select id from passages where text = ?)", (word,))
        if deed == "drop":
            connection.execute("delete from passages where text = ?", (word,))
        else:
            connection.execute("update passages set text = text || ' by hand' where text = ?", (word,))


def test_a_passage_that_another_program_put_in_is_indexed_with_the_next_ones() -> None:
    connection = blank()
    connection.execute("insert into passages (sha256, text) values ('of nothing', 'ferry')")
    assert found(connection, "ferry") == []
    with transaction(connection):
        write_spans(connection, "s", 1, document(["harbour"]))
    assert_whole(connection)


def test_an_index_that_does_not_agree_is_told_of() -> None:
    connection = blank()
    with transaction(connection):
        write_spans(connection, "s", 1, document(["harbour", "ferry"]))
    connection.execute("insert into passages_fts(passages_fts, rowid, text) values ('delete', 1, 'harbour')")
    with pytest.raises(sqlite3.DatabaseError):
        assert_whole(connection)
