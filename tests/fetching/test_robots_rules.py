"""robots.txt read by RFC 9309. The cases of the first table are those on which readers differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from protego import Protego

from scraper.fetching.robots_rules import rules_for

DIFFERENTIAL = {
    "the longest match wins": ("User-agent: *\nDisallow: /\nAllow: /p", "/page", True),
    "the order of the lines does not matter": (
        "User-agent: *\nAllow: /folder\nDisallow: /folder/x",
        "/folder/x",
        False,
    ),
    "Allow wins a tie": ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
    "a wildcard is as long as it is written": ("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    "a dollar ends the path": ("User-agent: *\nAllow: /$\nDisallow: /", "/", True),
    "and nothing that goes on": ("User-agent: *\nAllow: /$\nDisallow: /", "/page", False),
    "groups of one name are one": (
        "User-agent: redline\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: redline\nDisallow: /b",
        "/a",
        False,
    ),
    "the group that names us is the only one": (
        "User-agent: redline\nDisallow:\n\nUser-agent: *\nDisallow: /",
        "/a",
        True,
    ),
    "a byte order mark is none of the name": ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
    "a Crawl-delay parts no group": ("User-agent: redline\nCrawl-delay: 5\nUser-agent: x\nDisallow: /", "/a", False),
    "nor does a Sitemap": ("User-agent: redline\nSitemap: /s.xml\nUser-agent: x\nDisallow: /", "/a", False),
    "nor an empty line": ("User-agent: redline\n\n\nDisallow: /", "/a", False),
    "robots.txt itself is allowed": ("User-agent: *\nDisallow: /", "/robots.txt", True),
    "a rule in UTF-8 is a rule in escapes": ("User-agent: *\nDisallow: /foo/ツ", "/foo/%E3%83%84", False),
    "and the other way round": ("User-agent: *\nDisallow: /foo/%e3%83%84", "/foo/ツ", False),
}

RFC = {
    "2.2.2: a query": ("User-agent: *\nDisallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", False),
    "2.2.2: a URL in a query": (
        "User-agent: *\nDisallow: /foo/bar?baz=https://foo.bar",
        "/foo/bar?baz=https%3A%2F%2Ffoo.bar",
        False,
    ),
    "2.2.2: an escape of what needs none": ("User-agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    "2.2.3: a comment": ("User-agent: * # all\nDisallow: /a # b", "/a", False),
    "2.2.3: a dollar that is meant": ("User-agent: *\nDisallow: /a-%24.html", "/a-$.html", False),
    "2.2.3: a star that is meant": ("User-agent: *\nDisallow: /a-%2A.html", "/a-*.html", False),
    "2.2.3: and matches nothing else": ("User-agent: *\nDisallow: /a-%2A.html", "/a-b.html", True),
    "2.2.2: no rule, no refusal": ("User-agent: redline", "/a", True),
    "2.2.1: a rule before all names is nobody's": ("Disallow: /\nUser-agent: x\nDisallow: /y", "/a", True),
    "2.2.1: names match in any case": ("User-agent: REDLINE\nDisallow: /", "/a", False),
    "2.2.1: a name is compared whole": (
        "User-agent: Redliner\nDisallow: /\n\nUser-agent: Red\nDisallow: /",
        "/a",
        True,
    ),
    "2.2.1: a version is no part of it": ("User-agent: Redline/2.0\nDisallow: /", "/a", False),
    "2.2: paths match in their own case": ("User-agent: *\nDISALLOW: /X", "/x", True),
    "2.2: spaces and tabs anywhere": (" User-agent :\t* \n\tDisallow\t:\t/a ", "/a", False),
    "2.2.2: a slash that is escaped is another": ("User-agent: *\nDisallow: /a/b", "/a%2Fb", True),
    "2.2.2: an empty path is the root": ("User-agent: *\nDisallow: /\nAllow: /$", "", True),
    "a fragment is none of the path": ("User-agent: *\nDisallow: /a", "/b#/a", True),
    "a pattern may begin with a star": ("User-agent: *\nDisallow: *.gif$", "/a/b.gif", False),
    "stars side by side are one": ("User-agent: *\nDisallow: /a***b", "/a-b", False),
    "a dollar in the middle is a dollar": ("User-agent: *\nDisallow: /a$b", "/a$b", False),
    "what a star has taken is not taken twice": ("User-agent: *\nDisallow: /ab*b$", "/ab", True),
    "a path without a slash matches nothing": ("User-agent: *\nDisallow: a", "/a", True),
    "a question mark at the end": ("User-agent: *\nDisallow: /*?", "/a?", False),
    "lines end in a lone carriage return": ("User-agent: *\rDisallow: /a", "/a", False),
    "and at no other character": ("User-agent: *\nDisallow: /a\u2028Allow: /a", "/a", True),
    "a broken escape stands for itself": ("User-agent: *\nDisallow: /100%", "/100%25", False),
    "a misspelt rule is kept": ("User-agent: *\nDissalow: /a\nDisalow: /b", "/b", False),
    "index.html is no other name of the folder": ("User-agent: *\nDisallow: /\nAllow: /index.html", "/", False),
}

# RFC 9309, 5.1, in short: several groups in one file.
SIMPLE = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


def allows(text: str, path: str, token: str = "Redline") -> bool:
    rule = rules_for(token, text).decisive(f"https://example.org{path}")
    return rule is None or rule.allows


@pytest.mark.parametrize(("text", "path", "allowed"), (DIFFERENTIAL | RFC).values(), ids=(DIFFERENTIAL | RFC).keys())
def test_robots_txt_is_read_by_the_rfc(text: str, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


@pytest.mark.parametrize(
    ("token", "path", "allowed"),
    [
        ("anybot", "/a.gif", False),
        ("anybot", "/publications/a.html", True),
        ("anybot", "/example/a.html", False),
        ("anybot", "/other", True),
        ("foobot", "/other", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/example/a.gif", True),
        ("quxbot", "/example/page.html", True),
    ],
)
def test_the_example_of_the_rfc_is_read_as_the_rfc_reads_it(token: str, path: str, allowed: bool) -> None:
    assert allows(SIMPLE, path, token) is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: redline\nCrawl-delay: 5\n\nUser-agent: *\nCrawl-delay: 9", "5"),
        ("User-agent: x\nCrawl-delay: 60\nUser-agent: *\nDisallow: /a", None),
        ("User-agent: x\nUser-agent: redline\nCrawl-delay: 3 # seconds", "3"),
        ("Crawl-delay: 60\nUser-agent: *\nDisallow: /a", None),
    ],
)
def test_a_crawl_delay_is_for_those_named_before_it(text: str, delay: str | None) -> None:
    assert rules_for("Redline", text).crawl_delay == delay


def test_the_decisive_rule_is_told_as_it_was_written() -> None:
    rule = rules_for("Redline", "User-agent: *\n  disallow:/caf\u00e9   # no\n").decisive(
        "https://example.org/caf%C3%A9"
    )

    assert rule is not None
    assert (rule.line, rule.written) == (2, "disallow:/caf\u00e9")


def test_a_pattern_of_a_thousand_stars_is_matched_all_the_same() -> None:
    """A regular expression made of it would look at more places than there are seconds."""
    text = "User-agent: *\nDisallow: /" + "*a" * 1000 + "*b$"

    assert allows(text, "/" + "a" * 5000 + "c")
    assert not allows(text, "/" + "a" * 5000 + "b")


_PATH = st.text("ab/.*", max_size=8).map(lambda text: f"/{text}")
_LINES = st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), _PATH, st.sampled_from(["", "$"])), max_size=6)


@hypothesis_settings(max_examples=80, deadline=None)
@given(_LINES, st.text("ab/.", max_size=12).map(lambda text: f"/{text}"))
def test_two_readers_agree_where_both_follow_the_rfc(lines: list[tuple[str, str, str]], path: str) -> None:
    text = "User-agent: *\n" + "".join(f"{field}: {pattern}{end}\n" for field, pattern, end in lines)

    assert allows(text, path) is Protego.parse(text).can_fetch(f"https://example.org{path}", "Redline")
