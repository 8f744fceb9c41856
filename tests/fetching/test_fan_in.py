from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.fetching import Hop, Postponed, judge
from scraper.fetching.fan_in import may_fan_in, settle_fan_in
from tests.fetching.answered import STORY, answer
from tests.fetching.visiting import answers, visit
from tests.scripted import Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from scraper.fetching import Answer

HOST = "https://example.org"


def led(path: str, final: str) -> Answer:
    return replace(answer(final=f"{HOST}{final}"), url=f"{HOST}{path}", redirects=(Hop(f"{HOST}{path}", 301, final),))


def test_two_pages_that_lead_to_one_address_are_both_elsewhere() -> None:
    one, other, alone = settle_fan_in(
        [led("/?p=1", "/archive/"), led("/?p=2", "/archive"), led("/old/a-story", "/new/a-story")]
    )

    assert [judge(found).outcome for found in (one, other)] == ["redirected_elsewhere"] * 2
    assert judge(one).reason == (
        "2 watched pages, which are not the same, are redirected to https://example.org/archive/"
    )
    assert alone.failure is None


def test_one_page_that_is_watched_under_two_addresses_is_no_fan_in() -> None:
    both = [led("/old/a-story", "/new/a-story"), led("/news/a-story", "/new/a-story")]

    assert settle_fan_in(both) == both


def test_only_a_move_by_less_than_an_article_id_may_fan_in() -> None:
    assert may_fan_in(led("/?p=1", "/archive/"))
    assert may_fan_in(led("/old/a-story", "/new/a-story"))
    assert not may_fan_in(answer())
    assert not may_fan_in(led("/a-story", "/a-story/"))
    assert not may_fan_in(led("/a/Article/2028603/x/", "/b/Article/2028603/y/"))
    assert not may_fan_in(led("/a-story", "/another-story")), "judged by itself"


def test_a_batch_keeps_moves_back_until_they_are_all_seen(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages.update({f"/?p={n}": redirect("/archive/") for n in range(3)})
    site.pages.update({"/archive/": page(STORY), "/story": page(STORY), "/old/x-story": redirect("/new/x-story")})
    site.pages["/new/x-story"] = page(STORY)

    results = visit(site, settings, moments, "/?p=0", "/story", "/?p=1", "/old/x-story", "/?p=2")

    assert not any(isinstance(got, Postponed) for got, _ in results)
    assert [(got.source_id, judge(got).outcome) for got in answers(results)] == [
        ("s1", None),
        ("s0", "redirected_elsewhere"),
        ("s2", "redirected_elsewhere"),
        ("s3", None),
        ("s4", "redirected_elsewhere"),
    ]


def test_no_more_is_kept_back_than_one_body_may_be_large(
    site: Scripted, settings: FetchSettings, moments: Moments
) -> None:
    site.pages.update({f"/?p={n}": redirect("/archive/") for n in range(3)})
    site.pages["/archive/"] = page(STORY)
    narrow = replace(settings, max_bytes=len(STORY) + 10)

    results = visit(site, narrow, moments, "/?p=0", "/?p=1", "/?p=2")

    assert [got.source_id for got in answers(results)] == ["s1", "s2", "s0"]
