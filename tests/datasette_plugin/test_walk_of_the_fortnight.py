"""The demo's fortnight as a reader finds it: each of its events within two clicks from the front page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.demo.script import EVENTS, Event
from tests.datasette_plugin.served import Served, read

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

ROOT = "/-/redline/archive"

SAYS: tuple[tuple[str, ...], ...] = (
    ("Not announced", "48.6", "61.3"),
    ("Correction published", "1.4", "1.9"),
    ("Not announced", "370", "630"),
    ("Not announced", "Headline", "raised concerns"),
    ("Not announced", "Headline", "Acting"),
    ("text moved", "3 passages moved"),
    ("Not announced", "30 November 2026", "31 March 2027"),
    ("Blocked", "1 look did not see the page", "7 Mar, 18:17"),
    ("it was next seen on 9 Mar 2026, 06:17 UTC",),
    ("Removed", "3 looks over 24 hours found no page"),
    ("Not announced", "negation", "not use the data"),
    ("New address", "News-Stories"),
    ("Correction published", "23.1 million"),
    ("Not announced", "back to an earlier version", "370"),
    ("Not announced", "caption", "deputy head"),
    ("Update noted", "61.3 million crowns"),
    ("Back with edits", "filed in accordance with the procedure"),
    ("The same edit on 7 pages of harbours.example.gov", "Coastal Affairs"),
    ("Not announced", "quotation", "in some winters"),
)


def test_the_script_has_as_many_events_as_are_walked() -> None:
    assert len(SAYS) == len(EVENTS) == 19


@pytest.mark.parametrize(("event", "says"), list(zip(EVENTS, SAYS, strict=True)))
def test_each_event_is_found_from_the_front_page_in_two_clicks_and_says_what_it_is(
    demo: Served, event: Event, says: tuple[str, ...]
) -> None:
    """One click on the bar of the day that saw it first, and one on what stands there; or on "Everything" before."""
    front = demo.page(ROOT)
    for first in _first_clicks(front, event):
        told = _tells(demo, _page(demo, first), event, says)
        if told:
            return
    pytest.fail(f"not found within two clicks: {event.description}")


def _tells(demo: Served, page: BeautifulSoup, event: Event, says: tuple[str, ...]) -> bool:
    if any(_says(entry, says) for entry in page.select("article.entry")):
        return True
    return any(
        _says(part, says)
        for link in page.select("main a[href]")
        if urlsplit(str(link["href"])).path in {f"{ROOT}/{name}" for name in event.pages}
        for part in _page(demo, str(link["href"])).select("article.entry, .between")
    )


def _says(part: Tag, says: tuple[str, ...]) -> bool:
    text = read(part)
    return all(word in text for word in says)


def _page(demo: Served, href: str) -> BeautifulSoup:
    return demo.page(href.partition("#")[0])


def _first_clicks(front: BeautifulSoup, event: Event) -> list[str]:
    """The bars of the days on which a look could have seen it first, then the view of everything."""
    days = {f"{event.moment + timedelta(hours=hours):%Y-%m-%d}" for hours in (0, 12, 24, 36)}
    bars = [str(a["href"]) for a in front.select(".bars a") if any(f"since={day}" in str(a["href"]) for day in days)]
    views = [str(a["href"]) for a in front.select(".views a") if a.get_text() == "Everything"]
    assert bars
    assert views
    return [*bars, *views]
