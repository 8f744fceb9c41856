from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fetching import article_id, host_of, moved, publisher_family, same_page, settled_url
from scraper.fetching.identity import is_front_door

STORY = (
    "https://www.defense.gov/Explore/News/Article/Article/2028603/5-things-to-know-about-the-us-algeria-relationship/"
)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.war.gov/News/News-Stories/Article/Article/2028603/5-things-to-know-about-the-us-algeria-relationship/",
        "https://www.war.gov/News/News-Stories/Article/Article/2028603/",
        "http://defense.gov/News/Article/2028603",
        "https://dod.defense.gov/News/Article/Article/2028603/a-new-slug/?utm_source=x",
    ],
)
def test_a_government_story_is_known_by_its_article_id(other: str) -> None:
    assert same_page(STORY, other)
    assert moved(STORY, other)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.war.gov/News/News-Stories/Article/Article/2028604/5-things-to-know-about-the-us-algeria-relationship/",
        "https://www.af.mil/News/Article/Article/2028603/5-things-to-know-about-the-us-algeria-relationship/",
        "https://www.war.gov/",
        "https://www.war.gov/News/News-Stories/",
        "https://www.war.gov.evil.example/News/Article/Article/2028603/",
        "https://notdefense.gov/News/Article/Article/2028603/",
    ],
)
def test_another_id_another_publisher_and_a_section_are_other_pages(other: str) -> None:
    assert not same_page(STORY, other)
    assert not moved(STORY, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a/page", "https://www.example.org/a/page/"),
        ("https://example.org/a/page", "https://EXAMPLE.org/A/Page?utm_source=feed&fbclid=1#top"),
        ("https://example.org/a/page", "https://example.org/a/page/amp/"),
        ("https://example.org/a/page?amp=1", "https://amp.example.org/a/page"),
        ("https://example.org/a/index.html", "https://example.org/a/"),
        ("https://example.org:443/a", "http://example.org:80/a"),
        ("https://example.org/p?b=2&a=1", "https://example.org/p?a=1&b=2"),
        ("https://example.org/caf%C3%A9", "https://example.org/café"),
        ("https://xn--bcher-kva.example/a", "https://bücher.example/a"),
    ],
)
def test_what_tells_no_pages_apart_is_no_move(one: str, other: str) -> None:
    assert same_page(one, other)
    assert settled_url(one) == settled_url(other)
    assert not moved(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/2019/a-long-slug/", "https://example.org/news/a-long-slug", True),
        ("https://www.example.org/a-long-slug.html", "https://news.example.org/x/a-long-slug", True),
        ("https://example.co.uk/a-long-slug", "https://other.co.uk/a-long-slug", False),
        ("https://a.example.co.uk/a-long-slug", "https://b.example.co.uk/x/a-long-slug", True),
        ("https://example.org/a-long-slug", "https://example.com/a-long-slug", False),
        ("https://example.org/2019/annual-report", "https://example.org/2025/annual-report", False),
        ("https://example.org/fy-2019/annual-report", "https://example.org/fy-2025/annual-report", False),
        ("https://example.org/2019/annual-report-2018", "https://example.org/archive/annual-report-2018", True),
        ("https://example.org/2019/03/a-story", "https://example.org/2019/04/a-story", True),
        ("https://medium.com/@ann/a-story", "https://medium.com/@ben/a-story", False),
        ("https://one.blogspot.com/2020/a-story", "https://two.blogspot.com/2020/a-story", False),
        ("https://one.blogspot.co.uk/a-story", "https://two.blogspot.co.uk/x/a-story", False),
        ("https://one.github.io/x/readme", "https://two.github.io/x/readme", False),
        ("https://a.s3.eu-west-1.amazonaws.com/x/a-story", "https://b.s3.eu-west-1.amazonaws.com/y/a-story", False),
        ("https://one.wordpress.com/?p=5", "https://two.wordpress.com/2020/a-story", False),
        ("https://www.one.substack.com/p/a-story", "https://one.substack.com/archive/a-story", True),
        ("https://example.org/article/12", "https://example.org/photo/12", False),
        ("https://example.org/en/index.html", "https://example.org/fr/index.html", False),
        ("https://example.org/view.aspx?id=5", "https://example.org/view.aspx?id=6", False),
        ("https://example.org/view.aspx?id=5", "https://example.org/new/view.aspx?id=5", True),
        ("https://example.org/a-long-slug", "https://example.org/", False),
        ("https://example.org/?p=105500", "https://example.org/2025/02/14/a-long-slug/", True),
        ("https://example.org/?p=105500", "https://example.org/", False),
        ("https://example.org/?p=105500", "https://example.org/?p=105501", False),
        ("https://example.org/?q=105500", "https://example.org/2025/02/14/a-long-slug/", False),
        ("https://example.org/?p=105500", "https://example.com/2025/02/14/a-long-slug/", False),
        ("http://127.0.0.1:8001/a-long-slug", "http://127.0.0.1:8002/a-long-slug", False),
        ("http://127.0.0.1:8001/old/a-long-slug", "http://127.0.0.1:8001/new/a-long-slug", True),
        ("http://10.1.0.1/old/a-long-slug", "http://10.2.0.1/new/a-long-slug", False),
    ],
)
def test_the_slug_decides_on_one_site_alone(one: str, other: str, same: bool) -> None:
    assert same_page(one, other) is same


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (STORY, "2028603"),
        ("https://www.defense.gov/News/Contracts/Contract/Article/2858648/", "2858648"),
        ("https://example.org/Article/12/slug/more", None),
        ("https://example.org/Articles/12", None),
        ("https://example.org/?x=/Article/12", None),
    ],
)
def test_an_article_id_is_read_from_the_path_alone(url: str, found: str | None) -> None:
    assert article_id(url) == found


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("www.defense.gov", "defense.gov"),
        ("www.war.gov", "defense.gov"),
        ("media.defense.gov", "defense.gov"),
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("a.b.health.govt.nz", "health.govt.nz"),
        ("LOCALHOST", "localhost"),
        ("www.gov.uk", "gov.uk"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_family_is_the_registrable_domain_under_its_first_name(host: str, family: str) -> None:
    assert publisher_family(host) == family


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.org/x", "www.example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:443/", "example.org:443"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://[::1]:80/", "[::1]"),
        ("http://example.org./", "example.org"),
        ("http://[::1", ""),
    ],
)
def test_politeness_is_owed_to_a_host_and_its_unusual_port(url: str, host: str) -> None:
    assert host_of(url) == host


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_identity_is_symmetric_and_never_raises(one: str, other: str) -> None:
    first, second = f"http://example.org/{one}", f"http://www.example.org/{other}"

    assert same_page(first, first)
    assert same_page(first, second) == same_page(second, first)
    assert same_page(one, other) == same_page(other, one)


