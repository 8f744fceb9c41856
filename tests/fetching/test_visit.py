from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

import scraper.fetching.visit as visit_module
from tests.fetching.answered import STORY
from tests.fetching.asking import OK
from tests.fetching.visiting import answers, visit
from tests.scripted import Asked, Moments, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings

CUT = OK + b"Content-Length: 100\r\n\r\nhalf"


@pytest.mark.parametrize(
    "broken",
    [
        CUT,
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf.\r\n",
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"cut short " * 100)[:-12],
    ],
)
def test_a_body_that_broke_off_is_asked_for_once_more(
    site: Scripted, polite: FetchSettings, moments: Moments, broken: bytes
) -> None:
    def mends(_: Asked) -> Iterator[bytes]:
        yield broken if site.paths().count("/a") == 1 else OK + b"Content-Length: 5\r\n\r\nwhole"

    site.pages["/a"] = mends

    (got,) = answers(visit(site, polite, moments, "/a"))

    assert (got.body, got.failure) == (b"whole", None)
    assert site.paths() == ["/robots.txt", "/a", "/a"]
    assert moments.slept == [2.0, 2.0]


def test_a_body_that_breaks_off_again_is_none(site: Scripted, settings: FetchSettings, moments: Moments) -> None:
    site.pages["/a"] = lambda _: [CUT]

    (got,) = answers(visit(site, settings, moments, "/a"))

    assert (got.body, got.failure) == (None, "network_error")
    assert got.error == f"{site.host} broke off: 4 of 100 bytes of the body came; asked twice"
    assert site.paths() == ["/a", "/a"]


@pytest.mark.parametrize("answer", [page("no", 500), page("no", 404), lambda _: [b"nonsense\r\n"], lambda _: []])
def test_nothing_else_is_asked_for_twice(
    site: Scripted, settings: FetchSettings, moments: Moments, answer: object
) -> None:
    site.pages["/a"] = answer  # type: ignore[assignment]

    visit(site, settings, moments, "/a")

    assert site.paths() == ["/a"]


def test_nothing_is_asked_twice_where_the_time_is_up(site: Scripted, polite: FetchSettings, moments: Moments) -> None:
    def slow(_: Asked) -> Iterator[bytes]:
        moments.pass_by(5)
        yield CUT

    site.pages["/a"] = slow

    (got,) = answers(visit(site, polite, moments, "/a", budget=6))

    assert (got.failure, site.paths()) == ("network_error", ["/robots.txt", "/a"])


def test_a_fault_of_ours_in_doubting_a_page_does_not_lose_it(
    site: Scripted, settings: FetchSettings, moments: Moments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(visit_module, "doubt", fault)
    site.pages["/a"] = page(STORY)

    (got,) = answers(visit(site, settings, moments, "/a"))

    assert got.body == STORY
