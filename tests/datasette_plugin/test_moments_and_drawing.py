"""Times as a reader reads them, and the drawing of a document's life."""

from __future__ import annotations

from typing import get_args

import pytest

from scraper.archive.changes import ChangeKind
from scraper.archive.looking import Stretch
from scraper.archive.reading import ChangeRow, VersionRow
from scraper.comparing import CLASSES
from scraper.datasette_plugin.drawing import MOST, draw
from scraper.datasette_plugin.labels import KIND_LABELS, OUTCOME_LABELS, class_label, kind_label, outcome_label
from scraper.datasette_plugin.links import Links, outward
from scraper.datasette_plugin.moments import duration, interval, long_day, moment
from scraper.fetching.observation import OUTCOMES

LINKS = Links("/", "/archive", "/-/redline/archive")


def at(day: int, hour: int = 6) -> str:
    return f"2026-03-{day:02}T{hour:02}:17:00.000Z"


def version(number: int, start: str, end: str) -> VersionRow:
    return VersionRow(number, "a", number, 1, None, None, None, None, None, 10, start, end, "0" * 64)


def change(kind: str, after: str | None, by: str, *classes: str) -> ChangeRow:
    return ChangeRow(1, "a", "A", None, kind, True, classes, 0.5, "1 sentence edited", after, by, 1, 2, 1, 1)


def test_a_moment_is_written_for_people_and_for_machines() -> None:
    assert moment(at(9)).text == "9 Mar 2026, 06:17 UTC"
    assert moment(at(9)).short == "9 Mar, 06:17"
    assert moment(at(9)).iso == at(9)
    assert long_day(at(9)) == "Monday 9 March 2026"


def test_a_first_version_has_no_moment_before_it() -> None:
    assert interval(None, at(9)).after is None


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (at(1), at(1), ""),
        (at(1), at(1, 7), "1 hour"),
        (at(1, 6), at(1, 18), "12 hours"),
        (at(1), at(10), "9 days"),
        ("2026-01-01T00:00:00.000Z", "2026-12-31T00:00:00.000Z", "12 months"),
        ("2026-01-01T00:00:00.000Z", "2026-01-01T00:20:00.000Z", "20 minutes"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_tells_most(start: str, end: str, told: str) -> None:
    assert duration(start, end) == told


def test_a_change_is_drawn_as_the_interval_between_two_looks() -> None:
    coverage = [Stretch("seen", at(1), at(11), 5)]
    versions = [version(1, at(1), at(3)), version(2, at(5), at(11))]

    drawing = draw(versions, [change("content", at(3), at(5), "undeclared_edit")], coverage, LINKS)

    assert drawing is not None
    assert [(b.x, b.width) for b in drawing.versions] == [("0.00%", "20.00%"), ("40.00%", "60.00%")]
    assert [(b.x, b.width, b.style) for b in drawing.intervals] == [("20.00%", "20.00%", "alarm")]


def test_blocks_and_absences_are_drawn_apart() -> None:
    outcomes = ("seen", "blocked", "gone", "server_error")
    coverage = [Stretch(o, at(n * 2 + 1), at(n * 2 + 2), 2) for n, o in enumerate(outcomes)]

    drawing = draw([version(1, at(1), at(2))], [], coverage, LINKS)

    assert drawing is not None
    assert [look.style for look in drawing.looks] == ["seen", "blocked", "absent", "failed"]


def test_nothing_is_drawn_of_a_page_that_was_looked_at_once_or_never() -> None:
    assert draw([], [], [], LINKS) is None
    assert draw([version(1, at(1), at(1))], [], [Stretch("seen", at(1), at(1), 1)], LINKS) is None


def test_a_long_life_is_drawn_from_its_latest_versions() -> None:
    start = "2026-01-01T00:00:00.000Z"
    versions = [
        version(n + 1, f"2026-{1 + n // 28:02}-{1 + n % 28:02}T00:00:00.000Z", at(28)) for n in range(MOST + 50)
    ]
    drawing = draw(versions, [], [Stretch("seen", start, "2026-12-01T00:00:00.000Z", 9)], LINKS)

    assert drawing is not None
    assert len(drawing.versions) == MOST


def test_every_class_kind_and_outcome_has_words_for_readers() -> None:
    assert all(class_label(name).meaning for name in CLASSES)
    assert set(KIND_LABELS) == set(get_args(ChangeKind))
    assert set(OUTCOMES) <= set(OUTCOME_LABELS)
    assert class_label("made_later").text == "made later"
    assert kind_label("made_later").text == "made later"
    assert outcome_label(None).text == "not looked at yet"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//other.example/", "ftp://a.example/", "http://[", "", "https:x"],
)
def test_what_is_no_address_on_the_web_leads_nowhere(url: str) -> None:
    assert outward(url) is None


def test_an_address_on_the_web_leads_there() -> None:
    assert outward("https://a.example/b?c=d") == "https://a.example/b?c=d"
