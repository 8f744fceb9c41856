"""Noise that no reading can see: nonces, tokens, scripts and comments that differ at every request.

Most recaptures of a page differ from the one before in nothing else. To compare their bytes costs a tenth of reading
them again, and where only such noise differs the reading would be the same. `reads_alike` says so where it is certain;
whatever is unusual is no noise, and the body is read.

The argument, by HTML 13.2.5 (tokenization). Both bodies are cut at every ``<``. The body is `_PLAIN`: outside of
scripts, style sheets and comments, each piece begins with a tag that ends in the same piece. All pieces but a few are
the same bytes. Each of the few is the same tag with other values in attributes that no reading looks at, or the inside
of a script, a style sheet or a comment; and no such value could end a tag, a script or a comment elsewhere, wherever
the piece stands. So both bodies give the same tree but for these values.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from scraper.normalizing.chrome import suspect_name
from scraper.normalizing.encoding import encoding_of
from scraper.normalizing.media import media
from scraper.normalizing.naming import is_panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.normalizing.document import Rules

# A page of which more pieces differ was not merely served again; and a piece as long as this is no tag with a nonce.
_MOST_PIECES = 400
_LONGEST_TAG = 4_000
_STRIDE = 4_096

_SPACE = rb"[ \t\n\r\f]"
_NAMED = rb"[^ \t\n\r\f/>\"'<=]++"
_VALUE = rb"\"[^\"<]*+\"|'[^'<]*+'|[^ \t\n\r\f\"'<>=`/]++"
# The attributes of a tag up to its end, as nearly all are written.
_ATTRIBUTES = rb"(?:[^<>\"'=]++|=" + _SPACE + rb"*+(?:\"[^\"<]*+\"|'[^'<]*+'|[^ \t\n\r\f\"'<>=`]++))*+"
_RAW = rb"(?:script|style)(?=" + _SPACE + rb"|>)" + _ATTRIBUTES + rb">[^<]*+(?:<(?!/(?:script|style)|!--)[^<]*+)*+"
# Elements whose text is no markup: plain where no `<` stands in it.
_TEXT_ONLY = rb"|".join(
    name + rb"(?=" + _SPACE + rb"|>)" + _ATTRIBUTES + rb">[^<]*+</" + name + rb">"
    for name in (rb"title", rb"textarea", rb"iframe")
)
# Foreign content has scripts and styles of another kind.
_SVG = (
    rb"svg(?=" + _SPACE + rb"|>)" + _ATTRIBUTES + rb">[^<]*+"
    rb"(?:<(?!/svg|script|style|foreignobject)/?[a-z]" + _ATTRIBUTES + rb">[^<]*+)*+</svg>"
)
_COMMENT = rb"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+-->"
_ELSEWHERE = (
    rb"(?!/?(?:script|style|title|textarea|iframe|svg|math|xmp|noembed|noframes|plaintext|frameset)"
    rb"(?:" + _SPACE + rb"|/|>))"
)
# Nearly every tag is told from those by its first letters, in less than half the time.
_FIRST_LETTERS = rb"/?(?:[abcdeghjkloqruvwyz]|f(?!r)|i(?!f)|m(?!a)|n(?!o)|p(?!l)|s(?![ctv])|t(?![ei]))"
# What is written in double quotes, and no other way, is a tag of the same end for those, and found sooner.
_QUOTED_TAG = _FIRST_LETTERS + rb"(?:[^<>\"'=]++=\"[^\"<]*+\")*+[^<>\"'=]*+>"
_USUAL_TAG = _FIRST_LETTERS + _ATTRIBUTES + rb">"
_TAG = _ELSEWHERE + rb"/?[a-z]" + _ATTRIBUTES + rb">"
_PIECES = rb"|".join(
    [_QUOTED_TAG, _USUAL_TAG, _TAG, _RAW, rb"/(?:script|style)>", _TEXT_ONLY, _SVG, _COMMENT, rb"!doctype[^<>]*+>"]
)
_PLAIN = re.compile(rb"[^<]*+(?:<(?:" + _PIECES + rb")[^<]*+)*+", re.IGNORECASE)

# At the beginning of a piece; what follows is text to its end, for no piece holds a `<`.
_SPLIT_TAG = re.compile(rb"(/?[a-zA-Z][^ \t\n\r\f/>\"'<=]*+)(" + _ATTRIBUTES + rb")>")
_SPLIT_ATTRIBUTES = re.compile(rb"(" + _NAMED + rb")(?:" + _SPACE + rb"*+=" + _SPACE + rb"*+(" + _VALUE + rb"))?")
_SPLIT_COMMENT = re.compile(_COMMENT + rb"([^<]*+)", re.DOTALL)

# Where a reading looks at a data attribute (a lazy image's address), it is no noise.
_READ_DATA = frozenset({b"data-src", b"data-lazy-src", b"data-target", b"data-bs-target"})
_NOISY = frozenset({b"nonce", b"integrity"})
_OF_TAGS = {b"script": frozenset({b"src"}), b"input": frozenset({b"value"})}
# What a `<meta>` may be called that only the page's own scripts read, and what a `<link>` loads for its looks.
_TOKEN = re.compile(
    rb"(?:name|property)\s*=\s*[\"'][^\"']*(?:csrf|nonce|token|request-id|session|visitor)", re.IGNORECASE
)
_LOOKS = re.compile(
    rb"rel\s*=\s*[\"'](?:\s*(?:stylesheet|preload|prefetch|modulepreload|dns-prefetch|preconnect|icon|shortcut))+\s*[\"']",
    re.IGNORECASE,
)
_CONTROLS = re.compile(rb"\s(?:aria-controls|data-target|data-bs-target)\s*=", re.IGNORECASE)
_QUOTES = (b'"', b"'")
_IN_CONTROLS = (b"aria-controls", b"-target")
# Ids that metadata asks for by name.
_ASKED_FOR = frozenset({b"comments", b"respond"})
_ASCII_BASED = frozenset({"utf-8", "cp1252", "cp1250", "cp1251", "iso8859-2", "iso8859-15"})


def reads_alike(old: bytes, new: bytes, *, content_type: str | None, rules: Rules | None = None) -> bool:
    """Whether two HTML bodies from one URL, served with the same Content-Type, are certain to give the same Document.

    False says nothing: such bodies may still read the same.
    """
    if rules is not None and _may_look_anywhere(rules):
        return False
    if old == new:
        return True
    return (
        _noise_alone(old, new)
        and _both_html(old, new, content_type)
        and _same_encoding(old, new, content_type)
        and b"\0" not in new
        and _PLAIN.fullmatch(new) is not None
    )


def _noise_alone(old: bytes, new: bytes) -> bool:
    """Whether two bodies fall into as many pieces at each ``<``, and those that differ do so in noise alone.

    Only what differs is cut. Up to the first byte that does, both have the same pieces; so the piece which that byte
    stands in, or ends in one of the two, is the same one of both, and from its end on they are compared anew.
    """
    opens = cache(partial(_opens_parts, old))
    at = to = 0
    for _ in range(_MOST_PIECES):
        same = _common(old, at, new, to)
        if len(old) - at == same == len(new) - to:
            return True
        start = old.rfind(b"<", at, at + same) + 1
        if not start:
            return False  # what comes before any tag differs
        ends, end = old.find(b"<", at + same), new.find(b"<", to + same)
        was, piece = old[start : ends if ends >= 0 else None], new[to + start - at : end if end >= 0 else None]
        if not _piece_alike(was, piece, opens, partial(_in_script, old, start)):
            return False
        if ends < 0 or end < 0:
            return ends == end
        at, to = ends, end
    return old[at:] == new[to:]


def _common(old: bytes, at: int, new: bytes, to: int) -> int:
    """How many bytes are the same in one body from `at` on and in another from `to` on."""
    begun, stride = at, _STRIDE
    while stride and at < len(old):
        stretch = old[at : at + stride]
        if new.startswith(stretch, to):
            at += len(stretch)
            to += len(stretch)
        else:
            stride >>= 1
    return at - begun


def _opens_parts(page: bytes) -> bool:
    """Whether a control of a page names a part that it opens. Looked for in earnest only where such a name stands."""
    folded = page.lower()
    return any(name in folded for name in _IN_CONTROLS) and _CONTROLS.search(page) is not None


def _may_look_anywhere(rules: Rules) -> bool:
    """Whether a keeper's selectors may look at attributes or text that count as noise here."""
    return any(re.search(r"[\[#]|contains", selector) for selector in (rules.content or "", *rules.remove))


