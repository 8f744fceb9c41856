"""A redirect to what may be another page, followed where the page itself is found at its end.

From two addresses alone a new slug without an article number cannot be told from another story, so `verdict` calls it
elsewhere. The archive knows more: what the page said. Where the publisher's own redirect leads to the same text, word
for word, the page has moved; and an address to which it has moved stays its address when it is edited there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.archive.readable import NoDocumentError, document_of
from scraper.archive.withheld import withholding
from scraper.fetching.identity import publisher_family
from scraper.fetching.observation import GOOD_OUTCOMES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from scraper.archive.look import Look
    from scraper.normalizing.document import Document, Rules

WORDS = 50
"""Of a shorter text the like may stand on many pages."""


def followed(
    connection: sqlite3.Connection, version: Mapping[str, Any], look: Look, rules: Rules, latest: Callable[[], Document]
) -> Look:
    """The look, judged as one at the page where its redirect is found to lead to the page; else as it was.

    An address to which the page has moved can answer with a challenge or a stub as any other: then it is that.
    `version` is the row of the latest version, and `latest` gives its document. Where that is withheld, there is no
    text to compare with any more, and of a stored look what was concluded then holds.
    """
    arrived = look.arrived
    if arrived is None or look.withheld or not _one_publisher(look.url, look.final_url):
        return look
    if _was_there(connection, version["source_id"], look.final_url):
        how = "where it was seen before"
    elif withholding(connection, version["capture_id"]):
        if look.concluded not in GOOD_OUTCOMES:
            return look
        how = "where it was found then, by a text that is withheld now"
    elif arrived.outcome is None and _has_text(look, rules, latest()):
        how = "where its text stands, word for word"
    else:
        return look
    what = "" if arrived.outcome in (None, "not_modified") else f"; {arrived.reason}"
    return replace(look, verdict=replace(arrived, reason=f"redirected to {look.final_url[:120]}, {how}{what}"))


def _one_publisher(one: str, other: str) -> bool:
    try:
        families = {publisher_family(urlsplit(url).hostname or "") for url in (one, other)}
    except ValueError:
        return False
    return len(families) == 1


def _was_there(connection: sqlite3.Connection, source_id: str, url: str) -> bool:
    asked = "select 1 from source_urls where source_id = ? and url = ? and reason = 'redirect'"
    return connection.execute(asked, (source_id, url)).fetchone() is not None


def _has_text(look: Look, rules: Rules, latest: Document) -> bool:
    if latest.words < WORDS:
        return False
    try:
        return document_of(look, rules).text == latest.text
    except NoDocumentError:
        return False
