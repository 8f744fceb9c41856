from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.fetching import Request, judge
from scraper.fetching.siblings import doubt, same_shape, settle, sibling_of
from tests.fetching.answered import PROSE, STORY, URL, answer
from tests.fetching.visiting import answers, visit
from tests.scripted import HTML, Asked, Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings

ASKED = Request("a", URL)
MENU = "".join(f"<li><a href=/s{n}>Section {n}</a></li>" for n in range(60))


def lost(path: str = "/a", more: str = "") -> bytes:
    """An error page of the kind that a site sends with a 200, under its whole menu."""
    return (
        f"<html><title>The Daily Example</title><ul>{MENU}</ul><h2>Hmm.</h2><div>We could not find {path} "
        f"on this site.</div><div>Try the search. {more}</div></html>"
    ).encode()


@pytest.mark.parametrize(
    "body",
    [
        STORY,
        b"<title>The lost village</title><h1>The lost village</h1>" + PROSE.encode() * 3 + b"<p>It was not found.",
        b"<title>Fees</title><table><tr><td>10</td></tr></table>",
    ],
)
def test_nothing_is_asked_beside_a_page_that_gives_no_reason(body: bytes) -> None:
    assert doubt(answer(body=body), ASKED) is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<title>Daily | Oops, page 404 of our life</title>" + PROSE.encode(), "its title says"),
        (b"<title>Daily</title><h1>We can't find that</h1>" + PROSE.encode(), "its heading says"),
        (lost(), "it says \u201cWe could not find"),
        (b"<title>Tag</title><div>Diese Seite wurde nicht gefunden</div>", "it says"),
    ],
)
def test_a_hint_at_an_absence_is_a_reason_to_ask_beside(body: bytes, says: str) -> None:
    doubted = doubt(answer(body=body), ASKED)

    assert doubted is not None
    assert doubted.reason.startswith(says)
    assert doubted.hints


def test_a_collapse_of_the_text_is_a_reason_but_no_hint() -> None:
    short = b"<title>Daily</title><p>Explore our latest stories."

    assert doubt(answer(body=short), ASKED) is None
    assert doubt(answer(body=short), replace(ASKED, bytes=20_000, words=400)) is not None
    assert doubt(answer(body=short), replace(ASKED, bytes=20_000, words=20)) is None


@pytest.mark.parametrize(
    "given",
    [
        {"status": 404},
        {"failure": "network_error"},
        {"body": b""},
        {"body": None},
        {"body": b"%PDF-1.7 <title>Page not found</title>"},
        {"body": lost(), "headers": {"Content-Type": "application/rss+xml"}},
    ],
)
def test_what_is_no_page_is_not_doubted(given: dict[str, object]) -> None:
    assert doubt(answer(**{"body": lost(), **given}), ASKED) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.org/news/a-story/", "/news/no-such-page-x/"),
        ("https://example.org/news/a-story.html?x=1", "/news/no-such-page-x"),
        ("https://example.org/2019/05/a-story/", "/2019/05/no-such-page-x/"),
        (URL, "/News/Article/Article/no-such-page-x/"),
        ("https://example.org/5678-a-story", "/no-such-page-x"),
        ("https://example.org/", "/no-such-page-x/"),
        ("https://example.org", "/no-such-page-x"),
        ("https://example.org/?p=12", "/no-such-page-x/"),
    ],
)
def test_the_address_beside_a_page_is_one_that_no_number_finds(url: str, path: str) -> None:
    assert urlsplit(sibling_of(url, "x")).path == path
    assert not urlsplit(sibling_of(url, "x")).query


def test_the_same_page_for_an_address_that_cannot_exist_is_a_soft_404() -> None:
    doubted = doubt(answer(body=lost()), ASKED)
    sibling = replace(answer(body=lost("/no-such-page-x", "3 results")), url=sibling_of(URL, "x"))
    assert doubted is not None

    found = settle(answer(body=lost()), doubted, sibling)

    assert found is not None
    assert found[0] == "soft_404_sibling"
    assert "got the same page" in found[1]


