"""What the archive tells the schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.archive.watching import PARAGRAPHS, START, Watch, page

if TYPE_CHECKING:
    from scraper.archive import Archive
    from scraper.scheduling.history import History

EDITED = page(*PARAGRAPHS[:1], "The work costs 61 million crowns and is paid from a loan.", *PARAGRAPHS[2:])


def of(watch: Watch, source_id: str = "dredging") -> History:
    return watch.archive.histories(watch.now)[source_id]


def test_a_source_that_was_never_looked_at_has_no_history(watch: Watch) -> None:
    assert watch.archive.histories(watch.now) == {}


def test_looks_that_find_a_page_unchanged_are_time_that_it_was_watched(watch: Watch) -> None:
    for _ in range(3):
        watch.look(page(*PARAGRAPHS))
    found = of(watch)

    assert found.outcome == "unchanged"
    assert found.seen == found.looked
    assert found.watched is not None
    assert found.watched[1] - found.watched[0] == pytest.approx(1.0)
    assert found.changed == ()


def test_a_change_is_an_interval_between_two_looks_at_known_ages(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(EDITED)
    found = of(watch)

    assert found.watched is not None
    assert len(found.changed) == 1
    assert found.changed[0].count == 1
    assert (found.changed[0].before, found.changed[0].after) == pytest.approx(found.watched)


def test_changes_of_one_band_of_age_are_put_together_as_their_mean(watch: Watch) -> None:
    texts = [page(*PARAGRAPHS), EDITED]
    for n in range(8):
        watch.look(texts[n % 2])
    found = of(watch)

    assert sum(group.count for group in found.changed) == 7
    assert len(found.changed) < 7
    assert all(group.after - group.before == pytest.approx(0.5) for group in found.changed)


def test_a_change_that_leaves_the_wording_alone_is_none_here(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS, modified="2026-03-02T18:00:00Z"))
    assert watch.archive.changes()[0].kind == "metadata_only"
    assert of(watch).changed == ()


def test_a_page_is_as_old_as_it_says(watch: Watch) -> None:
    dated = page(*PARAGRAPHS).replace(
        b"<meta charset=utf-8>", b'<meta charset=utf-8><meta property="article:published_time" content="2019-11-20">'
    )
    watch.look(dated)
    assert of(watch).born.date().isoformat() == "2019-11-20"


@pytest.mark.parametrize("said", ["next Tuesday", "3026-01-01", "03/04/2019", "12:30"])
def test_a_date_that_cannot_be_is_not_believed(watch: Watch, said: str) -> None:
    dated = f'<meta charset=utf-8><meta property="article:published_time" content="{said}">'
    watch.look(page(*PARAGRAPHS).replace(b"<meta charset=utf-8>", dated.encode()))
    assert abs(of(watch).born - START) < timedelta(seconds=1)


def test_failures_in_a_row_are_counted_and_are_no_looks(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    seen = of(watch).looked
    for _ in range(3):
        watch.look(b"<h1>Access denied</h1>", status=403)
    found = of(watch)

    assert (found.outcome, found.failures) == ("blocked", 3)
    assert found.seen == seen
    watch.look(page(*PARAGRAPHS))
    assert of(watch).failures == 0


def test_a_source_that_never_answered_has_been_seen_never(watch: Watch) -> None:
    watch.look(None, status=None, failure="network_error")
    found = of(watch)
    assert (found.seen, found.watched, found.failures) == (None, None, 1)


def test_an_absence_stands_until_the_page_is_seen_again_and_then_it_came_back_lately(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(3):
        watch.look(b"gone", status=410)
    gone = of(watch)
    assert gone.removed
    assert gone.absent_since is not None
    assert gone.seen == gone.looked

    watch.look(page(*PARAGRAPHS))
    back = of(watch)
    assert (back.removed, back.absent_since) == (False, None)
    assert back.moved == back.looked


def test_a_removal_counts_as_a_change_like_any_other(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(3):
        watch.look(b"gone", status=410)
    assert sum(group.count for group in of(watch).changed) == 1


def test_a_page_that_answers_elsewhere_has_moved(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS), final_url="https://www.example.gov/news/2026/dredging-contract")
    assert of(watch).moved == of(watch).looked


def test_a_text_that_collapsed_has_been_seen_and_is_doubted(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS * 3))
    watch.look(page("The page is being revised."))
    found = of(watch)
    assert found.outcome == "extraction_suspect"
    assert found.doubt_since == found.seen == found.looked


def test_what_happened_before_the_window_is_forgotten_but_the_page_keeps_its_age(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(EDITED)
    watch.now += timedelta(days=400)
    watch.look(EDITED)
    watch.now += timedelta(days=10)
    watch.look(EDITED)
    found = of(watch)

    assert found.changed == ()
    assert found.watched is not None
    assert found.watched[0] > 200
    assert found.age(watch.now) > 400


def test_what_left_the_watch_list_is_not_planned(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.sources.clear()
    watch.add("other", "https://www.example.gov/other")
    assert watch.archive.histories(watch.now) == {}


def begin(archive: Archive, *hours: float) -> None:
    for hour in hours:
        archive.begin_run("test", 0, START + timedelta(hours=hour))


def test_the_usual_time_between_runs_is_the_median_and_a_missed_night_does_not_change_it(archive: Archive) -> None:
    begin(archive, 0, 6, 12, 30, 36, 42)
    assert archive.usual_wake() == timedelta(hours=6)


def test_runs_by_hand_one_after_the_other_are_no_rhythm_and_two_runs_are_none(archive: Archive) -> None:
    begin(archive, 0, 0.1, 0.15, 6)
    assert archive.usual_wake() is None
    begin(archive, 12, 12.05, 18)
    assert archive.usual_wake() == timedelta(hours=6)
