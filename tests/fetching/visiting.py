"""What the tests of a batch share: one batch through the real client, in a time that passes only when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.fetching import Answer, HostState, Postponed, Request, fetch_host

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from tests.scripted import Moments, Scripted


def visit(
    site: Scripted, settings: FetchSettings, moments: Moments, *pages: str | Request, **given: Any
) -> list[tuple[Answer | Postponed, HostState]]:
    """Fetch paths of a site, or requests, as one batch; `state`, `chance` and `budget` may be given."""
    requests = [Request(f"s{n}", site.url(asked)) if isinstance(asked, str) else asked for n, asked in enumerate(pages)]
    state = given.pop("state", None) or HostState(site.host)
    times = {"clock": moments.clock, "sleep": moments.sleep, "monotonic": moments.monotonic}
    return list(fetch_host(requests, state, settings, **{**times, "chance": lambda: 0.0, **given}))


def answers(results: list[tuple[Answer | Postponed, HostState]]) -> list[Answer]:
    return [got for got, _ in results if isinstance(got, Answer)]
