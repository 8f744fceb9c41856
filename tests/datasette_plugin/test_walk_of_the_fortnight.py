"""The demo's fortnight as a reader finds it: each of its events within two clicks from the front page.

The demo is served, and its links are followed over HTTP as they stand in the pages. A click is a link of the front
page: the bar of a day, a view, an entry, its timeline, earlier changes. A second is one of the page that it leads to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup

from scraper.demo.script import EVENTS, Event
from tests.datasette_plugin.served import Served, read, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bs4 import Tag

    Visit = Callable[[str], "Seen"]

ROOT = "/-/redline/archive"
FILE = re.compile(r"\.(atom|json|csv|txt|bib|html|png)$|/-/capture/")
WAYS = ".bars a, .views a, .older a, article.entry h3 a, article.entry .meta a"
"""The links of the front page that are clicked first."""
TOLD = "article.entry, .between"
"""What tells of an event on a page: a change in a list, or a note of what looks saw."""

BLOCKED = ("dredging-contract", "water-advisory", "biography", "port-statistics", "data-terms")
"""The pages that were asked for while their host refused: three, and then one at each run."""

SAYS: tuple[tuple[str, ...], ...] = (
    ("Not announced", "48.6", "61.3"),
    ("Correction published", "1.4", "1.9"),
    ("Not announced", "370", "630"),
    ("Not announced", "Headline", "raised concerns"),
    ("Not announced", "Headline", "Acting"),
    ("text moved", "3 passages moved"),
    ("Not announced", "30 November 2026", "31 March 2027"),
    ("Blocked", "1 look did not see the page"),
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


@dataclass(frozen=True)
class Seen:
    """A page as far as it is needed: what its parts tell and link to, the document it is of, and its own links."""

    told: tuple[tuple[str, tuple[str, ...]], ...]
    actions: tuple[str, ...]
    ways: tuple[str, ...]
    links: tuple[str, ...]


@pytest.fixture(scope="module")
def visit(demo: Served) -> Iterator[Visit]:
    """The page at an address of the demo that is served, as it comes over HTTP; each is asked for once."""
    with running(demo) as address:

        @cache
        def visited(href: str) -> Seen:
            with urlopen(urljoin(address, href), timeout=30) as answer:
                page = BeautifulSoup(answer.read().decode("utf-8"), "html.parser")
            return Seen(
                told=tuple((read(part), hrefs(part, "a")) for part in page.select(TOLD)),
                actions=tuple(str(form["action"]) for form in page.select("main form[action]")),
                ways=hrefs(page, WAYS),
                links=hrefs(page, "main a"),
            )

        yield visited


def test_the_script_has_as_many_events_as_are_walked() -> None:
    assert len(SAYS) == len(EVENTS) == 19


@pytest.mark.parametrize(("event", "says"), list(zip(EVENTS, SAYS, strict=True)), ids=[e.description for e in EVENTS])
def test_each_event_is_found_from_the_front_page_in_two_clicks_and_says_what_it_is(
    visit: Visit, event: Event, says: tuple[str, ...]
) -> None:
    """On every page that it happened to; of a block on those that were asked for, as three refusals end a batch."""
    for name in BLOCKED if event.what in ("block", "unblock") else event.pages:
        assert clicks(visit, name, says) is not None, f"{name}: {event.description}"


def test_what_changed_is_told_on_the_front_page_itself_or_under_everything(visit: Visit) -> None:
    """A change of wording takes no click; what leaves it alone, one."""
    near = {
        event.description: clicks(visit, event.pages[0], says)
        for event, says in zip(EVENTS, SAYS, strict=True)
        if event.kind
    }

    assert {told for told, needed in near.items() if needed} == {
        "The interview's part on pride moves in front of the part on fog; no word changes."
    }


def test_words_that_no_page_tells_are_not_found(visit: Visit) -> None:
    assert clicks(visit, "dredging-contract", ("Not announced", "48.7")) is None
    # What another page tells is not taken for it.
    assert clicks(visit, "biography", ("Not announced", "48.6", "61.3")) is None


def clicks(visit: Visit, name: str, says: tuple[str, ...]) -> int | None:
    """How many clicks from the front page an event of a page is told; None for more than two."""
    front = visit("/")
    if tells(front, name, says):
        return 0
    first = [visit(href) for href in front.ways]
    if any(tells(page, name, says) for page in first):
        return 1
    second = {href for page in first for href in page.links if about(href, name)}
    return 2 if any(tells(visit(href), name, says) for href in sorted(second)) else None


def tells(page: Seen, name: str, says: tuple[str, ...]) -> bool:
    """Whether one thing that a page tells has all the words, and is of the document of that name."""
    own = any(about(action, name) for action in page.actions)
    return any(
        all(word in text for word in says) and (own or any(about(href, name) for href in links))
        for text, links in page.told
    )


def hrefs(page: Tag, select: str) -> tuple[str, ...]:
    """The pages of ours that the links lead to, each once; files are no pages."""
    found = dict.fromkeys(str(a["href"]).partition("#")[0] for a in page.select(select) if a.has_attr("href"))
    return tuple(
        href for href in found if urlsplit(href).path.startswith(ROOT) and not FILE.search(urlsplit(href).path)
    )


def about(href: str, name: str) -> bool:
    path = urlsplit(href).path
    return path == f"{ROOT}/{name}" or path.startswith(f"{ROOT}/{name}/")
