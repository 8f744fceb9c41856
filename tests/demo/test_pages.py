from __future__ import annotations

from datetime import timedelta

import pytest

from scraper.demo.pages import PAGE_NAMES, ScriptMismatchError, apply, page_at
from scraper.demo.script import (
    DAYS,
    EVENTS,
    HARBOURS_PAGES,
    NEW_DEPARTMENT,
    OLD_DEPARTMENT,
    START,
    UNTOUCHED_PAGES,
    MoveLine,
    Replace,
    looks,
)

END = START + timedelta(days=DAYS)


def test_an_edit_that_does_not_find_its_text_is_refused() -> None:
    with pytest.raises(ScriptMismatchError, match="stands 0 times"):
        apply("one two", Replace("three", "four"))


def test_an_edit_that_finds_its_text_twice_is_refused() -> None:
    with pytest.raises(ScriptMismatchError, match="stands 2 times"):
        apply("one one", Replace("one", "two"))


def test_an_edit_of_every_place_needs_at_least_one() -> None:
    assert apply("one one", Replace("one", "two", everywhere=True)) == "two two"
    with pytest.raises(ScriptMismatchError):
        apply("one", Replace("three", "two", everywhere=True))


def test_a_line_moves_whole() -> None:
    assert apply("a 1\nb 2\nc 3\n", MoveLine("c", "a")) == "c 3\na 1\nb 2\n"
    with pytest.raises(ScriptMismatchError, match="0 lines"):
        apply("a 1\n", MoveLine("z", "a"))


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_the_whole_script_fits_the_page(name: str) -> None:
    page = page_at(name, END)
    assert page.state == "up"
    assert page.path.startswith("/")
    assert page.article.startswith("<p>")


def test_every_event_falls_between_two_looks_and_is_told_in_a_sentence() -> None:
    moments = list(looks())
    assert len(moments) == 2 * DAYS
    for event in EVENTS:
        assert moments[0] < event.moment < moments[-1]
        assert event.moment not in moments
        assert event.description.endswith(".")


def test_every_event_that_edits_leaves_a_mark_on_its_pages() -> None:
    for event in EVENTS:
        for name in event.pages:
            before, after = (page_at(name, event.moment + timedelta(seconds=s)) for s in (-1, 1))
            said = (before.fields, before.article, before.state) != (after.fields, after.article, after.state)
            assert said, f"{name}: {event.description}"


def test_silent_events_leave_the_page_s_own_date_and_declared_ones_move_it() -> None:
    for event in EVENTS:
        if not {"undeclared_edit", "correction_notice", "update_notice"} & set(event.classes):
            continue
        for name in event.pages:
            before, after = (page_at(name, event.moment + timedelta(seconds=s)) for s in (-1, 1))
            assert (before.fields["modified"] == after.fields["modified"]) is event.silent


def test_reordering_changes_no_word() -> None:
    (event,) = (event for event in EVENTS if event.classes == ("moved_text",))
    before, after = (page_at(event.pages[0], event.moment + timedelta(seconds=s)).article for s in (-1, 1))
    assert before != after
    assert sorted(before.splitlines()) == sorted(after.splitlines())


def test_the_department_has_one_name_at_a_time_on_all_its_pages() -> None:
    for name in HARBOURS_PAGES:
        assert OLD_DEPARTMENT in page_at(name, START).article
        assert OLD_DEPARTMENT not in page_at(name, END).article
        assert NEW_DEPARTMENT in page_at(name, END).article


def test_a_page_that_the_script_leaves_alone_stays_as_it_is() -> None:
    for name in UNTOUCHED_PAGES:
        assert page_at(name, START) == page_at(name, END)
