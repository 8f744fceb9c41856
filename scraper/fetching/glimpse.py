"""The few words of a page that say whether it is one, without building a tree.

Everything here scans a bounded prefix with `find`: a good page must cost next to nothing to judge, and no page,
however made, more than a few passes over its first 256 KiB. Words are counted only where a headline gives a reason,
and then in what is shown, scripts and style sheets left out, up to the same length.
"""

from __future__ import annotations

import html
import re
import threading
from functools import cache
from itertools import islice

_HEAD = 256 * 1024
_LONGEST = 4 * 1024 * 1024
_TOP = 16 * 1024  # a stub that does nothing but lead on is short
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONGEST_HEADLINE = 4000
_TRIES = 8  # a heading may hold nothing but a logo; looking on is worth a little
_AFTER_NAME = frozenset({b">", b" ", b"\t", b"\n", b"\r", b"\x0c"})
_TAG = re.compile(rb"<[^<>]{0,2000}>")
_PARAGRAPH = re.compile(rb"<(/?)p(?=[\s>])", re.IGNORECASE)
_UNSEEN = re.compile(rb"<(/?)(title|script|style|noscript)(?=[\s>])", re.IGNORECASE)
_NOSCRIPT = re.compile(rb"<noscript(?=[\s>])", re.IGNORECASE)
_NOSCRIPT_END = re.compile(rb"</noscript", re.IGNORECASE)
_LINK = re.compile(rb"<a(?=[\s>])", re.IGNORECASE)
_LINK_END = re.compile(rb"</a\s{0,100}>", re.IGNORECASE)
_INLINE = re.compile(
    rb"</?(?:a|abbr|b|bdi|br|cite|code|em|i|mark|q|s|small|span|strong|sub|sup|time|u)(?=[\s>/])[^<>]{0,2000}>",
    re.IGNORECASE,
)
# Python refuses to read a number of more than 4,300 digits; no character has one of more than seven.
_ENDLESS_REFERENCE = re.compile(r"&#[0-9]{20,};?")
_REFRESH = re.compile(
    rb"<meta(?=[^<>]{0,500}http-equiv=[\"']?refresh)[^<>]{0,500}content=(?:\"([^\"<>]{0,2000})\"|'([^'<>]{0,2000})'|([^\s\"'<>]{1,2000}))",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\s*0*([0-5])(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*[\"']?|[\"']?(?!url\s*=))([^\"'\s][^\"']*)", re.IGNORECASE
)
_LONG_RUN = 12
_A_FEW = 8  # paragraphs: those of an article have enough words in a few times as many
_REMEMBERED = 1 << 20  # no thread keeps a longer body from being forgotten
MANY = 1 << 20
"""What `prose` gives for a page that is too long to be counted: more words than any error page has."""


class _Last(threading.local):
    """The body that this thread looked at last, and its headlines."""

    body: bytes | None = None
    found: tuple[str, str] = ("", "")


_last = _Last()


def headlines(body: bytes) -> tuple[str, str]:
    """The texts of the title and of the first heading, as `headline` gives them.

    An answer is asked for them when it is doubted and again when it is judged, so the last body's are remembered. They
    are told by the very same object, which cannot change: to compare two bodies would cost more than to look again.
    """
    if body is _last.body:
        return _last.found
    found = headline(body, "title"), headline(body, "h1")
    if len(body) <= _REMEMBERED:
        _last.body, _last.found = body, found
    return found


def headline(body: bytes, tag: str) -> str:
    """The text of the first element of that tag that has any, in one line; empty where there is none."""
    head = _as_ascii_superset(body)
    for opening in islice(_tag(tag).finditer(head), _TRIES):
        opened = head.find(b">", opening.start(), opening.start() + 2000)
        if opened < 0 or head[opening.end() : opening.end() + 1] not in _AFTER_NAME:
            continue
        closing = _tag(f"/{tag}").search(head, opened, opened + _LONGEST_HEADLINE + len(f"</{tag}"))
        if closing and (text := _words(head[opened + 1 : closing.start()])):
            return text
    return ""


def refresh(body: bytes) -> str | None:
    """The address that a page sends its reader on to at once (`<meta http-equiv="refresh">`); None where none."""
    top = _as_ascii_superset(body)[:_TOP]
    small = top.lower()
    found = _REFRESH.search(top) if b"http-equiv=" in small and b"refresh" in small else None
    told = _AT_ONCE.match(_words(found[1] or found[2] or found[3] or b"")) if found else None
    return told[2].strip() if told else None


def prose(body: bytes, plain: bool = False, enough: float = MANY) -> int:
    """How many words stand in paragraphs, or in long runs of text outside links, whichever are more.

    Navigation is not prose: an error page under a large menu has few words, however long it is. In a page without
    paragraphs every word outside its tags counts. A page of which not all was looked at has `MANY`.

    Who only asks whether there are so many says how many are `enough`: no more are counted then than it takes to know.
    """
    text = body[:_LONGEST] if plain else _outside(_as_ascii_superset(body, _LONGEST))
    if len(body) > _LONGEST or len(text) > _HEAD:
        return MANY
    if plain:
        return len(text.split())
    paragraphs = _paragraphs(text)
    if not paragraphs:
        return len(_shown(text))
    count = 0
    for at in range(0, len(paragraphs), _A_FEW):
        count += len(_shown(b" ".join(paragraphs[at : at + _A_FEW])))
        if count >= enough:
            return count
    return max(count, _in_long_runs(text, enough))


def runs(body: bytes) -> list[str]:
    """The visible texts of a page from one tag to the next, inline tags left out, in order; of its first 256 KiB."""
    first, *commented = _outside(_as_ascii_superset(body)).split(b"<!--")
    shown = b" ".join([first, *(piece.partition(b"-->")[2] for piece in commented)])
    pieces = _TAG.sub(b"<", _INLINE.sub(b" ", shown)).split(b"<")
    return [text for piece in pieces if (text := _words(piece))]


def unscripted(body: bytes) -> list[str]:
    """What a page says to those who run no scripts: the texts of its `<noscript>`s, then what is shown of it."""
    _, *opened = _NOSCRIPT.split(_as_ascii_superset(body), maxsplit=_TRIES)
    said = (_NOSCRIPT_END.split(piece[:4000], maxsplit=1)[0].partition(b">")[2] for piece in opened)
    return [*filter(None, map(_words, said)), *runs(body)]


def _in_long_runs(text: bytes, enough: float) -> int:
    """The words of texts that go on for a while between two tags, as those of an article in `<div>`s do."""
    first, *links = _LINK.split(text)
    # A link that is never closed holds nothing; an old page may be one long anchor.
    unlinked = [first, *(_LINK_END.split(link.partition(b">")[2], maxsplit=1)[-1] for link in links)]
    runs = _TAG.sub(b"<", _INLINE.sub(b" ", b" ".join(unlinked))).split(b"<")
    found = 0
    for run in runs:
        if len(run) > 2 * _LONG_RUN and (count := len(_shown(run))) >= _LONG_RUN:
            found += count
            if found >= enough:
                break
    return found


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
    """What is left without the title, scripts and style sheets."""
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


@cache
def _tag(name: str) -> re.Pattern[bytes]:
    """A tag's beginning, in small or in capital letters; mixed spellings are not looked for.

    The expression leaps from one `<` to the next, which is faster than two searches for the whole.
    """
    return re.compile(f"<(?:{name}|{name.upper()})".encode())


def _as_ascii_superset(body: bytes, length: int = _HEAD) -> bytes:
    head = body[:length]
    for bom, name in _WIDE:
        if head.startswith(bom):
            return head.decode(name, "replace").encode()
    return head


def _words(markup: bytes) -> str:
    return " ".join(_shown(markup))


def _shown(markup: bytes) -> list[str]:
    """The words between the tags of a piece of a page."""
    text = (_TAG.sub(b" ", markup) if b"<" in markup else markup).decode("utf-8", "replace")
    if "&" in text:
        text = html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))
    return text.split()
