"""Conditional requests (RFC 9110, section 13): a reader that has the latest already is told so in a few bytes."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def http_date(text: str) -> str:
    """Archive text as an HTTP date (RFC 9110, 5.6.7), which knows whole seconds."""
    return format_datetime(datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0), usegmt=True)


def validators(body: bytes, modified: str | None) -> dict[str, str]:
    """The headers ETag (strong: of these very bytes) and, where `modified` (archive text) is known, Last-Modified.

    With `no-cache` a cache may keep the answer but has to ask again: a feed is asked for often and changes any time.
    """
    dated = {"last-modified": http_date(modified)} if modified else {}
    return {"etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "cache-control": "no-cache", **dated}


def stands(asked: Mapping[str, str], ours: Mapping[str, str]) -> bool:
    """Whether what the reader has still stands, by the request's headers and the validators of our answer.

    If-None-Match decides where it is sent; If-Modified-Since is heeded only without it (RFC 9110, 13.1.3). A date that
    cannot be read is as if it were not there.
    """
    known = asked.get("if-none-match")
    if known is not None:
        # Weak comparison (RFC 9110, 13.1.2): a proxy that compresses marks our tag as weak.
        tags = re.findall(r'(?:W/)?("[^"]*")', known)
        return known.strip() == "*" or ours.get("etag") in tags
    since, modified = asked.get("if-modified-since"), ours.get("last-modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
