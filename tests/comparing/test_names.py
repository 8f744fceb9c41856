"""When an edit changed the name of someone or something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing.names import is_renamed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The Department of Tides said so.", "The Department of Storms said so."),
        ("He praised the Tides Department's pilots.", "He praised the Storms Department's pilots."),
        ("NEWS OF THE MINISTRY OF TIDES", "NEWS OF THE MINISTRY OF STORMS"),
        ("Talks were led by Gen. Ines Marlow.", "Talks were led by Gen. Ines Harlow."),
        ("Left, Ann Lee, deputy to the deputy secretary.", "Left, Ann Lee, deputy secretary."),
    ],
)
def test_a_name_changed(old: str, new: str) -> None:
    assert is_renamed(old, new, in_heading=False)
    assert is_renamed(new, old, in_heading=False)


@pytest.mark.parametrize(
    ("old", "new", "in_heading"),
    [
        ("The boat left the quay at dawn.", "The boat left the quay at noon.", False),
        ("It rained on Monday in the north.", "It rained on Tuesday in the north.", False),
        ("Four Things To Know About Boats", "Four Things To Know About Ships", True),
        ("Die Stadt hat den Hafen und das Amt geprüft.", "Die Stadt hat den Hafen und das Lager geprüft.", False),
        ("“We stay here. We leave,” she said.", "“We stay here,” she said.", False),
    ],
)
def test_a_capital_that_says_nothing_is_no_name(old: str, new: str, in_heading: bool) -> None:
    assert not is_renamed(old, new, in_heading=in_heading)


def test_a_department_is_renamed_in_a_heading_in_title_case_too() -> None:
    assert is_renamed(
        "Department of Tides Announces New Plan", "Department of Storms Announces New Plan", in_heading=True
    )


WORDS = st.lists(st.sampled_from(["Ministry", "of", "Tides", "deputy", "“Ann", "said.", "Lee.”", "12", "3%", "|", "a"]))
FIGURES = st.lists(st.sampled_from(["4", "5.6", "7%", "-8", "|", "“9"]), min_size=1, max_size=3)


@settings(max_examples=200)
@given(WORDS, FIGURES, FIGURES, WORDS)
def test_where_figures_alone_were_exchanged_no_name_changed(
    before: list[str], gone: list[str], come: list[str], behind: list[str]
) -> None:
    old, new = " ".join(before + gone + behind), " ".join(before + come + behind)

    assert not is_renamed(old, new, in_heading=False)
