"""What a body is, judged by its first bytes beside what its header says."""

from __future__ import annotations

import re
from typing import Literal

Media = Literal["HTML", "plain text"]

_PREFIX = 1024

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
    rb"<(?:!doctype html|!--|\?xml|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta"
    rb"|main|article|section)(?=[\s>/:-]|--|$)",
    re.IGNORECASE,
)
_BINARY_BYTES = bytes({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "html"})
_TYPE = re.compile(r"[^;,\s]*")
_TEXT_TYPES = frozenset({"text/plain"})
_UNTYPED = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "unknown/unknown", "application/unknown", "*/*"}
)
_XML_TYPES = frozenset({"text/xml", "application/xml"})


def media(content_type: str | None, body: bytes) -> tuple[Media | None, str]:
    """The kind of document that a body is and a phrase for it; None with the reason where Redline does not read it."""
    written = (content_type or "").strip().lower()
    # Servers forget the semicolon before a parameter, or send the type twice; browsers read the first word too.
    declared = found[0] if (found := _TYPE.match(written)) else ""
    claim = f"says {declared}" if declared else "no content type"
    if (what := _binary(body, "utf-16" in written)) is not None:
        plain = declared not in _HTML_TYPES | _TEXT_TYPES | _UNTYPED
        return None, f"{declared} is not read" if plain else f"{claim}, is {what}"
    if declared in _HTML_TYPES:
        return "HTML", "HTML"
    if declared in _TEXT_TYPES:
        return "plain text", "plain text"
    if declared in _UNTYPED and _HTML_START.match(_start(body)):
        return "HTML", f"HTML ({claim})"
    if declared in _XML_TYPES and b"<html" in body[:_PREFIX].lower():
        return "HTML", f"HTML ({claim})"
    return None, f"{declared} is not read" if declared not in _UNTYPED else f"{claim}, and the bytes are not HTML"


def _start(body: bytes) -> bytes:
    return body[:_PREFIX].removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")


def _binary(body: bytes, said_utf16: bool) -> str | None:
    start = _start(body)
    for magic, name in _MAGIC:
        if magic.match(start):
            return name
    if said_utf16 or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    # A page may hold a stray NUL; a file that is one control byte in ten is no page.
    odd = len(start) - len(start.translate(None, _BINARY_BYTES))
    return "binary" if odd * 10 > len(start) else None
