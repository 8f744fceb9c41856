"""Noise that no reading can see: nonces, tokens, scripts and comments that differ at every request.

Most recaptures of a page differ from the one before in nothing else. To compare their bytes costs a tenth of reading
them again, and where only such noise differs the reading would be the same. `reads_alike` says so where it is certain;
whatever is unusual is no noise, and the body is read.

The argument, by HTML 13.2.5 (tokenization). Both bodies are cut at every ``<``, and all pieces but a few are the same
bytes. From the start to the first that differs both mean the same, and `content_at` says whether a tag stands there, a
comment, or the content of a script. A piece that differs is the same tag with other values, in quotes, of attributes
that no reading looks at; a whole comment; or the inside of a script or a style sheet. Behind it both stand in the same
place again, and so on to the last that differs. So both bodies give the same tree but for these values.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scraper.normalizing.encoding import encoding_of
from scraper.normalizing.media import media
from scraper.normalizing.tokenizing import (
    ATTRIBUTE,
    ATTRIBUTES,
    BLOCKS,
    COMMENT,
    LEADING_OUT,
    OF_NOTE,
    STRANGE,
    content_at,
    name_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.normalizing.document import Rules

# A page of which more pieces differ was not merely served again; and a tag as long as this holds no nonce alone.
_MOST_PIECES = 400
_LONGEST_TAG = 4_000
# How far a first look goes for a byte that differs, and the next ones at most.
_STRIDE = 64
_LONGEST_STRIDE = 4_096
# A longer tag is judged each time anew: what is remembered must stay small, whatever pages hold. Bytes.
_REMEMBERED = 500

_TAG = re.compile(rb"([a-zA-Z][^ \t\n\r\f/<>\"'=]*+)(" + ATTRIBUTES + rb")")
_ATTRIBUTE = re.compile(ATTRIBUTE)
_QUOTES = re.compile(rb"([\"'])")
_SPLIT_COMMENT = re.compile(COMMENT + rb"([^<]*+)")
# In the place of a value that differs: no piece holds one of its own.
_OTHER = b"<"
_NOT_IN_BLOCKS = OF_NOTE.union(LEADING_OUT)

# Where a reading looks at a data attribute (a lazy image's address), it is no noise.
_READ_DATA = frozenset({b"data-src", b"data-lazy-src", b"data-target", b"data-bs-target"})
_NOISY = frozenset({b"nonce", b"integrity"})
_OF_TAGS = {b"script": frozenset({b"src"}), b"input": frozenset({b"value"})}
# What a `<meta>` may be called that only the page's own scripts read, and what a `<link>` loads for its looks.
_TOKEN = re.compile(rb"csrf|nonce|token|request-id|session|visitor", re.IGNORECASE)
_LOOKS = frozenset(
    [b"stylesheet", b"preload", b"prefetch", b"modulepreload", b"dns-prefetch", b"preconnect", b"icon", b"shortcut"]
)
# How a control names what it opens. The search for a hyphen is quick, and hardly one is followed by such a letter.
_CONTROLS = re.compile(rb"-(?=[cCtT])(?i:(?<=aria-)controls|(?:(?<=data-)|(?<=data-bs-))target)")
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
    )


def _noise_alone(old: bytes, new: bytes) -> bool:
    """Whether two bodies fall into as many pieces at each ``<``, and those that differ do so in noise alone.

    Only what differs is cut. Up to the first byte that does, both have the same pieces; so the piece which that byte
    stands in, or ends in one of the two, is the same one of both, and from its end on they are compared anew.
    """
    pair = _Pair(old, new)
    at = to = 0
    inside: bytes | None = b""
    for _ in range(_MOST_PIECES):
        same = _common(old, at, new, to)
        if len(old) - at == same == len(new) - to:
            return True
        start = old.rfind(b"<", at, at + same) + 1
        if not start or (inside := content_at(old, at, start - 1, inside or b"")) is None:
            return False  # what comes before any tag differs, or what comes before this piece is written oddly
        ends, end = old.find(b"<", at + same), new.find(b"<", to + same)
        was, piece = old[start : ends if ends >= 0 else None], new[to + start - at : end if end >= 0 else None]
        if (inside := _after(was, piece, inside, pair)) is None:
            return False
        if ends < 0 or end < 0:
            return ends == end
        at, to = ends, end
    return old[at:] == new[to:]


def _common(old: bytes, at: int, new: bytes, to: int) -> int:
    """How many bytes are the same in one body from `at` on and in another from `to` on."""
    begun, end, stride, is_next = at, len(old), _STRIDE, new.startswith
    while at < end and is_next(old[at : at + stride], to):
        at, to = at + stride, to + stride
        stride = min(stride * 8, _LONGEST_STRIDE)
    while at < end and (stride := stride >> 1):
        if is_next(old[at : at + stride], to):
            at, to = at + stride, to + stride
    return min(at, end) - begun


class _Pair:
    """Two bodies, and what is seldom asked of them: looked up at the first question."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self._old = old
        self._new = new
        self._opens: bool | None = None
        self._is_whole: bool | None = None

    def opens_parts(self) -> bool:
        """Whether a control of the pages may name a part that it opens."""
        if self._opens is None:
            self._opens = _CONTROLS.search(self._old) is not None
        return self._opens

    def is_whole(self) -> bool:
        """Whether the guard before the parser leaves both as they are: it may take what is in a script for tags."""
        if self._is_whole is None:
            from scraper.normalizing.limits import within_limits  # loads slowly, and is seldom asked

            texts = [body.decode("latin-1") for body in (self._old, self._new)]  # of as many characters as can be
            self._is_whole = all(within_limits(text) == text for text in texts)
        return self._is_whole


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


