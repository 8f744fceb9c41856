"""The feeds, clause by clause: Atom (RFC 4287, 5005), JSON Feed 1.1, tag URIs (RFC 4151), 304 (RFC 9110)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, syndicating
from scraper.archive.rebuild import rebuild
from scraper.archive.timeline import Asked
from scraper.datasette_plugin.syndication import Category, Feed, FeedItem, as_atom, as_json, atom_entry, json_entry
from scraper.datasette_plugin.tag_uris import tag_uri
from scraper.errors import UsageError
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "/-/redline/archive"
NS = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = (
    f"{ROOT}/-/feed",
    f"{ROOT}/-/feed?publisher=harbours.example.gov",
    f"{ROOT}/-/feed?tag=ferry",
    f"{ROOT}/-/feed?class=undeclared_edit",
    f"{ROOT}/-/feed?kind=removed",
    f"{ROOT}/-/feed?significance=0.4",
    f"{ROOT}/-/feed?all=1",
    f"{ROOT}/-/feed?q=crowns",
    f"{ROOT}/dredging-contract/feed",
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4151, 2.1, as the validator of the W3C writes it.
TAG = re.compile(r"tag:([A-Za-z0-9._-]+@)?[A-Za-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9A-Za-z;/?:@&=+$.\-_!~*'()%,]*")


def form(path: str, name: str) -> str:
    before, mark, query = path.partition("?")
    return f"{before}.{name}{mark}{query}"


def atom(served: Served, path: str) -> ElementTree.Element:
    response = served.get(form(path, "atom"))
    assert response.status_code == 200, response.text[:500]
    # RFC 4287, 7: the media type of a feed document.
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def text(element: ElementTree.Element, path: str) -> str:
    (found,) = element.findall(path, NS)
    return found.text or ""


def entries(root: ElementTree.Element) -> list[ElementTree.Element]:
    return root.findall("a:entry", NS)


@pytest.mark.parametrize("path", FEEDS)
def test_an_atom_feed_has_what_rfc_4287_asks_of_it(demo: Served, path: str) -> None:
    root = atom(demo, path)

    # 4.1.1: exactly one id, title and updated; an author of the feed; a self link.
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert TAG.fullmatch(text(root, "a:id"))
    assert text(root, "a:title").startswith("Redline: ")
    assert RFC3339.fullmatch(text(root, "a:updated"))  # 3.3: dates are RFC 3339
    assert text(root, "a:author/a:name")
    (this,) = root.findall("a:link[@rel='self']", NS)
    assert this.get("href") == f"http://localhost{form(path, 'atom')}"
    assert entries(root)
    for entry in entries(root):
        # 4.1.2: exactly one id, title, updated; 4.2.6: an id is an absolute IRI.
        assert TAG.fullmatch(text(entry, "a:id"))
        assert text(entry, "a:title").strip()
        assert RFC3339.fullmatch(text(entry, "a:updated"))
        assert text(entry, "a:summary")
        # 4.1.3.3: html is text that a browser could put into a div, escaped.
        (content,) = entry.findall("a:content", NS)
        assert content.get("type") == "html"
        assert not list(content)
        assert BeautifulSoup(content.text or "", "html.parser").p is not None


@pytest.mark.parametrize("path", FEEDS)
def test_every_address_in_a_feed_is_absolute(demo: Served, path: str) -> None:
    root = atom(demo, path)
    hrefs = [link.get("href", "") for link in root.iter("{http://www.w3.org/2005/Atom}link")]
    for entry in entries(root):
        markup = BeautifulSoup(text(entry, "a:content"), "html.parser")
        hrefs += [str(a["href"]) for a in markup.select("a")]

    assert all(urlsplit(href).scheme == "http" and urlsplit(href).netloc == "localhost" for href in hrefs)


def test_ids_are_unique_in_a_feed_and_the_same_in_both_forms_and_all_feeds(demo: Served) -> None:
    whole = [text(entry, "a:id") for entry in entries(atom(demo, f"{ROOT}/-/feed?all=1"))]
    as_json_feed = [item["id"] for item in demo.get(f"{ROOT}/-/feed.json?all=1").json()["items"]]
    of_one = [text(entry, "a:id") for entry in entries(atom(demo, f"{ROOT}/dredging-contract/feed"))]

    assert len(set(whole)) == len(whole)  # RFC 4287, 4.1.1: no two entries of one id and one updated
    assert as_json_feed == whole
    assert set(of_one) <= set(whole)  # who follows both feeds reads each event once


def test_a_site_wide_edit_is_one_entry_that_names_its_pages(demo: Served) -> None:
    (entry,) = entries(atom(demo, f"{ROOT}/-/feed?class=site_wide"))

    assert text(entry, "a:title") == "The same edit on 7 pages of harbours.example.gov"
    assert len(BeautifulSoup(text(entry, "a:content"), "html.parser").select("li a")) == 7


def test_ids_survive_a_rebuild_a_move_and_another_host(demo_path: Path, demo: Served, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.db"
    copy.write_bytes(demo_path.read_bytes())
    with Archive(copy) as archive:
        rebuild(archive.connection)
    moved = serve(copy, name="elsewhere").get("/-/redline/elsewhere/-/feed.json", headers={"host": "other.example"})
    here = demo.get(f"{ROOT}/-/feed.json").json()

    assert [item["id"] for item in moved.json()["items"]] == [item["id"] for item in here["items"]]
    assert moved.json()["feed_url"].startswith("http://other.example/-/redline/elsewhere/")


def test_two_archives_share_no_id(demo: Served, hostile: Served) -> None:
    ours = {item["id"].rsplit("/", 2)[0] for item in demo.get(f"{ROOT}/-/feed.json?all=1").json()["items"]}
    theirs = {item["id"].rsplit("/", 2)[0] for item in hostile.get(f"{ROOT}/-/feed.json?all=1").json()["items"]}

    assert len(ours) == len(theirs) == 1
    assert ours != theirs


def test_the_authority_of_the_ids_can_be_ones_own(demo_path: Path) -> None:
    named = serve(demo_path, extra={"plugins": {"redline": {"authority": "press.example,2026-03"}}})

    assert named.get(f"{ROOT}/-/feed.json").json()["items"][0]["id"].startswith("tag:press.example,2026-03:redline:")


def test_an_authority_that_is_none_is_refused_with_a_word_on_what_it_is() -> None:
    for wrong in ("https://press.example", "press.example", "press example,2026", "press.example,26"):
        with pytest.raises(UsageError, match=r"such as example\.org,2026"):
            tag_uri(wrong, "abc", "change", "1")


def test_what_is_named_in_an_id_stays_within_the_grammar_of_tag_uris() -> None:
    assert TAG.fullmatch(tag_uri(None, "abc", "feed", "q=“ü /?#&>"))


def test_an_entry_is_dated_by_the_find_and_says_the_interval_in_words(demo: Served) -> None:
    removed = demo.get(f"{ROOT}/-/feed.json?kind=removed").json()["items"][0]

    # Last seen on the 7th, first missed on the 9th, confirmed on the 10th: only the last is when the archive said so.
    assert removed["date_modified"].startswith("2026-03-10T06:17")
    assert removed["summary"].startswith("Removed between 7 Mar 2026, 06:17 UTC and 9 Mar 2026, 06:17 UTC.")
    assert removed["_redline"]["last_seen_old"].startswith("2026-03-07")
    assert removed["_redline"]["first_seen_new"].startswith("2026-03-09")


@pytest.mark.parametrize("path", FEEDS)
def test_a_json_feed_has_what_version_1_1_asks_of_it(demo: Served, path: str) -> None:
    response = demo.get(form(path, "json"))
    feed = response.json()

    # jsonfeed.org/version/1.1: the media type; required at the top: version, title, items.
    assert response.headers["content-type"].startswith("application/feed+json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == f"http://localhost{form(path, 'json')}"
    assert all(isinstance(author, dict) for author in feed["authors"])
    for item in feed["items"]:
        # "id (required, string)", one of content_html and content_text, dates RFC 3339, tags plain text.
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert RFC3339.fullmatch(item["date_published"])
        assert RFC3339.fullmatch(item["date_modified"])
        assert all(isinstance(tag, str) for tag in item["tags"])
        # "custom objects: the name must start with _".
        assert {name for name in item if not re.fullmatch("[a-z_]+", name)} == set()


def test_both_forms_hold_the_same_entries(demo: Served) -> None:
    for path in FEEDS:
        as_xml = [text(entry, "a:title") for entry in entries(atom(demo, path))]
        assert [item["title"] for item in demo.get(form(path, "json")).json()["items"]] == as_xml


def test_the_filters_narrow_as_on_the_front_page(demo: Served) -> None:
    def found(query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = demo.get(f"{ROOT}/-/feed.json?{query}").json()["items"]
        return items

    assert {item["_redline"]["publisher"] for item in found("publisher=estuarypost.example")} <= {"estuarypost.example"}
    assert all("undeclared_edit" in item["_redline"]["classes"] for item in found("class=undeclared_edit"))
    assert all(item["_redline"]["significance"] >= 0.4 for item in found("significance=0.4"))
    assert {item["date_modified"][:10] for item in found("since=2026-03-12&until=2026-03-13")} == {
        "2026-03-12",
        "2026-03-13",
    }
    assert len(found("all=1")) > len(found(""))


@pytest.mark.parametrize("query", ["class=nonsense", "kind=x", "significance=much", "since=soon", "before=x"])
def test_a_filter_that_cannot_be_is_refused_in_one_line(demo: Served, query: str) -> None:
    assert demo.get(f"{ROOT}/-/feed.atom?{query}").status_code == 404


def test_a_page_that_is_not_watched_has_no_feed(demo: Served) -> None:
    assert demo.get(f"{ROOT}/dredging-kontract/feed.atom").status_code == 404


def test_a_reader_that_has_the_latest_is_told_so(demo: Served) -> None:
    path = f"{ROOT}/-/feed.atom"
    whole = demo.get(path)
    tag, modified = whole.headers["etag"], whole.headers["last-modified"]

    # RFC 9110, 13.1.2 and 15.4.5: 304, no content, the validators again.
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = demo.get(path, headers={"if-none-match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert demo.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    # 13.1.3: by the date where no tag is sent; a date that cannot be read is not heeded.
    assert demo.get(path, headers={"if-modified-since": modified}).status_code == 304
    assert demo.get(path, headers={"if-modified-since": "Sat, 14 Mar 2026 18:17:00 GMT"}).status_code == 200
    assert demo.get(path, headers={"if-modified-since": "the day before yesterday"}).status_code == 200
    # 13.1.3: If-None-Match decides where both are sent.
    assert demo.get(path, headers={"if-none-match": '"x"', "if-modified-since": modified}).status_code == 200
    assert parsedate_to_datetime(modified) == datetime.fromisoformat(text(atom(demo, f"{ROOT}/-/feed"), "a:updated"))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An archive with more changes than one feed document lists."""
    path = tmp_path_factory.mktemp("busy") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add()
        for count in range(121):
            watch.look(page(f"{PARAGRAPHS[0]} So far {count} barges have come.", *PARAGRAPHS[1:]))
    return serve(path)


