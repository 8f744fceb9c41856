"""Mementos of an archive: which version is led to, listed and named, and how sure it is (RFC 7089)."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive import Archive, mementos
from scraper.datasette_plugin import memento_page
from scraper.datasette_plugin.datetimes import asked_moment
from scraper.errors import UsageError
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.link_grammar import Link, parse
from tests.datasette_plugin.served import Served, read, serve

ROOT = "/-/redline/archive"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
TRICKY = "https://www.example.gov/a%2Fb/d%C3%A9j%C3%A0?q=1&r=%26&s=a+b"


def by_role(value: str) -> dict[str, Link]:
    return {role: link for link in parse(value) for role in link.rels}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A page that changed and moved, one with a tricky address, one never seen, and one with many versions."""
    path = tmp_path_factory.mktemp("moved") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add("dredging", "https://www.example.gov/old/dredging")
        watch.add("tricky", TRICKY)
        watch.add("unseen", "https://www.example.gov/unseen")
        watch.look(page(PARAGRAPHS[0]), "dredging")  # 2 March, 06:00
        watch.look(page(PARAGRAPHS[0]), "dredging")
        watch.look(b"<h1>Access Denied</h1>", "dredging", status=403, headers=HTML)  # 3 March, 06:00
        watch.look(page(*PARAGRAPHS[:2]), "dredging", final_url="https://www.example.gov/new/dredging")
        watch.look(page(*PARAGRAPHS), "dredging", final_url="https://www.example.gov/new/dredging")  # 4 March, 06:00
        watch.look(page(*PARAGRAPHS), "tricky")
    return serve(path)


def gate(served: Served, url: str, **headers: str) -> Any:
    return served.get(f"{ROOT}/-/timegate/{url}", headers={k.replace("_", "-"): v for k, v in headers.items()})


OLD, NEW = "https://www.example.gov/old/dredging", "https://www.example.gov/new/dredging"


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("Mon, 02 Mar 2026 06:00:00 GMT", 1),
        ("Mon, 02 Mar 2026 20:00:00 GMT", 1),
        ("Tue, 03 Mar 2026 17:59:59 GMT", 1),  # nobody saw the page then: the nearest before
        ("Tue, 03 Mar 2026 18:00:00 GMT", 2),
        ("Thu, 01 Jan 2037 00:00:00 GMT", 3),
        ("Fri, 01 Jan 1999 00:00:00 GMT", 1),  # before the first there is only the first
    ],
)
def test_a_timegate_leads_to_the_version_in_force(moved: Served, asked: str, number: int) -> None:
    response = gate(moved, OLD, accept_datetime=asked)

    # RFC 7089, 4.2.1: 302, Vary with accept-datetime, Location of the memento, Link with original and timemap.
    assert response.status_code == 302
    assert "accept-datetime" in response.headers["vary"].lower()
    assert response.headers["location"] == f"http://localhost{ROOT}/dredging/{number}"
    roles = by_role(response.headers["link"])
    assert roles["original"].url == OLD
    assert roles["timemap"].url == f"http://localhost{ROOT}/-/timemap/{OLD}"
    assert roles["timemap"].attributes["type"] == "application/link-format"
    assert f"http://localhost{ROOT}/dredging/{number}" in {link.url for link in parse(response.headers["link"])}
    # 2.1.1: only a memento has a Memento-Datetime; this answer is none.
    assert "memento-datetime" not in response.headers


def test_without_a_date_the_timegate_leads_to_the_latest(moved: Served) -> None:
    # RFC 7089, 4.5.3: a missing Accept-Datetime stands for the most recent memento.
    assert gate(moved, OLD).headers["location"].endswith("/dredging/3")


