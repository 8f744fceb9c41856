"""Texts that are known by their wording: furniture to drop, notices and caption lines to name.

A page's furniture has few wordings; the name of a site or department in them varies and is a variable here, so that a
renamed department edits nothing in the text of a thousand pages.
"""

from __future__ import annotations

import re

# Whole passages, compared without case and without a final full stop or colon.
_FURNITURE = re.compile(
    "|".join(
        (
            # ways around the page and its parts
            r"(?:skip|jump) (?:directly )?to (?:the )?(?:main )?(?:content|navigation|search|footer|page content)",
            r"back to top|top of page|close|menu|search|loading(?:…|\.\.\.)?",
            # the banner of United States government sites (designsystem.digital.gov), with the government as a variable
            r"an? official (?:website|site) of .{2,80}|here[’']s how you know(?: \.)?",
            r"official websites use \.(?:gov|mil)|secure \.(?:gov|mil) websites use https",
            r"(?:an? )?\.(?:gov|mil) website belongs to an official .{2,80}",
            r"(?:an? )?lock ?\(.{0,30}\) or https:// means you[’']ve safely connected to the \.(?:gov"
            r"|mil) website.{0,120}",
            r"share sensitive information only on official, secure websites",
            # audio players
            r"listen to this (?:article|story|page)|listen|play|pause|mute|unmute|learn more"
            r"|\d{1,2}:\d\d(?: ?/ ?\d{1,2}:\d\d)?",
            r"this feature uses an automated voice.{0,160}",
            # advertisements and the headings of rails
            r"advertisements?|sponsored|(?:story|article) continues below(?: advertisement)?",
            r"latest podcasts?|more like this|related(?: (?:stories|articles|posts|coverage|news|links))?"
            r"|top stories|in this story",
            r"most (?:read|popular|viewed)|you may also (?:like|be interested in)|recommended(?: for you)?"
            r"|read (?:next|more)|up next",
            r"trending(?: now)?",
            # sharing and tools
            r"share(?: (?:this|on)(?: (?:page|article|story|post|via email|facebook|twitter|x|linkedin|whatsapp"
            r"|reddit|email))?)?",
            r"tweet|e-?mail|print(?: this page| page)?|copy link|link copied!?"
            r"|download(?: image)?:? full size \(.{1,20}\)",
            r"\d+ comments?|leave a comment|comments?",
        )
    ),
    re.IGNORECASE,
)

RAIL_HEADING = re.compile(
    r"related (?:stories|articles?|posts|coverage|news|content|links|items|pages|topics|reading)"
    r"|more (?:like this|stories|news|from .{1,40}|in .{1,30})|latest (?:podcasts?|news|stories|articles|posts)"
    r"|top stories|most (?:read|popular|viewed|shared)(?: .{1,20})?|trending(?: .{1,20})?"
    r"|popular (?:stories|articles|posts|now)"
    r"|you (?:may|might) also (?:like|be interested in)|recommended(?: .{1,30})?|read next|up next|what to read next"
    r"|editors?[’']?s? picks?|recent (?:posts|articles|news|comments|stories)|don[’']t miss|follow us(?: on .{1,40})?"
    r"|share this(?: .{1,20})?|stay connected|mehr zum thema|auch interessant"
    r"|das könnte sie auch interessieren|meistgelesen"
    r"|lesen sie auch|à lire aussi|(?:sur le )?même sujet",
    re.IGNORECASE,
)

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
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

_DATA_LINE = re.compile(r"\s*(?=\b(?:Photo\s+By|Photo\s+by|VIRIN|Download|Download\s+Image)\s*:)")
_CAPTION_DATA = re.compile(r"(?:photo\s+by|virin)\s*:.*", re.IGNORECASE)


def is_furniture(text: str) -> bool:
    """Whether a whole passage is known page furniture."""
    return len(text) <= 320 and _FURNITURE.fullmatch(text.rstrip(" .:")) is not None


def is_notice(text: str) -> bool:
    """Whether a passage is the page speaking of itself: a correction, an update, an archive or syndication notice."""
    return len(text) <= _NOTICE_LENGTH and _NOTICE.fullmatch(text) is not None


def caption_lines(text: str) -> list[str]:
    """Split a caption before its data lines (``Photo By:``, ``VIRIN:``), which DNN sites run into the text."""
    return [line for line in (part.strip() for part in _DATA_LINE.split(text)) if line]


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
