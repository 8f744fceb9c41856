"""Our pages are what the HTML standard calls valid, as far as can be told without its validator, and hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.chromium.pages import PAGES, ROOT
from tests.datasette_plugin.page_rules import faults_of_page
from tests.datasette_plugin.served import Served, serve
from tests.datasette_plugin.standing_archives import NAMES, in_every_state

if TYPE_CHECKING:
    from pathlib import Path

FURTHER = {
    "a day": f"{ROOT}?since=2026-03-07&until=2026-03-07",
    "by significance": f"{ROOT}?order=significance",
    "narrowed": f"{ROOT}?class=negation&publisher=harbours.example.gov&tag=data",
    "narrowed to nothing": f"{ROOT}?tag=none-such",
    "site-wide": f"{ROOT}?class=site_wide",
    "pages in a state": f"{ROOT}/-/pages?state=blocked",
    "moved text": f"{ROOT}/pilot-interview/1..2",
    "a table": f"{ROOT}/port-statistics/1..2?context=all",
    "came back": f"{ROOT}/ferry-report/1..2",
    "new address": f"{ROOT}/castle-reach-lock/1..2",
    "search for nothing": f"{ROOT}/-/search",
    "search in vain": f"{ROOT}/-/search?q=zzzz&in=removed&since=2026-03-01&source=ferry-report",
    "no phrase": f"{ROOT}/-/phrase",
    "a phrase in vain": f"{ROOT}/-/phrase?q=zzzz",
    "no such version": f"{ROOT}/dredging-contract/99",
    "a moment before the first look": f"{ROOT}/dredging-contract/at/1999",
    "a wrong day": f"{ROOT}/dredging-contract?at=yesterday",
}


def faults(served: Served, path: str) -> list[str]:
    response = served.get(path)
    if response.status_code == 302:
        response = served.get(response.headers["location"])
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return faults_of_page(response.text)


@pytest.mark.parametrize("path", (PAGES | FURTHER).values(), ids=PAGES | FURTHER)
def test_no_page_of_the_demo_has_a_fault(demo: Served, path: str) -> None:
    assert faults(demo, path) == []


@pytest.mark.parametrize("path", ["", "?all=1", "/-/pages", "/dredging", "/dredging/2", "/dredging/1..2?context=all"])
def test_no_page_of_what_hostile_pages_said_has_a_fault(hostile: Served, path: str) -> None:
    assert faults(hostile, ROOT + path) == []


def test_no_page_of_a_document_in_any_state_has_a_fault(tmp_path: Path) -> None:
    in_every_state(tmp_path / "archive.db")
    served = serve(tmp_path / "archive.db")

    for name in NAMES:
        assert faults(served, f"{ROOT}/{name}") == [], name
    for path in (ROOT, f"{ROOT}/-/pages", f"{ROOT}/-/pages?state=stale"):
        assert faults(served, path) == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ('<html lang="en">', "<html>", "3.2.6.2"),
        ("<!DOCTYPE html>", "", "13.2"),
        ('<main id="main"', '<main id="main" id="body"', "13.2: duplicate-attribute"),
        ("</h1>", "</h1><p><div>x</div></p>", "13.2"),
        ("</h1>", "</h1><h1>again</h1>", "4.3.11: one h1"),
        ("</h1>", "</h1><h4>x</h4>", "4.3.11: h1 is followed by h4"),
        ("</h1>", "</h1><h2> </h2>", "4.3.6"),
        ("</h1>", '</h1><p id="main">x</p>', "the id main stands 2 times"),
        ("</h1>", '</h1><p aria-labelledby="nobody">x</p>', "aria-labelledby names 'nobody'"),
        ("</h1>", '</h1><a href="#nowhere">x</a>', "href names 'nowhere'"),
        ("</h1>", "</h1><ul><p>x</p></ul>", "4: ul holds p"),
        ("</h1>", "</h1><ul>x</ul>", "4: ul holds text"),
        ("</h1>", "</h1><table><thead><tr><th>x</th></tr></thead></table>", "4.9.10"),
        ("</h1>", "</h1><article>x</article>", "4.3.2"),
        ("</h1>", '</h1><img src="x">', "4.8.4.4"),
        ("</h1>", '</h1><input name="x">', "4.10.4"),
        ("</h1>", "</h1><button>x</button>", "a button says"),
        ("</h1>", '</h1><a href="/"></a>', "a says nothing"),
        ("</h1>", '</h1><button type="submit">x<select aria-label="y"></select></button>', "holds"),
        ("</h1>", "</h1><span><section aria-label='x'>y</section></span>", "3.2.5.2.5"),
        ("</h1>", "</h1><details>x</details>", "4.11.1"),
        ("</h1>", '</h1><time datetime="soon">x</time>', "4.5.14"),
        ("</h1>", '</h1><p style="color: red" onclick="x()">x</p>', "allows no onclick"),
        ("</h1>", "</h1><center>x</center>", "16.2"),
        ('<label class="vh" for="find">', '<label class="vh" for="found">', "for names 'found'"),
    ],
)
def test_each_rule_is_one_that_could_be_broken(demo: Served, right: str, wrong: str, rule: str) -> None:
    text = demo.get(f"{ROOT}/nowhere").text  # the shortest page has them all
    assert faults_of_page(text) == []
    assert right in text

    found = faults_of_page(text.replace(right, wrong, 1))
    assert any(rule in fault for fault in found), found
