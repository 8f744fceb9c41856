from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import scraper.normalizing.limits as limits

PIECES = ("<a ", "<b x=1", ">", "</p", "<", "> ", "<!--", *("x" * n for n in (9_998, 9_999, 10_000, 19_999, 20_000)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9))
def test_a_long_tag_is_told_of_wherever_the_search_would_find_one(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert limits._holds_long_tag(html) == (limits._LONG_TAG.search(html) is not None)


def test_a_tag_of_just_too_many_characters_is_told_of_at_every_place() -> None:
    tag = "<a" + "b" * 20_000
    assert all(limits._holds_long_tag("p" * before + tag) for before in range(0, 20_001, 1_999))
    assert not limits._holds_long_tag("p" * 30_000 + tag[:-1])
