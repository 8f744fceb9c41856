"""Captures in and out: exact bytes by their hash, stored once per source."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from scraper.archive.bodies import pack, unpack
from scraper.archive.rows import insert
from scraper.archive.withheld import withholding
from scraper.errors import ArchiveCorrupt, CaptureWithheld

if TYPE_CHECKING:
    import sqlite3

    from scraper.archive.bodies import Packed
    from scraper.archive.groundwork import Groundwork
    from scraper.fetching.observation import Answer

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored body: its row id, the hash of its bytes, how many there are, and whether they are stored just now."""

    id: int
    sha256: str
    bytes: int
    fresh: bool = False


Unpacked = dict[int, bytes]
"""Bodies by the ids of their captures, unpacked and with no hash checked: those of one page, while it is dealt with."""


def content_of(answer: Answer) -> bytes | None:
    """The body that an answer brought: a 304 has no content (RFC 9110 15.4.5), not an empty one."""
    return None if answer.status == HTTPStatus.NOT_MODIFIED else answer.body


def capture_of(connection: sqlite3.Connection, source_id: str, sha256: str) -> int | None:
    """The id of the capture of a source that has these bytes, by their hash."""
    row = connection.execute(
        "select id from captures where source_id = ? and sha256 = ?", (source_id, sha256)
    ).fetchone()
    return int(row["id"]) if row else None


def store_capture(
    connection: sqlite3.Connection, answer: Answer, unpacked: Unpacked, groundwork: Groundwork | None = None
) -> Capture | None:
    """Store the body of an answer, whatever its status: what a block looked like is evidence too.

    The body that it is stored against is left in `unpacked`, unless it was packed before.
    """
    body = content_of(answer)
    if body is None:
        return None
    sha256 = (groundwork and groundwork.sha256) or hashlib.sha256(body).hexdigest()
    if (known := capture_of(connection, answer.source_id, sha256)) is not None:
        return Capture(known, sha256, len(body))
    packed = groundwork.packed if groundwork else None
    if packed is None or not _stands_whole(connection, answer.source_id, packed.base_id):
        packed = packed_beside(connection, answer.source_id, body, unpacked)
    media_type, charset = described(answer.header("content-type"))
    capture_id = insert(
        connection,
        "captures",
        {
            "sha256": sha256,
            "source_id": answer.source_id,
            "media_type": media_type,
            "charset": charset,
            "bytes": len(body),
            "stored_bytes": len(packed.data),
            "base_id": packed.base_id,
            "body": packed.data,
        },
    )
    return Capture(capture_id, sha256, len(body), fresh=True)


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


def load_body(connection: sqlite3.Connection, capture_id: int, unpacked: Unpacked | None = None) -> bytes:
    """Give back the exact bytes of a capture; what is in `unpacked` is not unpacked again.

    ArchiveCorrupt where they do not have the hash they were stored under, CaptureWithheld where they were withheld.
    """
    ready = unpacked or {}
    row = connection.execute("select sha256, base_id, body from captures where id = ?", (capture_id,)).fetchone()
    if row is None:
        raise ArchiveCorrupt(f"capture {capture_id} is missing")
    if not row["body"]:
        if tombstone := withholding(connection, capture_id):
            raise CaptureWithheld(f"the bytes of {tombstone.source_id}/{capture_id} are {tombstone.told}")
        raise ArchiveCorrupt(f"capture {capture_id} has lost its body, and no redaction says why")
    base = None
    if row["base_id"] is not None and (base := ready.get(row["base_id"])) is None:
        frame = connection.execute("select body from captures where id = ?", (row["base_id"],)).fetchone()
        if frame is None:
            raise ArchiveCorrupt(f"capture {capture_id} was stored against capture {row['base_id']}, which is missing")
        base = _unpacked(frame["body"], None, row["base_id"])
    if (body := ready.get(capture_id)) is None:
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


def packed_beside(connection: sqlite3.Connection, source_id: str, body: bytes, unpacked: Unpacked) -> Packed:
    """A body as it is to be stored beside those of its source; the keyframe that it is packed against is unpacked."""
    base_id = _keyframe(connection, source_id, unpacked)
    return pack(body, base_id, unpacked.get(base_id) if base_id is not None else None)


def _keyframe(connection: sqlite3.Connection, source_id: str, unpacked: Unpacked) -> int | None:
    """The newest body of a source that is stored whole: its capture's id; its bytes are put into `unpacked`."""
    row = connection.execute(
        "select id, body from captures where source_id = ? and base_id is null and stored_bytes > 0 "
        "order by id desc limit 1",
        (source_id,),
    ).fetchone()
    if row is None:
        return None
    unpacked[row["id"]] = _unpacked(row["body"], None, row["id"])
    return int(row["id"])


def _stands_whole(connection: sqlite3.Connection, source_id: str, capture_id: int | None) -> bool:
    """Whether a capture that a body was packed against is one of its source that is still stored whole."""
    return (
        capture_id is None
        or connection.execute(
            "select 1 from captures where id = ? and source_id = ? and base_id is null and stored_bytes > 0",
            (capture_id, source_id),
        ).fetchone()
        is not None
    )
