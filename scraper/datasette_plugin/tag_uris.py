"""Ids that hold for ever: `tag:` URIs (RFC 4151) for the entries of a feed.

    tag:AUTHORITY,DATE:redline:ARCHIVE/change/ID

A reader of a feed knows an entry by its id, so an id must survive a change of host, of base path and of the archive's
file name, and a rebuild. ARCHIVE is the hash of the archive's first record in the ledger, which is append-only; ID is
the number of the look that showed the change. AUTHORITY is a name that whoever publishes the archive held on DATE: it
is set once in Datasette's configuration (`plugins: {redline: {authority: "example.org,2026"}}`). Without that it is
`redline.invalid`, a name that nobody can ever hold (RFC 2606): the archive's hash is what keeps two archives apart.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from scraper.errors import UsageError

NOBODY = "redline.invalid,2026"

# RFC 4151, 2.1: a DNS name or an e-mail address, then a date of a year, a month or a day.
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*,\d{4}(?:-\d{2}(?:-\d{2})?)?")


def tag_uri(authority: str | None, archive: str, *path: str) -> str:
    """The tag URI of something in an archive; UsageError where the authority is not one."""
    entity = authority or NOBODY
    if not _AUTHORITY.fullmatch(entity):
        raise UsageError(
            f"the plugin's setting `authority` is {entity[:80]!r}: write a name that you hold and a date on which you "
            "held it, such as example.org,2026"
        )
    # RFC 4151, 2.1: what is specific may hold the characters of a path and of a query.
    specific = "/".join(quote(step, safe="-._~=&") for step in (archive, *path))
    return f"tag:{entity}:redline:{specific}"
