"""A few hosts of short pages, a watch list of them, and what an archive came to over them."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from scraper.config import FetchSettings, Source, WatchList
from scraper.executing.part import PAGES
from scraper.run import Silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.archive import Archive, Recorded
    from tests.scripted import Asked, Scripted

STORY = "<title>Story {n}</title><main><h1>Story {n}</h1><p>The council met and decided matter {n}.</p></main>"
HOSTS, PAGES_EACH = 3, PAGES + 8
SETTINGS = FetchSettings(delay=0, robots=False, allow_private=("127.0.0.0/8",))


def watched(sites: list[Scripted], count: int = PAGES_EACH) -> WatchList:
    listed = (Source(f"s{at}-{n}", site.url(f"/{n}")) for at, site in enumerate(sites) for n in range(count))
    return WatchList(tuple(listed), SETTINGS)


def observed(archive: Archive) -> Counter[str]:
    return Counter(row[0] for row in archive.connection.execute("select source_id from fetches"))


def told(archive: Archive) -> list[Any]:
    looks = (
        "select f.source_id, f.outcome, f.reason, v.document_sha256 from fetches f left join versions v on v.id = f.id"
    )
    return sorted(tuple(row) for row in archive.connection.execute(looks))


class Meanwhile(Silence):
    """A reporter that does something once so many pages are stored."""

    def __init__(self, after: int, act: Callable[[], object]) -> None:
        self.after, self.act = after, act

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        if done == self.after:
            self.act()


def slowly(n: int) -> Callable[[Asked], Iterable[bytes]]:
    """A page whose answer takes a while, so that a worker is in the middle of it when it is killed."""

    def answer(_asked: Asked) -> Iterator[bytes]:
        time.sleep(0.02)
        body = STORY.format(n=n).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        yield head % len(body)
        yield body

    return answer
