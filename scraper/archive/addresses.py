"""Under which addresses a page is known: where it was asked for, where it answered, and what it calls its own address.

What a page names (`<link rel="canonical">`, `og:url`, or a Link header, RFC 6596) is a claim. It is written down as an
address of the page only where the two addresses alone show that it is the same page of the same publisher; any other
stays what the version says (`versions.canonical_url`). See docs/decisions/0019.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scraper.fetching.identity import names_same_page, settled_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from scraper.archive.look import Look

CANONICAL = "canonical"

LOOKED_BACK = 100
"""How many versions tell whether a page goes back and forth: a look costs the same however long the history is."""


def note_seen(connection: sqlite3.Connection, source_id: str, look: Look) -> None:
    """Record under which addresses the page was seen. To have been seen there outranks having been named."""
    seen = {look.url: "watch list"}
    if look.final_url != look.url:
        seen[look.final_url] = "redirect"
    for url, reason in seen.items():
        connection.execute(
            "insert into source_urls (source_id, url, first_seen, last_seen, reason) values (?, ?, ?, ?, ?) "
            "on conflict (source_id, url) do update set last_seen = excluded.last_seen, "
            f"first_seen = iif(reason = '{CANONICAL}', excluded.first_seen, first_seen), "
            f"reason = iif(reason = '{CANONICAL}', excluded.reason, reason)",
            (source_id, url, look.moment, look.moment, reason),
        )


def note_named(connection: sqlite3.Connection, source_id: str, look: Look, named: str | None, *, news: bool) -> None:
    """Record the address that a page names as its own, where it is believed; from when to when it named it.

    `news`: this look made a version. A page that goes back to an address which it had left does not know its own, and
    none that it names is believed while that stands among its last versions.
    """
    named = named or look.linked
    if not named or named in (look.url, look.final_url) or not names_same_page(look.final_url, named):
        return
    if news and _flips(_names(connection, source_id)):
        connection.execute(f"delete from source_urls where source_id = ? and reason = '{CANONICAL}'", (source_id,))
        return
    known = connection.execute("select 1 from source_urls where source_id = ? and url = ?", (source_id, named))
    if known.fetchone() is not None:
        connection.execute(
            f"update source_urls set last_seen = ? where source_id = ? and url = ? and reason = '{CANONICAL}'",
            (look.moment, source_id, named),
        )
    elif news or not _flips(_names(connection, source_id)):
        connection.execute(
            "insert into source_urls (source_id, url, first_seen, last_seen, reason) values (?, ?, ?, ?, ?)",
            (source_id, named, look.moment, look.moment, CANONICAL),
        )


def _names(connection: sqlite3.Connection, source_id: str) -> list[str]:
    """What the last versions of a source named as their address, the latest first."""
    rows = connection.execute(
        "select canonical_url from versions where source_id = ? order by number desc limit ?", (source_id, LOOKED_BACK)
    )
    return [settled_url(row[0]) for row in rows if row[0] is not None]


def _flips(names: Iterable[str]) -> bool:
    stretches = [name for name, _ in groupby(names)]
    return len(stretches) > len(set(stretches))
