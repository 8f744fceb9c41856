"""Feeds and other XML as documents."""

from __future__ import annotations

import json

import pytest

from scraper.comparing import compare
from scraper.errors import Unreadable
from scraper.normalizing import Document, Image, Link, Passage, normalize

URL = "https://www.example.gov/news/feed"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour news</title><atom:link href="https://www.example.gov/news/feed" rel="self"/>
<link>https://www.example.gov/news/</link><description>What the harbour says</description><language>en</language>
<lastBuildDate>Mon, 02 Mar 2026 06:00:00 GMT</lastBuildDate>
<item><title>Ferries &amp; tugs</title><link>/news/ferries</link><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>
<dc:creator>A. Writer</dc:creator><description>Ferries keep to their timetable […]</description>
<content:encoded><![CDATA[<p>Ferries keep to their timetable <b>in March</b>.</p><p>See <a href="tugs">tugs</a>.
<img src="/ferry.jpg" alt="A ferry"></p>]]></content:encoded></item>
<item><title>Second</title><guid>https://www.example.gov/news/2</guid><description>Only a summary.</description></item>
</channel></rss>"""


def read(text: str, content_type: str = "application/rss+xml") -> Document:
    return normalize(text.encode(), url=URL, content_type=content_type)


def test_an_rss_feed_reads_as_its_entries() -> None:
    document = read(RSS)

    assert document.passages == (
        Passage("heading", "Harbour news"),
        Passage("paragraph", "What the harbour says"),
        Passage("heading", "Ferries & tugs"),
        Passage("date", "2026-03-01T10:00:00+00:00"),
        Passage("byline", "A. Writer"),
        Passage("paragraph", "Ferries keep to their timetable in March."),
        Passage("paragraph", "See tugs."),
        Passage("heading", "Second"),
        Passage("paragraph", "Only a summary."),
    )
    assert (document.title, document.language, document.canonical_url) == (
        "Harbour news",
        "en",
        "https://www.example.gov/news/",
    )
    assert document.links == (
        Link("https://www.example.gov/news/ferries", "Ferries & tugs"),
        Link("https://www.example.gov/news/tugs", "tugs"),
        Link("https://www.example.gov/news/2", "Second"),
    )
    assert document.images == (Image("https://www.example.gov/ferry.jpg", "A ferry"),)


def test_the_moment_at_which_a_feed_was_put_together_is_no_change() -> None:
    later = RSS.replace("02 Mar 2026 06:00:00", "05 Mar 2026 18:00:00")

    assert later != RSS
    assert read(RSS).sha256 == read(later).sha256


def test_a_headline_that_is_edited_is_one_edit() -> None:
    edits = compare(read(RSS), read(RSS.replace("Ferries &amp; tugs", "Ferries and no tugs"))).edits

    assert [(edit.op, edit.old, edit.new) for edit in edits] == [("edit", "Ferries & tugs", "Ferries and no tugs")]


ENTRY = """<entry><title type="html">Tugs &amp;amp; &lt;i&gt;pilots&lt;/i&gt;</title><link href="/t"/>
<link rel="edit" href="/edit"/><id>urn:1</id><updated>2026-03-01T10:00:00Z</updated>
<author><name>B. Writer</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>One &amp; two.</p><ul><li>Three</li></ul></div></content><summary>Something else.</summary></entry>"""
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Port</title>{ENTRY}<updated>x</updated></feed>'


def test_an_atom_feed_reads_as_its_entries() -> None:
    document = read(ATOM, "application/atom+xml")

    assert [(passage.kind, passage.text) for passage in document.passages] == [
        ("heading", "Port"),
        ("heading", "Tugs & pilots"),
        ("date", "2026-03-01T10:00:00+00:00"),
        ("byline", "B. Writer"),
        ("paragraph", "One & two."),
        ("list_item", "Three"),
        ("paragraph", "Something else."),
    ]
    assert (document.language, document.links) == ("fr", (Link("https://www.example.gov/t", "Tugs & pilots"),))


def test_an_rss_1_feed_has_its_items_beside_the_channel() -> None:
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>Port</title></channel><item><title>One</title><description>Two.</description></item></rdf:RDF>"
    )
    assert read(feed, "application/rdf+xml").text == "Port\nOne\nTwo."


def test_a_json_feed_is_a_feed() -> None:
    item = {"title": "One", "url": "/1", "content_text": "Two.\n\nThree & four.", "date_published": "2026-03-01"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Port", "items": [item, "no item"]}
    document = read(json.dumps(feed), "application/feed+json")

    assert [passage.text for passage in document.passages] == ["Port", "One", "2026-03-01", "Two.", "Three & four."]
    assert document.links == (Link("https://www.example.gov/1", "One"),)


BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><rss><channel><title>&b;</title>'
FILE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "declares the entity 'a'"),
        (FILE, "declares the entity 'x'"),
        ("<rss><channel></rss>", "mismatched tag at line 1, column 17"),
        ("<rss>\n<channel>a & b</channel></rss>", "line 2"),
        ("<a>" * 5000, "nested more than 1000 deep"),
        ("", "no element found"),
    ],
)
def test_hostile_and_broken_xml_is_unreadable_and_says_where(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(text)


def test_entities_of_html_and_characters_that_xml_does_not_know_do_not_stop_a_feed() -> None:
    feed = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.example/rss-0.91.dtd">'
        "<rss version='0.91'><channel><title>Port&nbsp;of\x0b N&oslash;rd</title></channel></rss>"
    )
    assert read(feed).title == "Port of Nørd"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16", "shift_jis"])
def test_a_feed_is_read_in_the_encoding_that_it_declares(charset: str) -> None:
    title = "港" if charset == "shift_jis" else "Größe"
    text = f'<?xml version="1.0" encoding="{charset}"?><rss><channel><title>{title}</title></channel></rss>'

    assert normalize(text.encode(charset), url=URL, content_type="application/rss+xml").title == title


def test_other_xml_reads_as_a_paragraph_for_each_element_that_holds_text() -> None:
    text = (
        '<bill xml:lang="en"><title>Harbours Act</title><section><num>1</num><p>The <i>Minister</i> may close'
        ' a <b>berth</b>.</p></section><!-- no text --><note at="2026"/></bill>'
    )
    document = read(text, "application/xml")

    assert [passage.text for passage in document.passages] == ["Harbours Act", "1", "The Minister may close a berth."]
    assert document.language == "en"


def test_a_page_in_xml_is_read_as_a_page() -> None:
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>'
    page += "<body><h1>Berths</h1><p>One<br/>two.</p></body></html>"

    assert read(page, "application/xhtml+xml").text == read(page.replace("<title/>", ""), "application/xhtml+xml").text
    assert read(page, "application/xhtml+xml").text == "Berths\nOne two."
    assert read(page.replace('<title/><script src="a.js"/>', ""), "text/xml").text == "Berths\nOne two."
