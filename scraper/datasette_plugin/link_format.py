"""Web links as a header (RFC 8288) and as a document (application/link-format, RFC 6690)."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.datasette_plugin.conditional import http_date
from scraper.datasette_plugin.links import in_path

LINK_FORMAT = "application/link-format"


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link with its relation types, and the attributes that RFC 7089 gives them; times are archive text."""

    url: str
    rel: str
    media_type: str | None = None
    datetime: str | None = None
    since: str | None = None
    until: str | None = None

    def __str__(self) -> str:
        """The link as RFC 8288 writes it; `in_path` leaves no character in the URL that could end it."""
        dated = (("datetime", self.datetime), ("from", self.since), ("until", self.until))
        said = [f'rel="{self.rel}"']
        said += [f'type="{self.media_type}"'] if self.media_type else []
        said += [f'{name}="{http_date(value)}"' for name, value in dated if value]
        return "; ".join([f"<{in_path(self.url)}>", *said])


def as_header(links: list[WebLink]) -> str:
    """The value of a Link header."""
    return ", ".join(str(link) for link in links)


def as_document(links: list[WebLink]) -> bytes:
    """A document in link format (RFC 6690, 2): links with a comma between them, a line each as RFC 7089 shows them.

    The grammar has no other place for the end of a line, so none follows the last.
    """
    return ",\n".join(str(link) for link in links).encode("ascii")
