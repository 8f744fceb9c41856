"""Runs on a real Dask scheduler with worker processes, some of which are killed."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("distributed")

from scraper.archive import Archive
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.errors import ClusterError, UsageError
from scraper.executing.cluster import Cluster
from scraper.executing.part import PAGES
from scraper.run import run
from tests.executing.clusters import Running, scheduler
from tests.executing.watched import HOSTS, PAGES_EACH, STORY, Meanwhile, observed, slowly, told, watched
from tests.scripted import Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A worker ends where it is to read a page that holds this word, as a fault in a parser written in C would end it.
POISONED = """
import os
import scraper.executing.part as part

reading = part.read

def read(body, **given):
    if b"poison" in body:
        os._exit(1)
    return reading(body, **given)

part.read = read
"""


@pytest.fixture(scope="module")
def cluster_of_three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("cluster")
    preload = folder / "poisoned.py"
    preload.write_text(POISONED)
    with scheduler(folder, {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(preload)}) as started:
        started.staff(3)
        yield started


@pytest.fixture
def running(cluster_of_three: Running) -> Running:
    """A cluster with at least two workers, whatever became of the others."""
    cluster_of_three.staff(2)
    return cluster_of_three


@pytest.fixture
def sites() -> Iterator[list[Scripted]]:
    with ExitStack() as stack:
        pages = {f"/{n}": page(STORY.format(n=n)) for n in range(PAGES_EACH)}
        yield [stack.enter_context(Scripted(dict(pages))) for _ in range(HOSTS)]


def test_a_cluster_comes_to_the_same_archive_as_threads_do(
    running: Running, sites: list[Scripted], tmp_path: Path
) -> None:
    # Two pages far apart, in different parts of a batch, that one address is made to stand for.
    for n in (1, PAGES + 5):
        sites[0].pages[f"/{n}"] = redirect("/a-new-place-for-everything", 301)
    sites[0].pages["/a-new-place-for-everything"] = page(STORY.format(n="of all"))
    sites[1].pages["/7"] = page("<h1>Access denied</h1>", 403)
    sites[2].pages["/9"] = page("gone", 410)

    with Archive(tmp_path / "threads.db") as threads, Archive(tmp_path / "cluster.db") as on_cluster:
        run(watched(sites), threads)
        with Cluster(running.address) as cluster:
            done = run(watched(sites), on_cluster, executor=cluster)

        assert told(on_cluster) == told(threads)
        assert done.fetched == HOSTS * PAGES_EACH
        assert verify(on_cluster.connection).findings == ()
        outcomes = dict(on_cluster.connection.execute("select source_id, outcome from fetches").fetchall())
    assert [outcomes[f"s0-{n}"] for n in (1, PAGES + 5)] == ["redirected_elsewhere"] * 2


def test_a_worker_that_is_killed_costs_no_observation_and_doubles_none(
    running: Running, sites: list[Scripted], tmp_path: Path
) -> None:
    for site in sites:
        site.pages = {f"/{n}": slowly(n) for n in range(PAGES_EACH)}
    with Archive(tmp_path / "a.db") as archive, Cluster(running.address) as cluster:
        _await_workers(cluster, running)
        doomed = running.living()[0]
        done = run(watched(sites), archive, executor=cluster, report=Meanwhile(5, doomed.kill))

        assert doomed.wait() != 0
        assert done.outcomes == {"first_version": HOSTS * PAGES_EACH}
        assert set(observed(archive).values()) == {1}
        assert len(observed(archive)) == HOSTS * PAGES_EACH
        assert verify(archive.connection).findings == ()


def test_a_page_that_ends_every_worker_is_given_up_and_said_so(
    running: Running, sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.executing.hosts.LOSSES", 2)  # a worker takes its time to start
    running.staff(3)
    sites[0].pages["/2"] = page("<main><p>poison</p></main>")
    with Archive(tmp_path / "a.db") as archive, Cluster(running.address) as cluster:
        _await_workers(cluster, running)
        done = run(watched(sites[:1], 6), archive, executor=cluster)
        given_up = archive.connection.execute("select * from fetches where source_id = 's0-2'").fetchone()
        assert verify(archive.connection).findings == ()
        assert set(observed(archive).values()) == {1}

    assert done.outcomes == {"first_version": 5, "extraction_suspect": 1}
    assert given_up["reason"].startswith("2 workers were lost one after the other")
    assert (given_up["status"], given_up["capture_id"]) == (None, None)


def test_no_more_is_fetched_than_the_workers_have_room_for_while_nothing_is_stored(
    running: Running, tmp_path: Path
) -> None:
    import time

    count = 400
    with Scripted({f"/{n}": page(STORY.format(n=n)) for n in range(count)}) as site:
        fetched: list[int] = []

        def look() -> None:
            before = -1
            while before != (before := len(site.asked)):
                time.sleep(0.5)
            fetched.append(before)

        with Archive(tmp_path / "a.db") as archive, Cluster(running.address) as cluster:
            run(watched([site], count), archive, executor=cluster, report=Meanwhile(1, look))

    # One host is done by one worker at a time: while the first part is stored the second is fetched, and nothing after.
    assert fetched == [2 * PAGES]
    assert len(site.asked) == count


def test_other_software_on_a_worker_is_an_error_in_one_line(
    running: Running, sites: list[Scripted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.executing.crew.SOFTWARE", "Redline 9.0")
    with Archive(tmp_path / "a.db") as archive, Cluster(running.address) as cluster:
        with pytest.raises(ClusterError, match=r"runs Redline .*, and this is Redline 9\.0: install the same on both"):
            run(watched(sites), archive, executor=cluster)
        assert archive.runs()[0]["finished"], "a run that its cluster left is closed, and its head fixes it"
    assert [site.asked for site in sites] == [[], [], []]


def test_a_cluster_without_workers_is_an_error_in_one_line(tmp_path: Path, sites: list[Scripted]) -> None:
    with (
        scheduler(tmp_path) as running,
        Archive(tmp_path / "a.db") as archive,
        Cluster(running.address, workers_within=0.5) as cluster,
        pytest.raises(ClusterError, match="no worker is at the Dask scheduler tcp://"),
    ):
        run(watched(sites), archive, executor=cluster)


def test_a_scheduler_that_goes_is_an_error_in_one_line_and_what_came_before_is_stored(
    tmp_path: Path, sites: list[Scripted]
) -> None:
    with scheduler(tmp_path) as running, Archive(tmp_path / "a.db") as archive:
        running.staff(1)
        assert running.scheduler is not None
        with Cluster(running.address) as cluster:
            _await_workers(cluster, running)
            with pytest.raises(
                ClusterError, match=r"the Dask scheduler at tcp://.* is gone: what came before is stored"
            ):
                run(watched(sites), archive, executor=cluster, report=Meanwhile(3, running.scheduler.kill))
        assert archive.runs()[0]["fetched"] >= 3
        assert verify(archive.connection).findings == ()


def test_nobody_at_the_address_is_an_error_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.executing.cluster.CONNECT_WITHIN", 0.3)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9") as caught:
        Cluster("tcp://127.0.0.1:9")
    assert "\n" not in str(caught.value)


def test_a_greeting_that_comes_together_with_other_news_is_asked_for_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    untyped: Any = Client
    connect, greeted = untyped._ensure_connected, list[object]()

    async def crowded(client: object, timeout: float | None = None) -> None:
        greeted.append(id(client))
        if len(greeted) < 3:
            raise AssertionError  # as it does of two messages in one
        await connect(client, timeout)

    monkeypatch.setattr(Client, "_ensure_connected", crowded)
    with Cluster(running.address) as cluster:
        _await_workers(cluster, running)
    assert len(greeted) == 3


def test_an_address_that_is_none_is_an_error_in_one_line() -> None:
    with pytest.raises(UsageError, match="nowhere://x is no address of a Dask scheduler"):
        Cluster("nowhere://x")


def test_a_missing_dask_is_an_error_that_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"redline\[cluster\]"):
        Cluster("tcp://127.0.0.1:8786")


def test_the_command_runs_on_a_cluster(running: Running, sites: list[Scripted], tmp_path: Path) -> None:
    from click.testing import CliRunner

    listed = tmp_path / "sources.toml"
    lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
    listed.write_text("\n".join([*lines, "[[source]]", 'id = "one"', f'url = "{sites[0].url("/1")}"']))
    command = ["run", "--db", str(tmp_path / "a.db"), "--sources", str(listed), "--cluster", running.address]

    done = CliRunner().invoke(main, command)

    assert done.exit_code == 0, done.output
    assert sites[0].paths() == ["/1"]


def _await_workers(cluster: Cluster, running: Running) -> None:
    client: Any = cluster._client
    client.wait_for_workers(len(running.living()), timeout=30)
