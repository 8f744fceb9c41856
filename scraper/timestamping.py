"""Having the ledger's head timestamped: the question out, the answer checked and stored. Never part of the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.archive import timestamps, tokens
from scraper.clock import Clock, system_clock, to_text
from scraper.config_values import web_address
from scraper.errors import TimestampError, UsageError
from scraper.fetching.posting import PostFailed, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive import Archive
    from scraper.config import FetchSettings

MEDIA_TYPE = "application/timestamp-query"  # RFC 3161, 3.4


@dataclass(frozen=True, slots=True)
class Stamped:
    """A head with the time that an authority gave it; `signer` is None where it was there before, or did not say."""

    run_id: int
    head: str
    time: str
    signer: str | None
    new: bool


def timestamp(
    archive: Archive,
    authority: str,
    settings: FetchSettings,
    *,
    roots: Sequence[Any] = (),
    clock: Clock = system_clock,
) -> Stamped:
    """Have the newest head stamped by the authority at this URL, and store its answer.

    With `roots`, its signature must hold under them. What it does wrong is a TimestampError, and stores nothing.
    """
    try:
        web_address(authority)
    except ValueError as error:
        raise UsageError(f"the authority {error}") from None
    head = timestamps.last_head(archive.connection)
    if (time := timestamps.stamped(archive.connection, head.head, authority)) is not None:
        return Stamped(head.run_id, head.head, time, None, new=False)
    asked = tokens.question(head.preimage)
    try:
        answer = post(authority, asked.der, MEDIA_TYPE, settings, clock=clock)
        token = tokens.read(answer, head.head, asked.nonce)
        if roots and (fault := tokens.signature_fault(answer, head.head, roots)) is not None:
            raise TimestampError(f"its signature does not hold under the certificate given: {fault}")
    except (PostFailed, TimestampError) as error:
        remedy = "nothing was stored, and `redline timestamp` asks again"
        raise TimestampError(f"no timestamp from {authority}: {error}; {remedy}") from None
    timestamps.store(archive.connection, head, authority, clock(), answer, token)
    return Stamped(head.run_id, head.head, to_text(token.time), token.signer, new=True)
