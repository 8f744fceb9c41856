"""Which sentences a page says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing.notices import _COUNTER, _may_hold_counter, notice_of


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Correction: the figure was wrong.", "correction_notice"),
        ("Correction, 11 March 2026: The figure was wrong.", "correction_notice"),
        ("Correction, March 3, 2026: The rank was wrong.", "correction_notice"),
        ("Correction (March 3): The rank was wrong.", "correction_notice"),
        ("An earlier version of this article misstated his rank.", "correction_notice"),
        ("Update, 13 March 2026: The price is now known.", "update_notice"),
        ("Update, March 3: The price is now known.", "update_notice"),
        ("Updated on 4 May.", "update_notice"),
        ("Corrections officers met on Monday.", None),
        ("Corrections, he said, are due.", None),
        ("Updates, she said, will come.", None),
        ("He asked for a correction of the record on 3 March.", None),
    ],
)
def test_a_notice_is_known_by_how_it_begins_and_not_by_a_word_in_it(sentence: str, kind: str | None) -> None:
    assert notice_of(sentence) == kind


@settings(max_examples=200)
@given(st.from_regex(_COUNTER))
def test_whatever_holds_a_counter_is_looked_into(line: str) -> None:
    assert _may_hold_counter(line.casefold())
