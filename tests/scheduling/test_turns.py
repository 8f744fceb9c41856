"""Which list is asked, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.scheduling.claims import Record, Records
from scraper.scheduling.turns import FEWEST_PAGES, FRUITLESS, SHORTEST, Channel, Host, next_lists, wait
from tests.scheduling.records import NOW

if TYPE_CHECKING:
    from datetime import datetime

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


def test_a_host_that_asked_to_be_left_alone_is_asked_for_no_list_until_then() -> None:
    resting = replace(KNOWN, rest_until=NOW + timedelta(hours=5))
    other = replace(MAP, url="https://e.gov/feed", kind="feed")
    assert chosen(resting, other) == []
    assert chosen(replace(resting, rest_until=NOW - timedelta(hours=1)), other) == [other.url]
    assert chosen(replace(resting, rest_until=NOW + 400 * DAY), other) == [other.url]  # a clock that ran ahead


def test_lists_of_many_watched_hosts_on_one_machine_are_asked_at_the_pace_of_that_machine() -> None:
    hosts = {f"{name}.e.gov": Host(20, 20.0) for name in "abcdefgh"}
    asked: dict[str, datetime] = {}
    moments = [NOW + timedelta(hours=hour) for hour in range(24)]
    times = []
    for now in moments:
        lists = [
            Channel(f"https://www.e.gov/{host}.xml", host, "sitemap", NOW, asked.get(host), names=20) for host in hosts
        ]
        for channel in next_lists(lists, hosts, 0.01, {}, now):
            asked[channel.host] = now
            times.append(now)
    assert times == moments[::3]
    assert len(asked) == len(hosts)


def test_the_pace_counts_what_was_asked_for_a_host_that_is_not_listened_to_now() -> None:
    other = replace(KNOWN, url="https://e.gov/other.xml", host="www.e.gov", asked=NOW - timedelta(hours=1))
    assert chosen(MAP) == [MAP.url]
    assert chosen(MAP, other) == []


def test_a_list_that_two_hosts_name_is_asked_for_the_one_with_more_pages() -> None:
    hosts = {"e.gov": Host(9, 2.0), "www.e.gov": Host(50, 2.0)}
    (asked,) = next_lists([MAP, replace(MAP, host="www.e.gov")], hosts, 0.1, {}, NOW)
    assert asked.host == "www.e.gov"
    (asked,) = next_lists([MAP, replace(MAP, host="www.e.gov")], {"e.gov": Host(9, 2.0)}, 0.1, {}, NOW)
    assert asked.host == "e.gov"
