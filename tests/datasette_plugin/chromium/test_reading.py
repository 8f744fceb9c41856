"""The pages as people read them: without scripts, by keyboard, in the dark, on small screens, enlarged, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.chromium.pages import PAGES, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.datasette_plugin.chromium.conftest import OpenPage

pytestmark = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)

NARROW = {"width": 320, "height": 640}
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
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 100)).slice(0, 5)"""


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_page_reads_the_same_without_scripts(demo_site: str, open_page: OpenPage, path: str) -> None:
    page = open_page(demo_site + path, java_script_enabled=False)

    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    # What needs a script to do anything would be a control that does nothing.
    assert page.locator("button[type=button]:visible, [role=button]:visible").count() == 0


def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(
    demo_site: str, open_page: OpenPage, path: str
) -> None:
    page = open_page(demo_site + path)
    reached = []
    for _ in range(25):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None:
            break
        reached.append(at)

    assert reached
    assert "skip" in reached[0]["name"]
    assert [at["name"] for at in reached if not (at["outlined"] and at["visible"])] == []
    orders = [at["order"] for at in reached]
    assert orders == sorted(orders)


def test_the_skip_link_leads_to_the_text(demo_site: str, open_page: OpenPage, path: str) -> None:
    page = open_page(demo_site + path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("location.hash") == "#main"
    inside = "document.querySelector('main').compareDocumentPosition(document.activeElement)"
    links = page.locator("main a, main button, main input, main select, main summary").count()
    assert not links or page.evaluate(inside) & 16, "the next stop is in the text"


def test_the_dark_is_dark_and_the_light_is_light(demo_site: str, open_page: OpenPage, path: str) -> None:
    assert open_page(demo_site + path, color_scheme="dark").evaluate(LUMINANCE) < 0.1
    assert open_page(demo_site + path, color_scheme="light").evaluate(LUMINANCE) > 0.9


def test_320_pixels_are_wide_enough(demo_site: str, open_page: OpenPage, path: str) -> None:
    page = open_page(demo_site + path, viewport=NARROW)
    assert not scrolls_sideways(page), page.evaluate(TOO_WIDE)


def test_text_at_twice_its_size_still_fits(demo_site: str, open_page: OpenPage, path: str) -> None:
    # WCAG 2.2, 1.4.4: the reader's own setting of the letters, which a zoom of the whole page does not test.
    page = open_page(demo_site + path, viewport={"width": 1280, "height": 900})
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    page.add_style_tag(content="html { font-size: 200% !important }") if False else page.evaluate(
        "document.documentElement.style.fontSize = '200%'"
    )

    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") > 1.4 * before
    assert not scrolls_sideways(page), page.evaluate(TOO_WIDE)


def test_the_whole_page_zoomed_to_200_per_cent_still_fits(demo_site: str, open_page: OpenPage, path: str) -> None:
    # To a page a zoom is half the width at twice the pixels.
    page = open_page(demo_site + path, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    assert not scrolls_sideways(page), page.evaluate(TOO_WIDE)


def test_on_paper_there_is_the_text_and_no_furniture(demo_site: str, open_page: OpenPage, path: str) -> None:
    page = open_page(demo_site + path, color_scheme="dark", viewport={"width": 720, "height": 1000})
    page.emulate_media(media="print")

    assert page.locator("main").inner_text().strip()
    assert page.locator("form:visible, nav:visible, .skip:visible").count() == 0
    assert page.evaluate(LUMINANCE) > 0.95, "paper is white, also for who reads in the dark"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf()[:5] == b"%PDF-"
