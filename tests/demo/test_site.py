from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from scraper.demo.pages import PAGE_NAMES, page_at
from scraper.demo.script import DAYS, HARBOURS_PAGES, NEW_DEPARTMENT, OLD_DEPARTMENT, START, looks
from scraper.demo.site import Rendered, answer

BASE = "http://127.0.0.1:8741"


def get(name: str, now: datetime, *, path: str | None = None, tag: str | None = None) -> Rendered:
    page = page_at(name, now)
    return answer(page.publisher, path or page.path, now, base=BASE, if_none_match=tag)


def at(day: int, hour: int) -> datetime:
    return START + timedelta(days=day - 1, hours=hour)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_the_same_question_gives_the_same_bytes(name: str) -> None:
    assert get(name, at(1, 7)) == get(name, at(1, 7))


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_every_fetch_carries_other_noise_around_the_same_article(name: str) -> None:
    bodies = [get(name, moment).body.decode() for moment in list(looks())[:3]]
    assert len(set(bodies)) == 3
    article = page_at(name, START).article
    same = [body for body, moment in zip(bodies, looks(), strict=False) if page_at(name, moment).article == article]
    assert all(article in body for body in same)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_no_blank_of_a_layout_is_left_unfilled(name: str) -> None:
    body = get(name, at(DAYS, 18)).body.decode()
    assert not re.search(r"\$\{?[a-z_]+", body)


def test_the_linked_data_of_a_story_carries_its_dates_and_author() -> None:
    body = get("dredging-story", at(4, 0)).body.decode()
    said = json.loads(re.findall(r'ld\+json">(.*?)</script>', body)[0])
    assert said["datePublished"] < said["dateModified"]
    assert said["author"][0]["name"] == "Petra Linnowe"


def test_the_edge_refuses_every_page_of_the_department_for_a_while() -> None:
    for name in HARBOURS_PAGES:
        assert [get(name, at(*moment)).status for moment in ((6, 11), (6, 13), (7, 19))] == [200, 403, 403]
    denied = get("biography", at(7, 0))
    assert ("Server", "AkamaiGHost") in denied.headers
    assert b"Access Denied" in denied.body
    assert len(denied.body) < 600


def test_the_accident_report_goes_and_comes_back_changed() -> None:
    assert get("ferry-report", at(8, 6)).status == 404
    assert get("ferry-report", at(12, 10)).status == 404
    back = get("ferry-report", at(12, 18))
    assert back.status == 200
    assert b"The survey of the eastern gat was due" not in back.body


def test_the_old_path_of_a_moved_story_leads_to_the_new_one() -> None:
    old = page_at("castle-reach-lock", at(1, 0)).path
    moved = get("castle-reach-lock", at(10, 8), path=old)
    new = dict(moved.headers)["Location"]
    assert moved.status == 301
    assert new != old
    assert "/Article/1843390/" in old
    assert "/Article/1843390/" in new
    assert get("castle-reach-lock", at(10, 8), path=new).status == 200
    assert get("castle-reach-lock", at(9, 8), path=new).status == 404


def test_the_department_s_name_changes_in_the_frame_of_its_pages_too() -> None:
    before, after = (get("port-statistics", at(day, 12)).body.decode() for day in (12, 13))
    assert before.count(OLD_DEPARTMENT) > page_at("port-statistics", at(12, 12)).article.count(OLD_DEPARTMENT)
    assert OLD_DEPARTMENT not in after
    assert after.count(NEW_DEPARTMENT) == before.count(OLD_DEPARTMENT)


def test_a_tag_answers_304_until_the_article_changes() -> None:
    tag = dict(get("data-terms", at(1, 7)).headers)["ETag"]
    unchanged = get("data-terms", at(3, 7), tag=tag)
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert get("data-terms", at(9, 12), tag=tag).status == 200


def test_a_publisher_does_not_serve_the_other_s_pages() -> None:
    path = page_at("ferry-story", START).path
    assert answer("harbours", path, START, base=BASE).status == 404


def test_the_front_page_lists_what_is_there_and_nothing_else() -> None:
    front = answer("harbours", "/", at(9, 0), base=BASE).body.decode()
    assert page_at("data-terms", at(9, 0)).path in front
    assert page_at("ferry-report", at(9, 0)).path not in front


def test_what_a_page_asks_for_is_served() -> None:
    for name in PAGE_NAMES:
        page = page_at(name, START)
        body = get(name, START).body.decode()
        for asset in re.findall(r'(?:src|href)="(/(?:static|media)/[^"]+)"', body):
            assert answer(page.publisher, asset, START, base=BASE).status == 200
