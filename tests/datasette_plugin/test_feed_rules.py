"""Every feed keeps the rules of its format; and each rule is shown to be one that a feed could break."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.datasette_plugin.feed_rules import faults_of_atom, faults_of_json
from tests.datasette_plugin.served import Served, serve
from tests.datasette_plugin.standing_archives import in_every_state
from tests.datasette_plugin.test_feeds import FEEDS, ROOT, form

if TYPE_CHECKING:
    from pathlib import Path

RULES = {"atom": faults_of_atom, "json": faults_of_json}


def faults(served: Served, path: str, name: str) -> list[str]:
    answer = served.get(form(path, name))
    assert answer.status_code == 200
    return RULES[name](answer.content, f"http://localhost{form(path, name)}")


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("path", FEEDS)
def test_no_feed_of_the_demo_breaks_a_rule(demo: Served, path: str, name: str) -> None:
    assert faults(demo, path, name) == []


@pytest.mark.parametrize("name", RULES)
def test_no_feed_of_what_hostile_pages_said_breaks_a_rule(hostile: Served, name: str) -> None:
    assert faults(hostile, f"{ROOT}/-/feed?all=1", name) == []
    assert faults(hostile, f"{ROOT}/dredging/feed", name) == []


@pytest.mark.parametrize("name", RULES)
def test_no_feed_of_pages_in_every_state_breaks_a_rule(tmp_path: Path, name: str) -> None:
    in_every_state(tmp_path / "archive.db")

    assert faults(serve(tmp_path / "archive.db"), f"{ROOT}/-/feed?all=1", name) == []


@pytest.mark.parametrize(
    ("right", "wrong", "clause"),
    [
        ("<feed ", "<rss ", "2: not well-formed"),
        ("<updated>", "<updated>on ", "3.3"),
        ("Z</updated>", "</updated>", "3.3"),
        ("<id>tag:", "<id>", "4.2.6"),
        ("<author><name>Redline</name></author>", "", "4.1.1: neither"),
        ("<name>Redline</name>", "<name> </name>", "3.2.1"),
        ('rel="self"', 'rel="related"', "MissingSelf"),
        ('rel="self"', 'rel="me"', "4.2.7.2"),
        ("/feed.atom", "/feeds.atom", "SelfDoesntMatchLocation"),
        ('href="http://localhost', 'href="', "4.2.7.1"),
        ('type="text/html"', 'type="html"', "4.2.7.3"),
        ("<title ", "<titel ", "not well-formed"),
        ("<generator>Redline</generator>", "<generator /><generator>x</generator>", "4.1.1: 2 of generator"),
        ("<published>", "<published>2", "3.3"),
        ("<generator>", "<lastmod>x</lastmod><generator>", "UndefinedElement"),
        ("&lt;p&gt;", "&lt;p&gt;&lt;b&gt;", "3.1.1.2"),
        ("&lt;p&gt;", "&lt;script&gt;&lt;/script&gt;&lt;p&gt;", "SecurityRisk"),
        ("&lt;p&gt;", "&lt;p onclick='a()'&gt;", "SecurityRiskAttr"),
        ("href=&quot;http://localhost", "href=&quot;", "ContainsRelRef"),
        ('href="http://localhost', 'href="', "ContainsRelRef"),
        ('<category term="', '<category term="" scheme="', "4.2.2.1"),
        ('type="html"', 'type="application/xml"', "3.1.1"),
        ("<entry>", "<entry><summary>x</summary>", "4.1.2: 2 of summary"),
    ],
)
def test_each_rule_of_atom_is_one_that_could_be_broken(demo: Served, right: str, wrong: str, clause: str) -> None:
    whole = demo.get(f"{ROOT}/-/feed.atom").text
    if right not in whole:  # an attribute within content stands with its quotation marks as they are
        right, wrong = right.replace("&quot;", '"'), wrong.replace("&quot;", '"')
    assert right in whole

    found = faults_of_atom(whole.replace(right, wrong).encode(), f"http://localhost{ROOT}/-/feed.atom")
    assert any(clause in fault for fault in found), found


def test_entries_that_stand_twice_are_seen(demo: Served) -> None:
    whole = demo.get(f"{ROOT}/-/feed.atom").text
    first = whole[whole.index("<entry>") : whole.index("</entry>") + len("</entry>")]

    found = faults_of_atom(whole.replace(first, first * 2).encode(), f"http://localhost{ROOT}/-/feed.atom")
    assert [fault for fault in found if "DuplicateEntries" in fault]


@pytest.mark.parametrize(
    ("where", "name", "wrong", "said"),
    [
        ("feed", "version", "https://jsonfeed.org/version/1", "“version” is not"),
        ("feed", "title", None, "“title” is missing"),
        ("feed", "items", None, "“items” is missing"),
        ("feed", "feed_url", "http://localhost/", "not where it was had"),
        ("feed", "home_page_url", "/", "not absolute"),
        ("feed", "authors", [{}], "an author needs"),
        ("feed", "author", {"name": "x"}, "no name of 1.1"),
        ("item", "id", 7, "“id” is a string"),
        ("item", "content_html", None, "has content"),
        ("item", "content_html", "<p><b>x</p>", "3.1.1.2"),
        ("item", "url", "dredging/1..2", "not absolute"),
        ("item", "date_published", "2026-03-02", "no date"),
        ("item", "date_modified", "1999-01-01T00:00:00Z", "modified before"),
        ("item", "tags", [1], "“tags” are strings"),
        ("item", "redline", {}, "no name of 1.1"),
    ],
)
def test_each_rule_of_json_feed_is_one_that_could_be_broken(
    demo: Served, where: str, name: str, wrong: Any, said: str
) -> None:
    feed = demo.get(f"{ROOT}/-/feed.json").json()
    part = feed if where == "feed" else feed["items"][0]
    part[name] = wrong
    if wrong is None:
        del part[name]

    found = faults_of_json(json.dumps(feed).encode(), f"http://localhost{ROOT}/-/feed.json")
    assert any(said in fault for fault in found), found
