"""What is worked out of an answer beforehand, and what of it is taken when it is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import scraper.archive.preparing as preparing
from scraper.archive.captures import load_body
from scraper.archive.groundwork import Groundwork
from scraper.archive.preparing import prepare
from scraper.archive.verify import verify
from scraper.fetching.observation import Answer
from scraper.normalizing.document import Rules
from tests.archive.watching import EDITED, PARAGRAPHS, URL, page

if TYPE_CHECKING:
    from tests.archive.watching import Watch

HTML = (("Content-Type", "text/html; charset=utf-8"),)


def answer(watch: Watch, body: bytes | None, status: int = 200) -> Answer:
    return Answer(
        "dredging", URL, watch.now, 9, final_url=URL, status=status, headers=HTML if status == 200 else (), body=body
    )


def noisy(nonce: str, *paragraphs: str) -> bytes:
    return page(*paragraphs).replace(b"<body>", f'<body><script nonce="{nonce}">go()</script>'.encode())


def test_a_page_that_differs_in_noise_is_known_by_the_version_that_stands(watch: Watch) -> None:
    watch.look(noisy("a1", *PARAGRAPHS))
    stands = watch.archive.connection.execute("select id, sha256 from captures").fetchone()

    ready = prepare(watch.archive.connection, answer(watch, noisy("b2", *PARAGRAPHS)), Rules())

    assert ready.reading is not None
    assert (ready.reading.document, ready.reading.same_as) == (None, stands["sha256"])
    assert ready.packed is not None
    assert ready.packed.base_id == stands["id"]


def test_a_page_that_was_edited_comes_with_its_document(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))

    ready = prepare(watch.archive.connection, answer(watch, page(*EDITED)), Rules())

    assert ready.reading is not None
    assert ready.reading.document is not None
    assert ready.reading.same_as is None
    assert "61 million" in ready.reading.document.text


@pytest.mark.parametrize(("body", "status"), [(None, 404), (b"", 304)])
def test_an_answer_without_a_body_leaves_nothing_to_do(watch: Watch, body: bytes | None, status: int) -> None:
    assert prepare(watch.archive.connection, answer(watch, body, status), Rules()) == Groundwork()


def test_a_page_that_is_not_read_is_judged_and_packed_all_the_same(watch: Watch) -> None:
    ready = prepare(watch.archive.connection, answer(watch, b"Not here", 404), Rules())

    assert ready.verdict is not None
    assert ready.verdict.outcome == "gone"
    assert ready.reading is None
    assert ready.packed is not None


def test_a_fault_of_ours_is_left_to_the_one_who_stores(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_answer: Answer) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(preparing, "judge", fail)
    assert prepare(watch.archive.connection, answer(watch, page(*PARAGRAPHS)), Rules()) == Groundwork()


def test_what_no_longer_holds_is_worked_out_anew(watch: Watch) -> None:
    """Prepared against a version that another look replaced meanwhile, and under rules that the keeper mended."""
    watch.look(noisy("a1", *PARAGRAPHS))
    back = answer(watch, noisy("b2", *PARAGRAPHS))
    early = prepare(watch.archive.connection, back, Rules())
    watch.look(page(*EDITED))
    watch.add(rules=Rules(remove=("h1",)))
    watch.archive.catch_up()

    recorded = watch.archive.record(watch.run_id, replace(back, started=watch.now + timedelta(hours=1)), early)

    assert recorded.outcome == "new_version"
    assert "48" in watch.archive.changes(limit=1)[0].summary
    assert verify(watch.archive.connection).findings == ()


def test_a_body_that_was_packed_against_another_page_is_packed_anew(watch: Watch) -> None:
    watch.add("other", f"{URL}-other")
    watch.look(page(*PARAGRAPHS), "other")
    watch.look(page(*PARAGRAPHS))
    ready = prepare(watch.archive.connection, answer(watch, page(*EDITED)), Rules())
    assert ready.packed is not None
    theirs = watch.archive.connection.execute("select id from captures where source_id = 'other'").fetchone()["id"]

    watch.archive.record(
        watch.run_id, answer(watch, page(*EDITED)), replace(ready, packed=replace(ready.packed, base_id=theirs))
    )

    stored = watch.archive.connection.execute("select id, base_id from captures order by id desc limit 1").fetchone()
    assert stored["base_id"] != theirs
    assert load_body(watch.archive.connection, stored["id"]) == page(*EDITED)
