"""What reading a body came to in another process, with what that depends on beside the answer that it comes with.

Reading is a pure function, so it may be done where there is room for it. Whoever stores the document asks `holds`
first, and reads the bytes again where the other side went by another normaliser or other rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import NormalizeError
from scraper.normalizing.version import NORMALIZER
from scraper.portable import portable

if TYPE_CHECKING:
    from scraper.normalizing.document import Document, Rules


@portable
@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of an answer's body under a version of the normaliser and a keeper's rules. It pickles.

    That is the document in it; or without one, in `same_as`, the SHA-256 of a body from the same URL that was served
    with the same Content-Type and is certain to give the same document (`reads_alike`).
    """

    document: Document | None
    normalizer: str
    rules: Rules
    same_as: str | None = None

    def holds(self, rules: Rules) -> bool:
        """Whether reading the same bytes here and now, under `rules`, would give the same document."""
        return self.normalizer == NORMALIZER and self.rules == rules


def read(body: bytes, *, url: str, content_type: str | None, rules: Rules) -> Reading | None:
    """Read a body as `normalize` does; None where it is no document: why, the one who stores it finds out and says."""
    from scraper.normalizing.normalizer import normalize  # whoever only stores what was read has no parser loaded

    try:
        document = normalize(body, url=url, content_type=content_type, rules=rules)
    except NormalizeError:
        return None
    _ = document.sha256, document.words  # worked out here, they travel with it
    return Reading(document, NORMALIZER, rules)
