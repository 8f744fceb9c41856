"""Where in an HTML page one stands: among its tags and texts, or inside of an element whose content is no markup.

By HTML 13.2.5 (tokenization) what ``<b data-x="1">`` means hangs on all that stands before it: within a comment, a
script, the value of an attribute or a ``<textarea>`` it is no tag. `content_at` follows a page from a place where that
is known to a later one. It knows the usual ways of writing, and says where it meets any other.

The parser above the tokenizer (13.2.6) is kept clear of: inside of ``<select>`` and ``<svg>``, where a ``<style>`` is
ignored or holds markup, none is known, and elements with rules of their own (``<math>``, ``<plaintext>``) nowhere.
"""

from __future__ import annotations

import re

_SPACE = rb"[ \t\n\r\f]"
_NAME = rb"[^ \t\n\r\f/<>\"'=]"
# A name has a value only where `=` comes next, or after white space: any other `=` begins a name (13.2.5.32).
ATTRIBUTE = (
    rb"(" + _NAME + rb"++)(?:" + _SPACE + rb"*+=" + _SPACE + rb"*+(\"[^\"]*+\"|'[^']*+'|[^ \t\n\r\f\"'<>`]++))?+"
)
ATTRIBUTES = rb"(?:[ \t\n\r\f/]*+" + ATTRIBUTE.replace(rb"(" + _NAME, rb"(?:" + _NAME).replace(rb"(\"", rb"(?:\"")
ATTRIBUTES += rb")*+[ \t\n\r\f/]*+"
COMMENT = rb"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+-->"

_TEXT_ONLY = (b"title", b"textarea", b"iframe")
BLOCKS = (b"svg", b"select")
STRANGE = (b"math", b"xmp", b"noembed", b"noframes", b"plaintext", b"frameset")
OF_NOTE = frozenset({b"script", b"style", *_TEXT_ONLY, *BLOCKS})
# Within the blocks, these lead out of them and back again.
LEADING_OUT = (b"template", b"desc", b"foreignobject")


def _named(*names: bytes) -> bytes:
    """One of these names, whole. Either case of each letter is written out, for that is told sooner than by a flag."""
    either = (b"".join(b"[%c%c]" % (letter, letter - 32) for letter in name) for name in names)
    return rb"(?:" + rb"|".join(either) + rb")(?=[ \t\n\r\f/>])"


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
    [_closed(b"title", rb"[^<]*+"), _closed(b"desc", rb"[^<]*+"), rb"(?!/?" + _named(*LEADING_OUT) + rb")" + _USUAL]
)
# What may stand in an element before its end tag; of those whose text is read, no `<`.
_CONTENTS = {
    b"script": rb"[^<]*+(?:<(?!/[sS][cC][rR][iI][pP][tT]|!--)[^<]*+)*+",
    b"style": rb"[^<]*+(?:<(?!/[sS][tT][yY][lL][eE]|!--)[^<]*+)*+",
    **dict.fromkeys(_TEXT_ONLY, rb"[^<]*+"),
    **dict.fromkeys(BLOCKS, rb"[^<]*+(?:<(?:" + _IN_BLOCK + rb")[^<]*+)*+"),
}
_PIECES = [
    _END_TAG,
    _MOST,
    _USUAL,
    # A block that ends in its own tag holds nothing, or all that follows.
    *(_closed(name, rb"(?<!/>)" * (name in BLOCKS) + content) for name, content in _CONTENTS.items()),
    COMMENT,
    rb"![dD][oO][cC][tT][yY][pP][eE][^<>]*+>",
]
_UNCLOSED = [
    rb"(" + _named(name) + ATTRIBUTES + rb")" + (rb"(?<!/)>" if name in BLOCKS else rb">") + _CONTENTS[name]
    for name in (b"script", b"style", *BLOCKS)
]
_TEXT = re.compile(rb"[^<]*+(?:<(?:" + rb"|".join(_PIECES) + rb")[^<]*+)*+(?:<(?:" + rb"|".join(_UNCLOSED) + rb"))?+")
_NAME_OF = re.compile(_NAME + rb"++")
_CONTENT = {name: re.compile(content) for name, content in _CONTENTS.items()}
_END = {name: re.compile(rb"</" + _named(name) + _SPACE + rb"*+>") for name in _CONTENTS}


def name_of(tag: bytes) -> bytes:
    """The name of a tag, given without its brackets, in lower case."""
    found = _NAME_OF.match(tag)
    return found[0].lower() if found else b""


def content_at(page: bytes, start: int, end: int, inside: bytes) -> bytes | None:
    """The start tag, without its brackets, of the element whose content ``page[end]`` stands in; empty where in none.

    `inside` is that of ``page[start]``. Only elements are meant whose content is read by rules of its own. None where
    what stands between is written in a way that is not known.
    """
    if inside:
        name = name_of(inside)
        content = _CONTENT[name].match(page, start, end)
        if content is None or content.end() == end:
            return inside
        closed = _END[name].match(page, content.end(), end)
        if closed is None:
            return None
        start = closed.end()
    found = _TEXT.fullmatch(page, start, end)
    if found is None:
        return None
    return found[found.lastindex] if found.lastindex else b""
