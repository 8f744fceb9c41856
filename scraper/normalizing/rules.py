"""A keeper's rules: the part of the page that is the document, and the parts that are not, by CSS selectors.

Inside of what a keeper selects, furniture is still told by its name; `remove` says the rest. The selectors are
Beautiful Soup's, over the tree that an HTML5 parser made: the parser's own serialisation is well-formed, so Python's
html.parser reads it the same way on every patch release.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from scraper.errors import RuleMatchedNothing

if TYPE_CHECKING:
    from scraper.normalizing.document import Rules

# What a keeper selects is the document, whatever it is called: these no longer speak against it.
_NAMES = ("class", "id", "role", "hidden", "aria-hidden", "style")
_FRAME_TAGS = frozenset({"header", "footer", "aside", "nav", "dialog", "menu"})


def apply_rules(html: str, rules: Rules) -> str:
    """Return `html` (a parser's serialisation) reduced to what `rules` leave of it.

    Raises RuleMatchedNothing where `content` selects nothing. A `remove` that selects nothing is no mistake: furniture
    comes and goes.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "html.parser")
    chosen = _outermost(soup.select(rules.content)) if rules.content else []
    if rules.content and not chosen:
        raise RuleMatchedNothing(
            f"content = {rules.content!r} selects nothing on this page: the page is built otherwise now, or is another;"
            " look at the capture and correct the selector"
        )
    for selector in rules.remove:
        for element in soup.select(selector):
            element.extract()
    if not rules.content:
        return str(soup)
    for element in chosen:
        _accept(element)
    return f"<html><body>{''.join(map(str, chosen))}</body></html>"


def _outermost(elements: list[Tag]) -> list[Tag]:
    """Leave out elements inside of others that are selected too."""
    numbers = set(map(id, elements))
    return [element for element in elements if not any(id(parent) in numbers for parent in element.parents)]


def _accept(element: Tag) -> None:
    for name in _NAMES:
        element.attrs.pop(name, None)
    if element.name in _FRAME_TAGS:
        element.name = "div"
