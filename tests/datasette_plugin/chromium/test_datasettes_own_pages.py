"""Datasette's own pages work under the policy that we put on them: nothing is blocked, and what is not theirs is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.served import OLD_LINE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.datasette_plugin.chromium.conftest import OpenPage

QUERY = "/archive?sql=select+id,+url+from+sources+limit+3" if OLD_LINE else "/archive/-/query?sql=select+1"
OWN = {
    "database": "/archive",
    "table": "/archive/changes",
    "facets": "/archive/changes?_facet=kind",
    "row": "/archive/versions/1",
    "canned query": "/archive/removed_pages",
    "query": QUERY,
    "plugins": "/-/plugins",
    "404": "/archive/no_such_table",
}
EDITORS = ".CodeMirror, .cm-editor"


def blocked(page: Page, address: str) -> list[str]:
    """What the browser says of our policy, and every error of a script, while a page opens and is used."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return [line for line in said if "Failed to load resource" not in line]


@pytest.mark.parametrize("path", OWN.values(), ids=OWN)
def test_nothing_of_datasettes_own_is_blocked(demo_site: str, open_page: OpenPage, path: str) -> None:
    assert blocked(open_page("about:blank"), demo_site + path) == []


def test_the_editor_of_sql_and_the_menus_of_columns_work(demo_site: str, open_page: OpenPage) -> None:
    page = open_page(demo_site + QUERY)
    page.wait_for_selector(EDITORS)

    page.goto(f"{demo_site}/archive/changes")
    page.locator("th svg.dropdown-menu-icon").first.click()
    menu = page.locator(".dropdown-menu").last
    menu.wait_for(state="visible")
    assert "Sort" in menu.inner_text() or "Facet" in menu.inner_text()


def test_a_script_that_got_into_a_page_does_not_run(demo_site: str, open_page: OpenPage) -> None:
    """The policy itself is tried: as if something had gone unescaped on Datasette's pages or on ours."""
    for path in ("/archive/changes", "/"):
        context = open_page("about:blank")

        def tampered(route: object) -> None:
            response = route.fetch()  # type: ignore[attr-defined]
            body = response.text().replace(
                "</body>",
                "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
                "<a id=j href='javascript:window.pwned=3'>j</a></body>",
            )
            route.fulfill(response=response, body=body)  # type: ignore[attr-defined]

        context.route("**/*", lambda route: tampered(route) if route.request.is_navigation_request() else route.continue_())
        context.goto(demo_site + path)
        context.evaluate("document.getElementById('j').click()")
        context.wait_for_timeout(50)
        assert context.evaluate("window.pwned") is None
