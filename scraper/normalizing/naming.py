"""What the names of elements say of the text in them: a byline, a date, a caption, a panel that a click opens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Attributes = Mapping[str, str | None]
Hint = Literal["byline", "date", "caption"]

_BYLINE = re.compile(
    r"(?:article-?|entry-?|post-?|story-?|news-?|content-?|meta-?|c-)?(?:byline|by-line|author|authors|author-block|author-name|author-link|posted-by|written-by)(?:-?(?:name|link|names|wrapper|container|block|vcard|text))?"
)
_DATE = re.compile(
    r"(?:article-?|entry-?|post-?|story-?|news-?|content-?|meta-?|c-)?(?:date|dates|dateline|datetime|timestamp|time-?stamp|pubdate|publish-?date|published|published-?(?:date|on|time)|posted-on|post-date|updated|date-published|modified-date|last-updated|last-modified|date-modified)"
)
_PICTURE = r"(?:image|img|photo|foto|picture|pic|bild|media|medien|figure|video|gallery)-?"
_CAPTION = re.compile(
    rf"(?:(?:wp|article|c)-?)?(?:{_PICTURE})*(?:i?captions?|cutline|caption-?text|figcaption|bild-?unterschrift|bild-?beschreibung)"
    r"(?:-?(?:text|wrapper|container|body|content|nonfloating))?"
    rf"|{_PICTURE}(?:description|desc|legend|legende|credits?|copyright|source|byline|quelle|nachweis)"
)
_PANEL = re.compile(
    r"(?:^|[\s_-])(?:accordi[oa]n|collapse|collapsed|collapsible|panel|panels|tab|tabs|tabpanel|faqs?|answer|toggle|expand|expandable|expander|details|expando)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BEM = re.compile(r"__|--")
_UNDERSCORES = re.compile("_+")


# A site writes a few names in many combinations.
@lru_cache(maxsize=1024)
def _hints_of(name: str) -> tuple[Hint | None, bool]:
    """Whether a name, or a BEM part of it, is that of a byline or a date; and whether that of a caption."""
    parts = [_UNDERSCORES.sub("-", part).lower() for part in (*_BEM.split(_CAMEL.sub("-", name)), name)]
    hint = next((found for part in parts if (found := _hint_of_part(part))), None)
    return hint, any(_CAPTION.fullmatch(part) for part in parts)


def _hint_of_part(part: str) -> Hint | None:
    if _BYLINE.fullmatch(part):
        return "byline"
    return "date" if _DATE.fullmatch(part) else None


@lru_cache(maxsize=1024)
def _hint_of(names: str) -> Hint | None:
    return next((found for name in names.split() if (found := _hints_of(name)[0])), None)


def hint(tag: str, attributes: Attributes) -> Hint | None:
    """Return what short text in this element is by ``<time>``, microdata, rel or class; None where nothing says so."""
    if tag == "time":
        return "date"
    if not attributes:
        return None
    names = attributes.get("class")
    if names and (found := _hint_of(names)):
        return found
    if names and _has_caption(names):
        return "caption"
    item = attributes.get("itemprop")
    if item in {"author", "creator"} or attributes.get("rel") == "author":
        return "byline"
    return "date" if item in {"datePublished", "dateModified", "dateCreated"} else None


@lru_cache(maxsize=1024)
def _has_caption(names: str) -> bool:
    return any(_hints_of(name)[1] for name in names.split())


def is_caption(attributes: Attributes) -> bool:
    """Whether the class of an element says that it holds the caption of an image."""
    names = attributes.get("class")
    return names is not None and _has_caption(names)


def is_panel(attributes: Attributes) -> bool:
    """Whether text hidden at first can be opened by the reader (WAI-ARIA tab panels and the usual class names)."""
    if attributes.get("role") == "tabpanel" or attributes.get("aria-labelledby"):
        return True
    return _PANEL.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}") is not None
