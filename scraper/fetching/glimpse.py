"""The few words of a page that say whether it is one, without building a tree.

Everything here scans a bounded prefix with `find`: a good page must cost next to nothing to judge, and no page,
however made, more than a few passes over its first 256 KiB.
"""

from __future__ import annotations

import html
import re

_HEAD = 256 * 1024
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TRIES = 8  # a heading may hold nothing but a logo; looking on is worth a little
_AFTER_NAME = frozenset({b">", b" ", b"\t", b"\n", b"\r", b"\x0c"})
_TAG = re.compile(rb"<[^<>]{0,2000}>")
_PARAGRAPH = re.compile(rb"<(/?)p(?=[\s>])", re.IGNORECASE)
_UNSEEN = re.compile(rb"<(/?)(head|script|style|noscript)(?=[\s>])", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def headline(body: bytes, tag: str) -> str:
    """The text of the first element of that tag that has any, in one line; empty where there is none."""
    head = _as_ascii_superset(body)
    opening, closing = f"<{tag}".encode(), f"</{tag}".encode()
    start = -1
    for _ in range(_TRIES):
        start = _find(head, opening, start + 1)
        if start < 0:
            break
        opened = head.find(b">", start, start + 2000)
        closed = _find(head, closing, opened) if opened >= 0 else -1
        named = head[start + len(opening) : start + len(opening) + 1] in _AFTER_NAME
        if named and 0 <= closed - opened <= 4000 and (text := _words(head[opened + 1 : closed])):
            return text
    return ""


def prose(body: bytes, plain: bool = False) -> int:
    """How many words stand in paragraphs; in a page without paragraphs, how many words stand outside its tags.

    Navigation is not prose: an error page under a large menu has few words, however long it is.
    """
    text = _as_ascii_superset(body)
    if plain:
        return len(text.split())
    paragraphs = _paragraphs(text)
    return len(_words(b" ".join(paragraphs) if paragraphs else _outside(text)).split())


def _paragraphs(text: bytes) -> list[bytes]:
    """What stands between the opening of each paragraph and its end, or the next one's opening."""
    found: list[bytes] = []
    opened: int | None = None
    for tag in _PARAGRAPH.finditer(text):
        if opened is not None:
            found.append(text[opened : tag.start()])
        opened = tag.start() if tag[1] == b"" else None
    return found if opened is None else [*found, text[opened:]]


def _outside(text: bytes) -> bytes:
    """What is left without the head, scripts and style sheets."""
    pieces: list[bytes] = []
    at, inside = 0, b""
    for tag in _UNSEEN.finditer(text):
        name = tag[2].lower()
        if not inside and tag[1] == b"":
            pieces.append(text[at : tag.start()])
            inside = name
        elif inside == name and tag[1]:
            at, inside = tag.start(), b""
    return b" ".join(pieces if inside else [*pieces, text[at:]])


def _find(text: bytes, wanted: bytes, at: int) -> int:
    """The first place of a tag's opening, in small or in capital letters; mixed spellings are not looked for."""
    small = text.find(wanted, at)
    large = text.find(wanted.upper(), at, small if small >= 0 else len(text))
    return large if large >= 0 else small


def _as_ascii_superset(body: bytes) -> bytes:
    head = body[:_HEAD]
    for bom, name in _WIDE:
        if head.startswith(bom):
            return head.decode(name, "replace").encode()
    return head


def _words(markup: bytes) -> str:
    text = html.unescape(_TAG.sub(b" ", markup).decode("utf-8", "replace"))
    return _SPACE.sub(" ", text).strip()
