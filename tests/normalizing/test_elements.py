from __future__ import annotations

import pytest

from scraper.normalizing.elements import NOTHING, said_of


@pytest.mark.parametrize("tag", ["div", "p", "li", "span", "a", "article"])
@pytest.mark.parametrize("names", ["", "c-paragraph", "related-stories", "byline", "newsletter-box", "x " * 150 + "ad"])
@pytest.mark.parametrize("in_article", [False, True])
def test_a_class_says_the_same_whether_it_is_remembered_or_judged_anew(tag: str, names: str, in_article: bool) -> None:
    alone = said_of(tag, {"class": names}, in_article)
    beside_others = said_of(tag, {"class": names, "rel": "x"}, in_article)  # which keeps it from being remembered
    assert alone[:3] == beside_others[:3]


def test_an_element_without_telling_attributes_says_nothing_unless_its_name_does() -> None:
    assert said_of("div", {"data-block": "1"}, False) == said_of("div", {}, False) == NOTHING
    assert said_of("footer", {}, False).reason == "frame"
    assert said_of("time", {}, False).hint == "date"
    assert said_of("div", {"hidden": None}, False).may_be_hidden
