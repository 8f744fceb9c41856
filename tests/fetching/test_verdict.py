from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fetching import Outcome, judge
from tests.fetching.answered import CLOUDFLARE, STORY, URL, answer, html


def test_a_page_is_worth_reading() -> None:
    verdict = judge(answer())

    assert (verdict.outcome, verdict.reason) == (None, "200, HTML")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (304, "not_modified"),
        (400, "blocked"),
        (401, "blocked"),
        (403, "blocked"),
        (405, "blocked"),
        (406, "blocked"),
        (429, "blocked"),
        (404, "gone"),
        (410, "gone"),
        (451, "blocked"),
        (500, "server_error"),
        (503, "server_error"),
        (522, "server_error"),
        (999, "server_error"),
        (302, "server_error"),
        (101, "server_error"),
        (202, "extraction_suspect"),
        (206, "extraction_suspect"),
    ],
)
def test_a_status_is_taken_at_its_word(status: int, outcome: Outcome) -> None:
    verdict = judge(answer(status, b"" if status == 304 else STORY))

    assert verdict.outcome == outcome
    assert str(status) in verdict.reason


@pytest.mark.parametrize("failure", ["network_error", "too_large", "robots_denied"])
def test_a_failure_is_the_outcome_and_gives_the_reason(failure: Any) -> None:
    verdict = judge(answer(None, None, failure=failure, error="why"))

    assert (verdict.outcome, verdict.reason) == (failure, "why")


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Server": "AkamaiGHost"}, "Akamai"),
        ({"Server-Timing": 'ak_p; desc="1775872487192"'}, "Akamai"),
        (CLOUDFLARE, "Cloudflare"),
        ({"X-Amzn-Waf-Action": "captcha"}, "AWS WAF"),
        ({"Server": "awselb/2.0"}, "AWS load balancer"),
        ({"X-Iinfo": "1-2-3"}, "Imperva"),
        ({"X-Sucuri-ID": "1"}, "Sucuri"),
        ({"Server": "CloudFront"}, "CloudFront"),
    ],
)
def test_a_block_names_the_edge_that_the_headers_prove(headers: dict[str, str], name: str) -> None:
    verdict = judge(answer(403, html("Access Denied"), headers=headers))

    assert verdict.outcome == "blocked"
    assert name in verdict.reason


def test_a_real_404_behind_an_edge_is_gone_and_no_block() -> None:
    assert judge(answer(404, html("Page not found | NIEHS"), headers=CLOUDFLARE)).outcome == "gone"
    assert judge(answer(404, html("FEMA.gov"), headers={"Server": "AkamaiGHost"})).outcome == "gone"


def test_a_404_that_says_that_we_were_turned_away_is_a_block() -> None:
    denied = html("Access Denied", "You do not have permission.")

    assert judge(answer(404, denied, headers={"Server": "AkamaiGHost"})).outcome == "blocked"
    assert judge(answer(404, denied)).outcome == "blocked"
    assert (
        judge(answer(404, html("Not found", "Nothing is here."), headers={"Server": "AkamaiGHost"})).outcome == "gone"
    )
    assert judge(answer(503, html("Just a moment..."), headers={"Server": "cloudflare"})).outcome == "blocked"


@pytest.mark.parametrize(
    ("final", "outcome"),
    [
        (None, "not_modified"),
        ("https://www.war.gov/News/Article/Article/2028603/a-story/", "not_modified"),
        ("https://www.defense.gov/", "redirected_elsewhere"),
        ("https://www.defense.gov/login", "blocked"),
    ],
)
def test_a_304_at_the_end_of_a_redirect_is_judged_by_where_it_led(final: str | None, outcome: Outcome) -> None:
    assert judge(answer(304, b"", final=final)).outcome == outcome


@pytest.mark.parametrize(
    ("final", "outcome"),
    [
        ("https://www.war.gov/News/News-Stories/Article/Article/2028603/a-story/", None),
        ("http://defense.gov/news/article/article/2028603/a-story", None),
        ("https://www.defense.gov/Spotlights/a-story/", None),
        ("https://www.defense.gov/", "redirected_elsewhere"),
        ("https://www.defense.gov/News/", "redirected_elsewhere"),
        ("https://elsewhere.example/a-story/", "redirected_elsewhere"),
        ("https://www.defense.gov/News/Article/Article/2028604/a-story/", "redirected_elsewhere"),
        ("https://www.defense.gov/404/", "soft_404"),
        ("https://www.defense.gov/errors/page-not-found.html", "soft_404"),
        ("https://www.defense.gov/login?next=/News/", "blocked"),
        ("https://unblock.defense.gov/", "blocked"),
    ],
)
def test_where_a_redirect_leads_decides(final: str, outcome: Outcome | None) -> None:
    assert judge(answer(final=final)).outcome == outcome


