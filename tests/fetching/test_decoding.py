from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fetching.decoding import TooLargeError, UndecodableError, decode, encodings


def bare_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@settings(max_examples=60)
@given(st.binary(max_size=2000), st.sampled_from(["gzip", "x-gzip", "deflate", "bare"]))
def test_what_was_compressed_comes_back_at_its_very_size_and_not_below(body: bytes, name: str) -> None:
    packed = zlib.compress(body) if name == "deflate" else bare_deflate(body) if name == "bare" else gzip.compress(body)
    applied = encodings("deflate" if name == "bare" else name)

    assert decode(packed, applied, len(body)) == body
    if body:
        with pytest.raises(TooLargeError):
            decode(packed, applied, len(body) - 1)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_stream_cut_anywhere_is_never_taken_for_whole(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(1, len(packed) - 1))

    with pytest.raises(UndecodableError):
        decode(packed[:cut], ("gzip",), 10_000)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate"]))
def test_bytes_that_are_not_compressed_raise_nothing_unforeseen(body: bytes, name: str) -> None:
    with contextlib.suppress(UndecodableError, TooLargeError):
        decode(body, (name,), 1000)


def test_several_gzip_members_are_one_body_and_padding_is_ignored() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 20

    assert decode(packed, ("gzip",), 7) == b"one two"
    with pytest.raises(TooLargeError):
        decode(packed, ("gzip",), 6)


@pytest.mark.parametrize(
    ("header", "applied"),
    [
        (None, ()),
        ("", ()),
        ("identity", ()),
        ("GZIP", ("gzip",)),
        (" gzip , identity, deflate", ("gzip", "deflate")),
    ],
)
def test_encodings_are_read_in_the_order_they_were_applied(header: str | None, applied: tuple[str, ...]) -> None:
    assert encodings(header) == applied


@pytest.mark.parametrize("header", ["br", "zstd", "gzip, br", "gzip, gzip, gzip"])
def test_encodings_that_are_not_undone_are_refused(header: str) -> None:
    with pytest.raises(UndecodableError):
        encodings(header)


def test_as_many_members_as_compressors_write_are_read_and_a_swarm_is_not() -> None:
    assert decode(gzip.compress(b"x") * 999, ("gzip",), 1000) == b"x" * 999
    with pytest.raises(UndecodableError, match="more than 1,000 members"):
        decode(gzip.compress(b"") * 1001, ("gzip",), 1000)


def test_a_swarm_in_a_swarm_is_read_in_slices_of_one_size() -> None:
    """Copying the rest at each of its members made this small body minutes of work."""
    swarm = gzip.compress(gzip.compress(b"") * 400_000)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    with pytest.raises(UndecodableError):
        decode(swarm, ("gzip", "gzip"), 20_000_000, look)

    assert looks < 2500


def test_the_time_is_looked_at_between_slices() -> None:
    def out_of_time() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        decode(gzip.compress(b"text"), ("gzip",), 1000, out_of_time)


def test_a_long_body_is_put_together_from_its_slices() -> None:
    body = bytes(range(256)) * 2000 + b"end"
    packed = gzip.compress(body, compresslevel=0)

    assert decode(packed + packed, ("gzip",), 2 * len(body)) == body + body
