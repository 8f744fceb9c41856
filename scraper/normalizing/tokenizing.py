"""Where in an HTML page one stands: among its tags and texts, or inside of an element whose content is no markup.

By HTML 13.2.5 (tokenization) what ``<b data-x="1">`` means hangs on all that stands before it: within a comment, a
script, the value of an attribute or a ``<textarea>`` it is no tag. `content_at` follows a page from a place where that
is known to a later one. It knows the usual ways of writing, and says where it meets any other.

The parser above the tokenizer (13.2.6) is kept clear of: inside of ``<select>`` and ``<svg>``, where a ``<style>`` is
ignored or holds markup, none is known, and elements with rules of their own (``<math>``, ``<plaintext>``) nowhere.
"""

from __future__ import annotations

import re
from functools import cache

_SPACE = rb"[ \t\n\r\f]"
_NAME = rb"[^ \t\n\r\f/<>\"'=]"
# A name has a value only where `=` comes next, or after white space: any other `=` begins a name (13.2.5.32).
_EQUALS = _SPACE + rb"*+=" + _SPACE + rb"*+"
_VALUE = rb"\"[^\"]*+\"|'[^']*+'|[^ \t\n\r\f\"'<>`]++"
ATTRIBUTE = rb"(" + _NAME + rb"++)(?:" + _EQUALS + rb"(" + _VALUE + rb"))?+"
ATTRIBUTES = rb"(?:[ \t\n\r\f/]*+" + _NAME + rb"++(?:" + _EQUALS + rb"(?:" + _VALUE + rb"))?+)*+[ \t\n\r\f/]*+"
COMMENT = rb"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+-->"
# What a script hides from readers of old; within it a second `<script` would ask for a second end (13.2.5.19 to 31).
_HIDDEN = (
    rb"!--(?!-?>)[^<-]*+(?:(?:-(?!->)|<(?!/?[sS][cC][rR][iI][pP][tT]))[^<-]*+)*+(?:-->|(?=</[sS][cC][rR][iI][pP][tT]))"
)

_TEXT_ONLY = (b"title", b"textarea", b"iframe")
BLOCKS = (b"svg", b"select")
STRANGE = (b"math", b"xmp", b"noembed", b"noframes", b"plaintext", b"frameset")
# The elements whose content is read by rules of its own; a comment is one for our purpose.
OF_NOTE = frozenset({b"!--", b"script", b"style", *_TEXT_ONLY, *BLOCKS})
# Within the blocks, these lead out of them and back again.
LEADING_OUT = (b"template", b"desc", b"foreignobject")


def _either_case(name: bytes) -> bytes:
    """A name in any mixture of capital and small letters, which is told sooner so than by a flag."""
    return b"".join(b"[%c%c]" % (letter, letter - 32) for letter in name)


def _named(*names: bytes) -> bytes:
    """One of these names, whole."""
    return rb"(?:" + rb"|".join(map(_either_case, names)) + rb")(?=[ \t\n\r\f/>])"


def _until_end(name: bytes) -> bytes:
    """All up to the end tag of this name."""
    return rb"[^<]*+(?:<(?!/" + _either_case(name) + rb")[^<]*+)*+"


def _closed(name: bytes, content: bytes) -> bytes:
    return _named(name) + ATTRIBUTES + rb">" + content + rb"</" + _named(name) + _SPACE + rb"*+>"


