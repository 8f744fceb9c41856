from __future__ import annotations

import http.client
import re
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.fetching.heads import read_headers

LINES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.builds(
            lambda name, space, value, end: name + b":" + space + value + end,
            st.sampled_from([b"Content-Type", b"ETag", b"x_y", b"X!", b"", b"Caf\xe9", b"From me", b"a b"]),
            st.sampled_from([b"", b" ", b"\t ", b"  "]),
            st.one_of(st.binary(max_size=12), st.sampled_from([b'"\xc3\xa9" ', b"a\x0bb", b"a\x85b", b"a\rb", b":"])),
            st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\n folded\r\n", b"\r\n\t\r\n"]),
        ),
    ),
    max_size=6,
)


def taken(message: http.client.HTTPMessage) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in message.items()]


@given(LINES)
@settings(max_examples=400)
@example([b"A: 1\r\n", b"a: 2\r\n"])
@example([b"A:\r\n", b" \r\n"])
def test_headers_are_those_that_the_standard_library_reads(lines: list[bytes]) -> None:
    sent = b"".join(lines) + b"\r\n<p>body"
    ours, theirs = BytesIO(sent), BytesIO(sent)

    read = taken(http.client.parse_headers(theirs))
    assert taken(read_headers(ours)) == [(name, unfolded(value)) for name, value in read]
    assert ours.read() == theirs.read()


def unfolded(value: str) -> str:
    """A value that stood on several lines, on one (RFC 9112, 5.2)."""
    first, *others = re.split(r"[\r\n]+", value)
    if not others:
        return value
    between = [line.strip(" \t") for line in others[:-1]]
    return " ".join([first.rstrip(" \t"), *between, others[-1].lstrip(" \t")]).lstrip(" \t")


def test_a_value_that_is_folded_is_one_line() -> None:
    message = read_headers(BytesIO(b'ETag:\r\n "abc"\r\nX: one \r\n\ttwo\r\n three\r\n\r\n'))

    assert taken(message) == [("ETag", '"abc"'), ("X", "one two three")]


def test_many_spaces_in_a_folded_head_cost_no_time() -> None:
    message = read_headers(BytesIO(b"A: b\r\n c\r\nX: y" + b" " * 60_000 + b"z\r\n\r\n"))

    assert len(message["X"]) == 60_002


def test_names_keep_their_case_and_their_order_and_every_value() -> None:
    message = read_headers(BytesIO(b"B: 1\r\nA: \t2 \r\nb: 3\r\n\r\n"))

    assert taken(message) == [("B", "1"), ("A", "2 "), ("b", "3")]
    assert message.get_all("B") == ["1", "3"]


@pytest.mark.parametrize("count", [100, 101])
def test_a_hundred_headers_are_taken_and_no_more(count: int) -> None:
    source = BytesIO(b"X: y\r\n" * count + b"\r\n")

    if count == 100:
        assert len(read_headers(source).items()) == 100
    else:
        with pytest.raises(http.client.HTTPException, match="more than 100 headers"):
            read_headers(source)


def test_a_line_of_more_than_64_kib_is_none() -> None:
    with pytest.raises(http.client.LineTooLong):
        read_headers(BytesIO(b"X: " + b"y" * 65_536 + b"\r\n\r\n"))