@pytest.mark.parametrize("typed", ["yesterday", "2026-03-09", "Mon, 99 Mar 2026 06:00:00 GMT", "", "Mon, 02 Mar 2026"])
def test_a_date_that_cannot_be_read_is_a_bad_request(moved: Served, typed: str) -> None:
    # RFC 7089, 4.5.3: 400 for a syntax that is not that of 2.1.1.
    response = gate(moved, OLD, accept_datetime=typed)

    assert response.status_code == 400
    assert "GMT" in response.text


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_version_says_that_it_is_a_memento(moved: Served, number: int) -> None:
    response = moved.get(f"{ROOT}/dredging/{number}")
    roles = by_role(response.headers["link"])

    # RFC 7089, 2.1.1: the datetime of the state that is reflected: the first look that saw it.
    seen = {1: "Mon, 02 Mar 2026 06:00:00 GMT", 2: "Tue, 03 Mar 2026 18:00:00 GMT", 3: "Wed, 04 Mar 2026 06:00:00 GMT"}
    assert response.headers["memento-datetime"] == seen[number]
    # 2.2.1 to 2.2.4: original, timegate, timemap; mementos with their datetime.
    assert roles["original"].url == OLD
    assert roles["timegate"].url == f"http://localhost{ROOT}/-/timegate/{OLD}"
    assert "timemap" in roles
    assert roles["first"].url.endswith("/dredging/1")
    assert roles["last"].url.endswith("/dredging/3")
    assert ("prev" in roles, "next" in roles) == (number > 1, number < 3)
    for link in parse(response.headers["link"]):
        assert ("memento" in link.rels) == (link.datetime is not None)


def test_a_capture_is_a_memento_dated_by_the_first_look_that_brought_it(moved: Served) -> None:
    response = moved.get(f"{ROOT}/-/capture/1")

    assert response.headers["memento-datetime"] == "Mon, 02 Mar 2026 06:00:00 GMT"
    assert by_role(response.headers["link"])["original"].url == OLD
    assert "sandbox" in response.headers["content-security-policy"]


def test_a_timemap_lists_every_version_with_its_datetime(moved: Served) -> None:
    response = moved.get(f"{ROOT}/-/timemap/{OLD}")
    found = parse(response.text)
    roles = by_role(response.text)

    # RFC 7089, 5: application/link-format; original, timegate, self with from and until, mementos with datetime.
    assert response.headers["content-type"] == "application/link-format"
    assert roles["original"].url == OLD
    assert roles["timegate"].url.endswith(f"/-/timegate/{OLD}")
    assert roles["self"].attributes == {
        "type": "application/link-format",
        "from": "Mon, 02 Mar 2026 06:00:00 GMT",
        "until": "Wed, 04 Mar 2026 06:00:00 GMT",
    }
    mementos = [link for link in found if "memento" in link.rels]
    assert [link.url.rsplit("/", 1)[1] for link in mementos] == ["1", "2", "3"]
    assert all(link.datetime for link in mementos)
    # 2.2.4: first and last are named as such.
    assert (mementos[0].rels, mementos[-1].rels) == (("first", "memento"), ("last", "memento"))
    # what it lists is there
    assert all(moved.get(link.url.removeprefix("http://localhost")).status_code == 200 for link in mementos)


def test_the_addresses_of_one_page_lead_to_one_timemap(moved: Served) -> None:
    assert moved.get(f"{ROOT}/-/timemap/{NEW}").headers["location"] == f"{ROOT}/-/timemap/{OLD}"
    assert gate(moved, NEW).headers["location"].endswith("/dredging/3")


def test_a_long_timemap_is_paged(moved: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memento_page, "PAGE", 2)
    moved = serve(Path(moved.datasette.get_database("archive").path))  # one that keeps no answer of before
    index = moved.get(f"{ROOT}/-/timemap/{OLD}").text

    # RFC 7089, 5.1.1: an index links TimeMaps, each with type, from and until.
    pages = [link for link in parse(index) if link.rels == ("timemap",)]
    assert [tuple(link.attributes[name] for name in ("type", "from", "until")) for link in pages] == [
        ("application/link-format", "Mon, 02 Mar 2026 06:00:00 GMT", "Tue, 03 Mar 2026 18:00:00 GMT"),
        ("application/link-format", "Wed, 04 Mar 2026 06:00:00 GMT", "Wed, 04 Mar 2026 06:00:00 GMT"),
    ]
    listed = []
    for link in pages:
        document = moved.get(link.url.removeprefix("http://localhost")).text
        listed += [one.url.rsplit("/", 1)[1] for one in parse(document) if "memento" in one.rels]
    assert listed == ["1", "2", "3"]
    assert moved.get(f"{ROOT}/-/timemap/3/{OLD}").status_code == 404