def _after(was: bytes, piece: bytes, inside: bytes, pair: _Pair) -> bytes | None:
    """The start tag of the element whose content follows two pieces that differ; None where a reading may see it.

    `inside` is that of the one which they stand in.
    """
    if inside and name_of(inside) not in BLOCKS:
        return inside if _is_unread(inside, was) and _is_unread(inside, piece) and pair.is_whole() else None
    if was.startswith(b"!--"):
        comments = _SPLIT_COMMENT.fullmatch(was), _SPLIT_COMMENT.fullmatch(piece)
        return inside if comments[0] and comments[1] and comments[0][1] == comments[1][1] else None
    (old, ends, text), (new, ends_now, text_now) = was.partition(b">"), piece.partition(b">")
    tag = _same_tag(old, new) if ends and ends_now else None
    if tag is None or (inside and tag.name in _NOT_IN_BLOCKS):
        return None
    if tag.other_id and (pair.opens_parts() or not _id_alike(_id_of(old), _id_of(new))):
        return None
    if text != text_now and not (tag.holds_noise and text.isascii() and text_now.isascii()):
        return None
    return tag.written if tag.name in OF_NOTE else inside


def _is_unread(inside: bytes, piece: bytes) -> bool:
    """Whether a piece of the content of an element is the inside of a comment or a script, and neither ends it."""
    if inside == b"!--":
        return b"--" not in piece
    tag = _judged(inside)
    if tag is None or not tag.holds_noise or not piece.isascii() or piece[:8].lower().startswith(b"/" + tag.name):
        return False
    return tag.name == b"style" or not piece.startswith(b"!--") or _SPLIT_COMMENT.fullmatch(piece) is not None


class _Tag(NamedTuple):
    """A start tag whose values differ in two bodies, none of them one that a reading looks at but for the id."""

    written: bytes
    """It without its brackets, with `_OTHER` where the bodies differ."""
    name: bytes
    other_id: bool
    holds_noise: bool
    """What it begins is a script or a style sheet, and not data that is read (JSON-LD)."""


def _same_tag(old: bytes, new: bytes) -> _Tag | None:
    """What two tags, without their brackets, are but for values in quotes; None where any that differs may be read."""
    if max(len(old), len(new)) > _LONGEST_TAG or not (old.isascii() and new.isascii()):
        return None
    if b"'" in old:
        parts, others, quote = _QUOTES.split(old), _QUOTES.split(new), b""
    else:
        parts, others, quote = old.split(b'"'), new.split(b'"'), b'"'
    if len(parts) != len(others):
        return None
    written = quote.join([one if one == other else _OTHER for one, other in zip(parts, others, strict=True)])
    return _judged(written)


def _judged(written: bytes) -> _Tag | None:
    return _remembered(written) if len(written) <= _REMEMBERED else _judge(written)


def _judge(written: bytes) -> _Tag | None:
    split = _TAG.fullmatch(written)
    if split is None:
        return None
    name, attributes = split[1].lower(), [(name.lower(), value) for name, value in _ATTRIBUTE.findall(split[2])]
    if name in STRANGE or (name in BLOCKS and written.endswith(b"/")):
        return None
    values: dict[bytes, bytes] = {}
    for attribute, value in attributes:
        values.setdefault(attribute, value[1:-1] if value.startswith((b'"', b"'")) else value)
    others = {attribute for attribute, value in attributes if _OTHER in value}
    if not all(_is_noise(name, attribute, values) for attribute in others - {b"id"}):
        return None
    kind = values.get(b"type", b"").lower()
    holds_noise = name in (b"script", b"style") and b"&" not in kind and b"ld" not in kind
    return _Tag(written, name, b"id" in others, holds_noise)


_remembered = lru_cache(maxsize=2048)(_judge)


def _is_noise(tag: bytes, name: bytes, values: Mapping[bytes, bytes]) -> bool:
    """Whether no reading looks at an attribute of a tag; `values` are all of its attributes."""
    if name.startswith(b"data-"):
        return name not in _READ_DATA
    if name in _NOISY or name in _OF_TAGS.get(tag, ()):
        return True
    if tag == b"meta" and name == b"content":
        return any(_TOKEN.search(values.get(named, b"")) for named in (b"name", b"property"))
    loads = values.get(b"rel", b"").lower().split()
    return tag == b"link" and name == b"href" and bool(loads) and _LOOKS.issuperset(loads)


def _id_of(tag: bytes) -> bytes:
    """The id in a tag whose name and attributes are known to be written in a usual way."""
    split = _TAG.fullmatch(tag)
    assert split is not None
    quoted: bytes = next(value for name, value in _ATTRIBUTE.findall(split[2]) if name.lower() == b"id")
    return quoted[1:-1]


def _id_alike(was: bytes, value: bytes) -> bool:
    """Whether two ids, by which no control of the page opens anything, name the same kind of part."""
    from scraper.normalizing.chrome import suspect_once  # both load slowly, and only those who read need them otherwise
    from scraper.normalizing.naming import is_panel

    if b"&" in was + value:
        return False
    # Tokens never come again: what is remembered of names has no room for them.
    named = [(suspect_once(name), is_panel({"id": name})) for name in (was.decode("ascii"), value.decode("ascii"))]
    return named[0] == named[1] and not {was.lower(), value.lower()} & _ASKED_FOR
