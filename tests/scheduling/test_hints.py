"""What claims and silence do to the moment at which a page is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.config import Source
from scraper.scheduling.claims import Claim, Record
from scraper.scheduling.due import due
from scraper.scheduling.hints import AT_ONCE, Hint, hints_of
from scraper.scheduling.outlook import FLOOR
from tests.scheduling.records import NOW, history, outlook

if TYPE_CHECKING:
    from datetime import datetime

PAGE = Source("page", "https://example.gov/page", publisher="example.gov")
PROVEN = Record(held=20, heeded=20, announced=20, changes=20)
HOUR = timedelta(hours=1)


def said(hours: float, source_id: str = "page", *, record: Record = PROVEN) -> Hint:
    """A claim of a change, made and heard so many hours ago."""
    moment = NOW - hours * HOUR
    return Hint(record, Claim(source_id, "example.gov", "sitemap", f"{moment:%Y-%m-%dT%H:%M:%SZ}", moment))


def moment(past: float, hint: Hint | None, page: Source = PAGE, threshold: float = 0.2) -> datetime:
    return due(page, history(age=400, watched=300, looked=past), outlook(threshold), NOW, hint).at


def test_a_page_that_a_proven_list_says_was_changed_is_due_at_once_and_says_why() -> None:
    past = history(age=400, watched=300, looked=1)
    assert moment(1, None) > NOW + timedelta(days=2)
    found = due(PAGE, past, outlook(0.2), NOW, said(3))
    assert found.by(NOW)
    assert found.learnt
    assert found.why == "sitemap says changed 2026-06-01T09:00:00Z (as it held 20 of 20 times); last looked at 24 h ago"
    assert found.pressing > due(PAGE, past, outlook(0.2), NOW).pressing


def test_a_list_that_was_never_tried_is_heeded_a_little_and_one_that_lies_not_at_all() -> None:
    assert due(
        PAGE, history(age=400, watched=300, looked=1), outlook(0.2), NOW, said(3, record=Record())
    ).why.startswith("sitemap says changed 2026-06-01T09:00:00Z (not yet put to the test)")
    liar = Record(held=0, heeded=30)
    assert moment(1, said(3, record=liar)) == moment(1, None)


def test_a_keepers_rhythm_and_a_ladder_are_left_alone() -> None:
    rhythm = Source("page", "https://example.gov/page", publisher="example.gov", every=timedelta(days=9))
    assert moment(1, said(3), rhythm) == moment(1, None, rhythm)
    gone = history(looked=1, outcome="gone", absent_since=NOW - timedelta(days=3))
    assert due(PAGE, gone, outlook(), NOW, said(3)).at == due(PAGE, gone, outlook(), NOW).at


def test_silence_of_a_proven_list_puts_a_look_off_and_never_beyond_thirty_days() -> None:
    quiet = Hint(PROVEN, silent_at=NOW - HOUR)
    assert moment(3, quiet) > moment(3, None) + timedelta(days=1)
    assert moment(29, Hint(PROVEN, silent_at=NOW)) <= NOW - timedelta(days=29) + FLOOR
    assert "which announces changes, named none 60 min ago" in due(PAGE, history(looked=3), outlook(), NOW, quiet).why


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 29), st.floats(0, 700), st.floats(1e-4, 50), st.integers(0, 30), st.integers(0, 30))
def test_a_claim_never_puts_a_look_off_and_unproven_silence_changes_nothing(
    looked: float, hours: float, threshold: float, held: int, failed: int
) -> None:
    record = Record(held=held, heeded=held + failed, announced=4, changes=4)
    plain = moment(looked, None, threshold=threshold)
    assert moment(looked, said(hours, record=record), threshold=threshold) <= plain
    assert moment(looked, Hint(record, silent_at=NOW - hours * HOUR), threshold=threshold) <= plain + timedelta(
        minutes=1
    )
    assert plain - timedelta(minutes=1) <= moment(looked, Hint(PROVEN, silent_at=NOW), threshold=threshold)


def test_of_a_list_that_was_hardly_tried_a_few_claims_are_heeded_at_a_time() -> None:
    pages = [f"page-{n}" for n in range(9)]
    news = [claim for page in pages if (claim := said(1, page).claim)]
    histories = {page: history(looked=1) for page in pages}
    assert len(hints_of(news, {}, {}, histories)) == AT_ONCE
    assert len(hints_of(news, {}, {("example.gov", "sitemap"): PROVEN}, histories)) == 9
    assert hints_of(news, {}, {("example.gov", "sitemap"): Record(heeded=30)}, histories) == {}


def test_a_claim_that_a_look_has_answered_is_no_hint_any_more() -> None:
    claims = [claim for claim in (said(3).claim,) if claim]
    assert hints_of(claims, {}, {}, {"page": history(looked=0.1)}) == {}
    silent = {"page": (NOW, PROVEN)}
    assert hints_of(claims, silent, {}, {"page": history(looked=0.1)})["page"].silent_at == NOW
