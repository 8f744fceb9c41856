"""How hosts want to be visited is found out by the real fetcher, over HTTP, in a time that passes only when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.fetching import Answer, Postponed
from tests.fetching.hostile.manners import RESTS, ROBOTS, Host
from tests.fetching.visiting import visit
from tests.scripted import Moments, Scripted, page

if TYPE_CHECKING:
    from scraper.config import FetchSettings


def came(result: Answer | Postponed) -> str:
    if isinstance(result, Postponed):
        return "postponed"
    return result.failure or "read"


@pytest.mark.parametrize("host", ROBOTS.values(), ids=ROBOTS.keys())
def test_robots_txt_is_taken_as_the_rfc_takes_what_came(
    site: Scripted, polite: FetchSettings, moments: Moments, host: Host
) -> None:
    site.pages = {"/robots.txt": host.robots, "/a": page("one"), "/b": page("two"), **host.more}

    a, b = (got for got, _ in visit(site, polite, moments, "/a", "/b"))

    assert (came(a), came(b)) == (host.a, host.b)
    asked = [path for path in site.paths() if path in ("/a", "/b")]
    assert asked == [path for path, result in (("/a", a), ("/b", b)) if came(result) == "read"]


@pytest.mark.parametrize(("status", "said", "rest"), RESTS.values(), ids=RESTS.keys())
def test_a_host_is_left_alone_for_as_long_as_it_asks_and_no_longer_than_a_day(
    site: Scripted, polite: FetchSettings, moments: Moments, status: int, said: str | None, rest: float
) -> None:
    headers = "" if said is None else f"Retry-After: {said}\r\n"
    answer = f"HTTP/1.1 {status} As-told\r\n{headers}Content-Length: 1\r\n\r\nx".encode()
    site.pages = {"/robots.txt": page("", 404), "/a": lambda _: [answer], "/b": page("two")}

    (_, state), *_ = visit(site, polite, moments, "/a")

    assert state.next_allowed is not None
    assert (state.next_allowed - moments.now).total_seconds() == rest
    moments.pass_by(rest - 1)
    moments.slept.clear()
    visit(site, polite, moments, "/b", state=state)
    assert moments.slept[0] == 1
    assert site.paths().count("/b") == 1
