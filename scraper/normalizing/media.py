"""What kind of document a body is, judged by its first bytes beside what its header says.

Both the verdict on an answer and the normaliser ask here, so that nothing is fetched as one thing and read as another.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Media = Literal["HTML", "plain text", "Markdown", "CSV", "PDF", "JSON", "XML"]

_PREFIX = 1024
# A declaration, a licence in a comment and a document type may stand before the first element.
_PROLOG = 8 * 1024

# Magic numbers of what is served under the name of a page. WHATWG MIME Sniffing, sections 6 and 7. Those that a text
# could begin with ("GIF89a was a format") ask for a byte after them that no text holds.
_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(magic, re.DOTALL), name)
    for magic, name in (
        (rb"%PDF-", "PDF"),
        (rb"PK\x03\x04", "a ZIP archive or an Office document"),
        (rb"\xd0\xcf\x11\xe0", "an old Office document"),
        (rb"\{\\rtf", "RTF"),
        (rb"\x89PNG", "a PNG image"),
        (rb"GIF8[79]a.{0,6}[\x00-\x08\x80-\xff]", "a GIF image"),
        (rb"\xff\xd8\xff", "a JPEG image"),
        (rb"RIFF.{4}(?:WEBP|WAVE|AVI )", "a WebP image or other media"),
        (rb"\x1f\x8b", "gzip"),
        (rb"BZh[1-9]1AY&SY", "bzip2"),
        (rb"\xfd7zXZ", "xz"),
        (rb"7z\xbc\xaf", "a 7z archive"),
        (rb"\x28\xb5\x2f\xfd", "zstd"),
        (rb"\x7fELF", "a program"),
        (rb"OggS\x00", "media"),
        (rb"ID3[\x02-\x04]", "media"),
    )
)
# WHATWG MIME Sniffing, 7.1: the tags that make a resource without a type HTML.
_HTML_START = re.compile(
    rb"<(?:!doctype html|!--|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta"
    rb"|main|article|section)(?=[\s>/:-]|--|$)",
    re.IGNORECASE,
)
# What only a whole page begins with. It is read as one under any name: servers answer for a feed, a file or a
# programme's data with an error page, and label pages as text.
_PAGE_START = re.compile(rb"(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[a-zA-Z!/]")
# The name of the first element, behind declaration, comments, instructions and document type (XML 1.0, section 2.8).
_ROOT = re.compile(
    rb"(?>(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*+\]\s*)?>)*)"
    rb"<(?:[\w.-]++:)?([\w.-]++)",
    re.DOTALL | re.IGNORECASE,
)
_FEED_ROOTS = frozenset({b"rss", b"feed", b"rdf"})
_BINARY_BYTES = bytes({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_TYPE = re.compile(r"[^;,\s]*")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "html"})
_UNTYPED = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "unknown/unknown", "application/unknown", "*/*"}
)
_NAMED: dict[str, Media] = {
    "text/markdown": "Markdown",
    "text/x-markdown": "Markdown",
    "text/csv": "CSV",
    "text/tab-separated-values": "CSV",
    "application/pdf": "PDF",
    "application/x-pdf": "PDF",
    "application/json": "JSON",
    "text/json": "JSON",
    "text/xml": "XML",
    "application/xml": "XML",
}


def media(content_type: str | None, body: bytes) -> tuple[Media | None, str]:
    """The kind of document that a body is and a phrase for it; None with the reason where Redline does not read it.

    `content_type` is the header as it came, None where there was none.
    """
    declared = media_type(content_type)
    claim = f"says {declared}" if declared else "no content type"
    what = _binary(body, "utf-16" in (content_type or "").lower())
    named = _named(declared)
    if what == "PDF" or (named == "PDF" and b"%PDF-" in body[:_PREFIX]):
        return "PDF", "PDF" if named == "PDF" else f"PDF ({claim})"
    if what is not None:
        return None, f"{claim}, is {what}" if named or declared in _UNTYPED else f"{declared} is not read"
    start = _start(body)
    if named is not None and named != "HTML" and _is_page(start):
        return "HTML", f"HTML ({claim})"
    if named == "PDF":
        return None, f"{claim}, and the bytes are not a PDF"
    if named == "HTML" and _root(start) in _FEED_ROOTS:
        return "XML", f"XML ({claim})"  # many feeds are labelled as pages, and no page begins so
    if named is not None:
        return named, named
    if declared in _UNTYPED:
        return _unnamed(start, claim, is_told=bool(declared))
    return None, f"{declared} is not read"


@lru_cache(maxsize=256)  # a host says the same of every page
def media_type(content_type: str | None) -> str:
    """The type that a Content-Type header names, in lower case without parameters; empty where it names none.

    Servers forget the semicolon before a parameter, or send the type twice; browsers read the first word too.
    """
    found = _TYPE.match((content_type or "").strip().lower())
    return found[0] if found else ""


def _named(declared: str) -> Media | None:
    """What a media type stands for; None for what is not read, and for the types that name nothing."""
    if declared in _HTML_TYPES:
        return "HTML"
    if declared in _NAMED:
        return _NAMED[declared]
    if declared.startswith("application/") and declared.endswith("+json"):
        return "JSON"
    if declared.startswith(("application/", "text/")) and declared.endswith("+xml"):
        return "XML"
    # RFC 2046, 4.1.4: a subtype of text that is not known is to be treated as plain text.
    return "plain text" if declared.startswith("text/") else None


def _unnamed(start: bytes, claim: str, *, is_told: bool) -> tuple[Media | None, str]:
    """A body without a type, or with one that says nothing (`is_told`): a download, unless it is a page or a feed."""
    root = _root(start)
    if root == b"html" or (not start.startswith(b"<?xml") and root not in _FEED_ROOTS and _HTML_START.match(start)):
        return "HTML", f"HTML ({claim})"
    if root in _FEED_ROOTS or start.startswith(b"<?xml"):
        return "XML", f"XML ({claim})"
    if is_told:
        return None, f"{claim}, and the bytes are not HTML"
    return (
        ("HTML", f"HTML ({claim})") if _TAG.search(start) or start == b"<" else ("plain text", f"plain text ({claim})")
    )


def _is_page(start: bytes) -> bool:
    return _PAGE_START.match(start) is not None or _root(start) == b"html"


def _root(start: bytes) -> bytes | None:
    """The local name of the first element, in lower case; None where the bytes do not begin like XML."""
    found = _ROOT.match(start) if start.startswith(b"<") else None
    return found[1].lower() if found else None


def _start(body: bytes) -> bytes:
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[2:_PROLOG].decode(name, "replace").lstrip().encode()
    return body[:_PROLOG].removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")


def _binary(body: bytes, said_utf16: bool) -> str | None:
    start = body[:_PREFIX].removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")
    if not start.startswith(b"<"):  # as every page does, and nothing with a magic number
        for magic, name in _MAGIC:
            if magic.match(start):
                return name
    if said_utf16 or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    # A page may hold a stray NUL; a file that is one control byte in ten is no page.
    odd = len(start) - len(start.translate(None, _BINARY_BYTES))
    return "binary" if odd * 10 > len(start) else None
