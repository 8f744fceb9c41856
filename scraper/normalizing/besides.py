"""Names of boxes that stand beside the text: teasers, appeals, notes about the author, lists of links, embedded posts.

`chrome` knows names that are the frame of a page in full and may cost a passage its place in the evidence. Here one
word in a name is enough ("article-author-info", "c-newsletter-block--wide"), because nothing is lost: what stands in
such a box is kept and compared, and only leaves the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Attributes = Mapping[str, str | None]
Box = Literal["beside", "announcing"]

_BESIDE = frozenset(
    [
        # other pages of the site
        "related", "recommended", "recommendation", "recommendations", "promo", "promos", "promotion", "recirc",
        "yarpp", "linklist", "linkbox", "upnext", "relatedposts", "portlet",
        # appeals of the site to its reader, and what it sells
        "newsletter", "subscribe", "subscription", "paywall", "donate", "donation", "donations", "spende", "spenden",
        "cta", "appeal", "buybox", "affiliate", "disclosure", "disclaimer", "sponsor", "sponsors", "sponsoren",
        "respond", "login",
        # who wrote it
        "bio", "biography", "authorbox", "autorbox", "saboxplugin",
        # stands in for a post of another site until the reader consents
        "placeholder",
        # the frame, where a longer name hides it
        "sidebar", "footer", "textwidget", "marginalspalte", "breadcrumb", "breadcrumbs", "toc",
    ]
)  # fmt: skip
# The same in two words, which only together name such a box.
_PAIRS = re.compile(
    r"author-(?:info|infos|bio|box|description|about|details|card|profile|desc|block|text)|about-author"
    r"|contact-(?:teaser|box|person|card)|(?:table|list)-of-contents|content-blocker|comment-?(?:rules|form)s?"
    r"|app-?(?:store)?-?(?:links|badges|stores)|link-?(?:list|box|teaser|tipps?)e?s?"
)
# What announces other pages, or, in the language of some systems, the article itself: its standfirst.
_ANNOUNCING = frozenset({"teaser", "teasers", "teasertext"})
_SPLIT = re.compile(r"[-_.:]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What follows is how a box is shown (BEM); a name that begins with one of these tells a state.
_MODIFIER = re.compile(r"(?<=[a-zA-Z0-9])--.*")
_STATE = frozenset({"has", "is", "no", "with", "without", "hide", "show", "js", "not", "below", "above"})


@lru_cache(maxsize=1024)
def _box_of(names: str) -> Box | None:
    return next((box for name in names.split() if (box := _box_of_name(name))), None)


# A site writes a few names in many combinations.
@lru_cache(maxsize=1024)
def _box_of_name(name: str) -> Box | None:
    words = _SPLIT.split(_CAMEL.sub("-", _MODIFIER.sub("", name)).lower())
    if words[0] in _STATE:
        return None
    if not _BESIDE.isdisjoint(words) or _PAIRS.search("-".join(words)):
        return "beside"
    return None if _ANNOUNCING.isdisjoint(words) else "announcing"


def box_named(attributes: Attributes) -> Box | None:
    """Return which box beside the text the class or the id of an element names; None where it names none."""
    names = attributes.get("class")
    found = _box_of(names) if names else None
    if found is None and (name := attributes.get("id")):
        return _box_of(name)
    return found
