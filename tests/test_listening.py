"""Sitemaps and feeds heard through whole runs: a real server, a real archive, and time that passes when told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.config import FetchSettings, Source, WatchList
from scraper.run import Summary, plan, run
from tests.scripted import Moments, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

PAGES = 8
STORY = (
    "<title>Story {n}</title>{head}<main><h1>Story {n}</h1><p>The council decided matter {n} on day {day}.</p></main>"
)
FEED = '<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">'

SETTINGS = FetchSettings(delay=0, allow_private=("127.0.0.0/8",), budget=0.5)


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
        return WatchList(listed, self.settings)

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


def test_a_page_that_the_sitemap_says_was_changed_is_looked_at_in_the_same_run(press: Press) -> None:
    press.run()
    for _ in range(6):
        press.run()
    press.edit(3)
    done = press.run()

    with Archive(press.path, readonly=True) as archive:
        changes = archive.changes()
        assert verify(archive.connection).findings == ()
    assert [change.source_id for change in changes if change.kind == "content"] == ["story-3"]
    assert done.changed == 1
    assert press.signals()[-1]["outcome"] == "read"
