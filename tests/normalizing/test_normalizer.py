from __future__ import annotations

import pytest

from scraper.errors import UnsupportedMedia
from scraper.normalizing import KINDS, NORMALIZER, Passage, normalize

URL = "https://site.example/page"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x89PNG\r\n", None),
        (b"PK\x03\x04", "text/plain"),
        (b"words", "application/msword"),
        (b"words", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>words</text></svg>", "image/svg+xml"),
    ],
)
def test_what_is_no_page_is_refused_in_one_line(body: bytes, content_type: str | None) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        normalize(body, url=URL, content_type=content_type)
    assert "\n" not in str(refused.value)


def test_plain_text_is_read_paragraph_by_paragraph() -> None:
    document = normalize(b"One\nline.\n\n<b>Two</b>.", url=URL, content_type="text/plain; charset=utf-8")

    assert document.passages == (Passage("paragraph", "One line."), Passage("paragraph", "<b>Two</b>."))
    assert document.charset == "utf-8"


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain", None, "application/xhtml+xml"])
def test_html_under_a_wrong_label_is_read_as_html(content_type: str | None) -> None:
    body = b"<!-- a --><!DOCTYPE html><html><body><p>Text.</p></body></html>"

    assert normalize(body, url=URL, content_type=content_type).text == "Text."


def test_many_comments_before_the_doctype_cost_no_time() -> None:
    assert normalize(b"<!---->" * 300 + b"<p>Text.", url=URL, content_type="text/plain").passages


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "utf-16-le"])
def test_the_same_text_in_another_encoding_is_the_same_document(charset: str) -> None:
    page = "<html><body><h1>Größe</h1><p>Zu viel – “so” die Behörde.</p></body></html>"
    document = normalize(page.encode(charset), url=URL, content_type=f"text/html; charset={charset}")

    assert document.text == "Größe\nZu viel – “so” die Behörde."


def test_the_version_is_named_and_every_kind_is_known() -> None:
    assert NORMALIZER.strip() == NORMALIZER != ""
    assert len(set(KINDS)) == len(KINDS) == 11
