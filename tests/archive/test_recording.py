"""What the records of a run have in common is remembered between them, and forgotten where it stands no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scraper.archive.rows import insert, transaction
from scraper.archive.verify import verify
from tests.archive.watching import PARAGRAPHS, Watch, page

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Server", "harbour/1.0"))


class _FaultError(Exception):
    """A fault in the middle of a record."""


def _failing_once(real: Callable[..., int]) -> Callable[..., int]:
    faults = [_FaultError()]

    def failing(connection: object, table: str, row: object, **rest: object) -> int:
        if table == "fetches" and faults:
            raise faults.pop()
        return real(connection, table, row, **rest)

    return failing


@pytest.mark.parametrize("gathered", [True, False])
def test_a_record_that_fails_halfway_leaves_nothing_and_the_others_stand(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, gathered: bool
) -> None:
    if gathered:
        watch.archive.gather()
    watch.look(page(*PARAGRAPHS), headers=HEADERS)
    monkeypatch.setattr("scraper.archive.recording.insert", _failing_once(insert))
    with pytest.raises(_FaultError):
        # By now the header lines came twice and had been given rows, which are taken back with the rest.
        watch.look(page(*PARAGRAPHS[:2]), headers=HEADERS)
    looked = [watch.look(page(*PARAGRAPHS[:2]), headers=HEADERS) for _ in range(2)]
    watch.archive.keep()

    assert [recorded.fetch_id for recorded in looked] == [2, 3]
    assert [recorded.outcome for recorded in looked] == ["new_version", "unchanged"]
    assert verify(watch.archive.connection).findings == ()
    stored = watch.archive.connection.execute("select headers from fetches where id = 3").fetchone()[0]
    assert json.loads(stored) == [1, 2]


def test_a_record_follows_the_one_that_stands_and_not_one_that_was_taken_back(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    with transaction(watch.archive.connection, keep=False):
        watch.look(page(*PARAGRAPHS[:2]))
    again = watch.look(page(*PARAGRAPHS[1:]))

    assert again.fetch_id == 2
    assert verify(watch.archive.connection).findings == ()


def test_a_record_follows_the_closing_of_a_run(watch: Watch) -> None:
    archive = watch.archive
    watch.look(page(*PARAGRAPHS))
    head = archive.finish_run(watch.run_id, watch.now, fetched=1, changed=0, failed=0)
    watch.run_id = 0
    watch.look(page(*PARAGRAPHS[:2]))
    watch.look(page(*PARAGRAPHS))

    assert verify(archive.connection, head=head).findings == ()


def test_a_gathered_transaction_holds_what_it_could_be_taken_back_to_in_memory(watch: Watch) -> None:
    connection = watch.archive.connection
    assert connection.execute("pragma temp_store").fetchone()[0] == 0
    watch.archive.gather()
    assert connection.execute("pragma temp_store").fetchone()[0] == 2
    watch.archive.keep()
    assert connection.execute("pragma temp_store").fetchone()[0] == 0


def test_feeds_are_taken_from_the_publisher_of_the_page_and_not_from_whom_it_leads_to(watch: Watch) -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    announcing = page(*PARAGRAPHS).replace(b"</head>", link + b"</head>")
    assert link in announcing
    channels = "select url from channels order by url"
    watch.look(announcing, final_url="https://parked.stranger.net/x")
    assert watch.archive.connection.execute(channels).fetchall() == []
    watch.look(announcing.replace(b"/feed", b"/feed/2"), final_url="https://news.example.gov/dredging")
    assert [row[0] for row in watch.archive.connection.execute(channels)] == ["https://news.example.gov/feed/2"]
