"""Every code is what some look comes to: fetched over HTTP, judged, and stored in an archive."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper.archive import Archive
from scraper.config import Source, WatchList
from scraper.fetching import Answer, Client, HostState, Request, Verdict, fetch_host
from scraper.fetching.codes import REFUSALS, Code, code_from_text
from scraper.fetching.observation import FAILURES, FINDINGS, OUTCOMES
from tests.fetching.asking import loopback
from tests.fetching.hostile.codes import ASKED, WAYS, Way
from tests.fetching.hostile.test_verdicts import WithCatchAll
from tests.fetching.test_tls import speaking
from tests.fetching.visiting import answers, visit
from tests.scripted import Asked, Moments, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.config import FetchSettings


class Bench:
    """A site, an archive that watches it, and the time of both."""

    def __init__(self, site: Scripted, archive: Archive, settings: FetchSettings, moments: Moments) -> None:
        self.site, self.archive, self.settings, self.moments = site, archive, settings, moments

    def take(self, way: Way) -> str | None:
        """Look as a way says, twelve hours apart; give the code of the last look."""
        sources = tuple(Source(f"s{n}", self.site.url(path), rules=way.rules) for n, path in enumerate(way.asked))
        self.archive.sync(WatchList(sources), self.moments.now)
        settings = replace(self.settings, robots=way.robots, timeout=way.timeout, delay=0.0, max_bytes=1_000_000)
        # The clock passes when it is told to; how long an answer takes is measured by a real one.
        for pages in way.looks:
            self.site.pages = WithCatchAll(pages)
            requests = list(self.archive.requests(sources, self.moments.now))
            results = fetch_host(
                requests, HostState(self.site.host), settings, clock=self.moments.clock, sleep=self.moments.sleep
            )
            found = [self.store(answer) for answer in answers(list(results))]
            self.moments.pass_by(12 * 3600)
        return found[-1]

    def store(self, answer: Answer) -> str | None:
        """Record an answer; give the code that it is stored under."""
        recorded = self.archive.record(self.archive.begin_run("test", 1, self.moments.now), answer)
        row = self.archive.connection.execute(
            "select outcome, reason_code from fetches where id = ?", (recorded.fetch_id,)
        ).fetchone()
        code = Code(row["reason_code"])  # type: ignore[call-arg]
        assert code.outcome in (None, row["outcome"])
        return code.value

    def fetch(self, url: str, **given: Any) -> str | None:
        """Look at one address with a client of its own."""
        self.archive.sync(WatchList((Source("s0", url),)), self.moments.now)
        with Client(given.pop("settings", self.settings), **given) as client:
            return self.store(client.fetch(Request("s0", url)))


@pytest.fixture
def bench(site: Scripted, settings: FetchSettings, moments: Moments, archive: Archive) -> Bench:
    return Bench(site, archive, settings, moments)


@pytest.fixture
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("codes") / "archive.db") as opened:
        yield opened


@pytest.mark.parametrize("code", WAYS)
def test_a_site_that_answers_so_comes_to_the_code(bench: Bench, code: Code) -> None:
    assert bench.take(WAYS[code]) == code


def a_name_without_address(bench: Bench) -> str | None:
    def resolve(*_: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(-2, "Name or service not known")

    return bench.fetch("http://nowhere.example/", resolve=resolve)


def a_closed_port(bench: Bench) -> str | None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return bench.fetch(f"http://127.0.0.1:{port}/")


def an_address_that_no_connection_leads_to(bench: Bench) -> str | None:
    return bench.fetch("http://255.255.255.255/", settings=replace(bench.settings, allow_private=("255.0.0.0/8",)))


def a_site_that_speaks_no_tls(bench: Bench) -> str | None:
    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        code = bench.fetch(f"https://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    return code


def a_certificate_of_nobody(bench: Bench) -> str | None:
    with speaking(b"", says_goodbye=False) as port:
        return bench.fetch(f"https://localhost:{port}/", resolve=loopback)


def a_redirect_to_a_host_that_rests(bench: Bench) -> str | None:
    with Scripted({"/a": page("later", 429, Retry_After="3600")}) as other:
        bench.site.pages = {"/a": redirect(other.url("/a"))}
        bench.archive.sync(WatchList(tuple(Source(f"s{n}", bench.site.url("/a")) for n in range(2))), bench.moments.now)
        return [bench.store(got) for got in answers(visit(bench.site, bench.settings, bench.moments, "/a", "/a"))][-1]


def a_page_that_is_modified_at_every_request(bench: Bench) -> str | None:
    def serve(_: Asked) -> Iterator[bytes]:
        stamp = f'<meta property="article:modified_time" content="{bench.moments.now.isoformat()}">'
        yield f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{stamp}<h1>Work</h1><p>The work begins.".encode()

    return bench.take(Way(({ASKED: serve}, {ASKED: serve})))


def a_fault_of_ours(bench: Bench) -> str | None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("scraper.normalizing.normalize", fail)
        return bench.take(WAYS[Code.DOCUMENT])


OTHERWISE: dict[Code, Callable[[Bench], str | None]] = {
    Code.DNS: a_name_without_address,
    Code.CONNECTION_REFUSED: a_closed_port,
    Code.UNREACHABLE: an_address_that_no_connection_leads_to,
    Code.TLS: a_site_that_speaks_no_tls,
    Code.TLS_CERTIFICATE: a_certificate_of_nobody,
    Code.HOST_RESTING: a_redirect_to_a_host_that_rests,
    Code.ONLY_CLOCK: a_page_that_is_modified_at_every_request,
    Code.FAULT: a_fault_of_ours,
}


@pytest.mark.parametrize("code", OTHERWISE)
def test_what_no_page_alone_brings_about_comes_to_the_code(bench: Bench, code: Code) -> None:
    assert OTHERWISE[code](bench) == code


def test_there_is_no_code_that_nothing_comes_to() -> None:
    assert WAYS.keys() | OTHERWISE.keys() == set(Code)
    assert WAYS.keys().isdisjoint(OTHERWISE)


def test_every_code_has_a_known_outcome_and_a_meaning_of_its_own() -> None:
    assert all(code.outcome is None or code.outcome in OUTCOMES for code in Code)
    assert len({code.means for code in Code}) == len(Code)
    assert {code.outcome for code in REFUSALS} == {"blocked"}
    assert {*FAILURES, *FINDINGS} <= {code.outcome for code in Code}


def test_a_verdict_has_a_code_of_the_list_and_the_outcome_of_its_code() -> None:
    assert Verdict.by(Code.HTTP_404, "404").outcome == "gone"
    with pytest.raises(ValueError, match="http_404 is no code of blocked"):
        Verdict("blocked", "404", Code.HTTP_404)
    with pytest.raises(ValueError, match="teapot"):
        Verdict.by(Code("teapot"), "418")  # type: ignore[call-arg]
    assert code_from_text("teapot") is None
    assert code_from_text(None) is None
    assert code_from_text("http_404") is Code.HTTP_404


def test_every_code_stands_in_the_guide_with_its_outcome_and_meaning() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "fetching.md").read_text("utf-8")

    assert [code for code in Code if f"| `{code}` | " not in guide or f" | {code.means} |\n" not in guide] == []
    assert [code for code in Code if code.outcome and f"| `{code}` | `{code.outcome}` |" not in guide] == []
