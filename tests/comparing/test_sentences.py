from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import split_sentences

PIECES = st.sampled_from(
    ["Gen.", "U.S.", "The", "he", "3.", "März", "No.", "5", "Why?", "“Yes.”", "…", "end.", "J.", " "]
)


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map(" ".join)))
def test_sentences_joined_by_a_space_are_the_passage_again(passage: str) -> None:
    assert " ".join(split_sentences(passage)) == passage


@pytest.mark.parametrize(
    "sentences",
    [
        ["The talks ended.", "Nobody said why."],
        ["Gen. Amina J. Belkacem met Maj. Haddad on Nov. 3.", "They spoke for an hour."],
        ["The U.S. Army sent No. 5 company.", "It left."],
        ["They live in the U.S.", "The others do not."],
        ["It cost $3.5 million.", "That was a lot."],
        ["He said “we will stay.”", "Then he left."],
        ["“Why?” he asked.", "Nobody knew..."],
        ["Wait…", "Is that so?!", "Yes."],
        ["Am 3. März begann es.", "Es endete am 12. Mai."],
        ["1. Introduction"],
        ["¿Quién viene?", "¡Nadie!"],
        ["Le ministre est parti.", "À midi, il est revenu."],
        ["ends at 5 p.m. Eastern time"],
        ["no full stop"],
    ],
)
def test_a_full_stop_ends_a_sentence_only_where_a_reader_would_stop(sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences)) == sentences


def test_an_empty_passage_has_no_sentence() -> None:
    assert split_sentences("") == []


def test_a_dump_of_tiny_sentences_is_kept_in_one_piece() -> None:
    dump = "Ab. " * 50_000

    assert split_sentences(dump) == [dump]
