"""Sitemaps and feeds heard through whole runs: a real server, a real archive, and time that passes when told to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.clock import from_text
from scraper.config import FetchSettings, Source, WatchList
from scraper.learning import hints, learn
from scraper.planning import plan
from scraper.run import Summary, run
from tests.scripted import Moments, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

PAGES = 30
STORY = (
    "<title>Story {n}</title>{head}<main><h1>Story {n}</h1><p>The council decided matter {n} on day {day}.</p></main>"
)
FEED = '<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">'

SETTINGS = FetchSettings(delay=0, allow_private=("127.0.0.0/8",), budget=0.4)


@dataclass
class Press:
    """A publisher with a few pages and a sitemap, watched by runs six hours apart."""

    site: Scripted
    path: Path
    moments: Moments = field(default_factory=Moments)
    edited: dict[int, datetime] = field(default_factory=dict)
    dates: Callable[[int], str] | None = None
    head: str = ""
    settings: FetchSettings = SETTINGS

    def __post_init__(self) -> None:
        self.site.pages["/robots.txt"] = page(f"User-agent: *\nDisallow:\nSitemap: {self.site.url('/sitemap.xml')}\n")
        self.edited = dict.fromkeys(range(PAGES), self.moments.now - timedelta(days=400))
        self.publish()

    @property
    def watch_list(self) -> WatchList:
        listed = tuple(Source(f"story-{n}", self.site.url(f"/{n}"), publisher="press") for n in range(PAGES))
        return WatchList(listed, self.settings, sha256=f"{self.settings}")

    def edit(self, number: int) -> None:
        self.edited[number] = self.moments.now
        self.publish()

    def publish(self) -> None:
        said = self.dates or (lambda n: f"{self.edited[n]:%Y-%m-%dT%H:%M:%SZ}")
        for n, day in self.edited.items():
            self.site.pages[f"/{n}"] = page(STORY.format(n=n, head=self.head, day=day))
        entries = (f"<url><loc>{self.site.url(f'/{n}')}</loc><lastmod>{said(n)}</lastmod></url>" for n in self.edited)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'
        self.site.pages["/sitemap.xml"] = page(body, Content_Type="application/xml")

    def run(self, hours: float = 6, **given: object) -> Summary:
        """A run, and then so many hours."""
        with Archive(self.path) as archive:
            clock, sleep = self.moments.clock, self.moments.sleep
            done = run(self.watch_list, archive, clock=clock, sleep=sleep, trigger="schedule", **given)  # type: ignore[arg-type]
        self.moments.pass_by(hours * 3600)
        self.publish()
        return done

    def signals(self) -> list[dict[str, object]]:
        with Archive(self.path, readonly=True) as archive:
            return [dict(row) for row in archive.connection.execute("select * from signals order by id")]

    def why(self, source_id: str) -> str:
        with Archive(self.path, readonly=True) as archive:
            agenda = plan(self.watch_list, archive, clock=self.moments.clock, everything=True)
            return next(item.due.why for item in agenda.now if item.source.id == source_id)

    def asked(self, path: str) -> int:
        return self.site.paths().count(path)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Scripted() as site:
        yield Press(site, tmp_path / "archive.db")


def until_asked(press: Press, times: int = 1, **given: object) -> Summary:
    """Runs until lists were asked so many times more; the last of them."""
    before = len(press.signals())
    for _ in range(40):
        done = press.run(**given)  # type: ignore[arg-type]
        if len(press.signals()) >= before + times:
            return done
    raise AssertionError("no list was asked in ten days")


def test_what_a_list_that_has_proven_right_says_is_looked_at_in_the_same_run(press: Press) -> None:
    press.run()
    for number in range(3, 3 + 20):
        press.edit(number)
        until_asked(press)

    with Archive(press.path, readonly=True) as archive:
        found = archive.connection.execute(
            "select f.source_id, f.run_id, r.fetched, r.due from changes c join fetches f on f.id = c.id "
            "join runs r on r.id = f.run_id where c.kind = 'content'"
        ).fetchall()
        assert verify(archive.connection).findings == ()
    told = [(source, row["run_id"]) for row in press.signals() for source, _ in json.loads(str(row["claims"]))]
    at_once = [row for row in found if (row["source_id"], row["run_id"]) in told]
    assert len(at_once) >= 5
    assert min(row["fetched"] for row in at_once) <= 3  # the others were not due
    assert all(row["due"] == row["fetched"] for row in at_once)


def test_the_status_says_whose_word_it_is(press: Press) -> None:
    press.run()
    until_asked(press)
    for number in (3, 4, 5):
        press.edit(number)
    moment = press.moments.now
    until_asked(press, limit=1)
    reasons = [press.why(f"story-{number}") for number in (3, 4, 5)]
    assert sum(reason.startswith(f"sitemap says changed {moment:%Y-%m-%dT%H:%M:%SZ}") for reason in reasons) >= 1


def test_a_list_that_always_says_now_is_found_out_and_costs_next_to_nothing(press: Press, tmp_path: Path) -> None:
    honest = press.settings
    counts = {}
    for name, signals in (("plain", False), ("lied to", True)):
        press.path, press.settings = tmp_path / f"{name}.db", replace(honest, signals=signals, budget=1.0)
        press.moments.now = Moments().now
        press.dates = lambda _: f"{press.moments.now:%Y-%m-%dT%H:%M:%SZ}"
        counts[name] = sum(press.run().fetched for _ in range(60))
    with Archive(press.path, readonly=True) as archive:
        (record,) = learn(press.watch_list, archive, press.moments.now)[1].records.values()
    assert record.weight == 0
    assert record.heeded > 10
    assert counts["lied to"] < 1.1 * counts["plain"]
    assert len(press.signals()) < 12


def test_nothing_is_asked_where_it_is_switched_off_or_could_say_nothing(press: Press) -> None:
    press.run()
    for _ in range(3):
        press.run(everything=True)
    press.run(only=["story-1"])
    press.settings = replace(press.settings, signals=False)
    for _ in range(20):
        press.run()
    assert press.asked("/sitemap.xml") == 0


def test_a_feed_that_a_page_announces_is_asked_with_its_validators(press: Press) -> None:
    del press.site.pages["/robots.txt"]
    press.head = FEED
    dated = "<pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate>"
    items = "".join(f"<item><link>{press.site.url(f'/{n}')}</link>{dated}</item>" for n in range(PAGES))
    press.site.pages["/feed/"] = page(f"<rss><channel>{items}</channel></rss>", Content_Type="text/xml", ETag='"9"')
    press.publish()
    press.run()
    until_asked(press)
    press.site.pages["/feed/"] = page("", 304)
    press.moments.pass_by(2 * 24 * 3600)
    until_asked(press)

    first, second = press.signals()
    assert (first["outcome"], first["kind"], first["names"]) == ("read", "feed", PAGES)
    assert '["story-7","Sun, 01 Mar 2026 09:00:00 GMT"]' in str(first["claims"])
    assert (second["outcome"], second["names"], second["claims"]) == ("not_modified", PAGES, "[]")
    assert next(a for a in reversed(press.site.asked) if a.path == "/feed/").headers["if-none-match"] == '"9"'


def test_an_index_leads_to_its_sitemaps(press: Press) -> None:
    whole = press.site.url("/sitemap.xml")
    named = f"<sitemapindex><sitemap><loc>{whole}</loc></sitemap></sitemapindex>"
    press.site.pages["/index.xml"] = page(named, Content_Type="text/xml")
    press.site.pages["/robots.txt"] = page(f"Sitemap: {press.site.url('/index.xml')}")
    press.run()
    until_asked(press, 2)
    assert [(row["kind"], row["names"]) for row in press.signals()] == [("index", 0), ("sitemap", PAGES)]


def test_an_index_that_names_other_sitemaps_than_before_leads_to_those(press: Press) -> None:
    press.site.pages["/robots.txt"] = page(f"Sitemap: {press.site.url('/index.xml')}")
    for number in (1, 2):
        named = f"<sitemapindex><sitemap><loc>{press.site.url(f'/{number}.xml')}</loc></sitemap></sitemapindex>"
        press.site.pages["/index.xml"] = page(named, Content_Type="text/xml")
        press.run()
        asked = press.asked("/index.xml")
        while press.asked("/index.xml") == asked:
            until_asked(press)
        with Archive(press.path, readonly=True) as archive:
            known = [row[0] for row in archive.connection.execute("select url from channels order by url")]
        assert known == [press.site.url(f"/{number}.xml"), press.site.url("/index.xml")]


@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        ('<!DOCTYPE u [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>', "unreadable", "the entity"),
        ("<title>Page not found</title><p>There is none.", "unreadable", "neither a sitemap|no well-formed"),
        ("", "failed", "it answered 200 with nothing"),
        (None, "failed", "forbids /sitemap.xml"),
    ],
    ids=["entities", "an error page", "nothing", "robots.txt"],
)
def test_a_list_that_cannot_be_read_is_said_to_be_so_and_the_run_goes_on(
    press: Press, body: str | None, outcome: str, reason: str
) -> None:
    press.run()
    if body is None:
        rules = f"User-agent: *\nDisallow: /sitemap.xml\nSitemap: {press.site.url('/sitemap.xml')}\n"
        press.site.pages["/robots.txt"] = page(rules)
        press.moments.pass_by(26 * 3600)
    else:
        press.dates = None
        press.publish = lambda: None  # type: ignore[method-assign]
        press.site.pages["/sitemap.xml"] = page(body, Content_Type="application/xml")
    before = press.asked("/sitemap.xml")
    until_asked(press)
    (row,) = press.signals()
    assert row["outcome"] == outcome
    assert re.search(reason, str(row["reason"]))
    assert press.asked("/sitemap.xml") - before == (body is not None)
    assert "/no-such-page" not in " ".join(press.site.paths())


def test_a_date_that_cannot_be_ends_no_run_and_is_kept_as_written(press: Press) -> None:
    press.run()
    press.dates = lambda _: "Sun, 01 Mar 99999999999 09:00:00 GMT"
    press.publish()
    until_asked(press)
    (row,) = press.signals()
    assert (row["outcome"], row["names"]) == ("read", PAGES)
    assert '["story-7","Sun, 01 Mar 99999999999 09:00:00 GMT"]' in str(row["claims"])


def test_a_fault_of_ours_in_reading_a_list_is_recorded_and_ends_no_run(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("deeper than was thought")

    press.run()
    monkeypatch.setattr("scraper.normalizing.listings.read_listing", broken)
    until_asked(press)
    (row,) = press.signals()
    assert (row["outcome"], row["reason"]) == ("unreadable", "it could not be read: RecursionError")
    assert row["sha256"] is not None


def test_lists_are_asked_at_the_pace_of_their_host(press: Press) -> None:
    press.settings = replace(press.settings, delay=5.0)
    press.run()
    press.moments.slept.clear()
    until_asked(press)
    asked = press.site.paths()
    assert press.asked("/sitemap.xml") == 1
    assert len(press.moments.slept) >= len(asked) - PAGES - 2


def test_without_an_archive_or_lists_nothing_is_said_of_pages(press: Press) -> None:
    histories, learnt = learn(press.watch_list, None, press.moments.now)
    assert hints(None, learnt, histories) == {}
    press.run()
    with Archive(press.path, readonly=True) as archive:
        histories, learnt = learn(press.watch_list, archive, press.moments.now)
        assert hints(archive, learnt, histories) == {}


def test_a_list_that_says_too_many_requests_rests_the_whole_host(press: Press) -> None:
    press.run()
    press.publish = lambda: None  # type: ignore[method-assign]
    press.site.pages["/sitemap.xml"] = page("slow down", 429, Retry_After="80000")
    until_asked(press)
    with Archive(press.path, readonly=True) as archive:
        (state,) = archive.host_states([press.site.host]).values()
    asked = from_text(str(press.signals()[-1]["started"]))
    assert state.next_allowed is not None
    assert state.next_allowed - asked >= timedelta(seconds=80_000)


def test_what_a_list_asks_to_be_left_alone_for_waits_with_lists_and_not_with_pages(press: Press) -> None:
    press.settings = replace(press.settings, budget=2.0)
    feed = f"Sitemap: {press.site.url('/sitemap.xml')}\nSitemap: {press.site.url('/other.xml')}\n"
    press.site.pages["/robots.txt"] = page(f"User-agent: *\nDisallow:\n{feed}")
    press.run()
    press.publish = lambda: None  # type: ignore[method-assign]
    for path in ("/sitemap.xml", "/other.xml"):
        press.site.pages[path] = page("away", 503, Retry_After="80000")
    until_asked(press)
    for _ in range(8):
        press.run(3)
    asked = [from_text(str(row["started"])) for row in press.signals()]
    assert len(asked) > 1
    assert all(later - earlier > timedelta(seconds=80_000) for earlier, later in pairwise(asked))
    rest = from_text(str(press.signals()[0]["rest_until"])) - asked[0]
    assert timedelta(seconds=80_000) <= rest < timedelta(seconds=80_060)
    with Archive(press.path, readonly=True) as archive:
        assert verify(archive.connection).findings == ()
        (state,) = archive.host_states([press.site.host]).values()
    assert state.failures == 0
    assert sum(press.run().postponed for _ in range(8)) == 0
