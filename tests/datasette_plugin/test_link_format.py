"""Our links are in the grammars of RFC 6690 and RFC 8288, whatever a page is called, and lead to what they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, mementos
from scraper.datasette_plugin.link_format import WebLink, as_document, as_header
from scraper.datasette_plugin.links import in_path
from tests.datasette_plugin.link_grammar import NotInGrammar, http_date, parse, without_space

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

ADDRESSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["https://x.example/", "http://x.example:8080/", "https://[2001:db8::1]/", "https://dép.example/"]),
    st.text(
        alphabet=st.one_of(st.sampled_from('%/?#[]<>"\\;,= \t\r\n2Fz'), st.characters(exclude_categories=["Cs"])),
        max_size=30,
    ),
    st.sampled_from(["", "?q=[1]&r=%", "%zz", "#part"]),
)
HOSTILE = (
    'https://x.example/a>; rel="license", <https://evil.example/',
    "https://x.example/a\r\nSet-Cookie: a=b",
    "https://x.example/a[1]/%zz?q=%",
    'https://x.example/"; rel="x',
)


@settings(max_examples=100, deadline=None)
@given(ADDRESSES)
@example(HOSTILE[0])
@example(HOSTILE[1])
@example(HOSTILE[2])
@example(HOSTILE[3])
def test_no_address_leaves_the_grammar_or_breaks_out_of_its_link(url: str) -> None:
    links = [
        WebLink(url, "original"),
        WebLink(url, "timemap", "application/link-format", since="2026-03-02T06:00:00Z", until="2026-03-04T06:00:00Z"),
        WebLink(url, "first last memento", datetime="2026-03-02T06:00:00.250Z"),
    ]

    for written in (as_document(links).decode("ascii"), as_header(links)):
        found = parse(written)
        assert [link.rels for link in found] == [("original",), ("timemap",), ("first", "last", "memento")]
        assert {link.url for link in found} == {in_path(url)}
        assert found[1].attributes["from"] == "Mon, 02 Mar 2026 06:00:00 GMT"
        # RFC 6690, 2: without the white space that its grammar does not know, the same links.
        strict = without_space(found)
        assert parse(strict) == found
        assert not re.search(r"[ \t\n](?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", strict)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with Archive(tmp_path_factory.mktemp("links") / "archive.db") as archive:
        archive.connection.execute("insert into sources (id, url, added) values ('a', '', '2026-03-01T00:00:00.000Z')")
        yield archive.connection


@settings(max_examples=60, deadline=None)
@given(ADDRESSES.filter(lambda url: "#" not in url))
@example(HOSTILE[2])
@example("https://x.example/a%2Fb[1]?c=%2F%zz|d")
def test_a_page_is_found_under_its_address_as_a_link_writes_it(connection: sqlite3.Connection, url: str) -> None:
    connection.execute("update sources set url = ?", (url,))

    assert mementos.original(connection, in_path(url)).url == url


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "https://x.example/",
        '<https://x.example/ a>; rel="original"',
        '<https://x.example/a[1]>; rel="original"',
        '<https://x.example/%zz>; rel="original"',
        '<https://x.example/é>; rel="original"',
        '<https://x.example/a>b>; rel="original"',
        "<https://x.example/>",  # RFC 8288, 3.3: a link has a relation type
        '<https://x.example/>; rel="original"; rel="memento"',
        '<https://x.example/>; rel="original" type="text/html"',
        '<https://x.example/>; rel="original',
        '<https://x.example/>; rel="Original Resource!"',
        '<https://x.example/>; rel="original",',
        '<https://x.example/>; rel="original" <https://x.example/>; rel="memento"',
        '<https://x.example/>; rel="original"\n<https://x.example/>; rel="memento"',
    ],
)
def test_the_parser_refuses_what_the_grammar_refuses(wrong: str) -> None:
    with pytest.raises(NotInGrammar):
        parse(wrong)


def test_the_parser_takes_what_the_grammar_allows() -> None:
    (link,) = parse('<https://x.example/?a=1#b> ; rel=original;title="a \\"quoted\\" word, and <more>" ; x=y')

    assert link.rels == ("original",)
    assert link.attributes == {"title": 'a "quoted" word, and <more>', "x": "y"}


@pytest.mark.parametrize(
    "wrong",
    ["Mon, 2 Mar 2026 06:00:00 GMT", "Tue, 02 Mar 2026 06:00:00 GMT", "Mon, 02 Mar 2026 06:00:00 +0000", "2026"],
)
def test_a_date_is_one_of_rfc_1123(wrong: str) -> None:
    with pytest.raises(NotInGrammar):
        http_date(wrong)