def test_gone_at_the_end_of_a_redirect_is_still_gone() -> None:
    assert judge(answer(404, final="https://www.defense.gov/")).outcome == "gone"


@pytest.mark.parametrize(
    ("asked", "final", "outcome"),
    [
        ("https://example.org/?p=5", "https://example.org/log-in", "blocked"),
        ("https://example.org/?p=5", "https://example.org/2026/why-we-log-in-to-everything/", None),
        ("https://example.org/?p=5", "https://example.org/404.html", "soft_404"),
        ("https://example.org/?p=5", "https://example.org/cars/type-404-review", None),
        ("https://example.org/", "https://example.org/en/", None),
        ("https://example.org/a-story", "https://example.org/en/", "redirected_elsewhere"),
        ("https://example.org/2019/annual-report", "https://example.org/2025/annual-report", "redirected_elsewhere"),
    ],
)
def test_the_address_asked_for_decides_with_the_one_that_answered(
    asked: str, final: str, outcome: Outcome | None
) -> None:
    assert judge(replace(answer(final=final), url=asked)).outcome == outcome


def test_a_redirect_elsewhere_says_what_to_do() -> None:
    verdict = judge(answer(final="https://www.defense.gov/News/"))

    assert verdict.reason == (
        "redirected to https://www.defense.gov/News/; if this is its new address, put it into sources.toml"
    )


def test_the_home_page_is_named_in_the_reason() -> None:
    assert judge(answer(final="https://www.defense.gov/")).reason == "redirected to the home page of www.defense.gov"


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\0\0\0"])
def test_an_empty_body_is_suspect(body: bytes) -> None:
    verdict = judge(answer(200, body))

    assert (verdict.outcome, verdict.reason) == ("extraction_suspect", "empty body")


_NOT_HTML = "says application/octet-stream, and the bytes are not HTML"


@pytest.mark.parametrize(
    ("content_type", "body", "outcome", "reason"),
    [
        ("text/html", b"%PDF-1.7 ...", None, "200, PDF (says text/html)"),
        ("text/html", b"PK\x03\x04....", "unsupported", "says text/html, is a ZIP archive or an Office document"),
        ("text/html", gzip.compress(STORY), "unsupported", "says text/html, is gzip"),
        ("text/html", bytes(range(256)) * 4, "unsupported", "says text/html, is binary"),
        ("application/pdf", b"%PDF-1.7 ...", None, "200, PDF"),
        ("application/pdf", b"\r\n\0junk\n%PDF-1.4 ...", None, "200, PDF"),
        ("application/pdf", b"just words", "unsupported", "says application/pdf, and the bytes are not a PDF"),
        ("application/pdf", STORY, None, "200, HTML (says application/pdf)"),
        ("image/png", b"\x89PNG\r\n\x1a\n", "unsupported", "image/png is not read"),
        ("application/json", b'{"a": 1}', None, "200, JSON"),
        ("application/geo+json; charset=utf-8", b'{"a": 1}', None, "200, JSON"),
        ("application/json", b"<!DOCTYPE html>" + STORY, None, "200, HTML (says application/json)"),
        (None, b"%PDF-1.7", None, "200, PDF (no content type)"),
        (None, b"just words", None, "200, plain text (no content type)"),
        ("application/octet-stream", b"just words", "unsupported", _NOT_HTML),
        ("application/octet-stream", b"<?xml version='1.0'?><rss/>", None, "200, XML (says application/octet-stream)"),
        ("text/html", b"<?xml version='1.0'?><!-- a --><rss/>", None, "200, XML (says text/html)"),
        ("text/html", b"<rdf:RDF xmlns:rdf='r'/>", None, "200, XML (says text/html)"),
        ("text/html", b"<p>The tag <rss> is old.", None, "200, HTML"),
        ("text/plain", b"<!doctype html><title>A</title>", None, "200, HTML (says text/plain)"),
        ("text/plain", b"<p> is a tag", None, "200, plain text"),
        ("text/markdown", b"# Words", None, "200, Markdown"),
        ("text/csv", b"a,b", None, "200, CSV"),
        ("text/x-rst", b"Words\n=====", None, "200, plain text"),
        ("image/svg+xml", b"<svg/>", "unsupported", "image/svg+xml is not read"),
        ("application/rss+xml", "<?xml version='1.0'?><rss/>".encode("utf-16"), None, "200, XML"),
        (None, STORY, None, "200, HTML (no content type)"),
        ("application/octet-stream", STORY, None, "200, HTML (says application/octet-stream)"),
        (
            "application/octet-stream",
            b"\xef\xbb\xbf\n<HTML>" + STORY,
            None,
            "200, HTML (says application/octet-stream)",
        ),
        ("application/xhtml+xml", b"<?xml version='1.0'?>" + STORY, None, "200, HTML"),
        ("application/xml", b"<?xml version='1.0'?><html>x</html>", None, "200, HTML (says application/xml)"),
        ("application/xml", b"<?xml version='1.0'?><rss/>", None, "200, XML"),
        ("text/plain; charset=utf-8", b"just words", None, "200, plain text"),
        ("TEXT/HTML", STORY, None, "200, HTML"),
        ("text/html", STORY.decode().encode("utf-16"), None, "200, HTML"),
        ("text/html; charset=utf-16", STORY.decode().encode("utf-16-le"), None, "200, HTML"),
        ("text/html", STORY.replace(b"story", b"st\0ry"), None, "200, HTML"),
        ("text/html charset=utf-8", STORY, None, "200, HTML"),
        ("text/html,text/html", STORY, None, "200, HTML"),
        ("html", STORY, None, "200, HTML"),
        ("text/plain", b"ID3 tags, explained", None, "200, plain text"),
        ("text/plain", b"RIFF raff and WAVE", None, "200, plain text"),
        ("text/plain", b"GIF89a was a format", None, "200, plain text"),
        ("text/plain", b"BZh is how it begins", None, "200, plain text"),
        ("text/html", b"GIF89a\x10\x00\x10\x00\x80", "unsupported", "says text/html, is a GIF image"),
        (
            "text/html",
            b"RIFF\x10\0\0\0WEBPVP8 ",
            "unsupported",
            "says text/html, is a WebP image or other media",
        ),
        ("text/html", b"ID3\x03\0\0\0", "unsupported", "says text/html, is media"),
    ],
)
def test_the_first_bytes_and_the_content_type_are_read_together(
    content_type: str | None, body: bytes, outcome: Outcome | None, reason: str
) -> None:
    verdict = judge(answer(200, body, headers={"Content-Type": content_type}))

    assert (verdict.outcome, verdict.reason) == (outcome, reason)


