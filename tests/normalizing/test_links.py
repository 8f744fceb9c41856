from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.normalizing import Image, Link, normalize
from scraper.normalizing.links import settle_image, settle_link

BASE = "https://site.example/a/page"


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("b", "https://site.example/a/b"),
        ("/b?utm_source=x&id=7&fbclid=IwAR0", "https://site.example/b?id=7"),
        ("//CDN.example/x", "https://cdn.example/x"),
        ("/b;jsessionid=0A1B?x=1", "https://site.example/b?x=1"),
        ("/b?t=9f8e7d6c5b4a39281706f5e4d3c2b1a0", "https://site.example/b"),
        (
            "/b?doc_id=9f8e7d6c5b4a39281706f5e4d3c2b1a0",
            "https://site.example/b?doc_id=9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        ),
        ("/b?X-Amz-Signature=ab&X-Amz-Expires=60&v=2", "https://site.example/b?v=2"),
        ("/b#part-2", "https://site.example/b#part-2"),
        ("#part-2", None),
        ("page#part-2", None),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("http://[bad", None),
        ("/cdn-cgi/l/email-protection#5a3b", None),
    ],
)
def test_a_link_is_settled(written: str, settled: str | None) -> None:
    assert settle_link(written, BASE) == settled


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        (
            "https://m.example/2024/Dec/20/2003617742/825/780/0/A-1.JPG",
            "https://m.example/2024/Dec/20/2003617742/A-1.JPG",
        ),
        ("/up/photo-1024x683.jpg", "https://site.example/up/photo.jpg"),
        ("/photo.jpg?w=300&quality=80&id=4", "https://site.example/photo.jpg?id=4"),
        ("/files/styles/wide/public/photo.jpg?itok=Xy1", "https://site.example/files/photo.jpg"),
        ("data:image/gif;base64,R0", None),
    ],
)
def test_an_image_is_the_same_in_any_size(written: str, settled: str | None) -> None:
    assert settle_image(written, BASE) == settled


def test_links_and_images_of_the_document_stand_once_in_the_order_of_the_page() -> None:
    page = b"""<base href="https://other.example/dir/"><main><h1>T</h1>
    <p>See <a href="two">two</a>, <a href=one>one</a>
    and <a href="two">two</a>.</p><img src="data:x" data-src="i.jpg" alt=" An  image ">
    <img src="p.gif" width=1 height=1>
    <div class="share"><a href="/share">Share it</a></div><p>More words.</p></main>
    <nav><a href="/home">Home</a></nav>"""
    document = normalize(page, url=BASE)

    assert document.links == (
        Link("https://other.example/dir/two", "two"),
        Link("https://other.example/dir/one", "one"),
    )
    assert document.images == (Image("https://other.example/dir/i.jpg", "An image"),)


def test_links_in_a_table_row_are_kept_with_it() -> None:
    page = b"<table><tr><td><a href='/1'>A</a></td><td><a href='/2'>B</a></td></tr></table>"

    assert [link.text for link in normalize(page, url=BASE).links] == ["A", "B"]


SEGMENTS = st.sampled_from(
    ["a", "b.html", "..", ".", "", "%20", "x;y", "A", "~u", "a b", "é", "cdn-cgi", ".x", "x-1x1.jpg"]
)
SITES = st.sampled_from(
    ["", "https://h.example", "http://H.example", "https://h.example:80", "//h.example", "https://h."]
)


@given(
    site=SITES, segments=st.lists(SEGMENTS, max_size=4), base=st.sampled_from([BASE, "http://H.example?q", "ftp://h/"])
)
@settings(max_examples=150, deadline=None)
def test_an_address_that_is_plain_to_see_is_settled_as_any_other(site: str, segments: list[str], base: str) -> None:
    address = "/".join([site, *segments])
    if address:
        taken_apart = settle_link(f"{address}?utm_source=x", base)

        assert settle_link(address, base) == taken_apart
        assert settle_image(address, base) == settle_image(f"{address}?width=1", base)
