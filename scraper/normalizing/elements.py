"""What an element says of its text by its name and its attributes, before any of the text is known."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import scraper.normalizing.chrome as chrome
import scraper.normalizing.naming as naming
from scraper.normalizing.besides import box_named

if TYPE_CHECKING:
    from scraper.normalizing.layout import Reason

# Elements that begin and end a block (HTML 15.3: those shown as a block, a list item or a part of a table).
BLOCKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "details", "dd", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "ol", "p", "plaintext", "pre",
        "search", "section", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul", "xmp",
    ]
)  # fmt: skip
# Elements that hold the document or its title, whatever a class says of how they are shown.
_NEVER_BOXES = frozenset({"html", "body", "main", "article", "h1", "form", "table", "tbody", "tr", "td", "th"})
# What an element is judged by besides its class: without any of these attributes, and unless it is one of these
# elements, its class says all that there is to say, and its style no more than that it may be hidden.
_TELLING = frozenset(["id", "role", "hidden", "aria-hidden", "aria-modal", "aria-labelledby", "itemprop", "rel"])
TELLING_TAGS = frozenset({"noscript", "form", "dialog", "header", "footer", "aside", "time"})
# A longer class is judged each time anew: what is remembered must stay small, whatever pages hold. Characters.
_REMEMBERED = 200


class Said(NamedTuple):
    """Why the text may be no part of the document, the box beside the text that it may be, and what short text is.

    `is_caption`: its class says that it holds the caption of an image. `may_be_hidden` is false where no attribute
    could hide the element.
    """

    reason: Reason | None = None
    box: Reason | None = None
    hint: naming.Hint | None = None
    is_caption: bool = False
    may_be_hidden: bool = False


NOTHING, _STYLED = Said(), Said(may_be_hidden=True)
"""What an element without attributes says, and each whose class says as little: it is this very object."""


def said_of(tag: str, attributes: chrome.Attributes, in_article: bool) -> Said:
    """Judge an element; `in_article` is true inside of `<main>` and `<article>`, as `chrome.suspect` has it."""
    if tag not in TELLING_TAGS and _TELLING.isdisjoint(attributes):
        names, is_styled = attributes.get("class"), "style" in attributes
        if not names:
            return _STYLED if is_styled else NOTHING
        if len(names) <= _REMEMBERED:
            return _by_class(tag, names, in_article, is_styled)
    in_article = in_article or attributes.get("role") in {"main", "article"}
    return _by_all(tag, attributes, in_article, may_be_hidden=True)


@lru_cache(maxsize=1024)
def _by_class(tag: str, names: str, in_article: bool, is_styled: bool) -> Said:
    """Judge an element of which its class says all: a page has many such, of few classes."""
    said = _by_all(tag, {"class": names}, in_article, may_be_hidden=is_styled)
    return NOTHING if said == NOTHING else said


def _by_all(tag: str, attributes: chrome.Attributes, in_article: bool, *, may_be_hidden: bool) -> Said:
    return Said(
        chrome.suspect(tag, attributes, in_article),
        box_named(attributes) if tag in BLOCKS and tag not in _NEVER_BOXES else None,
        naming.hint(tag, attributes),
        naming.is_caption(attributes),
        may_be_hidden,
    )
