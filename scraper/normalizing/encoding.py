"""Bytes → text, by the rules that browsers follow (WHATWG Encoding and HTML standards, "determining the character
encoding"): byte order mark, then the HTTP header, then `<meta>`, then a guess between UTF-8 and windows-1252."""

from __future__ import annotations

import codecs

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

# The encodings of the WHATWG standard under Python's names. A label outside of it (utf-7, rot13, zlib) is ignored as
# browsers ignore it: a page cannot choose a codec that hides text or unpacks a bomb.
_WEB_ENCODINGS = frozenset(
    [
        "utf-8", "utf-16-le", "utf-16-be", "cp866", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5",
        "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15",
        "iso8859-16", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874", "iso8859-11", "tis-620", "cp1250",
        "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "gb18030", "gbk",
        "gb2312", "big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis", "cp932", "euc_kr", "cp949",
    ]
)  # fmt: skip


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the name of the encoding and the text; undecodable bytes become U+FFFD, nothing is raised.

    `content_type` is the value of the HTTP header, such as ``text/html; charset=utf-8``.
    """
    name, mark = _named(body, content_type)
    return name, body[mark:].decode(name, "replace")


def encoding_of(body: bytes, content_type: str | None = None) -> str:
    """Return the name of the encoding that `decode` would use."""
    return _named(body, content_type)[0]


def _named(body: bytes, content_type: str | None) -> tuple[str, int]:
    """Return the name of the encoding, and the length of the mark before the text."""
    marked, mark = read_bom(body)
    if marked and mark is not None and (name := _web(marked)):
        return name, len(mark)
    return _web(http_content_type_encoding(content_type)) or _declared(body) or _guess(body), 0


def _web(label: str | None) -> str | None:
    """Return Python's name of a web encoding, or None."""
    name = resolve_encoding(label) if label else None
    if name == "utf-16":  # the standard's label for the little-endian form
        return "utf-16-le"
    return name if name in _WEB_ENCODINGS else None


def _declared(body: bytes) -> str | None:
    """Return what `<meta>` declares; UTF-16 declared in readable ASCII is in truth UTF-8 (HTML 13.2.3.2)."""
    name = _web(html_body_declared_encoding(body))
    return "utf-8" if name in {"utf-16-le", "utf-16-be"} else name


def _guess(body: bytes) -> str:
    """Return UTF-8 where the bytes are valid as such (the last character may be cut), otherwise the old default."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
