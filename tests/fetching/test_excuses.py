"""Pages that are not the page asked for, and say so; and pages that only look as though they did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.fetching import Outcome, judge
from tests.fetching.answered import CLOUDFLARE, STORY, TEASER, answer, html


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
        (CLOUDFLARE, html("Road closed", "On Monday. <script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>")),
        (CLOUDFLARE, html("A stub", "Few words. <script>window._cf_chl_opt</script>") + b" " * 40_000),
        (CLOUDFLARE, STORY + b"<script>window._cf_chl_opt={}</script>"),
        ({"X-Iinfo": "1-2"}, html("Road closed", "On Monday. <script src='/_Incapsula_Resource?a=1'></script>")),
        ({"Cf-Mitigated": "challenge"}, STORY),
        ({"Server": "AkamaiGHost"}, STORY + b"Reference #18.9d37d517"),
        ({}, STORY.replace(b"A story", b"Access denied")),
        ({}, STORY.replace(b"A story", b"404 Not Found | The history of an error")),
        ({}, html("Documents available", "Three files.")),
        ({}, html("How the page was not found: an essay", "Short.")),
        ({}, html("Page not found: how museums lose paintings", TEASER)),
        ({}, html("Access restricted: the village that the army closed", TEASER)),
        ({}, html("Request denied: judge refuses to move the trial", TEASER)),
        ({}, html("Captcha - a short history | The Review", TEASER)),
        ({}, html("Just a moment: a poem", TEASER)),
        ({}, html("Maintenance: what a bridge costs", TEASER)),
        ({}, html("Scheduled maintenance", TEASER * 2)),
        ({}, html("Forbidden", TEASER * 6)),
        ({}, html("Page not found", "").replace(b"<p></p>", b"<div>" + TEASER.encode() * 9 + b"</div><p>Imprint</p>")),
        (
            {},
            html("Page not found", TEASER * 9).replace(b"<body>", b"<style>" + b"a{b:c}" * 60_000 + b"</style><body>"),
        ),
        ({}, html("Page not found", TEASER).replace(b"<body>", b"<ul>" + b"<li>entry</li>" * 30_000 + b"</ul><body>")),
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
        "Page Not Found (404)",
        "Error 404 (Not Found)!!1",
        "404 Page",
        "404: Page not found",
        "Sorry, we couldn’t find that page",
        "We can't find the page you're looking for",
        "Page introuvable",
        "Seite nicht gefunden",
        "Página no encontrada",
        "Страница не найдена",
        "الصفحة غير موجودة",
        "ページが見つかりません",
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
    ("title", "outcome"),
    [
        ("The page cannot be displayed", "extraction_suspect"),
        ("This content is not available", "extraction_suspect"),
        ("Sorry, this page isn&#39;t available.", "extraction_suspect"),
        ("Page unavailable", "extraction_suspect"),
        ("Content unavailable | Example", "extraction_suspect"),
        ("This content isn’t available in your region", "blocked"),
        ("451: Unavailable due to legal reasons", "blocked"),
        ("Our European visitors are important to us.", "blocked"),
        ("Web Page Blocked!", "blocked"),
        ("Vercel Security Checkpoint", "blocked"),
        ("Please Wait... | Cloudflare", "blocked"),
        ("Radware Bot Manager Captcha", "blocked"),
        ("Log in", "blocked"),
        ("Sign in | Example", "blocked"),
        ("Before you continue to Example", "blocked"),
        ("We value your privacy", "blocked"),
        ("Subscribe to read", "blocked"),
        ("Service Unavailable", "server_error"),
        ("503 Service Temporarily Unavailable", "server_error"),
        ("Temporarily unavailable", "server_error"),
        ("Server Unavailable!", "server_error"),
        ("502 Bad Gateway", "server_error"),
        ("Site under maintenance", "server_error"),
        ("Scheduled Maintenance", "server_error"),
        ("We'll be back soon!", "server_error"),
    ],
)
def test_a_page_that_excuses_itself_otherwise_is_neither_a_document_nor_an_absence(
    title: str, outcome: Outcome
) -> None:
    verdict = judge(answer(200, html(title, "A line or two about why. " * 5)))
    at_the_end = judge(answer(200, html(title, "A line."), final="https://www.defense.gov/elsewhere/"))

    assert (verdict.outcome, at_the_end.outcome) == (outcome, outcome)
    assert "but says" in verdict.reason


def test_a_page_whose_own_address_holds_the_words_is_called_so() -> None:
    for path, title in [("help/log-in", "Log in"), ("essays/page-not-found/", "Page not found")]:
        page = html(title, "Three steps.")
        url = f"https://example.org/{path}"

        assert judge(replace(answer(200, page), url=url, final_url=url)).outcome is None
        assert judge(answer(200, page)).outcome is not None
    number = "https://example.org/Article/2404001/"
    assert judge(replace(answer(200, html("404")), url=number, final_url=number)).outcome == "soft_404"


@pytest.mark.parametrize(
    ("tag", "outcome"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new/place">', "extraction_suspect"),
        ("<META content='1;URL=https://other.example/' HTTP-EQUIV=Refresh>", "extraction_suspect"),
        ("<meta http-equiv=refresh content=0;url=/new>", "extraction_suspect"),
        ('<meta http-equiv="refresh" content="0; url=/login?next=/a">', "blocked"),
        ('<meta http-equiv="refresh" content="300; url=/new/place">', None),
        ('<meta http-equiv="refresh" content="0; url=">', None),
        ('<meta http-equiv="refresh" content="5">', None),
        ('<meta http-equiv="refresh" content="0; url=?utm_source=x">', None),
        ('<meta name="refresh" content="0; url=/new/place">', None),
    ],
)
def test_a_stub_that_sends_its_reader_on_is_no_document(tag: str, outcome: Outcome | None) -> None:
    stub = html("Moved", "This page has moved.").replace(b"<head>", b"<head>" + tag.encode())

    assert judge(answer(200, stub)).outcome == outcome
    assert judge(answer(200, STORY.replace(b"<head>", b"<head>" + tag.encode()))).outcome is None


def test_the_title_of_a_wide_page_is_read_too() -> None:
    body = html("Page not found", "Sorry.").decode().encode("utf-16")

    assert judge(answer(200, body)).outcome == "soft_404"


def test_a_reference_to_no_character_is_no_exception() -> None:
    """Python refuses to read a number of more than 4,300 digits."""
    reference = "&#" + "1" * 5000 + ";"

    assert judge(answer(200, html("Not found", reference))).outcome == "soft_404"
    assert judge(answer(200, html(f"A story {reference}", reference))).outcome is None
