"""Hostile texts in every place that a page, a watch list or a visitor fills: no error page, nothing unescaped.

A sample; `python -m tests.benchmarks.siege` tries a thousand and watches the server's memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.hostility import SHARED, addresses, build, harm, texts
from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = texts(40)


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Served:
    path: Path = tmp_path_factory.mktemp("besieged") / "archive.db"
    build(path, SAMPLE)
    return serve(path)


def problems(served: Served, path: str) -> list[str]:
    response = served.get(path)
    found = [f"{response.status_code} {response.text[:200]}"] if response.status_code >= 500 else []
    found += [f"header {name}" for name in ("set-cookie", "x-injected") if name in response.headers]
    if response.headers.get("content-type", "").startswith("text/html"):
        found += harm(response.text)
    return [f"{path[:150]}: {problem}" for problem in found]


@pytest.mark.parametrize("path", SHARED)
def test_pages_that_show_all_of_them_are_harmless(besieged: Served, path: str) -> None:
    assert problems(besieged, path) == []


@pytest.mark.parametrize("at", range(len(SAMPLE)))
def test_a_hostile_text_is_only_ever_text(besieged: Served, at: int) -> None:
    assert [problem for path in addresses(at, SAMPLE[at]) for problem in problems(besieged, path)] == []


def test_there_are_a_thousand_and_no_two_the_same() -> None:
    assert len(texts(1000)) == len(set(texts(1000))) == 1000


@pytest.mark.parametrize(
    "page",
    [
        "<p onclick=window.pwned=1>",
        "<a href='javascript:x'>",
        "<script>window.pwned=1</script>",
        "<iframe>",
        "<form action='//elsewhere.example/'>",
        "<link href=redline.css><p>\x1b[2J",
    ],
)
def test_harm_is_seen_where_there_is_some(page: str) -> None:
    assert harm(f"<!doctype html><body>{page}")
