"""What an executor is given and what it gives back: frozen records that pickle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from scraper.fetching.identity import host_of
from scraper.normalizing.document import Rules
from scraper.portable import portable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from scraper.archive.groundwork import Groundwork
    from scraper.config import FetchSettings
    from scraper.fetching.observation import Answer, Request
    from scraper.fetching.politeness import HostState
    from scraper.fetching.visit import Postponed


@dataclass(frozen=True, slots=True)
class Batch:
    """The pages of one host that are due, the host's state, and the keeper's rules by source, where there are any."""

    state: HostState
    requests: tuple[Request, ...]
    rules: Mapping[str, Rules] = field(default_factory=dict)

    def rules_of(self, answer: Answer) -> Rules:
        """The keeper's rules for the page that was answered."""
        return self.rules.get(answer.source_id) or Rules()


@portable
@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one page, the host's state after it, and what was worked out of it on the way."""

    result: Answer | Postponed
    state: HostState
    groundwork: Groundwork | None = None


class Executor(Protocol):
    """Fetches batches, hosts side by side."""

    def fetch(self, batches: Sequence[Batch], settings: FetchSettings) -> Generator[Delivered | None]:
        """Give exactly one result for every request, as they come, the pages of a host in the order asked for.

        Where none waits, None is given before the next is waited for: there is time to make safe what has come.

        What has been fetched and not yet been taken is bounded, however slowly it is taken. Closing the generator
        ends the work. A fault of our own is raised here; nothing that the web does is.
        """


def batches_of(
    requests: Iterable[Request],
    rules: Mapping[str, Rules],
    states_of: Callable[[list[str]], Mapping[str, HostState]],
) -> list[Batch]:
    """Gather requests by host, the hosts in the order of their first request. `rules` are by source."""
    by_host: dict[str, list[Request]] = {}
    for request in requests:
        by_host.setdefault(host_of(request.url), []).append(request)
    states = states_of(list(by_host))
    plain = Rules()
    return [
        Batch(
            states[host],
            tuple(batch),
            {r.source_id: rules[r.source_id] for r in batch if rules.get(r.source_id, plain) != plain},
        )
        for host, batch in by_host.items()
    ]
