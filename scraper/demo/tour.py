"""The tour: the real scraper lives through the scripted fortnight and leaves an archive to look at."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.config import FetchSettings, Source, WatchList
from scraper.demo.pages import page_at
from scraper.demo.script import EVENTS, HARBOURS_PAGES, PRESS_PAGES, START, Event, looks
from scraper.demo.server import serve
from scraper.errors import UsageError
from scraper.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

DESCRIPTION = (
    "Make an archive of a small fictional site that edits itself for a fortnight: silent edits, corrections, "
    "a removal, a block. No network is used, and it takes a few seconds."
)

PUBLISHER_NAMES = {"harbours": "harbours.example.gov", "estuary-post": "estuarypost.example"}
TAGS = {
    "dredging-contract": ("dredging",),
    "dredging-story": ("dredging",),
    "water-advisory": ("water",),
    "water-explainer": ("water",),
    "ferry-report": ("ferry",),
    "ferry-story": ("ferry",),
    "pilot-interview": ("ferry", "people"),
    "biography": ("people",),
    "port-statistics": ("data",),
    "data-terms": ("data",),
    "castle-reach-lock": ("history",),
}


@dataclass(frozen=True, slots=True)
class Tour:
    """What the tour did: the archive's path, how many pages were looked at how often, the events scripted, and
    the changes that the archive found after the first look."""

    path: Path
    pages: int
    looks: int
    events: int
    changes: int


def watch_list(gov_url: str, press_url: str) -> WatchList:
    """The demo's watch list; the two addresses are those of the running sites, without a path."""
    sources = []
    for name in HARBOURS_PAGES + PRESS_PAGES:
        page = page_at(name, START)
        sources.append(
            Source(
                id=name,
                url=(gov_url if page.publisher == "harbours" else press_url) + page.path,
                title=page.fields["title"],
                publisher=PUBLISHER_NAMES[page.publisher],
                tags=TAGS[name],
            )
        )
    return WatchList(tuple(sources), FetchSettings(delay=0, allow_private=("127.0.0.0/8",)))


def build(path: Path, *, progress: Callable[[str], None] = lambda _line: None) -> Tour:
    """Make the demo's archive at `path`.

    `progress` is told a line for each scripted event as it comes to pass, and one for each change as it is found.
    An existing file is left alone and refused with a UsageError. The archive appears when it is whole: an
    interrupted tour leaves nothing behind.
    """
    if path.exists():
        raise UsageError(f"{path} exists already: the demo never writes over a file, so name another one or remove it")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is not a folder: make it first, or name a file in a folder that exists")
    with tempfile.TemporaryDirectory(prefix=".redline-demo-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        changes = _live_through(unfinished, progress)
        unfinished.rename(path)
    return Tour(path, len(HARBOURS_PAGES + PRESS_PAGES), len(list(looks())), len(EVENTS), changes)


@contextmanager
def standing() -> Iterator[None]:
    """Keep the sites up as they are after the fortnight, so that the archive's links lead somewhere."""
    with serve(list(looks())[-1]):
        yield


def _live_through(path: Path, progress: Callable[[str], None]) -> int:
    """Look at every page at every look of the fortnight; give the number of changes found."""
    found = 0
    with serve(START) as sites, Archive(path) as archive:
        watched = watch_list(sites.urls["harbours"], sites.urls["estuary-post"])
        before = START
        for now in looks():
            for event in _between(before, now):
                progress(_told(event))
            sites.now = before = now
            summary = run(watched, archive, clock=lambda: sites.now, everything=True, trigger="demo", hosts_at_once=1)
            if blocked := summary.outcomes.get("blocked"):
                progress(_seen(now, _turned_away(blocked, summary.postponed)))
            for change in reversed(archive.changes(run_id=summary.run_id)):
                if change.kind != "first_seen":
                    found += 1
                    progress(_seen(now, f"{change.source_id}: {change.summary}"))
    return found


def _between(before: datetime, now: datetime) -> list[Event]:
    happened = [event for event in EVENTS if before < event.moment <= now]
    return sorted(happened, key=lambda event: event.moment)


def _told(event: Event) -> str:
    return f"Day {event.day:>2}, {_when(event.moment)}  {event.description}"


def _turned_away(blocked: int, postponed: int) -> str:
    rest = f", and {postponed} not asked for after that" if postponed else ""
    return f"{blocked} page{'s' if blocked != 1 else ''} blocked{rest}; nothing is said of them"


def _seen(now: datetime, what: str) -> str:
    return f"{'found':>7} {_when(now)}  → {what}"


def _when(moment: datetime) -> str:
    return f"{moment:%a} {moment.day:>2} {moment:%b %H:%M}"