@pytest.mark.parametrize(
    "written",
    [
        TRICKY,
        quote(TRICKY, safe=""),
        TRICKY.replace("https://", "http://"),
        TRICKY.replace("https://", "https:/"),
        TRICKY.removeprefix("https://"),
        TRICKY.replace("%C3%A9", "%c3%a9"),
    ],
)
def test_an_address_with_a_query_and_escapes_is_found_however_it_is_sent(moved: Served, written: str) -> None:
    assert gate(moved, written).headers["location"].endswith("/tricky/1")
    assert by_role(gate(moved, TRICKY).headers["link"])["original"].url == TRICKY


def test_another_address_is_not_taken_for_it(moved: Served) -> None:
    for other in (TRICKY.replace("q=1", "q=2"), TRICKY.replace("%2F", "/x/"), TRICKY.partition("?")[0]):
        assert gate(moved, other).status_code == 404


@pytest.mark.parametrize("path", ["-/timegate", "-/timemap", "at/2026"])
def test_a_page_that_no_look_has_seen_says_so(moved: Served, path: str) -> None:
    response = moved.get(f"{ROOT}/{path}/https://www.example.gov/unseen")

    assert response.status_code == 404
    assert "no look has seen it" in response.text


@pytest.mark.parametrize(
    ("time", "number"),
    [
        ("20260302060000", 1),
        ("2026-03-02", 1),
        ("2026-03-03", 2),
        ("202603", 3),
        ("2026-03", 3),
        ("2026", 3),
        ("2026-03-03T12:00:00Z", 1),
        ("2026-03-03T19:00:00%2B01:00", 2),
        ("1999", 1),
    ],
)
def test_the_version_in_force_is_found_by_a_time_in_the_path(moved: Served, time: str, number: int) -> None:
    target = moved.get(f"{ROOT}/at/{time}/{OLD}").headers["location"]

    assert target.partition("?")[0] == f"{ROOT}/dredging/{number}"
    assert moved.get(target).status_code == 200


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("2026-03-02T12:00Z", "seen with this text before that moment and after it"),
        ("2026-03-03T12:00Z", "last seen 2 Mar 2026, 18:00 UTC, another was first seen 3 Mar 2026, 18:00 UTC"),
        ("1999", "the archive first saw this page 2 Mar 2026, 06:00 UTC; what it said before that is not known"),
        ("2031", "this text was last seen 4 Mar 2026, 06:00 UTC; nobody has looked since"),
    ],
)
def test_the_version_says_how_sure_it_is_that_it_stood_then(moved: Served, time: str, says: str) -> None:
    assert says in read(moved.page(moved.get(f"{ROOT}/at/{time}/{OLD}").headers["location"]))


@pytest.mark.parametrize("time", ["soon", "20261399", "2026-02-30", "9999999", "0000"])
def test_a_time_that_is_none_is_refused_in_one_line(moved: Served, time: str) -> None:
    response = moved.get(f"{ROOT}/at/{time}/{OLD}")

    assert response.status_code == 404
    assert "is not a time" in response.text


def test_a_part_of_a_time_is_its_end() -> None:
    assert asked_moment("2026-02") == "2026-02-28T23:59:59.999Z"
    assert asked_moment("202612") == "2026-12-31T23:59:59.999Z"
    assert asked_moment("2026030906") == "2026-03-09T06:59:59.999Z"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_time_or_a_usage_error(typed: str) -> None:
    with contextlib.suppress(UsageError):
        assert asked_moment(typed).endswith("Z")


def test_an_archive_is_not_searched_for_what_is_no_address(moved: Served, tmp_path: Path) -> None:
    Archive(tmp_path / "archive.db").close()
    for typed in ("x", "%00", "https://[", "javascript:alert(1)", "%F0%9F", "a" * 3000):
        assert gate(moved, typed).status_code == 404
        assert gate(serve(tmp_path / "archive.db"), typed).status_code == 404


def test_a_page_that_was_seen_under_an_address_comes_before_one_that_only_names_it_since(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add("seen", OLD)
        watch.add("naming", f"{NEW}?print=1")
        watch.look(page(*PARAGRAPHS), "seen", final_url=NEW)
        link = f'</title><link rel="canonical" href="{NEW}">'.encode()
        watch.look(page(PARAGRAPHS[0]).replace(b"</title>", link), "naming")

        assert mementos.original(archive.connection, NEW).source_id == "seen"
        assert mementos.original(archive.connection, f"{NEW}?print=1").source_id == "naming"