def _both_html(old: bytes, new: bytes, content_type: str | None) -> bool:
    """Whether both are read as HTML; of XHTML, self-closing tags are read otherwise than here."""
    return "xhtml" not in (content_type or "").lower() and all(
        media(content_type, body)[0] == "HTML" for body in (old, new)
    )


def _same_encoding(old: bytes, new: bytes, content_type: str | None) -> bool:
    name = encoding_of(new, content_type)
    return name in _ASCII_BASED and name == encoding_of(old, content_type)


def _piece_alike(old: bytes, new: bytes, opens: Callable[[], bool], in_script: Callable[[], bool]) -> bool:
    if old.startswith(b"!--"):
        comments = _SPLIT_COMMENT.fullmatch(old), _SPLIT_COMMENT.fullmatch(new)
        return comments[0] is not None and comments[1] is not None and comments[0][1] == comments[1][1]
    if b"-->" in old or b"-->" in new or not (old.isascii() and new.isascii()):
        return False  # it might end a comment that it stands in, or be taken for another encoding
    tag_was, tag = _SPLIT_TAG.match(old), _SPLIT_TAG.match(new)
    if tag_was is None or tag is None:
        return in_script()
    (name, was), (renamed, attributes) = tag_was.groups(), tag.groups()
    if name != renamed or not _attributes_alike(name.lower(), was, attributes, opens):
        return False
    return old[tag_was.end() :] == new[tag.end() :] or _opens_script(old)


