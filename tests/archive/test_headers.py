"""Header lines are stored once and come back as they were received."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.headers import Packer, unpack
from tests.archive.test_spans import blank
from tests.archive.watching import PARAGRAPHS, Watch, page

LINES = st.lists(st.tuples(st.sampled_from(["Server", "Date", "Set-Cookie"]), st.text(max_size=5)), max_size=6)


@given(history=st.lists(LINES, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_list_comes_back_in_order(history: list[list[tuple[str, str]]]) -> None:
    connection, before, packed = blank(), None, []
    for lines in history:
        before = Packer(connection).pack(tuple(lines), before)
        packed.append(before)
    assert [list(unpack(connection, stored)) for stored in packed] == history


def test_what_a_server_repeats_is_stored_once_and_a_date_never() -> None:
    connection = blank()
    before = None
    for day in range(1, 9):
        before = Packer(connection).pack((("Server", "nginx"), ("Date", f"{day} March 2026")), before)

    stored = connection.execute("select name, value from header_lines").fetchall()
    assert [tuple(row) for row in stored] == [("Server", "nginx")]
    assert before == '[1,["Date","8 March 2026"]]'


def test_the_view_of_headers_writes_every_line_out(watch: Watch) -> None:
    for hour in range(3):
        headers = (("Content-Type", "text/html"), ("Date", f"{hour} o'clock"))
        watch.look(page(*PARAGRAPHS), headers=headers)

    rows = watch.archive.connection.execute(
        "select position, name, value from fetch_headers where fetch_id = 3 order by position"
    ).fetchall()
    assert [tuple(row) for row in rows] == [(0, "Content-Type", "text/html"), (1, "Date", "2 o'clock")]
