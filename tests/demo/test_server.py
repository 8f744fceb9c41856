from __future__ import annotations

from datetime import timedelta

import requests

from scraper.demo.pages import page_at
from scraper.demo.script import START
from scraper.demo.server import ADDRESS, serve


def test_both_publishers_answer_and_live_at_the_moment_that_is_set() -> None:
    path = page_at("ferry-report", START).path
    with serve(START + timedelta(hours=6)) as sites:
        url = sites.urls["harbours"] + path
        first = requests.get(url, timeout=5)
        sites.now = START + timedelta(days=8)
        later = requests.get(url, timeout=5)
        story = requests.get(sites.urls["estuary-post"] + page_at("ferry-story", START).path, timeout=5)
    assert (first.status_code, later.status_code, story.status_code) == (200, 404, 200)
    assert first.headers["Date"] == "Mon, 02 Mar 2026 06:00:00 GMT"
    assert "Marsh Warbler" in first.text


def test_robots_txt_allows_the_articles() -> None:
    with serve(START) as sites:
        robots = requests.get(sites.urls["harbours"] + "/robots.txt", timeout=5)
    assert robots.status_code == 200
    assert "Disallow: /search" in robots.text


def test_a_known_tag_is_answered_without_a_body() -> None:
    path = page_at("data-terms", START).path
    with serve(START) as sites, requests.Session() as session:
        url = sites.urls["harbours"] + path
        tag = session.get(url, timeout=5).headers["ETag"]
        again = session.get(url, headers={"If-None-Match": tag}, timeout=5)
        after = session.get(sites.urls["harbours"] + "/", timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    assert after.status_code == 200


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with serve(START) as first, serve(START) as second:
        assert not set(first.urls.values()) & set(second.urls.values())
        for url in (*first.urls.values(), *second.urls.values()):
            assert url.startswith(f"http://{ADDRESS}:")
            assert requests.get(url + "/", timeout=5).status_code == 200


def test_a_head_request_gets_the_headers_alone() -> None:
    with serve(START) as sites:
        head = requests.head(sites.urls["estuary-post"] + "/", timeout=5)
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["Content-Length"]) > 0
