from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fetching import Answer, Hop, Outcome, judge

URL = "https://www.defense.gov/News/Article/Article/2028603/a-story/"
PROSE = "<p>" + "The two ministries met in Algiers and spoke about trade, training and the border. " * 20 + "</p>"
STORY = f"<!doctype html><html><head><title>A story</title></head><body><h1>A story</h1>{PROSE}</body></html>".encode()
CLOUDFLARE = {"server": "cloudflare", "cf-ray": "9d2b11219ded6c52-DFW"}


def answer(status: int | None = 200, body: bytes | None = STORY, final: str | None = None, **given: Any) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", **given.pop("headers", {})}
    hops = (Hop(URL, 301, final),) if final else ()
    return Answer(
        source_id="a",
        url=URL,
        started=datetime(2026, 3, 2, tzinfo=UTC),
        elapsed_ms=5,
        final_url=final or URL,
        status=status,
        headers=tuple((name, value) for name, value in headers.items() if value is not None),
        redirects=hops,
        body=body,
        **given,
    )


def html(title: str, text: str = "", heading: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body><h1>{heading}</h1><p>{text}</p></body></html>".encode()


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
        (451, "gone"),
        (500, "server_error"),
        (503, "server_error"),
        (522, "server_error"),
        (999, "server_error"),
        (302, "server_error"),
        (103, "server_error"),
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


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (202, {"X-Amzn-Waf-Action": "challenge"}, b""),
        (503, {"Cf-Mitigated": "challenge", **CLOUDFLARE}, html("Just a moment...")),
        (200, {"Cf-Mitigated": "challenge", **CLOUDFLARE}, html("Just a moment...")),
        (200, CLOUDFLARE, html("", "<script>window._cf_chl_opt={}</script>cf_chl_opt")),
        (200, {"X-Iinfo": "1-2"}, b'<html><iframe src="/_Incapsula_Resource?x=1"></iframe></html>'),
        (200, {"Rimon": "RWC_BLOCK"}, b"<html><body>blocked</body></html>"),
        (200, {}, html("Federal Register :: Request Access", "Due to aggressive scraping, please prove it.")),
        (200, {}, html("Access Denied", "You have no permission.")),
        (200, {}, html("Example News", "Enable JavaScript and cookies.", heading="Pardon Our Interruption...")),
    ],
)
def test_a_challenge_answered_as_a_page_is_a_block(status: int, headers: dict[str, str], body: bytes) -> None:
    assert judge(answer(status, body, headers=headers)).outcome == "blocked"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (CLOUDFLARE, STORY + b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
        ({"Cf-Mitigated": "challenge"}, STORY),
        ({"Server": "AkamaiGHost"}, STORY + b"Reference #18.9d37d517"),
        ({}, STORY.replace(b"A story", b"Access denied")),
        ({}, STORY.replace(b"A story", b"404 Not Found | The history of an error")),
        ({}, html("Documents available", "Three files.")),
        ({}, html("How the page was not found: an essay", "Short.")),
    ],
)
def test_one_signal_alone_does_not_condemn_a_page(headers: dict[str, str], body: bytes) -> None:
    assert judge(answer(200, body, headers=headers)).outcome is None


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Error 404",
        "404 - File or directory not found.",
        "Page Not Found | U.S. Department of the Treasury",
        "Page not found - DefenseScoop",
        "Not Found",
        "The page you are looking for could not be found",
        "Sorry, this page isn&#39;t available.",
        "The page you requested cannot be found",
        "This article is no longer available",
        "That page can’t be found",
        "PAGE NOT FOUND",
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(title: str) -> None:
    by_title = judge(answer(200, html(title, "Try the search.")))
    by_heading = judge(answer(200, html("Example Agency", "Try the search.", heading=title)))

    assert (by_title.outcome, by_heading.outcome) == ("soft_404", "soft_404")
    assert "but says" in by_title.reason


def test_a_large_menu_does_not_hide_an_error_page() -> None:
    menu = b"<ul>" + b"<li><a href=/x>Some entry of a long menu</a></li>" * 500 + b"</ul>"

    assert judge(answer(200, html("Page not found", "Sorry.").replace(b"<h1>", menu + b"<h1>"))).outcome == "soft_404"


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


def test_the_home_page_is_named_in_the_reason() -> None:
    assert judge(answer(final="https://www.defense.gov/")).reason == "redirected to the home page of www.defense.gov"


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\0\0\0"])
def test_an_empty_body_is_suspect(body: bytes) -> None:
    verdict = judge(answer(200, body))

    assert (verdict.outcome, verdict.reason) == ("extraction_suspect", "empty body")


@pytest.mark.parametrize(
    ("content_type", "body", "outcome", "reason"),
    [
        ("text/html", b"%PDF-1.7 ...", "unsupported", "says text/html, is PDF"),
        ("text/html", b"PK\x03\x04....", "unsupported", "says text/html, is a ZIP archive or an Office document"),
        ("text/html", gzip.compress(STORY), "unsupported", "says text/html, is gzip"),
        ("text/html", bytes(range(256)) * 4, "unsupported", "says text/html, is binary"),
        ("application/pdf", b"%PDF-1.7 ...", "unsupported", "application/pdf is not read"),
        ("image/png", b"\x89PNG\r\n\x1a\n", "unsupported", "image/png is not read"),
        ("application/json", b'{"a": 1}', "unsupported", "application/json is not read"),
        (None, b"%PDF-1.7", "unsupported", "no content type, is PDF"),
        (None, b"just words", "unsupported", "no content type, and the bytes are not HTML"),
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
        ("application/xml", b"<?xml version='1.0'?><rss/>", "unsupported", "application/xml is not read"),
        ("text/plain; charset=utf-8", b"just words", None, "200, plain text"),
        ("TEXT/HTML", STORY, None, "200, HTML"),
        ("text/html", STORY.decode().encode("utf-16"), None, "200, HTML"),
        ("text/html; charset=utf-16", STORY.decode().encode("utf-16-le"), None, "200, HTML"),
        ("text/html", STORY.replace(b"story", b"st\0ry"), None, "200, HTML"),
    ],
)
def test_the_first_bytes_and_the_content_type_are_read_together(
    content_type: str | None, body: bytes, outcome: Outcome | None, reason: str
) -> None:
    verdict = judge(answer(200, body, headers={"Content-Type": content_type}))

    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_the_title_of_a_wide_page_is_read_too() -> None:
    body = html("Page not found", "Sorry.").decode().encode("utf-16")

    assert judge(answer(200, body)).outcome == "soft_404"


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.none(), st.integers(100, 999)),
    st.lists(st.sampled_from([b"<title>", b"</title>", b"<h1", b">", b"<p", b"</p", b"404", b"\0", b"<script", b"x "])),
    st.dictionaries(st.sampled_from(["Server", "Rimon", "Cf-Mitigated", "Content-Type"]), st.text(max_size=20)),
)
def test_every_answer_has_a_verdict_with_a_reason(
    status: int | None, pieces: list[bytes], headers: dict[str, str]
) -> None:
    given = answer(status, b"".join(pieces), headers=headers)

    assert judge(given).reason
    assert judge(given) == judge(given)