_USUAL = rb"(?!/?" + _named(b"script", b"style", *_TEXT_ONLY, *BLOCKS, *STRANGE) + rb")/?[a-zA-Z]" + _NAME + rb"*+"
_USUAL += ATTRIBUTES + rb">"
# An end tag leaves the tokenizer where it is, whatever it ends. Nearly every start tag is told by its first letters to
# be a usual one, and most are written in small letters and double quotes, as both are here.
_END_TAG = rb"/[a-z][a-z0-9]*+>"
_MOST = (
    rb"(?:[abcdeghjkloqruvwyz]|p(?!l)|s(?![ctv]|el)|t(?![ei])|f(?!r)|i(?!f)|m(?!a)|n(?!o))[a-z0-9]*+"
    rb"(?: [a-z-]++=\"[^\"]*+\")*+[^<>\"'=]*+>"
)
_IN_BLOCK = rb"|".join(
    [
        _closed(b"title", rb"[^<]*+"),
        _closed(b"desc", rb"[^<]*+"),
        rb"(?!/?" + _named(*LEADING_OUT) + rb")" + _USUAL,
        COMMENT,
    ]
)
# What may stand in an element before its end tag.
_CONTENTS = {
    b"script": rb"[^<]*+(?:<(?:" + _HIDDEN + rb"|(?!/[sS][cC][rR][iI][pP][tT]|!--))[^<]*+)*+",
    **{name: _until_end(name) for name in (b"style", *_TEXT_ONLY)},
    **dict.fromkeys(BLOCKS, rb"[^<]*+(?:<(?:" + _IN_BLOCK + rb")[^<]*+)*+"),
}
_PIECES = [
    _END_TAG,
    _MOST,
    _USUAL,
    # A block that ends in its own tag holds nothing, or all that follows.
    *(_closed(name, rb"(?<!/>)" * (name in BLOCKS) + content) for name, content in _CONTENTS.items()),
    COMMENT,
    rb"(?:[!?](?!--)|/[^a-zA-Z>])[^>]*+>",  # a document type, and what is taken for a comment
    rb"(?![a-zA-Z/!?])",  # a `<` that is text
]
_IN_COMMENT = rb"[^-]*+(?:-(?!-!?>)[^-]*+)*+"
_NAME_OF = re.compile(_NAME + rb"++")


class _Expressions:
    """The patterns of this module, compiled when the first page is followed: that takes a while."""

    def __init__(self) -> None:
        named = _named(*_CONTENTS)
        self.text = re.compile(rb"[^<]*+(?:<(?:" + rb"|".join(_PIECES) + rb")[^<]*+)*+")
        self.opening = re.compile(rb"<(?:(" + named + ATTRIBUTES + rb")>|(!--)(?!-?>))")
        contents = {**_CONTENTS, b"!--": _IN_COMMENT}
        self.content = {name: re.compile(content) for name, content in contents.items()}
        self.end = {name: re.compile(rb"</" + _named(name) + _SPACE + rb"*+>") for name in _CONTENTS}
        self.end[b"!--"] = re.compile(b"-->")


_expressions = cache(_Expressions)


def name_of(tag: bytes) -> bytes:
    """The name of a tag, given without its brackets, in lower case."""
    found = _NAME_OF.match(tag)
    return found[0].lower() if found else b""


def content_at(page: bytes, start: int, end: int, inside: bytes) -> bytes | None:
    """The start tag, without its brackets, of the element whose content ``page[end]`` stands in; empty where in none.

    `inside` is that of ``page[start]``. Only elements are meant whose content is read by rules of its own. None where
    what stands between is written in a way that is not known.
    """
    known = _expressions()
    if inside:
        name = name_of(inside)
        at = _end_of(known.content[name], page, start, end)
        if at == end:
            return inside
        closed = known.end[name].match(page, at, end)
        if closed is None:
            return None
        start = closed.end()
    at = _end_of(known.text, page, start, end)
    if at == end:
        return b""
    opening = known.opening.match(page, at, end)
    if opening is None:
        return None
    tag = opening[1] or opening[2]
    name = name_of(tag)
    is_over = name in BLOCKS and tag.endswith(b"/")
    return tag if _end_of(known.content[name], page, opening.end(), end) == end and not is_over else None


def _end_of(pattern: re.Pattern[bytes], page: bytes, start: int, end: int) -> int:
    """Where a pattern that can match nothing ends."""
    found = pattern.match(page, start, end)
    return found.end() if found else start