@pytest.mark.parametrize(
    "sibling",
    [
        answer(404, lost("/no-such-page-x")),
        answer(403, b"<title>Access denied</title>"),
        answer(body=STORY),
        answer(body=None, failure="network_error"),
        answer(body=lost() + PROSE.encode()),
    ],
)
def test_another_answer_clears_a_doubtful_page(sibling: object) -> None:
    doubted = doubt(answer(body=lost()), ASKED)
    assert doubted is not None

    assert settle(answer(body=lost()), doubted, sibling) is None  # type: ignore[arg-type]


def test_without_a_hint_the_same_page_is_doubtful_and_no_absence() -> None:
    """It may be a wall, an outage, or the shell of a site that needs scripts."""
    shell = answer(body=b"<title>Daily</title><div id=app>Loading the daily example</div>")
    doubted = doubt(shell, replace(ASKED, bytes=20_000, words=400))
    assert doubted is not None

    found = settle(shell, doubted, replace(shell, url=sibling_of(URL, "x")))

    assert found is not None
    assert found[0] == "all_alike"


def test_an_article_under_a_large_menu_is_not_the_shape_of_an_error_page_under_it() -> None:
    story = f"<title>The Daily Example</title><ul>{MENU}</ul><p>{'A word of ours. ' * 10}</p>".encode()

    assert not same_shape(answer(body=story), answer(body=lost()))
    assert same_shape(answer(body=lost("/a", "Read: One")), answer(body=lost("/b", "Read: Two")))


def everything(body: bytes) -> object:
    def serve(asked: Asked) -> Iterator[bytes]:
        head = "".join(f"{name}: {value}\r\n" for name, value in HTML.items())
        yield f"HTTP/1.1 200 OK\r\n{head}Connection: close\r\n\r\n".encode() + body.replace(b"/a", asked.path.encode())

    return serve


class Obliging(dict):  # type: ignore[type-arg]
    """Pages of a site that answers whatever is asked."""

    def get(self, path: str, default: object = None) -> object:
        return super().get(path) or (default if path == "/robots.txt" else everything(lost()))


def test_a_host_that_answers_everything_is_asked_beside_once(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages = Obliging({"/kept": page(STORY)})

    got = answers(visit(site, polite, moments, "/news/one", "/kept", "/news/two"))

    assert [judge(one).outcome for one in got] == ["soft_404", None, "soft_404"]
    assert site.paths() == ["/robots.txt", "/news/one", "/news/no-such-page-aaaaaaaaaaaa", "/kept", "/news/two"]
    assert moments.slept == [2.0] * 4, "what is asked beside keeps its distance too"
    assert got[0].body is not None, "what was answered is kept as evidence"


def test_a_host_that_tells_absences_honestly_is_believed(
    site: Scripted, polite: FetchSettings, moments: Moments
) -> None:
    site.pages["/a"] = page(lost())

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert (got.failure, judge(got).outcome) == (None, None)


def test_what_robots_txt_forbids_is_not_asked_beside(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    site.pages = Obliging({"/robots.txt": page("User-agent: *\nDisallow: /\nAllow: /a$")})

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert (got.failure, site.paths()) == (None, ["/robots.txt", "/a"])


def test_a_short_link_that_leads_where_everything_leads_is_redirected_elsewhere(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/?p=7": redirect("/archive/"), "/archive/": page(STORY)})
    site.pages["/no-such-page-aaaaaaaaaaaa/"] = redirect("/archive/")

    (got,) = answers(visit(site, settings, moments, "/?p=7"))

    assert judge(got).outcome == "redirected_elsewhere"
    assert got.body == STORY


def test_a_short_link_that_leads_where_it_led_before_is_no_news(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages.update({"/?p=7": redirect("/a-story/"), "/a-story/": page(STORY)})

    visit(site, settings, moments, Request("a", site.url("/?p=7"), validated_url=site.url("/a-story/")))

    assert site.paths() == ["/?p=7", "/a-story/"]
