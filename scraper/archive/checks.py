"""What is checked of the evidence beside the chain: bodies, what captures say of themselves, tombstones, timestamps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import scraper.archive.signals as signals
import scraper.archive.timestamps as timestamps
import scraper.archive.tokens as tokens
from scraper.archive.captures import described, load_body
from scraper.archive.deeds import has_table, unbound
from scraper.archive.withheld import withheld_encoded
from scraper.errors import ArchiveCorrupt, CaptureWithheld

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, in a line that names the row."""

    where: str
    what: str


def broken_captures(
    connection: sqlite3.Connection, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, str]]:
    """The captures whose bytes, or whose word of themselves, do not hold, and why. Withheld ones are none of them."""
    total = connection.execute("select count(*) from captures").fetchone()[0]
    # What a capture says of itself follows from its body and from the first observation that brought it.
    rows = connection.execute(
        "select captures.id, captures.bytes, stored_bytes = length(body), media_type, charset, "
        "first.id is not null, first.content_type from captures left join fetches first on first.id = "
        "(select min(id) from fetches where capture_id = captures.id) order by captures.id"
    )
    for done, (capture_id, length, stored, media_type, charset, brought, content_type) in enumerate(rows, start=1):
        try:
            if len(load_body(connection, capture_id)) != length or not stored:
                yield capture_id, "altered: its body is not as long as it says"
            if brought and described(content_type) != (media_type, charset):
                yield capture_id, "altered: its type is not that of the answer that brought it"
        except CaptureWithheld as error:
            if not stored:
                yield capture_id, f"altered: {error}, and yet there are some"
        except ArchiveCorrupt as error:
            yield capture_id, str(error)
        if progress:
            progress(done, total)


def broken_encoded(connection: sqlite3.Connection) -> Iterator[str]:
    """The hashes of bodies as they came over the wire that are not what they were stored as."""
    withheld = withheld_encoded(connection)
    for sha256, length, body in connection.execute("select sha256, bytes, body from encoded_bodies order by rowid"):
        if not body and sha256 in withheld:
            continue
        if hashlib.sha256(body).hexdigest() != sha256 or len(body) != length:
            yield sha256


def captures(connection: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> Iterator[Finding]:
    """What does not hold in the bodies that are kept, in both of their forms."""
    for capture_id, what in broken_captures(connection, progress):
        yield Finding(f"captures {capture_id}", what)
    for sha256 in broken_encoded(connection):
        what = "altered: it does not have the hash and the length it was stored under"
        yield Finding(_encoded_body(sha256), what)


def unbrought(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Bodies and header lines that no observation brought, in an archive with a whole ledger: somebody put them in."""
    for (capture_id,) in connection.execute(
        "select id from captures c where not exists (select 1 from fetches f where f.capture_id = c.id) order by id"
    ):
        yield Finding(f"captures {capture_id}", "put in: no observation brought it")
    for (sha256,) in connection.execute("select sha256 from encoded_bodies except select encoded_sha256 from fetches"):
        yield Finding(_encoded_body(sha256), "put in: no observation brought it")
    named = " union ".join(
        f"select value from fetches, json_each({column}) where json_each.type = 'integer'"
        for column in ("headers", "request_headers")
    )
    for (line_id,) in connection.execute(f"select id from header_lines except select * from ({named})"):
        yield Finding(f"header_lines {line_id}", "put in: no observation names it")


def deeds(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Tombstones and repairs that the ledger does not bind, and tombstones that are not those of their captures."""
    for where, what in unbound(connection):
        yield Finding(where, what)
    if has_table(connection, "redactions"):
        rows = connection.execute(
            "select r.id from redactions r left join captures c on c.id = r.capture_id "
            "and c.sha256 = r.sha256 and c.source_id = r.source_id where c.id is null order by r.id"
        )
        for (row_id,) in rows:
            yield Finding(f"redactions {row_id}", "forged: it is not about the capture that it names")


def stamps(connection: sqlite3.Connection, roots: Sequence[Any]) -> tuple[list[Finding], str | None]:
    """What does not hold in the timestamps of heads, and a note of what could not be checked."""
    if broken := list(timestamps.faults(connection)):
        return [Finding(*fault) for fault in broken], None
    if not tokens.available():
        return [], timestamps.unread(connection)
    faults, note = timestamps.token_faults(connection, roots)
    return [Finding(*fault) for fault in faults], note


def announcements(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What does not hold in what sitemaps and feeds were asked and said."""
    return (Finding(*fault) for fault in signals.faults(connection))


def _encoded_body(sha256: str) -> str:
    return f"encoded_bodies {sha256[:12]}"
