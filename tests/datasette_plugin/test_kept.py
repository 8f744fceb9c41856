"""What was answered is given again for as long as nobody commits, to everybody alike and to nobody else."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from scraper.archive import Archive, edit_search, looking, searching, timeline
from scraper.archive.redaction import redact, targets
from scraper.datasette_plugin import front_page
from scraper.datasette_plugin.kept import Facts, Kept, kept
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.datasette_plugin.served import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scraper.archive.terms import Terms

FRONT = "/-/redline/archive"
SECRET = "Plovdivanka-Quisquilia"


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with Archive(tmp_path / "archive.db") as archive:
        watch = Watch(archive)
        watch.add()
        watch.look(page(*PARAGRAPHS[:2]))
        watch.look(page(*PARAGRAPHS))
        yield watch


@pytest.fixture
def served(watch: Watch, tmp_path: Path) -> Served:
    watch.archive.connection.commit()
    return serve(tmp_path / "archive.db")


@pytest.fixture
def single(watch: Watch, tmp_path: Path) -> Served:
    """With one thread for the archive: Datasette starts others when it likes, and each connection begins anew."""
    watch.archive.connection.commit()
    return Served(Datasette([str(tmp_path / "archive.db")], settings={"num_sql_threads": 1}))


def made(served: Served, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The list of pages that are really made from now on: the front page asks for its filters each time."""
    asked: list[str] = []
    known = vars(front_page)["filters"]

    def counted(ask: Any, given: Any) -> Any:
        asked.append(ask.raw_query)
        return known(ask, given)

    monkeypatch.setattr(front_page, "filters", counted)
    return asked


def test_the_same_question_is_answered_once_until_somebody_commits(
    single: Served, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = made(single, monkeypatch)
    first, *again = [single.get(FRONT) for _ in range(9)]

    assert len(asked) == 1
    assert {(answer.content, answer.headers["etag"]) for answer in again} == {(first.content, first.headers["etag"])}

    watch.look(page(*PARAGRAPHS, "The harbour master asked for nine more buoys on Friday."))
    watch.archive.connection.commit()
    new = single.get(FRONT)
    assert "nine more buoys" in new.text
    assert "nine more buoys" not in first.text
    assert new.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("path", ["", "/dredging", "/dredging/2", "/dredging/1..2", "/-/search?q=ferries", "/-/pages"])
def test_a_reader_who_has_a_page_is_told_so_in_a_few_bytes(served: Served, watch: Watch, path: str) -> None:
    whole = served.get(FRONT + path)
    tag = whole.headers["etag"]
    again = served.get(FRONT + path, headers={"if-none-match": f'"other", W/{tag}'})

    assert (whole.status_code, whole.headers["cache-control"]) == (200, "no-cache")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert served.get(FRONT + path, headers={"if-none-match": '"other"'}).content == whole.content


def test_what_is_withheld_is_gone_from_the_next_answer_and_from_memory(
    served: Served, watch: Watch, tmp_path: Path
) -> None:
    watch.look(page(*PARAGRAPHS, f"The complaint says that {SECRET} lives at number forty-one."))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=3, changed=2, failed=0)
    watch.archive.connection.commit()
    paths = [FRONT, f"{FRONT}/dredging", f"{FRONT}/dredging/3", f"{FRONT}/-/feed.atom", f"{FRONT}/-/search?q={SECRET}"]
    for path in paths * 4:
        assert SECRET in served.get(path).text
    store = kept(served.datasette)
    assert SECRET in str(store._entries)

    connection = watch.archive.connection
    redact(watch.archive, targets(connection, ["dredging/v3"]), "a private address", watch.now)

    served.get(f"{FRONT}/-/pages")
    assert SECRET not in str(store._entries)
    for path in paths[:-1]:
        assert SECRET not in served.get(path).text
    assert "number forty-one" not in served.get(paths[-1]).text


def test_nobody_is_given_what_only_others_may_read(watch: Watch, tmp_path: Path) -> None:
    watch.archive.connection.commit()
    closed = serve(tmp_path / "archive.db", extra={"allow": {"id": "root"}})
    cookie = closed.datasette.sign({"a": {"id": "root"}}, "actor")
    for _ in range(5):
        theirs = closed.get(FRONT, cookies={"ds_actor": cookie})
        assert theirs.status_code == 200
        assert theirs.headers["cache-control"].startswith("private")
        assert closed.get(FRONT).status_code in (403, 404)
        again = closed.get(FRONT, headers={"if-none-match": theirs.headers["etag"]})
        assert again.status_code in (403, 404)


def test_what_a_page_says_of_itself_is_for_the_host_that_was_asked(served: Served) -> None:
    for host in ("one.example", "two.example", "one.example"):
        assert f"http://{host}/-/redline" in served.get(f"{FRONT}/-/feed.atom", headers={"host": host}).text


def test_templates_of_an_operator_are_asked_each_time(watch: Watch, tmp_path: Path) -> None:
    watch.archive.connection.commit()
    folder = tmp_path / "templates"
    folder.mkdir()
    told = "{% block main %}for {{ request.args.get('who') }}, from {{ urls.instance() }}{% endblock %}"
    (folder / "redline_pages.html").write_text(f'{{% extends "redline_base.html" %}}{told}')
    own = Served(Datasette([str(tmp_path / "archive.db")], template_dir=str(folder)))

    for who in ("ann", "bob", "ann"):
        assert f"for {who}, from /" in own.get(f"{FRONT}/-/pages?who={who}").text
    assert "for ann" not in str(kept(own.datasette)._entries)


