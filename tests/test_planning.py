"""From a watch list and an archive to what a run looks at, with a real host that refuses some of its pages for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.config import FetchSettings, Source, WatchList
from scraper.run import run
from tests.scripted import Moments, Scripted, page

if TYPE_CHECKING:
    from pathlib import Path

GOOD, REFUSED = 6, 4
STORY = "<title>Story {n}</title><main><h1>Story {n}</h1><p>The council met, and matter {n} was decided.</p></main>"


def test_pages_that_a_host_refuses_for_good_do_not_keep_the_others_from_being_looked_at(tmp_path: Path) -> None:
    moments = Moments()
    with Scripted() as site:
        site.pages["/robots.txt"] = page("", 404)
        site.pages |= {f"/good{n}": page(STORY.format(n=n)) for n in range(GOOD)}
        site.pages |= {f"/refused{n}": page("<title>403 Forbidden</title>", 403) for n in range(REFUSED)}
        names = [*(f"good{n}" for n in range(GOOD)), *(f"refused{n}" for n in range(REFUSED))]
        settings = FetchSettings(delay=0, allow_private=("127.0.0.0/8",))
        sources = tuple(Source(name, site.url(f"/{name}"), publisher="press") for name in reversed(names))
        watch_list = WatchList(sources, settings, sha256="of this list")

        def seen_in_a_day() -> set[str]:
            before = len(site.paths())
            for _ in range(4):
                with Archive(tmp_path / "archive.db") as archive:
                    run(watch_list, archive, clock=moments.clock, sleep=moments.sleep, trigger="schedule")
                moments.pass_by(6 * 3600)
            return set(site.paths()[before:])

        days = [seen_in_a_day() for _ in range(8)]

    good, refused = ({f"/{name}" for name in names if name.startswith(kind)} for kind in ("good", "refused"))
    assert all(good <= asked for asked in days[1:])
    # Those are tried too, at longer and longer intervals.
    assert all(refused & asked for asked in days)
    assert refused <= set().union(*days)