def _attributes_alike(tag: bytes, was: bytes, attributes: bytes, opens: Callable[[], bool]) -> bool:
    """Whether attributes differ only in values that no reading looks at, all in quotes."""
    if was == attributes:
        return True
    if max(len(was), len(attributes)) > _LONGEST_TAG:
        return False
    old, new = _SPLIT_ATTRIBUTES.findall(was), _SPLIT_ATTRIBUTES.findall(attributes)
    if len(old) != len(new):
        return False
    for (name, value_was), (named, value) in zip(old, new, strict=True):
        if name != named:
            return False
        if value_was != value and not _value_alike(tag, name.lower(), value_was, value, attributes, opens):
            return False
    return True


def _value_alike(
    tag: bytes, name: bytes, was: bytes, value: bytes, attributes: bytes, opens: Callable[[], bool]
) -> bool:
    if not was.startswith(_QUOTES) or not value.startswith(_QUOTES) or b">" in was or b">" in value:
        return False
    if name.startswith(b"data-"):
        return name not in _READ_DATA
    if name in _NOISY or name in _OF_TAGS.get(tag, ()):
        return True
    if name == b"id":
        return not opens() and _id_alike(was[1:-1], value[1:-1])
    if tag == b"meta" and name == b"content":
        return _TOKEN.search(attributes) is not None
    return tag == b"link" and name == b"href" and _LOOKS.search(attributes) is not None


def _id_alike(was: bytes, value: bytes) -> bool:
    """Whether two ids, by which no control of the page opens anything, name the same kind of part."""
    if b"&" in was + value:
        return False
    named = [(suspect_name(name), is_panel({"id": name})) for name in (was.decode("ascii"), value.decode("ascii"))]
    return named[0] == named[1] and not {was.lower(), value.lower()} & _ASKED_FOR


def _in_script(page: bytes, start: int) -> bool:
    """Whether a piece that is no tag stands inside of a script or a style sheet, by the pieces before it."""
    while start:
        end = start - 1
        start = page.rfind(b"<", 0, end) + 1
        piece = page[start:end]
        if b"-->" in piece:
            return False
        head = piece[:7].lower()
        if head.startswith((b"/script", b"/style")):
            return False
        if head.startswith((b"script", b"style")):
            return _opens_script(piece)
    return False


def _opens_script(piece: bytes) -> bool:
    """Whether a piece is the start of a script or a style sheet, and not data that is read (JSON-LD)."""
    tag = _SPLIT_TAG.match(piece)
    return tag is not None and tag[1].lower() in (b"script", b"style") and not re.search(rb"&|ld", tag[2].lower())