def test_those_who_ask_at_once_wait_for_one_answer(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.archive.connection.commit()
    datasette = Datasette([str(tmp_path / "archive.db")], settings={"num_sql_threads": 1})
    asked = made(Served(datasette), monkeypatch)

    async def together() -> list[Any]:
        await datasette.invoke_startup()
        return await asyncio.gather(*(datasette.client.get(FRONT) for _ in range(8)))

    answers = asyncio.run(together())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(asked) == 1


def test_nothing_is_kept_of_a_state_that_has_passed(tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    writer, reader = sqlite3.connect(path), sqlite3.connect(path)
    writer.execute("create table t (n)")
    store = Kept()
    before = store.state("any", reader)
    assert store.state("any", reader) == before
    store.put(before, "page", "old", 3)
    assert store.get(before, "page") == "old"

    writer.execute("insert into t values (1)")
    writer.commit()
    after = store.state("any", reader)
    assert after != before
    assert store.get(before, "page") is None
    store.put(before, "page", "late", 4)  # made while the commit came
    assert store.get(before, "page") is store.get(after, "page") is None
    assert store._weight == 0
    for connection in (writer, reader):
        connection.close()


@examples(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 400)), max_size=40))
def test_what_is_kept_never_weighs_more_than_it_may(asked: list[tuple[int, int]]) -> None:
    store = Kept(most=1000)
    connection = sqlite3.connect(":memory:")
    state = store.state("any", connection)
    for key, weight in asked:
        store.put(state, key, str(weight), weight)
        held = [int(value) for value, _ in store._entries.values()]
        assert store._weight == sum(held) <= 1000
        assert store.get(state, key) == str(weight)
    connection.close()


def test_of_several_things_only_those_that_are_not_known_are_made_and_all_in_one_go() -> None:
    connection = sqlite3.connect(":memory:")
    store = Kept()
    facts = Facts(store, store.state("any", connection))
    asked: list[list[int]] = []

    def doubled(numbers: list[int]) -> dict[int, int]:
        asked.append(numbers)
        return {number: 2 * number for number in numbers if number != 13}

    assert facts.each("twice", [1, 2], doubled) == {1: 2, 2: 4}
    assert facts.each("twice", [2, 3, 13, 1], doubled) == {2: 4, 3: 6, 1: 2}
    assert facts.each("twice", [3, 2], doubled) == {3: 6, 2: 4}
    assert facts.each("again", [2], doubled) == {2: 4}
    assert asked == [[1, 2], [3, 13], [2]]
    connection.close()


def test_an_entry_of_news_is_written_once_for_all_lists(
    single: Served, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    single.get(FRONT)
    read: list[int] = []
    known = timeline.news_of

    def counted(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, timeline.News]:
        read.extend(ids)
        return known(connection, ids)

    monkeypatch.setattr(timeline, "news_of", counted)
    (entry,) = re.findall(r'<article class="entry.*?</article>', single.get(FRONT).text, re.DOTALL)
    for query in ("?kind=content", "?order=significance", "?until=2030-01-01"):
        assert entry in single.get(FRONT + query).text
    assert read == []

    watch.look(page(*PARAGRAPHS, "The harbour master asked for nine more buoys on Friday."))
    watch.archive.connection.commit()
    assert single.get(f"{FRONT}?kind=content").text.count('<article class="entry') == 2
    assert read != []


def test_an_edit_that_brought_one_word_and_took_another_is_told_by_what_was_asked(served: Served, watch: Watch) -> None:
    watch.look(page(PARAGRAPHS[0].replace("twelve", "eleven"), *PARAGRAPHS[1:]))
    watch.archive.connection.commit()
    for _ in range(2):
        for word, where, other in (("eleven", "added", "removed"), ("twelve", "removed", "added")):
            assert f">{where}</span>" in served.get(f"{FRONT}/-/search?q={word}&in={where}").text
            assert f">{where}</span>" not in served.get(f"{FRONT}/-/search?q={word}&in={other}").text


def test_what_is_kept_of_a_document_is_told_by_all_of_its_page_until_somebody_commits(
    single: Served, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    single.get(f"{FRONT}/dredging")
    asked: list[str] = []
    known = looking.looks

    def counted(connection: sqlite3.Connection, source_id: str) -> list[tuple[str, str]]:
        asked.append(source_id)
        return known(connection, source_id)

    monkeypatch.setattr(looking, "looks", counted)
    before = single.get(f"{FRONT}/dredging?before=2")
    assert asked == []
    assert "<dt>Looks</dt><dd>2;" in before.text

    watch.look(None, status=403)
    watch.archive.connection.commit()
    after = single.get(f"{FRONT}/dredging?before=2")
    assert asked == ["dredging"]
    assert "<dt>Looks</dt><dd>3;" in after.text
    assert "the looks were turned away" in after.text


def test_words_are_looked_up_once_for_a_search_its_narrower_forms_and_its_feed(
    single: Served, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    single.get(FRONT)
    asked: list[str] = []
    known = searching.candidate_ids

    def counted(connection: sqlite3.Connection, words: Terms, source_id: str | None, limit: int) -> list[int]:
        asked.append(words.match or "")
        return known(connection, words, source_id, limit)

    monkeypatch.setattr(edit_search, "candidate_ids", counted)
    for path in ("search?q=ferries&in=added", "search?q=ferries&in=added&publisher=example.gov", "feed.atom?q=ferries"):
        assert "/-/change/" in single.get(f"{FRONT}/-/{path}").text
    single.get(f"{FRONT}/-/feed.json?q=ferries&all=1")
    single.get(f"{FRONT}/-/search?q=ferries&in=removed&since=2026-01-01")
    assert asked == ['"ferries"'] * 2  # once for what came, once for what went
    single.get(f"{FRONT}/-/search?q=ferries&in=added&source=dredging")
    assert len(asked) == 3
