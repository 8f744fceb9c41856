"""Where the bytes of a damaged body may still be, and the proof that they are the same: their hash."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from typing import TYPE_CHECKING

import scraper.archive.headers as headers
from scraper.archive.bodies import unpack
from scraper.archive.captures import load_body
from scraper.errors import RedlineError
from scraper.fetching.decoding import decode, encodings

if TYPE_CHECKING:
    from collections.abc import Iterator

Candidate = tuple[bytes, str]
"""Bytes, and where they were found."""


def proven_body(
    connection: sqlite3.Connection, capture_id: int, other: sqlite3.Connection | None = None
) -> Candidate | None:
    """The bytes of a capture from wherever they still are, with what proves them; None where they are nowhere.

    `other` is another copy of the archive, or any archive at all: the hash is the proof, and not the place.
    """
    row = connection.execute("select * from captures where id = ?", (capture_id,)).fetchone()
    for found in (*_places(connection, row), *(_copies(other, row["sha256"], "the other copy") if other else ())):
        body, place = found
        if hashlib.sha256(body).hexdigest() == row["sha256"]:
            return body, f"{place} has bytes with the hash that the ledger binds"
    return None


def proven_encoded(other: sqlite3.Connection | None, sha256: str) -> bytes | None:
    """A body as it came over the wire, from another copy of the archive; None where it has none with that hash."""
    if other is None:
        return None
    for (body,) in other.execute("select body from encoded_bodies where sha256 = ?", (sha256,)):
        if hashlib.sha256(body).hexdigest() == sha256:
            return bytes(body)
    return None


def _places(connection: sqlite3.Connection, row: sqlite3.Row) -> Iterator[Candidate]:
    yield from _copies(connection, row["sha256"], "another capture", row["id"])
    yield from _from_the_wire(connection, row["id"])
    yield from _against_other_bases(connection, row)


def _copies(connection: sqlite3.Connection, sha256: str, place: str, but: int | None = None) -> Iterator[Candidate]:
    for source_id, capture_id in connection.execute(
        "select source_id, id from captures where sha256 = ? and id is not ?", (sha256, but)
    ).fetchall():
        with contextlib.suppress(RedlineError, sqlite3.DatabaseError):
            yield load_body(connection, capture_id), f"{place} ({source_id}/{capture_id})"


def _from_the_wire(connection: sqlite3.Connection, capture_id: int) -> Iterator[Candidate]:
    rows = connection.execute(
        "select f.headers, e.body from fetches f join encoded_bodies e on e.sha256 = f.encoded_sha256 "
        "where f.capture_id = ?",
        (capture_id,),
    ).fetchall()
    for packed, encoded in rows:
        lines = headers.unpack(connection, packed)
        coding = ", ".join(value for name, value in lines if name.lower() == "content-encoding")
        length = connection.execute("select bytes from captures where id = ?", (capture_id,)).fetchone()[0]
        with contextlib.suppress(Exception):  # whatever a codec makes of broken bytes
            yield decode(encoded, encodings(coding), length + 1), "the body as it came over the wire"


def _against_other_bases(connection: sqlite3.Connection, row: sqlite3.Row) -> Iterator[Candidate]:
    """What the stored difference gives against each whole body of the source: the base may be what was altered."""
    if not row["body"]:
        return
    yield from _unpacked(row["body"], None, "its own bytes, taken as whole,")
    bases = connection.execute(
        "select id from captures where source_id = ? and base_id is null and id <> ? order by id",
        (row["source_id"], row["id"]),
    ).fetchall()
    for (base_id,) in bases:
        with contextlib.suppress(RedlineError):
            yield from _unpacked(row["body"], load_body(connection, base_id), f"its difference from capture {base_id}")


def _unpacked(data: bytes, base: bytes | None, place: str) -> Iterator[Candidate]:
    with contextlib.suppress(Exception):  # as in `captures`
        yield unpack(data, base), place