PIECES = [
    *(
        b"<title>",
        b"</title>",
        b"<h1",
        b">",
        b"<p",
        b"</p",
        b"404",
        b"\0",
        b"<script",
        b"x ",
        b"<a ",
        b"</a>",
        b"<div>",
    ),
    *(b"&#" + b"9" * 5000 + b";", b"&#x" + b"f" * 5000 + b";", b"&#" + b"0" * 5000 + b"65;", b"Not found", b"\xff\xfe"),
    *(b"<meta http-equiv=refresh content='0;url=http://[::1'>", b"<title>404</title>", b"&amp", b"|", b" - ", b": "),
]
URLS = [
    URL,
    "https://[",
    "http://a.example:99999/",
    "",
    "https://example.org/login",
    "https://example.org/404",
    "\ud800",
]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.none(), st.integers(100, 999)),
    st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES)).map(b"".join)),
    st.dictionaries(
        st.sampled_from(["Server", "Rimon", "Cf-Mitigated", "Content-Type", "X-Cache"]) | st.text(max_size=10),
        st.sampled_from(["cloudflare", "text/plain", "text/html", "error from cloudfront"]) | st.text(max_size=20),
    ),
    st.one_of(st.none(), st.sampled_from(URLS), st.text(max_size=40)),
)
def test_every_answer_has_a_verdict_with_a_reason(
    status: int | None, body: bytes, headers: dict[str, str], final: str | None
) -> None:
    given = answer(status, body, headers=headers, final=final)

    assert judge(given).reason
    assert judge(given) == judge(given)


def test_of_a_header_that_comes_twice_the_first_counts() -> None:
    said = (("CF-Mitigated", "challenge"), ("Cf-Mitigated", "other"), ("Content-Type", "text/html"))

    assert judge(replace(answer(403), headers=said)).reason == "403, Cloudflare challenge"


@pytest.mark.parametrize("blank", [b"\0", b"\r\n", b"\xef\xbb\xbf", b" "])
def test_a_body_of_nothing_but_blanks_is_empty_however_long(blank: bytes) -> None:
    assert judge(answer(body=blank * 5000)).reason == "empty body"
    assert judge(answer(body=blank * 5000 + STORY)).reason != "empty body"
