"""What hostile pages said, opened in a browser: nothing runs, nothing is asked of anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.hostility import SHARED, addresses, build, texts
from tests.datasette_plugin.served import running, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

SAMPLE = texts(16)


@pytest.fixture(scope="module")
def besieged_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("besieged") / "archive.db"
    build(path, SAMPLE)
    with running(serve(path)) as address:
        yield address


def test_nothing_runs_and_nobody_else_is_asked(browser: Browser, besieged_site: str) -> None:
    context = browser.new_context()
    # Before any script of a page: whatever sets the sentinel or opens a dialogue is caught with its address.
    context.add_init_script("window.alert = window.confirm = window.prompt = () => { window.pwned = 1 }")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ran, seen = [], 0
    paths = [*SHARED[:-1], *(list(addresses(at, text))[at % 10] for at, text in enumerate(SAMPLE))]
    for path in paths:
        page.goto(besieged_site + path, wait_until="load")
        seen += 1
        if page.evaluate("typeof window.pwned") != "undefined":
            ran.append(path)
    context.close()

    assert ran == []
    assert [url for url in asked if not url.startswith((besieged_site, "data:image/"))] == []
    assert seen == len(paths)
