"""One host's batch as the run knows it: what is left of it, how far it has come, and what was lost on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from scraper.executing.batches import Batch, Delivered
from scraper.executing.part import PAGES, Done, Part
from scraper.fetching.batch import Underway
from scraper.fetching.fan_in import settle_fan_in
from scraper.fetching.observation import Answer
from scraper.fetching.politeness import delay_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.config import FetchSettings

LOSSES = 3
"""So many workers may be lost over one page; then it is given up, and the archive says so."""


class HostBatch:
    """A batch that is done part by part, one after the other, by whichever worker is free."""

    def __init__(self, batch: Batch, settings: FetchSettings) -> None:
        self._batch = batch
        self._settings = settings
        self._at = 0  # how many of its requests are through
        self._sent = 0  # how many went out with the part that is under way
        self._underway = Underway.begin(batch.state, settings)
        self._state = batch.state  # as the last page left it; what stands in `_underway` may be older
        self._kept_back: list[Answer] = []
        self._losses: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether every page is through."""
        return self._at == len(self._batch.requests)

    @property
    def suspect(self) -> bool:
        """Whether the next page is one that a worker was lost over."""
        return not self.over and self._losses[self._batch.requests[self._at].source_id] > 0

    def next_part(self, most: int = PAGES) -> Part:
        """The pages to be asked for next, `most` at most. A page over which a worker was lost goes out by itself."""
        left = self._batch.requests[self._at : self._at + most]
        sound = tuple(takewhile(lambda request: not self._losses[request.source_id], left))
        requests = sound or left[:1]
        self._sent = len(requests)
        rules = {r.source_id: self._batch.rules[r.source_id] for r in requests if r.source_id in self._batch.rules}
        underway = replace(self._underway, known=replace(self._underway.known, state=self._state))
        return Part(Batch(self._state, requests, rules), underway, self._settings)

    def done(self, done: Done) -> Iterator[Delivered]:
        """Take what came of the part that was out; give what may be stored now."""
        for delivered, kept_back in zip(done.delivered, done.kept_back, strict=True):
            yield from self.came(delivered, kept_back)
        self.ended(done.underway)

    def came(self, delivered: Delivered, kept_back: bool) -> Iterator[Delivered]:
        """Take what came of the next page, where pages come one by one; give what may be stored now."""
        self._at += 1
        self._sent -= 1
        self._state = delivered.state
        if kept_back and isinstance(delivered.result, Answer):
            self._kept_back.append(delivered.result)
        else:
            yield delivered
        yield from self._ending()

    def ended(self, underway: Underway) -> None:
        """Take how far the batch has come with the part that was out."""
        self._underway, self._state = underway, underway.known.state

    def lost(self, now: datetime, among: int = PAGES) -> Iterator[Delivered]:
        """The part that was out is lost with its worker: what it fetched is unknown, and was never seen here.

        It was over one of the first `among` pages that did not come. The host may have been asked a moment ago, so it
        is left alone for its delay. A page that was out alone and has cost `LOSSES` workers is given up: what can be
        said of it is given, and it is not asked for again.
        """
        self._rest(now)
        requests = self._batch.requests[self._at : self._at + min(self._sent, among)]
        self._losses.update(request.source_id for request in requests)
        if len(requests) == 1 and self._losses[requests[0].source_id] >= LOSSES:
            self._at += 1
            said = f"{LOSSES} workers were lost one after the other while they looked at it; their logs may say why"
            page = requests[0]
            given_up = Answer(page.source_id, page.url, now, 0, failure="extraction_suspect", error=said)
            yield Delivered(given_up, self._state)
            yield from self._ending()

    def _rest(self, now: datetime) -> None:
        earliest = now + timedelta(seconds=delay_of(self._state, self._settings))
        if self._state.next_allowed is None or self._state.next_allowed < earliest:
            self._state = replace(self._state, next_allowed=earliest)

    def _ending(self) -> Iterator[Delivered]:
        """At the end of a batch, the pages that had to be seen together."""
        if self.over:
            for answer in settle_fan_in(self._kept_back):
                yield Delivered(answer, self._state)
            self._kept_back = []
