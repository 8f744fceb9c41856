"""What RFC 7089 asks of a TimeGate, a TimeMap and a memento, asked of a server over HTTP as a client would.

Each test names its clause. They ask what the Memento project's own validator asks: datetime negotiation (past, future,
none, broken), Vary, Location, the Link relations with their attributes, the media type; and what it leaves to the eye,
that all of them tell the same.
"""

from __future__ import annotations

import re
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.archive import Archive
from scraper.archive.rebuild import rebuild
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.link_grammar import Link, http_date, parse
from tests.datasette_plugin.served import running, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORIGINAL = "https://www.example.gov/harbour/dredging?year=2026"
GATE = f"/-/redline/archive/-/timegate/{ORIGINAL}"
MAP = f"/-/redline/archive/-/timemap/{ORIGINAL}"
FIRST, SECOND, LAST = (f"{day}, 0{n} Mar 2026 06:00:00 GMT" for n, day in ((2, "Mon"), (3, "Tue"), (4, "Wed")))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("memento") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add("dredging", ORIGINAL)
        for shown in (1, 2, 3):
            watch.look(page(*PARAGRAPHS[:shown]), hours=24)
    return path


@pytest.fixture(scope="module")
def site(path: Path) -> Iterator[str]:
    with running(serve(path)) as address:
        yield address


def ask(site: str, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
    """The answer as it comes, its redirect not followed; its body is in `.read()`."""
    connection = HTTPConnection(urlsplit(site).netloc, timeout=20)
    connection.request(method, path.removeprefix(site), headers={k.replace("_", "-"): v for k, v in headers.items()})
    return connection.getresponse()


def links(answer: HTTPResponse) -> list[Link]:
    return parse(answer.headers["link"])


def the(found: list[Link], rel: str) -> Link:
    (link,) = (link for link in found if rel in link.rels)
    return link


def told(answer: HTTPResponse) -> dict[str, str | None]:
    names = ("location", "vary", "link", "memento-datetime", "content-type", "etag", "last-modified")
    return {"status": str(answer.status), **{name: answer.headers[name] for name in names}}


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),  # 4.5.3: before all of them, the first
        (FIRST, 1),
        ("Tue, 03 Mar 2026 05:59:59 GMT", 1),
        (SECOND, 2),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 3),  # 4.5.3: after all of them, the last
        (None, 3),  # 4.5.3: no datetime, the most recent
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_4_2_1_a_timegate_answers_302_with_what_a_client_needs(
    site: str, method: str, asked: str | None, number: int
) -> None:
    answer = ask(site, GATE, method, **({"accept_datetime": asked} if asked else {}))
    found = links(answer)

    assert answer.status == 302
    assert answer.headers["location"] == f"{site}/-/redline/archive/dredging/{number}"
    assert "accept-datetime" in [name.strip().lower() for name in answer.headers["vary"].split(",")]  # 2.1.2
    assert answer.headers["memento-datetime"] is None  # 2.1.1: that is for a memento alone
    assert the(found, "original").url == ORIGINAL  # 2.2.1
    assert the(found, "timemap").attributes["type"] == "application/link-format"  # 2.2.3
    assert answer.headers["location"] in [link.url for link in found if "memento" in link.rels]
    assert not [link for link in found if "timegate" in link.rels]  # 2.2.2: it would point at itself
    assert answer.read() == b""


@pytest.mark.parametrize(
    "broken",
    [
        "2026-03-02",
        "yesterday",
        "Mon, 02 Mar 2026 06:00:00 +0000",
        "Monday, 02-Mar-26 06:00:00 GMT",
        "0",
        "Mon, 02 Mar",
    ],
)
def test_4_5_3_a_datetime_that_is_none_of_rfc_1123_is_a_bad_request(site: str, broken: str) -> None:
    answer = ask(site, GATE, accept_datetime=broken)

    assert answer.status == 400
    assert answer.headers["location"] is None
    assert b"Accept-Datetime" in answer.read()


