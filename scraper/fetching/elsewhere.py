"""What is owed to the other hosts that a host's redirects lead to: their robots.txt, their pace and their rest.

A batch belongs to one host. Where a redirect leads to another one, that host's robots.txt is asked for through the
same guard, once, and what it says is remembered as long as the batch lasts. A batch of that host's own, in another
thread or another run, knows nothing of it: at worst its robots.txt is read twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import scraper.fetching.robots as robots
from scraper.fetching.codes import Code
from scraper.fetching.identity import host_of
from scraper.fetching.politeness import HostState, after, pause, resting_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.clock import Clock
    from scraper.config import FetchSettings
    from scraper.fetching.client import Client, Refused
    from scraper.fetching.observation import Answer

KnownElsewhere = tuple[tuple[HostState, ...], tuple[tuple[str, "Refused"], ...]]
"""The states of other hosts, and those that are closed to us with the reason. It pickles."""


class Elsewhere:
    """The other hosts that one batch has come upon. `client` is one that is not in the middle of a fetch."""

    def __init__(
        self,
        client: Client,
        settings: FetchSettings,
        clock: Clock,
        sleep: Callable[[float], None],
        *,
        known: KnownElsewhere = ((), ()),
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._states: dict[str, HostState] = {state.host: state for state in known[0]}
        self._closed: dict[str, Refused] = dict(known[1])

    @property
    def known(self) -> KnownElsewhere:
        """What has been learnt so far, for another part of the same batch."""
        return tuple(self._states.values()), tuple(self._closed.items())

    def permit(self, url: str, start: str) -> Refused | None:
        """Why a redirect to another host is not followed; where it may be, wait until that host may be asked.

        `start` is the URL that the chain of redirects began at.
        """
        host = host_of(url)
        if host in self._closed:
            return self._closed[host]
        state = self._states.setdefault(host, HostState(host))
        if (until := resting_until(state, self._clock())) is not None:
            return (
                Code.HOST_RESTING,
                f"a redirect leads to {host}, which is left alone until {until:%Y-%m-%d %H:%M} UTC",
            )
        if self._settings.robots and (refused := self._by_robots(host, url, start)) is not None:
            return refused
        if (seconds := pause(self._states[host], self._clock())) > 0:
            self._sleep(seconds)
        return None

    def note(self, answer: Answer) -> None:
        """Take account of an answer that another host gave at the end of a redirect."""
        host = host_of(answer.final_url or "")
        if (state := self._states.get(host)) is not None:
            self._states[host] = after(state, answer, self._settings, self._clock())

    def _by_robots(self, host: str, url: str, start: str) -> Refused | None:
        if not robots.is_fresh(self._states[host], self._clock()):
            self._read_robots(host, url, start)
        if host in self._closed:
            return self._closed[host]
        reason = robots.forbids(self._states[host], url)
        return None if reason is None else (Code.ROBOTS_DISALLOW, reason)

    def _read_robots(self, host: str, url: str, start: str) -> None:
        answer = self._client.fetch(robots.robots_request(url), enough=robots.READ_AT_MOST, led_from=start)
        if answer.final_url is None and not answer.redirects:
            return  # the guard let nobody near it; it will say so itself when the page is asked for
        state = after(self._states[host], answer, self._settings, self._clock())
        self._states[host], trouble = robots.learn(state, answer, self._clock())
        if trouble is not None:
            self._closed[host] = (robots.trouble_code(answer), trouble)
