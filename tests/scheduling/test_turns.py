"""Which list is asked, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scraper.scheduling.claims import Record, Records
from scraper.scheduling.turns import FEWEST_PAGES, FRUITLESS, SHORTEST, Channel, Host, next_lists, wait
from tests.scheduling.records import NOW

DAY = timedelta(days=1)
MAP = Channel("https://e.gov/map.xml", "e.gov", "sitemap", NOW - 9 * DAY)
KNOWN = replace(MAP, asked=NOW - DAY, names=20)
E_GOV = {"e.gov": Host(20, 2.0)}


def chosen(
    *channels: Channel, hosts: dict[str, Host] | None = None, threshold: float = 0.1, **more: Records
) -> list[str]:
    found = next_lists(channels, hosts or E_GOV, threshold, more.get("records", {}), NOW)
    return [channel.url for channel in found]


def test_a_list_is_asked_as_a_page_would_be_that_changes_as_often_as_all_that_it_names() -> None:
    few, many = (wait(KNOWN, Host(20, rate), 0.1, {}) for rate in (0.05, 0.2))
    assert few / many == pytest.approx(2)
    assert wait(KNOWN, Host(20, 1e6), 0.1, {}) == SHORTEST
    assert wait(KNOWN, E_GOV["e.gov"], float("inf"), {}) > 20 * DAY


def test_one_that_lies_covers_little_or_fails_is_asked_less_often() -> None:
    usual = wait(KNOWN, Host(20, 0.2), 0.1, {})
    assert (
        wait(KNOWN, Host(20, 0.2), 0.1, {("e.gov", "sitemap"): Record(heeded=40, changes=5, announced=5)}) > 3 * usual
    )
    assert (
        wait(KNOWN, Host(20, 0.2), 0.1, {("e.gov", "sitemap"): Record(held=40, heeded=40, changes=5, announced=5)})
        < usual
    )
    assert wait(replace(KNOWN, names=5), Host(20, 0.2), 0.1, {}) / usual == pytest.approx(2)
    assert wait(replace(KNOWN, failures=1), Host(20, 0.2), 0.1, {}) == 2 * usual
    assert wait(replace(KNOWN, names=0), Host(20, 0.2), 0.1, {}) == FRUITLESS


def test_a_host_is_asked_once_at_a_time_and_not_where_it_has_hardly_any_pages() -> None:
    other = replace(MAP, url="https://e.gov/feed", kind="feed")
    assert len(chosen(MAP, other)) == 1
    assert chosen(MAP, replace(other, asked=NOW - timedelta(hours=1), names=20)) == []
    assert chosen(MAP, hosts={"e.gov": Host(FEWEST_PAGES - 1, 2.0)}) == []
    assert chosen(MAP, hosts={"other.gov": Host(20, 2.0)}) == []


def test_two_hosts_that_name_lists_on_one_machine_ask_it_once() -> None:
    other = replace(MAP, url="https://e.gov/other.xml", host="www.e.gov")
    assert len(chosen(MAP, other, hosts={"e.gov": Host(9, 2.0), "www.e.gov": Host(9, 2.0)})) == 1


def test_what_was_never_asked_comes_first_but_not_for_ever() -> None:
    children = [replace(MAP, url=f"https://e.gov/{n}.xml") for n in range(50)]
    lately = replace(KNOWN, asked=NOW - timedelta(hours=20))
    between = wait(KNOWN, E_GOV["e.gov"], 0.1, {})
    assert timedelta(hours=15) < between < timedelta(hours=20)
    assert chosen(lately, *children) == ["https://e.gov/0.xml"]
    assert chosen(replace(lately, asked=NOW - 3 * between), *children) == [KNOWN.url]


def test_a_clock_that_ran_ahead_does_not_silence_a_list() -> None:
    assert chosen(replace(KNOWN, asked=NOW + 400 * DAY)) == [KNOWN.url]
