"""Texts that are known by their wording and kept: notices and caption lines to name."""

from __future__ import annotations

import re

_NOTICE = re.compile(
    "|".join(
        (
            r"you (?:have accessed|are viewing) part of an? (?:historical|archived) collection (?:on|of) .+",
            r"(?:this|the) (?:page|document|content|website|site|article) (?:is|has been)"
            r" (?:archived|no longer (?:being )?(?:updated|maintained)).*",
            r"(?:corrections?|clarifications?|(?:editor|author|publisher)[’']?s?[’']? note|updated?"
            r"|note to (?:readers|editors))"
            r" ?(?:\([^)]{1,60}\)|,? (?:[a-z]{3,9}\.? )?\d[a-z0-9.,:/ ]{0,30})? ?[:—–] .+",
            r"(?:this|an earlier version of this|a previous version of this|the original version of this)"
            r" (?:story|article|post|report|page|piece|headline|release)"
            r" (?:has been|was|have been|incorrectly|misstated|misidentified|gave|said|stated|contained|included"
            r"|omitted) .+",
            r"(?:korrektur(?:hinweis)?|anmerkung der redaktion|hinweis der redaktion) ?:.+",
            r"originally published .+"
            r"|this (?:article|story|post) (?:was )?(?:originally|first) (?:appeared|published).+",
        )
    ),
    re.IGNORECASE,
)
_SYNDICATED = re.compile(
    r"originally published\s+(?:.+?\s+on\s+.*?\s*by\s+.+?\s+at\s+)?(?P<site>[^.]{2,80})\.?", re.IGNORECASE
)
# A longer passage that begins like a notice is the story itself; characters.
_NOTICE_LENGTH = 600
# How long ago a page was published, in the line with its date or author: it grows by itself.
_AGO = re.compile(
    r"\W*\b(?:posted|published|updated)?\W*(?:(?:\d+|an?|one)\s*(?:second|sec|minute|min|hour|hr|day|week|month|year)s?\s+ago"
    r"|vor (?:\d+|einer|einem) (?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)"
    r"|il y a (?:\d+|une?) \w+|hace (?:\d+|una?) \w+)\b",
    re.IGNORECASE,
)
_AGO_STEMS = ("ago", "vor ", "il y a", "hace ")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

_DATA_LINE = re.compile(r"\s*(?=\b(?:Photo\s+By|Photo\s+by|VIRIN|Download|Download\s+Image)\s*:)")
# No picture has more; what follows them stays in one line.
_MOST_DATA_LINES = 100
_CAPTION_DATA = re.compile(
    r"(?:photo\s+by|virin)\s*:.*"
    r"|\(?(?:(?:title |cover |featured )?(?:photos?|image|picture) ?(?:credits?|by|:)|photo courtesy of|credit:"
    r"|(?:titel|beitrags|symbol)?(?:foto|bild)s?:"
    r"|cr[ée]dits? photos? ?:|photo ?:|imagen ?:|cr[ée]dito:|fot\.) ?.{2,80}"
    r"|©\s?[^.]{2,60}/[^.]{2,60}",
    re.IGNORECASE,
)


def is_notice(text: str) -> bool:
    """Whether a passage is the page speaking of itself: a correction, an update, an archive or syndication notice."""
    return len(text) <= _NOTICE_LENGTH and _NOTICE.fullmatch(text) is not None


def without_ago(text: str) -> str:
    """Return a short line without "3 hours ago" and its like."""
    folded = text.lower()
    for stem in _AGO_STEMS:  # asked of every short line
        if stem in folded:
            return _AGO.sub("", text)
    return text


def caption_lines(text: str) -> list[str]:
    """Split a caption before its data lines (``Photo By:``, ``VIRIN:``), which DNN sites run into the text."""
    return [line for line in (part.strip() for part in _DATA_LINE.split(text, _MOST_DATA_LINES)) if line]


def is_caption_data(text: str) -> bool:
    """Whether a passage is a data line of a caption wherever it stands."""
    return len(text) <= 160 and _CAPTION_DATA.fullmatch(text) is not None


def syndicated_from(text: str) -> str | None:
    """Return the address named by an "Originally published … at …" line, else the name of the site, else None.

    The line is often a broken template (a missing date, an address in the author's slot), so no slot is trusted: an
    address anywhere in it wins.
    """
    if len(text) > _NOTICE_LENGTH or not text.lower().startswith("originally published"):
        return None
    if address := _ADDRESS.search(text):
        return address[0].rstrip(".,;)")
    match = _SYNDICATED.fullmatch(text)
    return match["site"].removeprefix("at ").strip() if match else None