def test_a_long_feed_is_paged_without_a_gap_or_a_repeat(busy: Served) -> None:
    # RFC 5005, 3: `next` leads on, `first` back; each document is bounded.
    path: str | None = f"{ROOT}/-/feed.atom"
    ids: list[str] = []
    pages = 0
    while path:
        root = ElementTree.fromstring(busy.get(path).content)
        ids += [text(entry, "a:id") for entry in entries(root)]
        following = root.find("a:link[@rel='next']", NS)
        assert (root.find("a:link[@rel='first']", NS) is None) == (pages == 0)
        path = following.get("href", "").removeprefix("http://localhost") if following is not None else None
        pages += 1

    assert (pages, len(ids), len(set(ids))) == (3, 120, 120)


def test_the_feed_of_an_empty_archive_is_a_feed(tmp_path: Path) -> None:
    Archive(tmp_path / "archive.db").close()
    empty = serve(tmp_path / "archive.db")

    root = atom(empty, f"{ROOT}/-/feed")
    assert entries(root) == []
    assert RFC3339.fullmatch(text(root, "a:updated"))


def test_what_a_page_said_cannot_act_in_a_feed_reader(hostile: Served) -> None:
    for entry in entries(atom(hostile, f"{ROOT}/-/feed?all=1")):
        markup = BeautifulSoup(text(entry, "a:content"), "html.parser")
        assert {tag.name for tag in markup.find_all(True)} <= {
            "p", "strong", "blockquote", "b", "del", "ins", "ul", "li", "a",
        }  # fmt: skip
        assert all(set(tag.attrs) <= {"href", "dir"} for tag in markup.find_all(True))


