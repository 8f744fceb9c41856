"""Site-wide edits: judged by pages and moments, whatever the number of edits of one change that are the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.archive.sitewide as sitewide
from scraper.clock import from_text, to_text
from tests.archive.watching import START, URL, Watch, page

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = 300


def naive(seen: Sequence[tuple[str, str]]) -> set[str]:
    """The rule as it is written: on at least PAGES pages within SPAN."""
    return {
        at
        for at, _ in seen
        if len({page for other, page in seen if abs(from_text(other) - from_text(at)) <= sitewide.SPAN})
        >= sitewide.PAGES
    }


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abcde")), max_size=40))
def test_moments_are_crowded_where_enough_pages_are_near(drawn: list[tuple[int, str]]) -> None:
    seen = [(to_text(START + timedelta(days=day)), page) for day, page in sorted(drawn)]

    assert sitewide.crowded(seen) == naive(seen)


def _lines(department: str) -> bytes:
    return page(*(f"Entry {n} of the register was checked by {department} in spring." for n in range(LINES)))


def test_a_change_of_many_edits_of_one_key_is_judged_once(watch: Watch) -> None:
    connection = watch.archive.connection
    names = [f"register-{number}" for number in range(3)]
    for name in names:
        watch.add(name, f"{URL}-{name}")
        watch.look(_lines("Waterways"), name, hours=0)
    watch.now += timedelta(hours=12)
    for name in names[:2]:
        watch.look(_lines("Harbours"), name, hours=0)

    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    watch.look(_lines("Harbours"), names[2])
    connection.set_trace_callback(None)

    marked = "select count(*) from edits where instr(classes, 'site_wide') > 0"
    assert connection.execute(marked).fetchone()[0] == 3 * LINES
    assert sum("select distinct c.source_id" in statement for statement in asked) <= 5
    again = [statement for statement in asked if "select distinct c.source_id" in statement]
    assert len(again) == len(set(again)), "the same question was asked twice"
