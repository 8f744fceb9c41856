"""Datasette's own pages work under the policy that we put on them: nothing is blocked, and what is not theirs is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.served import OLD_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

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
INJECTED = (
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
    "<a id=j href='javascript:window.pwned=3'>j</a></body>"
)
EDITORS = ".CodeMirror, .cm-editor"


@pytest.fixture
def own(browser: Browser) -> Iterator[Page]:
    """A tab of its own, for a test that listens or tampers."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", OWN.values(), ids=OWN)
def test_nothing_of_datasettes_own_is_blocked(demo_site: str, own: Page, path: str) -> None:
    said: list[str] = []
    own.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    own.on("pageerror", lambda error: said.append(str(error)))
    own.goto(demo_site + path, wait_until="load")

    # A 404 is itself an error to the console.
    assert [line for line in said if "Failed to load resource" not in line] == []


def test_the_editor_of_sql_and_the_menus_of_columns_work(demo_site: str, own: Page) -> None:
    own.goto(demo_site + QUERY)
    own.wait_for_selector(EDITORS)

    own.goto(f"{demo_site}/archive/changes")
    own.locator("th svg.dropdown-menu-icon").first.click()
    menu = own.locator(".dropdown-menu").last
    menu.wait_for(state="visible")
    assert "Sort" in menu.inner_text() or "Facet" in menu.inner_text()


def tampered(route: Route) -> None:
    """The answer as if something in it had gone unescaped."""
    if not route.request.is_navigation_request():
        route.continue_()
        return
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace("</body>", INJECTED))


@pytest.mark.parametrize("path", ["/archive/changes", "/"])
def test_a_script_that_got_into_a_page_does_not_run(demo_site: str, own: Page, path: str) -> None:
    own.route("**/*", tampered)
    own.goto(demo_site + path)
    own.evaluate("document.getElementById('j').click()")
    own.wait_for_timeout(50)
    assert own.evaluate("document.getElementById('j') && window.pwned") is None
