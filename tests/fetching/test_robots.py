from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.fetching import Answer, HostState
from scraper.fetching.robots import READ_AT_MOST, Decision, decide, forbids, is_fresh, learn, robots_request

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATE = HostState("example.org")


def read(text: str | bytes, status: int = 200, **given: Any) -> Answer:
    body = text.encode() if isinstance(text, str) else text
    url = "https://example.org/robots.txt"
    return Answer("robots.txt", url, NOW, 5, final_url=url, status=status, body=body, **given)


def learnt(text: str | bytes) -> HostState:
    state, trouble = learn(STATE, read(text), NOW)
    assert trouble is None
    return state


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n", "/robots.txt", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdfx", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: redline\nAllow: /", "/a", True),
        ("User-agent: REDLINE\nDisallow: /a\n\nUser-agent: Redline\nDisallow: /b", "/b", False),
        ("User-agent: Mozilla\nDisallow: /", "/a", True),
        ("User-agent: Redline/2.0\nDisallow: /", "/a", False),
        ("user agent redline\nDisallow: /", "/a", False),
        ("User-agent: redline # and no other\nDisallow: /", "/a", False),
        ("User-agent: R\nDisallow: /", "/a", True),
        ("User-agent: Red\nDisallow: /\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("User-agent: Red\nAllow: /\n\nUser-agent: *\nDisallow: /b", "/b", False),
        ("User-agent: Redliner\nDisallow: /", "/a", True),
        ("User-agent: Redline\rDisallow: /", "/a", False),
        ("User-agent: * # all\nDisallow: /", "/a", False),
        ("User-agent: Redline\nUser-agent: R\nDisallow: /", "/a", False),
        ("User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\r\nDisallow: /caf%C3%A9", "/café", False),
        ("<html><title>Not found</title>Disallow: /</html>", "/a", True),
    ],
)
def test_robots_txt_is_read_by_the_rfc(text: str, path: str, allowed: bool) -> None:
    assert (forbids(learnt(text), f"https://example.org{path}") is None) is allowed


def test_bytes_that_are_no_text_are_read_as_far_as_they_are() -> None:
    assert forbids(learnt(b"\xff\xfe\nUser-agent: *\nDisallow: /a\n"), "https://example.org/a") is not None


def test_a_denial_names_the_host_and_the_path() -> None:
    reason = forbids(learnt("User-agent: *\nDisallow: /a"), "https://example.org/a/page?x=1")

    assert reason == "robots.txt of example.org forbids /a/page to Redline (Disallow: /a)"


@pytest.mark.parametrize(
    ("line", "delay"),
    [("Crawl-delay: 10", 10.0), ("Crawl-delay: 2.5", 2.5), ("Crawl-delay: 3600", 60.0)]
    + [(f"Crawl-delay: {odd}", None) for odd in ("-1", "nan", "inf", "soon", "")],
)
def test_a_crawl_delay_is_taken_up_to_a_minute(line: str, delay: float | None) -> None:
    assert learnt(f"User-agent: *\n{line}\nDisallow: /x").crawl_delay == delay


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_unavailable_robots_txt_allows_everything(status: int) -> None:
    state, trouble = learn(STATE, read("no", status), NOW)

    assert trouble is None
    assert (state.robots, state.robots_fetched) == ("", NOW)
    assert forbids(state, "https://example.org/a") is None


@pytest.mark.parametrize(
    "answer",
    [
        read("busy", 500),
        read("busy", 503),
        read("too many", 429),
        replace(read("", 200), body=None, failure="too_large", error="too large"),
        replace(read("", 200), body=None, status=None, failure="network_error", error="connection refused"),
    ],
)
def test_an_unreachable_robots_txt_forbids_everything_and_is_asked_for_again(answer: Answer) -> None:
    state, trouble = learn(STATE, answer, NOW)

    assert trouble is not None
    assert "robots.txt of example.org could not be read" in trouble
    assert not is_fresh(state, NOW)


def test_the_last_copy_serves_while_robots_txt_is_unreachable() -> None:
    known = learnt("User-agent: *\nDisallow: /a")

    state, trouble = learn(known, read("busy", 500), NOW + timedelta(days=2))

    assert (state, trouble) == (known, None)


def test_a_copy_is_fresh_for_a_day() -> None:
    known = learnt("")

    assert is_fresh(known, NOW + timedelta(hours=23))
    assert not is_fresh(known, NOW + timedelta(hours=24))
    assert not is_fresh(known, NOW - timedelta(hours=1)), "a clock that was set back must not keep a copy for ever"
    assert not is_fresh(STATE, NOW)


def test_robots_txt_is_asked_for_at_the_root_of_the_same_host_and_port() -> None:
    assert robots_request("http://example.org:8001/a/b?c#d").url == "http://example.org:8001/robots.txt"


def test_a_line_that_the_limit_cuts_is_no_line() -> None:
    """`Disallow: /archive` cut after its slash would forbid everything."""
    head = b"User-agent: *\nDisallow: /a\n"
    filler = b"#" * (READ_AT_MOST - len(head) - len(b"\nDisallow: /")) + b"\n"
    cut = (head + filler + b"Disallow: /archive")[:READ_AT_MOST]
    assert cut.endswith(b"Disallow: /")

    state = learnt(cut)

    assert forbids(state, "https://example.org/b") is None
    assert forbids(state, "https://example.org/a") is not None


def test_a_decision_names_the_line_that_makes_it() -> None:
    state = learnt("User-agent: *\nDisallow: /a\n\nAllow: /a/b # but this\n")

    assert decide(state, "https://example.org/a/c") == Decision(False, "Disallow: /a", 2)
    assert decide(state, "https://example.org/a/b") == Decision(True, "Allow: /a/b", 4)
    assert decide(state, "https://example.org/c") == Decision(True)
    assert decide(STATE, "https://example.org/c") == Decision(True)
