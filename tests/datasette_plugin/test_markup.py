"""The HTML of our pages is what the standard calls valid, as far as a parser can tell, and hangs together."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import html5lib
import pytest
from bs4 import BeautifulSoup

from tests.datasette_plugin.chromium.pages import PAGES

if TYPE_CHECKING:
    from tests.datasette_plugin.served import Served


def parse_errors(text: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"{code} {details} at {place}" for place, code, details in parser.errors]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_has_no_parse_error(demo: Served, path: str) -> None:
    response = demo.get(path)
    if response.status_code == 302:
        response = demo.get(response.headers["location"])
    assert parse_errors(response.text.lstrip()) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_ids_are_single_references_lead_somewhere_and_headings_skip_no_level(demo: Served, path: str) -> None:
    response = demo.get(path)
    if response.status_code == 302:
        response = demo.get(response.headers["location"])
    page = BeautifulSoup(response.text, "html.parser")

    ids = Counter(str(element["id"]) for element in page.select("[id]"))
    assert [name for name, times in ids.items() if times > 1] == []
    wanted = [str(element["for"]) for element in page.select("label[for]")]
    wanted += [str(a["href"])[1:] for a in page.select("main a[href^='#']")]
    assert [name for name in wanted if name not in ids] == []
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []


def test_a_fault_would_be_seen() -> None:
    assert parse_errors("<!doctype html><title>x</title><p><b>a</p></b>")
