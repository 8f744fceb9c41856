"""Words are counted as the pattern says, whatever the characters."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.normalizing.word_count as word_count
from scraper.normalizing.word_count import count_words

AWKWARD = st.text(st.sampled_from("aZ9_é’'.-- \n,ñ²½ªº·“×µÿ€…\xad\xa0\x81Жж語́"), max_size=16)


@given(text=AWKWARD | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_count_is_that_of_the_pattern(text: str) -> None:
    assert count_words(text) == len(re.findall(r"\w+(?:[’'.-]\w+)*", text))


@given(text=AWKWARD, piece=st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_a_count_is_the_same_in_pieces_of_any_length(text: str, piece: int) -> None:
    with patch.object(word_count, "_PIECE", piece):
        assert count_words(text) == len(re.findall(r"\w+(?:[’'.-]\w+)*", text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("—", 0),
        ("U.S.A. and the president’s sister-in-law", 5),
        ("one--two 'three' .five. 3.5-fold", 5),
        ("Zażółć gęślą jaźń", 3),
        ("café naïve", 2),
    ],
)
def test_words_go_on_behind_a_single_joiner(text: str, words: int) -> None:
    assert count_words(text) == words
