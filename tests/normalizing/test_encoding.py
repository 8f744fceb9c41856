from __future__ import annotations

import codecs

import pytest

from scraper.normalizing.encoding import decode

TEXT = "Über die Brücke – “so” hieß es"


@pytest.mark.parametrize(
    ("body", "header", "charset"),
    [
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None, "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "text/html; charset=utf-8", "utf-16-be"),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16", "utf-16-le"),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1", "cp1252"),
        (b'<meta charset="windows-1252">' + TEXT.encode("cp1252"), "text/html", "cp1252"),
        (b'<meta charset="utf-16">' + TEXT.encode(), None, "utf-8"),
        (TEXT.encode(), None, "utf-8"),
        (TEXT.encode("cp1252"), None, "cp1252"),
        (b'<meta charset="windows-1251">' + TEXT.encode(), "text/html; charset=utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_found_as_browsers_find_it(body: bytes, header: str | None, charset: str) -> None:
    name, text = decode(body, header)

    assert name == charset
    assert text.endswith(TEXT)


@pytest.mark.parametrize("label", ["utf-7", "rot13", "zlib", "idna", "no-such-thing", "x" * 5000])
def test_a_label_that_no_browser_knows_is_ignored(label: str) -> None:
    assert decode(TEXT.encode(), f"text/html; charset={label}") == ("utf-8", TEXT)


def test_bytes_that_fit_no_encoding_are_marked_and_nothing_is_raised() -> None:
    assert decode(b"a\xffb", "text/html; charset=utf-8") == ("utf-8", "a\ufffdb")


def test_a_body_cut_inside_a_character_is_still_utf_8() -> None:
    assert decode("naïve café".encode()[:-1])[0] == "utf-8"
