"""For each code a look that comes to it: what a site answers, look after look, and how it is asked."""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scraper.fetching.codes import Code
from scraper.normalizing.document import Rules
from tests.fetching.answered import STORY
from tests.fetching.hostile.verdicts import AKAMAI, DENIED, VERDICTS, edge, titled
from tests.scripted import Asked, Page, Raw, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ASKED = "/news/a-story"
PAGE = page(STORY)


@dataclass(frozen=True)
class Way:
    """What a site answers at each look, in order, at the pages it has; the last look comes to the code."""

    looks: tuple[Mapping[str, Page | Raw], ...]
    asked: tuple[str, ...] = (ASKED,)
    rules: Rules = field(default_factory=Rules)
    robots: bool = False
    timeout: float = 10


def way(*answers: Page | Raw, **given: object) -> Way:
    return replace(Way(tuple({ASKED: answer} for answer in answers)), **given)  # type: ignore[arg-type]


def named(name: str) -> Way:
    """A case of the table of verdicts."""
    return Way((VERDICTS[name].pages,), (VERDICTS[name].asked,))


def by_robots(answer: Page | Raw) -> Way:
    return Way(({"/robots.txt": answer, ASKED: PAGE},), robots=True)


def raw(*pieces: bytes) -> Raw:
    return lambda _: pieces


def slow(_: Asked) -> Iterator[bytes]:
    yield OK + b"Content-Length: 9\r\n\r\n<p>"
    threading.Event().wait(1)


def text(*paragraphs: str) -> Page:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return page(f"<!doctype html><title>A story</title><main><h1>A story</h1>{told}</main>")


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LINES = ("The contract was signed on Tuesday in the harbour.", "The work begins before the autumn, it was said.")

WAYS: dict[Code, Way] = {
    Code.DOCUMENT: way(PAGE),
    Code.HTTP_304: way(page(STORY, ETag='"1"'), (304, {"ETag": '"1"'}, b"")),
    Code.ONLY_COUNTERS: way(text(*LINES, "1,204 views"), text(*LINES, "1,377 views")),
    Code.ONLY_LINK_ORDER: way(
        text(*LINES, 'See <a href="/one">the report</a> and <a href="/two">its annex</a>.'),
        text(*LINES, 'See <a href="/two">the report</a> and <a href="/one">its annex</a>.'),
    ),
    Code.CHALLENGE_HEADER: named("a challenge with 200"),
    Code.CHALLENGE_PAGE: named("a script of Imperva"),
    Code.DENIED_PAGE: named("a block with 200"),
    Code.HTTP_401: named("401"),
    Code.HTTP_402: named("402"),
    Code.HTTP_403: named("403"),
    Code.HTTP_403_EDGE: way(edge(DENIED, 403, AKAMAI)),
    Code.HTTP_429: named("429"),
    Code.HTTP_451: named("451"),
    Code.HTTP_4XX: named("406"),
    Code.LOGIN_WALL: named("a log-in with 200"),
    Code.PAY_WALL: named("a pay wall"),
    Code.CONSENT_WALL: named("a consent wall"),
    Code.REDIRECT_GATE: named("a redirect to a log-in"),
    Code.HTTP_404: named("404"),
    Code.HTTP_410: named("410"),
    Code.SOFT_404_TITLE: named("a soft 404"),
    Code.SOFT_404_SIBLING: named("a site that answers everything"),
    Code.REDIRECT_LOST: named("a redirect to a page for what is lost"),
    Code.REDIRECT_HOME: named("a redirect to the home page"),
    Code.REDIRECT_OTHER: named("a redirect to another story"),
    Code.REDIRECT_SIBLING: named("a short link that leads where all lead"),
    Code.REDIRECT_FAN_IN: Way(
        ({"/?p=1": redirect("/b/one"), "/?p=2": redirect("/b/one"), "/b/one": PAGE},), ("/?p=1", "/?p=2")
    ),
    Code.HTTP_5XX: named("502"),
    Code.HTTP_3XX: way(page("", 300)),
    Code.MAINTENANCE: named("maintenance with 200"),
    Code.ERROR_PAGE: named("a database that is away"),
    Code.REDIRECT_ERROR: named("a redirect to an error page"),
    Code.HTTP_PARTIAL: named("206"),
    Code.EMPTY_BODY: named("nothing"),
    Code.UNAVAILABLE_PAGE: named("something unavailable"),
    Code.MOVED_PAGE: named("a redirect served as a page"),
    Code.REFRESH_ELSEWHERE: named("a page that sends on"),
    Code.ALL_ALIKE: Way(({ASKED: PAGE}, {"*": titled("Daily", "Welcome to the daily, dear reader.")})),
    Code.NEEDS_JAVASCRIPT: way(
        page("<noscript>You need to enable JavaScript to run this app.</noscript><div id=root>")
    ),
    Code.CHALLENGE_TEXT: way(titled("example.com", "Verifying you are human. This may take a few seconds.")),
    Code.CONSENT_TEXT: way(titled("Daily", "We and our 842 partners use cookies.</p><p>Accept all</p><p>Reject all")),
    Code.NO_TEXT: way(page("<html><body><div id=app></div></body></html>")),
    Code.RULE_MATCHES_NOTHING: way(PAGE, rules=Rules(content="#story")),
    Code.UNREADABLE: way(page("{not json", Content_Type="application/json")),
    Code.TEXT_COLLAPSED: way(PAGE, text("This page is being revised.")),
    Code.KIND_CHANGED: way(PAGE, page("The contract was signed. " * 60, Content_Type="text/plain")),
    Code.UNSUPPORTED_KIND: named("a video"),
    Code.TIMEOUT: way(slow, timeout=0.2),
    Code.CONNECTION_CLOSED: way(raw()),
    Code.NOT_HTTP: way(raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    Code.HEADERS_TOO_LARGE: way(raw(OK, b"X: " + b"y" * 70_000 + b"\r\n\r\n")),
    Code.BROKE_OFF: named("a page that breaks off twice"),
    Code.UNDECODABLE: way(page(gzip.compress(STORY), Content_Encoding="rot13")),
    Code.UNASKED_304: way((304, {}, b"")),
    Code.REDIRECT_LOOP: way(redirect(ASKED)),
    Code.REDIRECTS_ENDLESS: Way(({f"/{n}": redirect(f"/{n + 1}") for n in range(20)},), ("/0",)),
    Code.FORBIDDEN_ADDRESS: way(redirect("http://10.0.0.1/")),
    Code.TOO_LARGE: named("a page that is too large"),
    Code.ROBOTS_DISALLOW: by_robots(page("User-agent: *\nDisallow: /news/")),
    Code.ROBOTS_UNREADABLE: by_robots(page("no", 500)),
    Code.ROBOTS_NO_ANSWER: by_robots(raw()),
}
"""Those that a site answers with. How a connection fails and what the clock does is asked for in `test_codes`."""
