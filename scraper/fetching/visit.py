"""A visit to one host: its state as it stands, and each page asked for as politeness and prudence allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import scraper.fetching.robots as robots
from scraper.fetching.codes import Code
from scraper.fetching.elsewhere import Elsewhere, KnownElsewhere
from scraper.fetching.identity import host_of
from scraper.fetching.observation import Answer, Request
from scraper.fetching.permission import NOT_ASKED, permission, unreadable
from scraper.fetching.politeness import HostState, after, after_list, asked_to_wait, pause, resting_until
from scraper.fetching.siblings import doubt, settle, sibling_of
from scraper.fetching.signals import SIGNAL
from scraper.fetching.verdict import judge, refuses

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.clock import Clock
    from scraper.config import FetchSettings
    from scraper.fetching.client import Client, Monotonic, Permit, Refused
    from scraper.fetching.observation import Failure, Finding

Sleep = Callable[[float], None]
Chance = Callable[[], float]
"""A number from 0 up to 1, another at each call: what `random.random` does; tests give another."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """A page that was not looked at: its host is to be left alone until a later moment, or this batch's time is up."""

    source_id: str
    url: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Time:
    """How time passes and chance falls for a visit, and at which moment of `monotonic` the visit ends."""

    clock: Clock
    sleep: Sleep
    monotonic: Monotonic
    chance: Chance
    ends: float


@dataclass(frozen=True, slots=True)
class Known:
    """What a visit knows of its host beside the page it is at: enough for another process to go on with it.

    `closed` and `away` say why nothing more is asked for, `sibling` what the host answered for an address that cannot
    exist, `elsewhere` what other hosts have said.
    """

    state: HostState
    robots_were_asked: bool = False
    closed: Refused | None = None
    away: tuple[datetime, str] | None = None
    sibling: Answer | None = None
    sibling_was_tried: bool = False
    elsewhere: KnownElsewhere = ((), ())


