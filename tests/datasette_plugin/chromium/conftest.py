"""One Chromium for all tests of this folder, and real servers for it to ask.

Playwright drives the Chromium of the system; it brings none of its own. Where there is no Chromium, or no Playwright
for the machine, the tests are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.served import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

    from tests.datasette_plugin.served import Served

DESK: ViewportSize = {"width": 1280, "height": 900}

QUIET = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
)


def chromium_path() -> str | None:
    """Where the system's Chromium or Chrome is; CHROMIUM names another."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # The package's end is also the end of Playwright's event loop, beside which no other could run.
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: `apt-get install chromium`, or name one in CHROMIUM")
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[dev]'")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=[*QUIET, *(["--no-sandbox"] if root else [])], timeout=60_000
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def demo_site(demo: Served) -> Iterator[str]:
    with running(demo) as address:
        yield address


@pytest.fixture(scope="package")
def tab(browser: Browser) -> Page:
    """One tab for all tests: a new one for each would take most of their time."""
    return browser.new_context(viewport=DESK).new_page()


@pytest.fixture
def page(tab: Page) -> Page:
    """The tab as a desk with a light screen has it."""
    tab.set_viewport_size(DESK)
    tab.emulate_media(media="screen", color_scheme="light")
    return tab


@pytest.fixture(scope="package")
def page_without_scripts(browser: Browser) -> Page:
    return browser.new_context(java_script_enabled=False).new_page()
