"""Citations that programs read, of titles that break programs."""

from __future__ import annotations

import json
from dataclasses import replace

from bs4 import BeautifulSoup

from scraper.datasette_plugin.citing import Cited, bibtex, csl_json, plain, robust_link

CITED = Cited(
    key="dredging-2026-03-03-39",
    title="Dredging & silt: 100% of {the} $48_million",
    publisher="example.gov",
    byline=None,
    published="2026-02-27T09:00:00+00:00",
    language="en",
    url="https://www.example.gov/a?x={1}&y=\\2",
    permanent="https://archive.example/-/redline/archive/-/look/39",
    seen="2026-03-03T18:17:00.000Z",
    sha256="ab" * 32,
)


def test_a_plain_citation_names_who_what_where_when_and_the_hash() -> None:
    text = plain(CITED)

    for part in ("example.gov", CITED.title, CITED.url, "3 Mar 2026, 18:17 UTC", CITED.permanent, CITED.sha256):
        assert part in text


def test_bibtex_escapes_what_tex_would_act_on() -> None:
    text = bibtex(CITED)

    assert r"Dredging \& silt: 100\% of \{the\} \$48\_million" in text
    assert "url = {https://www.example.gov/a?x=%7B1%7D&y=%5C2}" in text
    assert "year = {2026}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert text.startswith("@misc{dredging-2026-03-03-39,\n")


def test_bibtex_of_a_page_that_says_nothing_of_itself_has_no_empty_field() -> None:
    text = bibtex(replace(CITED, publisher=None, published="in the spring"))

    assert "author" not in text
    assert "year" not in text
    assert "{}" not in text


def test_csl_json_is_an_item_that_citation_managers_read() -> None:
    (item,) = json.loads(csl_json(replace(CITED, byline="Lin\u202ene")))

    assert item["type"] == "webpage"
    assert item["title"] == CITED.title
    assert item["URL"] == CITED.url
    assert item["issued"] == {"date-parts": [[2026, 2, 27]]}
    assert item["accessed"] == {"date-parts": [[2026, 3, 3]]}
    assert item["archive_location"] == CITED.permanent
    assert item["author"] == [{"literal": "Lin⟨U+202E⟩ne"}]


def test_a_robust_link_keeps_hostile_words_inside_of_its_attributes() -> None:
    hostile = replace(CITED, title='"><script>alert(1)</script>', url='https://www.example.gov/"onclick="x')

    page = BeautifulSoup(robust_link(hostile), "html.parser")

    (link,) = page.find_all(True)
    assert link.attrs == {
        "href": hostile.url,
        "data-originalurl": hostile.url,
        "data-versionurl": hostile.permanent,
        "data-versiondate": "2026-03-03",
    }
    assert link.get_text() == hostile.title