@pytest.mark.parametrize("at", ["dredging/1", "dredging/2", "dredging/3", "-/capture/1"])
def test_2_1_1_a_memento_has_its_datetime_and_no_negotiation(site: str, at: str) -> None:
    answer = ask(site, f"/-/redline/archive/{at}")
    another = ask(site, f"/-/redline/archive/{at}", accept_datetime="Thu, 01 Jan 1970 00:00:00 GMT")

    assert answer.status == 200
    http_date(answer.headers["memento-datetime"])
    assert "accept-datetime" not in answer.headers["vary"].lower()  # 2.1.2: it is not chosen by a datetime
    assert told(another) == told(answer)
    once = re.compile(rb'nonce="[^"]*"')  # made anew for every answer
    assert once.sub(b"", answer.read()) == once.sub(b"", another.read())
    # 2.2.1 to 2.2.3: to its original, the TimeGate and the TimeMap of that, which are there.
    found = links(answer)
    assert the(found, "original").url == ORIGINAL
    assert ask(site, the(found, "timegate").url).status == 302
    assert ask(site, the(found, "timemap").url).headers["content-type"] == "application/link-format"


@pytest.mark.parametrize("at", [GATE, MAP, "/-/redline/archive/dredging/2", "/-/redline/archive/-/capture/1"])
def test_rfc_9110_9_3_2_head_says_what_get_says_and_sends_nothing(site: str, at: str) -> None:
    head, get = ask(site, at, "HEAD"), ask(site, at)

    assert told(head) == told(get)
    assert head.read() == b""


def test_5_a_timemap_names_the_original_its_gate_itself_and_every_memento(site: str) -> None:
    answer = ask(site, MAP)
    found = parse(answer.read().decode("ascii"))
    mementos = [link for link in found if "memento" in link.rels]

    assert answer.headers["content-type"] == "application/link-format"
    assert the(found, "original").url == ORIGINAL
    assert the(found, "timegate").url == site + GATE
    assert the(found, "self").url == site + MAP
    assert the(found, "self").attributes["type"] == "application/link-format"
    # 2.2.3: from and until are the datetimes of its first and its last memento.
    ends = [http_date(the(found, "self").attributes[name]) for name in ("from", "until")]
    assert ends == [mementos[0].datetime, mementos[-1].datetime]
    # 2.2.4: every memento has a datetime; they are listed in the order of it, each once.
    dated = [link.datetime for link in mementos]
    assert None not in dated
    assert dated == sorted(dated, key=str)
    assert len({link.url for link in mementos}) == len(mementos) == 3
    assert ["first" in mementos[0].rels, "last" in mementos[-1].rels] == [True, True]


def test_2_2_4_the_datetime_of_a_link_is_the_memento_datetime_of_what_it_leads_to(site: str) -> None:
    listed = {
        link.url: link.datetime for link in parse(ask(site, MAP).read().decode("ascii")) if "memento" in link.rels
    }
    chain: list[str] = []
    following: str | None = next(iter(listed))
    while following:
        answer = ask(site, following)
        found = links(answer)
        assert http_date(answer.headers["memento-datetime"]) == listed[following]
        for link in found:
            if "memento" in link.rels:
                assert link.datetime == listed[link.url]
        if chain:
            assert the(found, "prev").url == chain[-1]
        chain.append(following)
        following = next((link.url for link in found if "next" in link.rels), None)

    # 2.2.4: from the first by `next` to the last, and by `prev` back, every memento of the TimeMap and no other.
    assert chain == list(listed)


def test_4_5_6_the_datetime_of_a_memento_never_changes(site: str, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    copy.write_bytes(path.read_bytes())
    with Archive(copy) as archive:
        watch = Watch(archive)
        watch.add("dredging", ORIGINAL)
        watch.now += timedelta(days=10)
        watch.look(page("Another text altogether stands here, of as many words as there were in the paragraph before."))
        rebuild(archive.connection)
    with running(serve(copy)) as later:
        for number in (1, 2, 3):
            now, then = (ask(at, f"/-/redline/archive/dredging/{number}") for at in (later, site))
            assert now.headers["memento-datetime"] == then.headers["memento-datetime"]


def test_5_an_original_that_is_not_known_has_no_timegate_and_no_timemap(site: str) -> None:
    for path in (GATE, MAP):
        answer = ask(site, path.replace("/dredging?", "/trawling?"))
        assert answer.status == 404
        assert answer.headers["memento-datetime"] is None
        assert answer.headers["location"] is None
