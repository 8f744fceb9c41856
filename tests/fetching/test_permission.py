"""What is noted of robots.txt: the decision that was made, with the line that made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.fetching.robots as robots
from scraper.fetching import Answer, HostState, Request, fetch_host
from scraper.fetching.permission import permission
from tests.scripted import page, redirect

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from tests.scripted import Moments, Scripted

FREE = "allowed: no rule against it"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def said(text: str, path: str = "/news/a") -> str:
    state = HostState("a.example", robots=text, robots_fetched=NOW)
    return permission(state, f"https://a.example{path}", NOW)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/a", "allowed: a.example has no robots.txt, or an empty one"),
        ("User-agent: *\nDisallow: /drafts/", "/a", FREE),
        ("User-agent: *\nAllow: /a", "/a", "allowed: robots.txt, line 2: Allow: /a"),
        ("User-agent: *\nDisallow: /drafts/", "/drafts/1", "denied: robots.txt, line 2: Disallow: /drafts/"),
        (
            "# all\nUser-agent: *\nDisallow: /\nAllow: /news/  # ours",
            "/news/a",
            "allowed: robots.txt, line 4: Allow: /news/",
        ),
        ("User-agent: *\nDisallow: /\nDisallow: /news/", "/news/a", "denied: robots.txt, line 3: Disallow: /news/"),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", "denied: robots.txt, line 2: Disallow: /*.pdf$"),
        ("User-agent: *\nDisallow: /\nUser-agent: Redline\nDisallow:", "/", FREE),
        ("User-agent: *\nAllow:\nUser-agent: redline\nDisallow: /a", "/a", "denied: robots.txt, line 4: Disallow: /a"),
        ("User-agent: other\nUser-agent: *\nDisallow: /a", "/a", "denied: robots.txt, line 3: Disallow: /a"),
        (
            "User-agent: *\nSitemap: https://a.example/s.xml\nUser-agent: Redline\nDisallow: /a",
            "/a",
            "denied: robots.txt, line 4: Disallow: /a",
        ),
    ],
)  # fmt: skip
def test_the_line_that_decided_is_named(text: str, path: str, expected: str) -> None:
    assert said(text, path) == expected


_LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: Redline",
        "User-agent: other",
        "Disallow: /",
        "Disallow: /a",
        "Disallow:",
        "Disallow /a/b",
        "Allow: /a",
        "Allow: /a/b$",
        "Crawl-delay: 2",
        "Sitemap: /s",
        "",
        "# a note",
        "nonsense",
        "Disallow",
        "Crawl-delay 3",
        "Unheard-of: 3",
        "Host: a.example",
        "User-agent Redline",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES, max_size=12), st.sampled_from(["/", "/a", "/a/b", "/a/b/c", "/z"]))
def test_the_decision_noted_is_the_one_that_was_made(lines: list[str], path: str) -> None:
    text = "\n".join(lines)
    forbidden = robots.forbids(HostState("a.example", robots=text, robots_fetched=NOW), f"https://a.example{path}")

    decision, _, reason = said(text, path).partition(": ")

    assert decision == ("allowed" if forbidden is None else "denied")
    if reason.startswith("robots.txt, line "):
        number, _, line = reason.removeprefix("robots.txt, line ").partition(": ")
        assert lines[int(number) - 1] == line
    else:
        assert decision == "allowed", "a denial always has its line"


def test_a_copy_that_could_not_be_read_again_is_said_to_be_old() -> None:
    state = HostState("a.example", robots="User-agent: *\nDisallow: /a", robots_fetched=NOW - timedelta(days=2))
    noted = permission(state, "https://a.example/a", NOW)
    assert noted == (
        "denied: robots.txt, line 2: Disallow: /a (as read at 2026-02-28T12:00:00.000Z: it could not be read again)"
    )


def looks(site: Scripted, settings: FetchSettings, moments: Moments, *paths: str) -> list[Answer]:
    requests = [Request("a", site.url(path)) for path in paths]
    host = HostState(site.host)
    found = fetch_host(requests, host, settings, clock=moments.clock, sleep=moments.sleep, monotonic=moments.monotonic)
    return [answer for answer, _ in found if isinstance(answer, Answer)]


def test_each_answer_carries_what_robots_txt_said(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    site.pages |= {"/robots.txt": page("User-agent: *\nDisallow: /b"), "/a": page("a"), "/b": page("b")}
    noted = [answer.robots for answer in looks(site, replace(settings, robots=True), moments, "/a", "/b")]

    assert noted == [FREE, "denied: robots.txt, line 2: Disallow: /b"]


def test_the_end_of_a_redirect_is_what_robots_txt_was_asked_about(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages |= {"/robots.txt": page("User-agent: *\nDisallow: /b"), "/a": redirect("/b")}
    (answer,) = looks(site, replace(settings, robots=True), moments, "/a")

    assert answer.robots == "denied: robots.txt, line 2: Disallow: /b"
    assert "/b" not in site.paths()


def test_a_robots_txt_that_cannot_be_read_is_noted_with_every_page(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages["/robots.txt"] = page("no", 500)
    answers = looks(site, replace(settings, robots=True), moments, "/a", "/b")

    assert len(answers) == 2
    assert all((answer.robots or "").startswith("unreadable: robots.txt of") for answer in answers)


def test_where_robots_txt_is_not_asked_about_that_is_noted(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages["/a"] = page("a")
    (answer,) = looks(site, settings, moments, "/a")

    assert answer.robots == "not asked: robots = false"
    assert site.paths() == ["/a"]
