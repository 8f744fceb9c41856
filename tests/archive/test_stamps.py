"""Dates that a page makes up at every request, and dates that only happen to be young."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scraper.archive import reading
from scraper.archive.look import Look
from scraper.archive.rebuild import rebuild
from scraper.archive.stamps import fresh
from scraper.fetching.observation import Verdict
from tests.archive.watching import EDITED, PARAGRAPHS, START, Watch, page

HTML = ("Content-Type", "text/html; charset=utf-8")


def stamped(at: datetime, *texts: str) -> bytes:
    return page(*(texts or PARAGRAPHS), modified=at.isoformat())


def look_of(moment: str = "2026-03-02T06:00:00.000Z", dated: datetime | None = None) -> Look:
    url = "https://example.org/a"
    return Look(1, moment, url, url, None, Verdict(None, ""), None, None, elapsed_ms=400, dated=dated)


def test_a_date_that_is_the_time_of_every_request_makes_no_version(watch: Watch) -> None:
    outcomes = [watch.look(stamped(watch.now + timedelta(seconds=1))).outcome for _ in range(5)]

    assert outcomes == ["first_version", *["unchanged"] * 4]
    assert watch.kinds() == ["first_seen"]
    assert reading.look(watch.archive.connection, 5)["reason_code"] == "only_clock"
    assert "only its date modified moved, with the clock" in reading.look(watch.archive.connection, 5)["reason"]
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_a_date_that_is_young_once_is_a_date(watch: Watch) -> None:
    old = START - timedelta(days=30)
    watch.look(stamped(old))
    edited = watch.now + timedelta(seconds=-3)
    outcomes = [watch.look(stamped(edited)).outcome, watch.look(stamped(edited)).outcome]
    again = watch.now - timedelta(seconds=4)  # young a second time, after it had stood still while the clock went on
    outcomes.append(watch.look(stamped(again)).outcome)

    assert outcomes == ["new_version", "unchanged", "new_version"]
    assert watch.kinds() == ["first_seen", "metadata_only", "metadata_only"]
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_a_date_that_stood_still_in_the_same_bytes_does_not_move_with_the_clock(watch: Watch) -> None:
    first = stamped(watch.now)
    watch.look(first)
    watch.look(first)
    watch.look(first.replace(b"<main>", b"<main data-nonce=1>"))

    assert watch.look(stamped(watch.now)).outcome == "new_version"


def test_an_edit_beside_such_a_date_is_an_edit_and_the_date_no_part_of_it(watch: Watch) -> None:
    watch.look(stamped(watch.now))
    recorded = watch.look(stamped(watch.now, *EDITED))

    row, detail = reading.change(watch.archive.connection, recorded.fetch_id)
    assert (row.kind, "number" in row.classes, "undeclared_edit" in row.classes) == ("content", True, False)
    assert "fields" not in detail.details
    version = reading.version(watch.archive.connection, "dredging")
    assert version.modified == "2026-03-02T18:00:00+00:00", "the version says what the page said"


def test_a_cache_that_hands_out_what_was_made_earlier_is_told_by_its_date(watch: Watch) -> None:
    """Of an answer out of a cache, the time of making is the time of the Date header, not ours."""
    for _ in range(4):
        made = watch.now - timedelta(hours=2)
        dated = ("Date", made.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        recorded = watch.look(stamped(made), headers=(HTML, dated, ("Age", "7200")))

    assert recorded.outcome == "unchanged"
    assert watch.kinds() == ["first_seen"]


@pytest.mark.parametrize(
    ("value", "is_now"),
    [
        ("2026-03-02T06:00:03+00:00", True),
        ("2026-03-02T07:00:03+01:00", True),
        ("2026-03-02T07:00:03", True),  # in some zone
        ("2026-03-02T05:59:00", True),  # to the minute
        ("2026-03-02T07:20:03", False),
        ("2026-03-02T06:01:00+00:00", False),
        ("2026-03-02T05:58:00+00:00", False),
        ("2026-03-02", False),
        ("2026-03-03T06:00:03", False),
        ("yesterday", False),
    ],
)
def test_what_is_now(value: str, is_now: bool) -> None:
    assert fresh({"modified": value, "published": None}, look_of()) == (("modified",) if is_now else ())


@hypothesis_settings(max_examples=50)
@given(st.integers(-10, 10), st.integers(-14 * 4, 14 * 4), st.booleans())
def test_seconds_from_the_look_are_now_in_every_zone(seconds: int, quarters: int, zoned: bool) -> None:
    zone = timezone(timedelta(minutes=15 * quarters)) if abs(quarters) < 14 * 4 else UTC
    said = (START + timedelta(seconds=seconds)).astimezone(zone)
    said = said if zoned else said.replace(tzinfo=None)

    assert fresh({"modified": said.isoformat()}, look_of()) == ("modified",)


@hypothesis_settings(max_examples=50)
@given(st.integers(90, 10**8), st.sampled_from([-1, 1]))
def test_whatever_is_further_off_is_not(seconds: int, sign: int) -> None:
    said = START + timedelta(seconds=sign * seconds)

    assert fresh({"modified": said.isoformat()}, look_of()) == ()