class Visit:
    """The batch under way: the state as it stands, and why the host is closed to us, where it is."""

    def __init__(self, client: Client, known: Known, settings: FetchSettings, time: Time) -> None:
        self.state = known.state
        self._client = client
        self._settings = settings
        self._time = time
        self._said = NOT_ASKED
        self._robots_were_asked = known.robots_were_asked
        self._closed = known.closed
        self._away = known.away
        self._aside = client.aside()
        self._elsewhere = Elsewhere(self._aside, settings, time.clock, time.sleep, known=known.elsewhere)
        self._sibling = known.sibling
        self._sibling_was_tried = known.sibling_was_tried

    @property
    def known(self) -> Known:
        """What has been learnt so far, for another part of the same batch."""
        return Known(
            state=self.state,
            robots_were_asked=self._robots_were_asked,
            closed=self._closed,
            away=self._away,
            sibling=self._sibling,
            sibling_was_tried=self._sibling_was_tried,
            elsewhere=self._elsewhere.known,
        )

    def close(self) -> None:
        """Close the connections to other hosts."""
        self._aside.close()

    def look(self, request: Request) -> Answer | Postponed:
        """Fetch one page, or say why it is not fetched."""
        if self._closed is None and (postponed := self._postponed(request)) is not None:
            return postponed  # nothing is asked of a resting host, not even its robots.txt
        started = self._time.clock()
        self._said = NOT_ASKED
        if self._settings.robots and (refused := self._by_robots(request.url)) is not None:
            code, reason = refused
            nothing = Answer(request.source_id, request.url, started, 0, robots=self._said)
            return _found(nothing, code, reason)
        if (postponed := self._postponed(request)) is not None:
            return postponed
        if request.source_id == SIGNAL:  # it is no page: neither doubted nor asked for twice
            return replace(self._ask(request, self._permit, of_list=True), robots=self._said)
        answer = self._ask(request, self._permit, of_page=True)
        if answer.broke_off and self._postponed(request) is None:
            answer = self._ask(request, self._permit, of_page=True)
            answer = replace(answer, error=f"{answer.error}; asked twice") if answer.broke_off else answer
        # Said before anything is asked beside it, of which robots.txt may say something else.
        return self._settled(request, replace(answer, robots=self._said))

    def _settled(self, request: Request, answer: Answer) -> Answer:
        """The answer, or what a doubtful one is found to be by what the host answers beside it."""
        try:
            doubted = doubt(answer, request)
            if doubted is None or judge(answer).outcome is not None:
                return answer
            sibling = self._beside(request)
            found = settle(answer, doubted, sibling) if sibling is not None else None
        except Exception:  # a fault of ours in doubting a page must not lose it, nor the rest of the batch
            return answer
        return answer if found is None else _found(answer, *found)

    def _beside(self, request: Request) -> Answer | None:
        """What the host answers for an address that cannot exist; asked for once, and None where it may not be."""
        if not self._sibling_was_tried:
            self._sibling_was_tried = True
            token = "".join(chr(ord("a") + int(self._time.chance() * 26)) for _ in range(12))
            beside = Request("sibling", sibling_of(request.url, token))
            denied = self._settings.robots and self._by_robots(beside.url) is not None
            if not denied and self._postponed(beside) is None:
                self._sibling = self._ask(beside, self._permit)
        return self._sibling

    def _by_robots(self, url: str) -> Refused | None:
        """The code and the reason, where robots.txt forbids a URL or could not be read."""
        if not self._robots_were_asked and not robots.is_fresh(self.state, self._time.clock()):
            self._robots_were_asked = True  # where they cannot be read, an old copy may serve; once is enough to ask
            self._read_robots(url)
        if self._closed is not None or self._away is not None:
            self._said = unreadable(self._closed[1]) if self._closed else self._said
            return self._closed
        self._said = permission(self.state, url, self._time.clock())
        reason = robots.forbids(self.state, url)
        return None if reason is None else (Code.ROBOTS_DISALLOW, reason)

    def _read_robots(self, url: str) -> None:
        answer = self._ask(robots.robots_request(url), None, enough=robots.READ_AT_MOST)
        self.state, trouble = robots.learn(self.state, answer, self._time.clock())
        if trouble is None:
            return
        # In any case nothing is fetched. Who names a time to come back denies nothing, and a host that gave no
        # answer at all is a failing network.
        if asked_to_wait(answer, self._time.clock()) is not None and self.state.next_allowed is not None:
            self._away = (self.state.next_allowed, trouble)
        else:
            self._closed = (robots.trouble_code(answer), trouble)

    def _permit(self, url: str, start: str) -> Refused | None:
        """Whether a redirect may be followed: by the rules of the host that it leads to, and at that host's pace."""
        if host_of(url) != self.state.host:
            return self._elsewhere.permit(url, start)
        if not self._settings.robots:
            return None
        self._said = permission(self.state, url, self._time.clock())
        reason = robots.forbids(self.state, url)
        return None if reason is None else (Code.ROBOTS_DISALLOW, reason)

    def _ask(
        self,
        request: Request,
        permit: Permit | None,
        *,
        enough: int | None = None,
        of_page: bool = False,
        of_list: bool = False,
    ) -> Answer:
        time = self._time
        if (seconds := pause(self.state, time.clock())) > 0:
            time.sleep(seconds)
        answer = self._client.fetch(request, permit, enough=enough)
        refused = of_page and _refuses(answer)
        spread, now = time.chance(), time.clock()
        if of_list and answer.status != HTTPStatus.TOO_MANY_REQUESTS:  # which is said of the visitor (RFC 6585, 4)
            self.state = after_list(self.state, self._settings, now, spread=spread)
        else:
            self.state = after(self.state, answer, self._settings, now, spread=spread, refused=refused, of_page=of_page)
        self._elsewhere.note(answer)
        return answer

    def _postponed(self, request: Request) -> Postponed | None:
        """Why a page is not asked for now, and until when, where that is so."""
        now = self._time.clock()
        if self._away is not None:
            until, reason = self._away
        elif (resting := resting_until(self.state, now)) is not None:
            until, reason = resting, f"{self.state.host} is left alone for now{_why(self.state)}"
        elif (seconds := pause(self.state, now)) > self._time.ends - self._time.monotonic():
            until = now + timedelta(seconds=seconds)
            reason = f"{self.state.host} has had its share of this run, and is left alone"
        else:
            return None
        return Postponed(request.source_id, request.url, until, reason)


def _refuses(answer: Answer) -> bool:
    try:
        return refuses(answer)
    except Exception:  # a fault of ours in judging a page must not lose it, nor the rest of the batch
        return False


def _why(state: HostState) -> str:
    return f", having failed or refused {state.failures} times in a row" if state.failures > 1 else ""


def _found(answer: Answer, code: Code, reason: str) -> Answer:
    """An answer with what was found about it beside what it says."""
    return replace(answer, failure=cast("Failure | Finding", code.outcome), error=reason, code=code)
