"""Answers that are not what they seem: the site, the page asked for, and the outcome that must come of it.

Outcome None is a page that is read. `*` is what the site answers for every path that is not named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fetching.answered import PROSE, STORY
from tests.scripted import Page, Raw, page, redirect

if TYPE_CHECKING:
    from collections.abc import Mapping

READ = None
AKAMAI = {"Server": "AkamaiGHost"}
CLOUDFLARE = {"Server": "cloudflare", "CF-RAY": "9d2b11219ded6c52-DFW"}
DENIED = "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission. Reference #18.9d37d517"
MENU = "<nav>" + "".join(f"<a href=/s{n}>Section {n}</a>" for n in range(80)) + "</nav>"


@dataclass(frozen=True)
class Site:
    """A site, and what the page asked for is."""

    pages: Mapping[str, Page | Raw]
    outcome: str | None
    asked: str = "/news/a-story"
    says: str = ""


def story(answer: Page | Raw, outcome: str | None, says: str = "") -> Site:
    return Site({"/news/a-story": answer}, outcome, says=says)


def titled(title: str, text: str = "", status: int = 200, **headers: str) -> Page:
    return page(f"<!doctype html><title>{title}</title><p>{text}</p>", status, **headers)


def edge(body: str, status: int, headers: dict[str, str]) -> Page:
    status, own, content = page(body, status)
    return status, {**own, **headers}, content


def catch_all(answer: Page, also: dict[str, Page | Raw] | None = None) -> dict[str, Page | Raw]:
    return {**(also or {}), "*": answer}


VERDICTS: dict[str, Site] = {
    # Pages.
    "a page": story(page(STORY), READ),
    "a page behind an edge": story(edge(STORY.decode(), 200, CLOUDFLARE), READ),
    "a story about blocks": story(titled("Access denied: the village that the army closed", PROSE), READ),
    "a story that is called like an error": story(titled("Page not found", PROSE), READ),
    "a story under an error page's menu": story(page(f"<title>A story</title>{MENU}{PROSE}"), READ),
    "plain text": story(page("A short notice.", Content_Type="text/plain"), READ),
    "a page without a type": story(page(STORY, Content_Type="application/octet-stream"), READ),
    # Blocks.
    "403": story(page("no", 403), "blocked", "403 Forbidden"),
    "401": story(page("no", 401), "blocked"),
    "402": story(page("pay", 402), "blocked"),
    "406": story(page("no", 406), "blocked"),
    "451": story(page("no", 451), "blocked"),
    "429": story(page("no", 429), "blocked"),
    "403 of Akamai": story(edge(DENIED, 403, AKAMAI), "blocked", "Akamai"),
    "404 of Akamai that denies": story(edge(DENIED, 404, AKAMAI), "blocked", "Access Denied"),
    "410 that denies": story(titled("Access Denied", status=410), "blocked"),
    "a challenge with 403": story(edge("<title>Just a moment...</title>", 403, CLOUDFLARE), "blocked", "Cloudflare"),
    "a challenge with 503": story(edge("<title>Just a moment...</title>", 503, CLOUDFLARE), "blocked"),
    "a challenge with 200": story(edge("<p>x", 200, {**CLOUDFLARE, "CF-Mitigated": "challenge"}), "blocked"),
    "a challenge with 202": story(page("", 202, X_Amzn_Waf_Action="challenge"), "blocked", "AWS WAF"),
    "a challenge header on a whole story": story(page(STORY, X_Amzn_Waf_Action="captcha"), READ),
    "a block with 200": story(titled("Access Denied", "Reference #18.9d37d517"), "blocked"),
    "a filter with 200": story(edge("<script>x</script>", 200, {"rimon": "RWC_BLOCK"}), "blocked"),
    "a CAPTCHA with 200": story(titled("Are you a robot?", "Please tick the box."), "blocked"),
    "a script of Imperva": story(
        edge('<iframe id="main-iframe" src="/_Incapsula_Resource?x">', 200, {"X-Iinfo": "1-2-3"}), "blocked"
    ),
    "a redirect to a log-in": Site(
        {"/news/a-story": redirect("/login?next=/news/a-story"), "/login?next=/news/a-story": titled("Log in")},
        "blocked",
    ),
    "a log-in with 200": story(titled("Sign in to continue", "User name, password."), "blocked"),
    "a pay wall": story(titled("Subscribe to continue reading", "Three articles are free."), "blocked"),
    "a consent wall": story(titled("Before you continue", "We value your privacy."), "blocked"),
    "a page on that sends to a log-in": story(page('<meta http-equiv="refresh" content="0; url=/login">'), "blocked"),
    # Absences.
    "404": story(page("no", 404), "gone", "404 Not Found"),
    "410": story(page("no", 410), "gone", "410 Gone"),
    "404 of an edge": story(edge("<title>404</title>", 404, AKAMAI), "gone"),
    "404 in a long page": story(titled("Page not found", PROSE, 404), "gone"),
    "a soft 404": story(titled("Page not found", "Sorry."), "soft_404", "Page not found"),
    "a soft 404 under a menu": story(page(f"<title>404 | Example</title>{MENU}<p>Sorry."), "soft_404"),
    "a soft 404 in German": story(titled("Seite nicht gefunden", "Leider."), "soft_404"),
    "a soft 404 by its number": story(titled("Beispiel | Fehler 404", "Leider."), "soft_404"),
    "a soft 404 in Arabic": story(titled("الصفحة غير موجودة"), "soft_404"),
    "a redirect to a page for what is lost": Site(
        {"/news/a-story": redirect("/404"), "/404": titled("Lost", "Sorry.")}, "soft_404"
    ),
    "a redirect to the home page": Site(
        {"/news/a-story": redirect("/"), "/": page(STORY)}, "redirected_elsewhere", says="home page"
    ),
    "a redirect to a section": Site(
        {"/news/a-story": redirect("/news/"), "/news/": page(STORY)}, "redirected_elsewhere"
    ),
    "a redirect to a challenge without a title": Site(
        {
            "/news/a-story": redirect("/a-moment-please"),
            "/a-moment-please": edge("<script>window._cf_chl_opt={}</script>", 200, CLOUDFLARE),
        },
        "blocked",
        says="redirected to a challenge page from Cloudflare",
    ),
    "a redirect to another story": Site(
        {"/news/a-story": redirect("/news/another-story"), "/news/another-story": page(STORY)}, "redirected_elsewhere"
    ),
    "a site that answers everything": Site(
        catch_all(page(f"<title>Example</title>{MENU}<div>We can't find what you asked for.</div>")),
        "soft_404",
        says="got the same page",
    ),
    "a site that answers everything, in Polish": Site(
        catch_all(page(f"<title>Przykład</title>{MENU}<h1>Nie znaleziono strony!</h1>{PROSE}")), "soft_404"
    ),
    "a story that tells of something not found": Site(
        {"/news/a-story": titled("The lost ship was not found", "A short report.")}, READ
    ),
    "a story like it, on a site that answers everything": Site(
        catch_all(titled("Welcome", "Read on."), {"/news/a-story": titled("The lost ship was not found", "A report.")}),
        READ,
    ),
    "a short link that leads where all lead": Site(
        catch_all(redirect("/archive/"), {"/archive/": page(STORY)}), "redirected_elsewhere", asked="/?p=77"
    ),
    # The same page elsewhere.
    "a move within the site": Site(
        {"/news/a-story": redirect("/2026/a-story/", 301), "/2026/a-story/": page(STORY)}, READ
    ),
    "an article that kept its id": Site(
        {
            "/Explore/News/Article/Article/2028603/old/": redirect(
                "/News/News-Stories/Article/Article/2028603/new/", 301
            ),
            "/News/News-Stories/Article/Article/2028603/new/": page(STORY),
        },
        READ,
        asked="/Explore/News/Article/Article/2028603/old/",
    ),
    "an article with another id": Site(
        {
            "/News/Article/Article/2028603/old/": redirect("/News/Article/Article/2028604/old/", 301),
            "/News/Article/Article/2028604/old/": page(STORY),
        },
        "redirected_elsewhere",
        asked="/News/Article/Article/2028603/old/",
    ),
    "its own AMP": Site({"/news/a-story": redirect("/news/a-story?amp=1"), "/news/a-story?amp=1": page(STORY)}, READ),
    "tracking": Site(
        {"/news/a-story": redirect("/news/a-story?utm_source=x"), "/news/a-story?utm_source=x": page(STORY)}, READ
    ),
    "a short link that leads to an article": Site(
        {"/?p=77": redirect("/news/a-story"), "/news/a-story": page(STORY)}, READ, asked="/?p=77"
    ),
    # Out of order.
    "500": story(page("no", 500), "server_error"),
    "502": story(page("no", 502), "server_error"),
    "503": story(page("no", 503), "server_error"),
    "504": story(page("no", 504), "server_error"),
    "599": story(page("no", 599), "server_error"),
    "maintenance with 200": story(titled("Site maintenance", "We are back soon."), "server_error"),
    "maintenance with 503": story(titled("Down for maintenance", status=503), "server_error"),
    "a database that is away": story(titled("Error establishing a database connection"), "server_error"),
    "a redirect to an error page": Site(
        {"/news/a-story": redirect("/error.aspx?aspxerrorpath=/news/a-story")}
        | {"/error.aspx?aspxerrorpath=/news/a-story": titled("Oops", "Sorry.")},
        "server_error",
    ),
    "a redirect to maintenance": Site(
        {"/news/a-story": redirect("/maintenance.html"), "/maintenance.html": titled("Back soon")}, "server_error"
    ),
    # Nothing to read.
    "nothing": story(page(""), "extraction_suspect", "empty body"),
    "blanks": story(page(" \r\n\t \0"), "extraction_suspect", "empty body"),
    "204": story((204, {}, b""), "extraction_suspect"),
    "206": story(page(STORY[:500], 206), "extraction_suspect"),
    "parts of a page": story(
        page("--x\r\n\r\n<p>part\r\n--x--", 206, Content_Type="multipart/byteranges; boundary=x"), "extraction_suspect"
    ),
    "parts of a page that say that they are all": story(
        page("--x\r\n\r\n<p>part\r\n--x--", Content_Type="multipart/byteranges; boundary=x"), "unsupported"
    ),
    "a range that was not asked for": story(page("no", 416, Content_Range="bytes */900"), "blocked"),
    "a page that sends on": story(page('<meta http-equiv="refresh" content="0; url=/other">'), "extraction_suspect"),
    "a redirect served as a page": story(
        page("<title>Object moved</title><h2>Object moved to <a href=/b>here</a>.</h2>"), "extraction_suspect"
    ),
    "something unavailable": story(titled("This page is currently unavailable", "Sorry."), "extraction_suspect"),
    "a program that says it is HTML": story(page(b"\x7fELF" + bytes(200)), "unsupported"),
    "a picture that says it is HTML": story(page(b"\x89PNG\r\n\x1a\n" + bytes(200)), "unsupported"),
    "an archive that says it is HTML": story(page(b"PK\x03\x04" + bytes(200)), "unsupported"),
    "a video": story(page(bytes(range(32)) * 9, Content_Type="video/mp4"), "unsupported"),
    # Not the whole of it.
    "a page that breaks off twice": story(
        lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<p>half"], "network_error", "asked twice"
    ),
    "a page that is too large": story(
        lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<p>half"], "too_large"
    ),
    "404 with a body that breaks off": story(
        lambda _: [b"HTTP/1.1 404 Not Found\r\nContent-Length: 999\r\n\r\nhalf"], "network_error"
    ),
}
