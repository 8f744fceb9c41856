"""A difference on paper: what is folded on the screen is printed too, with scripts and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.datasette_plugin.chromium.pages import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

DIFFERENCE = f"{ROOT}/dredging-contract/1..2"
SHOWN = "() => [...document.querySelectorAll('.fold .row')].map(row => row.checkVisibility())"


def test_what_is_folded_on_the_screen_is_printed(demo_site: str, page: Page) -> None:
    page.goto(demo_site + DIFFERENCE)
    assert set(page.evaluate(SHOWN)) == {False}

    page.emulate_media(media="print")
    assert set(page.evaluate(SHOWN)) == {True}


def test_it_is_printed_without_scripts_too(demo_site: str, page_without_scripts: Page) -> None:
    page = page_without_scripts
    page.goto(demo_site + DIFFERENCE)
    page.emulate_media(media="print")
    assert set(page.evaluate(SHOWN)) == {True}
    page.emulate_media(media="screen")


def test_an_older_browser_unfolds_while_it_prints_and_folds_again(demo_site: str, page: Page) -> None:
    page.goto(demo_site + DIFFERENCE)
    folded = "document.querySelectorAll('details.fold:not([open])').length"
    before = page.evaluate(folded)

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(folded) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(folded) == before > 0