def test_a_feed_lists_the_same_in_however_many_stretches_it_is_looked_for(
    demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(demo_path, readonly=True) as archive:
        ids = [row[0] for row in archive.connection.execute("select id from changes order by id desc")]
        asked = [Asked(), Asked(everything=True), Asked(kind="removed"), Asked(everything=True, before=ids[9])]
        for many in (4, 17, len(ids)):
            found = []
            for stretches in ((many,), (1, 2, many - 3), (many // 2, many - many // 2)):
                monkeypatch.setattr(syndicating, "_STRETCHES", stretches)
                found.append([syndicating.latest(archive.connection, each, 6) for each in asked])
            assert found[0] == found[1] == found[2]
            assert [one for one, _ in found[0][3]] == ids[10 : 10 + min(many, 6)]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_a_document_that_can_be_read(typed: str) -> None:
    item = FeedItem("tag:x,2026:1", "http://x/", typed, typed, typed, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
                    (Category(typed, typed),), {"text": typed})  # fmt: skip
    empty = Feed("tag:x,2026:0", typed, typed, typed, "2026-01-01T00:00:00Z", "http://x/", "http://x/f", None, None, ())

    # XML 1.0, 2.2: no character that an XML document may not hold is left.
    written = as_atom(replace(empty, items=(atom_entry(item),) * 2)).decode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", written)
    read = ElementTree.fromstring(written.partition("?>")[2])
    assert len(read.findall("a:entry", {"a": "http://www.w3.org/2005/Atom"})) == 2
    for many in range(3):
        as_read = json.loads(as_json(replace(empty, items=(json_entry(item),) * many)))
        assert [entry["_redline"] for entry in as_read["items"]] == [{"text": typed}] * many


def test_the_pages_name_their_feeds(demo: Served) -> None:
    front = demo.page(ROOT)
    document = demo.page(f"{ROOT}/dredging-contract")

    for html in (front, document):
        for link in html.select("link[rel=alternate]"):
            assert demo.get(str(link["href"])).headers["content-type"].startswith(str(link["type"]))
    assert [link["href"] for link in document.select("link[rel=alternate]")] == [
        f"{ROOT}/dredging-contract/feed.atom",
        f"{ROOT}/dredging-contract/feed.json",
    ]
