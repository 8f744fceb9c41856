"""The pages as people read them: without scripts, by keyboard, in the dark, on small screens, enlarged, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datasette_plugin.chromium.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)

NARROW: ViewportSize = {"width": 320, "height": 640}
ZOOMED: ViewportSize = {"width": 640, "height": 450}
PAPER: ViewportSize = {"width": 720, "height": 1000}
LUMINANCE = """() => {
    const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}"""
FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    return {
        name: e.outerHTML.slice(0, 120),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        visible: box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth,
        order: [...document.querySelectorAll('*')].indexOf(e),
    };
}"""
FAINT = """() => [...document.querySelectorAll('main *')]
    .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => {
        const style = getComputedStyle(e);
        if (style.backgroundColor !== 'rgba(0, 0, 0, 0)' && style.printColorAdjust === 'exact') return false;
        const [r, g, b] = style.color.match(/[0-9.]+/g).map(Number);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b > 150;
    }).map(e => e.outerHTML.slice(0, 100)).slice(0, 5)"""
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 100)).slice(0, 5)"""


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_page_reads_the_same_without_scripts(demo_site: str, page_without_scripts: Page, path: str) -> None:
    page = page_without_scripts
    page.goto(demo_site + path)

    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    # What needs a script to do anything would be a control that does nothing.
    assert page.locator("button[type=button]:visible, [role=button]:visible").count() == 0


def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(
    demo_site: str, page: Page, path: str
) -> None:
    page.goto(demo_site + path)
    reached: list[dict[str, Any]] = []
    for _ in range(25):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None or (reached and at["order"] == reached[0]["order"]):
            break  # round the end, and at the beginning again
        reached.append(at)

    assert reached
    assert "skip" in reached[0]["name"]
    assert [at["name"] for at in reached if not (at["outlined"] and at["visible"])] == []
    orders = [at["order"] for at in reached]
    assert orders == sorted(orders)


def test_the_skip_link_leads_to_the_text(demo_site: str, page: Page, path: str) -> None:
    page.goto(demo_site + path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("location.hash") == "#main"
    inside = "document.querySelector('main').compareDocumentPosition(document.activeElement)"
    links = page.locator("main a, main button, main input, main select, main summary").count()
    assert not links or page.evaluate(inside) & 16, "the next stop is in the text"


def test_the_dark_is_dark_and_the_light_is_light(demo_site: str, page: Page, path: str) -> None:
    page.goto(demo_site + path)
    assert page.evaluate(LUMINANCE) > 0.9
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(LUMINANCE) < 0.1


def test_a_page_fits_small_screens_and_enlarged_letters(demo_site: str, page: Page, path: str) -> None:
    page.goto(demo_site + path)
    for size in (NARROW, ZOOMED):  # to a page, a zoom of 200 % is half the width (WCAG 2.2, 1.4.10)
        page.set_viewport_size(size)
        assert not scrolls_sideways(page), (size, page.evaluate(TOO_WIDE))

    # The reader's own size of letters (WCAG 2.2, 1.4.4), which a zoom of the whole page does not try.
    page.set_viewport_size({"width": 1280, "height": 900})
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") > 1.4 * before
    assert not scrolls_sideways(page), page.evaluate(TOO_WIDE)


def test_on_paper_there_is_the_text_and_no_furniture(demo_site: str, page: Page, path: str) -> None:
    page.goto(demo_site + path)
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print", color_scheme="dark")

    assert page.locator("main").inner_text().strip()
    assert page.locator("form:visible, nav:visible, .skip:visible").count() == 0
    assert page.evaluate(LUMINANCE) > 0.95, "paper is white, also for who reads in the dark"
    assert page.evaluate(FAINT) == [], "letters that cannot be read on paper"
