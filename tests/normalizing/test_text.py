from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.normalizing.text import paragraphs, settle


@given(st.text())
@settings(max_examples=150)
def test_settling_twice_is_settling_once(text: str) -> None:
    assert settle(settle(text)) == settle(text)


@given(st.text())
@settings(max_examples=100)
def test_settled_text_is_one_line_in_nfc_that_a_file_can_hold(text: str) -> None:
    settled = settle(text)

    assert settled == " ".join(settled.split())
    assert unicodedata.is_normalized("NFC", settled)
    assert settled.encode("utf-8").decode("utf-8") == settled


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("a\u00a0b\u2003c\u2028d", "a b c d"),
        ("co\u00adoperate", "cooperate"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("zero\u200bwidth\u2060\ufeff \u202eback\u202c", "zerowidth back"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("nul\x00l and \x07bell", "null and bell"),
        ("a\u200dbc", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("“quoted” — as it was", "“quoted” — as it was"),
    ],
)
def test_what_nobody_sees_goes_and_what_is_said_stays(written: str, settled: str) -> None:
    assert settle(written) == settled


def test_plain_text_is_split_at_blank_lines_whatever_ends_a_line() -> None:
    assert paragraphs("one\r\nline\r\n \t\r\ntwo\r\rthree\n\n\n") == ["one line", "two", "three"]


def test_more_marks_than_any_writing_sets_on_a_letter_are_cut() -> None:
    assert settle("a" + "\u0301\u0316" * 500_000 + "b").endswith("b")
    assert len(settle("a" + "\u0301\u0316" * 500_000)) <= 32
    assert settle("Việt Nam e\u0301te\u0301 " * 40) == " ".join(["Việt Nam été"] * 40)
