"""A guard before the parser, for pages made to stop a parser rather than to be read.

The standard makes a parser look through all open elements at many tags (HTML 13.2.4.2, "has an element in scope") and
through all attributes of a tag at each (13.2.5.33): 100,000 nested elements or attributes take over ten seconds.
Browsers stop nesting at a depth of 512. Here the tags and attributes beyond a limit go, and the text stays.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from scraper.normalizing.elements import BLOCKS

# Fewer tags than this cannot cost much at any depth.
_MANY_TAGS = 20_000
# No page made for readers nests as deep.
_DEEPEST = 2_000
# A page of 5 MB with a million tags takes a parser and a walk over ten seconds; the largest tables published as pages
# stay far below this. The text behind so many tags is kept in one piece.
_MOST_TAGS = 100_000
_UNREAD = ("script", "style")
# A tag of this length in characters may have too many attributes (or only an image in a data: URL).
_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{20000,}")
_LONG = 20_002
_OPENING = re.compile(r"<[a-zA-Z]")
_MANY_ATTRIBUTES = 1_000
# A stretch of this length without an end of a tag lies in every long tag, wherever one begins to look: half of it.
_WINDOW = 10_000
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SEPARATOR = re.compile(r"[\s/]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^>]*>")
# Elements without content, and those whose end tag may be left out (HTML 13.1.2.4): many of them in a row are no depth.
_FLAT = frozenset(
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param",
        "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "rp",
        "rt",
    ]
)  # fmt: skip


def within_limits(html: str) -> str:
    """Return `html` without what lies beyond the limits of nesting and attributes; almost every page unchanged."""
    if _holds_long_tag(html):
        html = _LONG_TAG.sub(_shorten, html)
    if html.count("<") <= _MANY_TAGS:
        return html
    html = _limit_depth(html)
    return _limit_number(html) if html.count("<") > _MOST_TAGS else html


def _holds_long_tag(html: str) -> bool:
    """Whether `_LONG_TAG` would find anything; told in a few looks, where the search itself reads every character."""
    at = 0
    while at + _WINDOW <= len(html):
        if html.find(">", at, at + _WINDOW) >= 0:
            at += _WINDOW
            continue
        end = html.find(">", at + _WINDOW)
        end = len(html) if end < 0 else end
        opening = _OPENING.search(html, html.rfind(">", 0, at) + 1, end)
        if opening is not None and end - opening.start() >= _LONG:
            return True
        at = end
    return False


def _limit_number(html: str) -> str:
    """Take out the tags behind the first so many, and what stands in scripts and styles there."""
    beyond = next(islice(_TAG.finditer(html), _MOST_TAGS, None), None)
    if beyond is None:
        return html
    rest = html[beyond.start() :]
    for name in _UNREAD:
        rest = _without(rest, name)
    return html[: beyond.start()] + _TAG.sub(" ", rest)


def _without(html: str, name: str) -> str:
    """Return `html` without the elements of this name; one that is not closed ends with the page."""
    folded, kept, at = html.lower(), [], 0
    while (start := folded.find(f"<{name}", at)) >= 0:
        kept.append(html[at:start])
        end = folded.find(f"</{name}", start)
        if end < 0:
            return "".join(kept)
        at = end
    return "".join([*kept, html[at:]])


def _shorten(tag: re.Match[str]) -> str:
    """Keep the first attributes of a tag that has too many."""
    if len(_SEPARATOR.findall(_QUOTED.sub("", tag[0]))) <= _MANY_ATTRIBUTES:
        return tag[0]
    starts = [found.start() for found in _SEPARATOR.finditer(tag[0])]
    return tag[0][: starts[_MANY_ATTRIBUTES]]


def _limit_depth(html: str) -> str:
    """Take out the tags of elements nested too deep; a block among them still breaks the text."""
    depth, broken = 0, -1
    dropped: Counter[str] = Counter()

    def judge(tag: re.Match[str]) -> str:
        nonlocal depth, broken
        name = tag[2].lower()
        if name in _FLAT:
            return tag[0]
        if not tag[1]:
            if depth < _DEEPEST:
                depth += 1
                return tag[0]
            dropped[name] += 1
        elif dropped[name]:
            dropped[name] -= 1
        else:
            depth = max(0, depth - 1)
            return tag[0]
        if name not in BLOCKS:
            return ""
        is_broken, broken = tag.start() == broken, tag.end()
        return "" if is_broken else "<hr>"

    return _TAG.sub(judge, html)
