"""A small archive that a test fills look by look: builders for pages and answers."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.archive.groundwork import Groundwork
from scraper.archive.preparing import prepare
from scraper.config import Source, WatchList
from scraper.fetching.observation import Answer, Failure, Finding, Hop
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    from scraper.archive import Archive, Recorded

URL = "https://www.example.gov/news/dredging-contract"
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def page(*paragraphs: str, title: str = "The harbour is dredged", modified: str | None = None) -> bytes:
    """An HTML page of a headline and paragraphs."""
    stamp = f'<meta property="article:modified_time" content="{modified}">' if modified else ""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    head = f"<head><meta charset=utf-8><title>{title}</title>{stamp}</head>"
    return f"<!doctype html><html lang=en>{head}<body><main><h1>{title}</h1>{body}</main></body></html>".encode()


PARAGRAPHS = (
    "The Department of Harbours will dredge the outer channel to a depth of twelve metres before the autumn.",
    "The work costs 48 million crowns and is paid from the reserve that parliament set aside in January.",
    "Ferries keep to their timetable while the work goes on, the department said on Tuesday.",
)
EDITED = (PARAGRAPHS[0], PARAGRAPHS[1].replace("48", "61"), PARAGRAPHS[2])


@dataclass
class Watch:
    """One or more sources in an archive, looked at by hand; each look is twelve hours after the last."""

    archive: Archive
    now: datetime = START
    run_id: int = 0
    prepares: bool = False
    """Whether answers are worked out beforehand, as by another process."""
    sources: dict[str, Source] = field(default_factory=dict)

    def add(self, source_id: str = "dredging", url: str = URL, rules: Rules | None = None) -> None:
        self.sources[source_id] = Source(source_id, url, publisher="example.gov", rules=rules or Rules())
        self.archive.sync(WatchList(tuple(self.sources.values())), self.now)

    def publish_as(self, source_id: str, publisher: str) -> None:
        """Say in the watch list that somebody else publishes a source."""
        self.sources[source_id] = replace(self.sources[source_id], publisher=publisher)
        self.archive.sync(WatchList(tuple(self.sources.values())), self.now)

    def look(
        self,
        body: bytes | None,
        source_id: str = "dredging",
        *,
        status: int | None = 200,
        headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
        final_url: str | None = None,
        failure: Failure | Finding | None = None,
        hours: float = 12,
    ) -> Recorded:
        self.run_id = self.run_id or self.archive.begin_run("test", 1, self.now)
        url = self.sources[source_id].url
        hops = (Hop(url, 301, final_url),) if final_url and final_url != url else ()
        answer = Answer(
            source_id=source_id,
            url=url,
            started=self.now,
            elapsed_ms=120,
            final_url=(final_url or url) if status else None,
            status=status,
            headers=headers if status else (),
            redirects=hops,
            body=body,
            failure=failure,
            error="connection refused" if failure else None,
        )
        recorded = self.archive.record(self.run_id, answer, self._groundwork(answer) if self.prepares else None)
        self.now += timedelta(hours=hours)
        return recorded

    def _groundwork(self, answer: Answer) -> Groundwork:
        sent = pickle.loads(pickle.dumps(answer))
        ready = prepare(self.archive.connection, sent, self.sources[answer.source_id].rules)
        told = pickle.loads(pickle.dumps(ready))
        assert isinstance(told, Groundwork)
        return told

    def kinds(self) -> list[str]:
        """The kinds of all changes, the oldest first."""
        return [change.kind for change in reversed(self.archive.changes(limit=1000))]
