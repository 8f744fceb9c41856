"""Safe headers on every answer of an instance that serves an archive, and on none of any other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment

from scraper.datasette_plugin.response_headers import HEADERS, NoncesInTemplates, datasette_policy
from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from pathlib import Path

DATASETTES_OWN = (
    "/archive",
    "/archive/changes",
    "/archive/versions/1",
    "/archive/removed_pages",
    "/archive?sql=select+1",
    "/archive/no_such_table",
    "/-/versions",
    "/archive/changes.json",
    "/archive/changes.csv",
    "/-/static/app.css",
    "/no/such/page",
)
OURS = (
    "/",
    "/-/redline/archive",
    "/-/redline/archive/biography/1",
    "/-/redline/archive/-/capture/1",
    "/-/redline/archive/nowhere",
    "/robots.txt",
)


@pytest.mark.parametrize("path", DATASETTES_OWN + OURS)
def test_every_answer_has_the_headers(demo: Served, path: str) -> None:
    headers = demo.get(path).headers

    for name, value in HEADERS.items():
        assert headers.get_list(name) == [value]
    (policy,) = headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"script-src[^;]*unsafe-(inline|eval)", policy)


def test_what_is_no_page_is_shut_in_when_it_is_opened(demo: Served) -> None:
    for path in ("/archive/changes.json", "/archive/changes.csv", "/-/redline/archive/-/capture/1"):
        assert "sandbox" in demo.get(path).headers["content-security-policy"]


def test_datasettes_scripts_bear_a_nonce_that_is_new_with_each_answer(demo: Served) -> None:
    seen = set()
    for _ in range(2):
        response = demo.get("/archive/changes")
        found = re.search(r"'nonce-([\w-]{16,})'", response.headers["content-security-policy"])
        assert found is not None
        seen.add(found[1])
        scripts = re.findall(r"<script\b[^>]*>", response.text)
        assert scripts
        assert all(f'nonce="{found[1]}"' in script for script in scripts)
    assert len(seen) == 2


def test_a_value_never_gets_the_nonce_of_the_template() -> None:
    environment = Environment(autoescape=False, extensions=[NoncesInTemplates])  # the worst case: no escaping at all
    environment.globals["redline_nonce"] = lambda: ' nonce="n"'

    rendered = environment.from_string("<script>1</script>{{ scraped }}").render(scraped="<script>2</script>")
    assert rendered == '<script nonce="n">1</script><script>2</script>'


def test_a_handler_that_stands_in_a_template_is_allowed_by_its_words_alone() -> None:
    environment = Environment(autoescape=True, extensions=[NoncesInTemplates])
    environment.from_string('<button class="a"\n onclick="openColumnChooser()">x</button><p onclick="{{ scraped }}">')

    # printf '%s' 'openColumnChooser()' | openssl dgst -sha256 -binary | base64
    policy = datasette_policy("n")
    assert "'unsafe-hashes' 'sha256-+l3zeDxxnrQy0aouZ6fIDwi+bFJ9b3COj5bWIKEUFYU='" in policy
    assert policy.count("'sha256-") == 1, "what a template does not say itself has no hash"


def test_a_script_of_an_operators_template_is_allowed(demo_path: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>ours</p><SCRIPT type='module'>1</SCRIPT>")
    served = serve(demo_path)
    served.get("/")
    environment = served.datasette.jinja_env if hasattr(served.datasette, "jinja_env") else served.datasette._jinja_env
    source = environment.from_string((tmp_path / "index.html").read_text()).render()

    assert "<SCRIPT type='module'>" in source, "outside a request there is no nonce to give"


def test_an_instance_without_an_archive_is_left_as_it_is(foreign_path: Path) -> None:
    response = serve(foreign_path, name="birds").get("/birds")

    assert "content-security-policy" not in response.headers
    assert "x-frame-options" not in response.headers
    assert "nonce=" not in response.text
