"""Captures in and out: exact bytes by their hash, stored once per source."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.archive.bodies import pack, unpack
from scraper.archive.rows import insert
from scraper.archive.withheld import withholding
from scraper.errors import ArchiveCorrupt, CaptureWithheld

if TYPE_CHECKING:
    import sqlite3

    from scraper.fetching.observation import Answer

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored body: its row id, the hash of its bytes, how many there are, and whether it had not been stored yet."""

    id: int
    sha256: str
    bytes: int
    is_new: bool = False


def store_capture(connection: sqlite3.Connection, answer: Answer) -> Capture | None:
    """Store the body of an answer, whatever its status: what a block looked like is evidence too."""
    if answer.body is None or answer.status == 304:  # a 304 has no content (RFC 9110 15.4.5), not an empty one
        return None
    sha256 = hashlib.sha256(answer.body).hexdigest()
    row = connection.execute(
        "select id from captures where source_id = ? and sha256 = ?", (answer.source_id, sha256)
    ).fetchone()
    if row:
        return Capture(row["id"], sha256, len(answer.body))
    base_id, base = _keyframe(connection, answer.source_id)
    packed = pack(answer.body, base_id, base)
    media_type, charset = described(answer.header("content-type"))
    capture_id = insert(
        connection,
        "captures",
        {
            "sha256": sha256,
            "source_id": answer.source_id,
            "media_type": media_type,
            "charset": charset,
            "bytes": len(answer.body),
            "stored_bytes": len(packed.data),
            "base_id": packed.base_id,
            "body": packed.data,
        },
    )
    return Capture(capture_id, sha256, len(answer.body), is_new=True)


def described(content_type: str | None) -> tuple[str | None, str | None]:
    """The media type and the charset that a Content-Type header names, in lower case; None for what it does not."""
    charset = _CHARSET.search(content_type or "")
    return (content_type or "").split(";")[0].strip().lower() or None, charset[1].lower() if charset else None


def store_encoded(connection: sqlite3.Connection, answer: Answer) -> str | None:
    """Store a body as it came over the wire where the server compressed it unasked; give its hash.

    A compressed body cannot be made again from what is in it, so both forms are kept.
    """
    if answer.encoded_body is None:
        return None
    sha256 = hashlib.sha256(answer.encoded_body).hexdigest()
    if connection.execute("select 1 from encoded_bodies where sha256 = ?", (sha256,)).fetchone() is None:
        row = {"sha256": sha256, "bytes": len(answer.encoded_body), "body": answer.encoded_body}
        insert(connection, "encoded_bodies", row)
    return sha256


def load_encoded(connection: sqlite3.Connection, sha256: str) -> bytes:
    """Give back a body as it came over the wire; ArchiveCorrupt where it is missing or not what was stored."""
    row = connection.execute("select body from encoded_bodies where sha256 = ?", (sha256,)).fetchone()
    if row is None or hashlib.sha256(row["body"]).hexdigest() != sha256:
        raise ArchiveCorrupt(f"the compressed body {sha256[:12]} is missing or altered: see `redline verify`")
    return bytes(row["body"])


def load_body(connection: sqlite3.Connection, capture_id: int) -> bytes:
    """Give back the exact bytes of a capture.

    ArchiveCorrupt where they do not have the hash they were stored under, CaptureWithheld where they were withheld.
    """
    row = connection.execute("select sha256, base_id, body from captures where id = ?", (capture_id,)).fetchone()
    if row is None:
        raise ArchiveCorrupt(f"capture {capture_id} is missing")
    if not row["body"]:
        if tombstone := withholding(connection, capture_id):
            raise CaptureWithheld(f"the bytes of {tombstone.source_id}/{capture_id} are {tombstone.told}")
        raise ArchiveCorrupt(f"capture {capture_id} has lost its body, and no redaction says why")
    base = None
    if row["base_id"] is not None:
        frame = connection.execute("select body from captures where id = ?", (row["base_id"],)).fetchone()
        if frame is None:
            raise ArchiveCorrupt(f"capture {capture_id} was stored against capture {row['base_id']}, which is missing")
        base = _unpacked(frame["body"], None, row["base_id"])
    body = _unpacked(row["body"], base, capture_id)
    if hashlib.sha256(body).hexdigest() != row["sha256"]:
        raise ArchiveCorrupt(f"capture {capture_id} does not have the hash it was stored under")
    return body


def replace_body(connection: sqlite3.Connection, capture_id: int, body: bytes, base_id: int | None) -> None:
    """Store a capture's bytes in another way: against another body, or whole. The caller has lifted the guard.

    Raises ArchiveCorrupt where these are not the bytes that the capture was stored under, or do not come back.
    """
    base = load_body(connection, base_id) if base_id is not None else None
    packed = pack(body, base_id, base)
    connection.execute(
        "update captures set body = ?, stored_bytes = ?, base_id = ? where id = ?",
        (packed.data, len(packed.data), packed.base_id, capture_id),
    )
    load_body(connection, capture_id)


def _unpacked(data: bytes, base: bytes | None, capture_id: int) -> bytes:
    """Unpack, and turn a broken stream into ArchiveCorrupt with the capture's number."""
    try:
        return unpack(data, base)
    except Exception as error:  # the codec's error class differs between the standard library and its backport
        raise ArchiveCorrupt(f"capture {capture_id} cannot be unpacked: {error}") from error


def _keyframe(connection: sqlite3.Connection, source_id: str) -> tuple[int | None, bytes | None]:
    """The newest body of a source that is stored whole."""
    row = connection.execute(
        "select id, body from captures where source_id = ? and base_id is null and stored_bytes > 0 "
        "order by id desc limit 1",
        (source_id,),
    ).fetchone()
    return (row["id"], _unpacked(row["body"], None, row["id"])) if row else (None, None)
