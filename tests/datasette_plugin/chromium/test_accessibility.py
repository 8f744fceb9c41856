"""axe-core finds nothing serious or critical on any page, light and dark, wide and narrow."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from tests.datasette_plugin.chromium.pages import PAGES, ROOT
from tests.datasette_plugin.served import running, serve
from tests.datasette_plugin.standing_archives import NAMES, in_every_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

GRAVE = ("serious", "critical")
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


@pytest.fixture(scope="module")
def axe() -> str:
    """The script that axe-playwright-python carries."""
    pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install '.[dev]'")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def site_of_all_states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("states") / "archive.db"
    in_every_state(path)
    with running(serve(path)) as address:
        yield address


def faults(results: dict[str, Any]) -> list[str]:
    return [
        f"{found['id']}: {found['help']}: {node['html'][:150]} {node.get('failureSummary', '')[:300]}"
        for found in results["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_no_page_has_a_serious_fault(demo_site: str, page: Page, axe: str, path: str) -> None:
    page.goto(demo_site + path)
    page.evaluate(axe)  # through the debugger, which our policy does not bind
    assert faults(page.evaluate(RUN)) == []

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    assert faults(page.evaluate(RUN)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_document_in_any_state_has_no_serious_fault(site_of_all_states: str, page: Page, axe: str, name: str) -> None:
    page.goto(f"{site_of_all_states}{ROOT}/{name}")
    page.evaluate(axe)
    assert faults(page.evaluate(RUN)) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    assert faults(page.evaluate(RUN)) == []


def test_axe_would_say_so(demo_site: str, page: Page, axe: str) -> None:
    page.goto(demo_site + "/-/redline/archive/nowhere")
    page.evaluate("document.querySelector('main h1').style.color = '#eee'; document.documentElement.lang = ''")
    page.evaluate(axe)

    found = " ".join(faults(page.evaluate(RUN)))
    assert "color-contrast" in found
    assert "html-has-lang" in found
