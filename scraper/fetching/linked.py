"""The address that an answer's Link header names as the page's own (RFC 8288; `rel=canonical`, RFC 6596)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

_LONGEST = 8_000


def canonical_link(answer: Answer) -> str | None:
    """The absolute address; None where no header names one, or it cannot be read."""
    for name, value in answer.headers:
        if name.lower() != "link" or "canonical" not in value.lower() or len(value) > _LONGEST:
            continue
        from requests.utils import parse_header_links  # both load slowly, and few answers come so far

        from scraper.normalizing.links import absolute

        for link in parse_header_links(value):
            if "canonical" in str(link.get("rel", "")).lower().split():
                return absolute(str(link["url"]), answer.final_url or answer.url)
    return None