@pytest.mark.parametrize(
    ("watched", "final", "same"),
    [
        ("https://example.org/", "https://example.org/en/", True),
        ("https://example.org", "https://www.example.org/en-us/", True),
        ("https://example.org/", "https://example.org/home", True),
        ("https://example.org/", "https://example.org/fr/accueil.html", True),
        ("https://www.treasury.gov/", "https://home.treasury.gov/", True),
        ("https://example.org/", "https://example.org/news", False),
        ("https://example.org/", "https://example.org/en/news", False),
        ("https://example.org/", "https://example.org/en/?id=5", False),
        ("https://example.org/", "https://example.com/en/", False),
        ("https://example.org/", "https://news.example.org/", False),
        ("https://example.org/a-story", "https://example.org/en/", False),
        ("https://example.org/?p=5", "https://example.org/en/", False),
        ("https://one.github.io/", "https://two.github.io/en/", False),
        ("https://example.org/", "https://[", False),
    ],
)
def test_a_front_page_may_receive_its_readers_at_another_door(watched: str, final: str, same: bool) -> None:
    assert is_front_door(watched, final) is same


@given(st.sampled_from(["http://", "https://", "HTTP://", "//", " http://"]), st.text("aB1.:-@[]é\t/?#", max_size=12))
def test_a_host_is_read_from_the_origin_as_from_the_whole_address(scheme: str, rest: str) -> None:
    url = scheme + rest
    try:
        split = urlsplit(url)
        host, port = (split.hostname or "").rstrip("."), split.port
    except ValueError:
        assert host_of(url) == ""
        return
    shown = f"[{host}]" if ":" in host else host
    own = {"http": 80, "https": 443}.get(split.scheme)
    assert host_of(url) == (shown if port in (None, own) else f"{shown}:{port}")
