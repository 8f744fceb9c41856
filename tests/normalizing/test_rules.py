from __future__ import annotations

import pytest

from scraper.errors import RuleMatchedNothing
from scraper.normalizing import Rules, normalize

URL = "https://site.example/page"
PAGE = b"""<html lang="en"><head><title>Rules</title></head><body><div class="top"><p>Top.</p></div>
<aside class="sidebar" id="doc"><p>The document.</p><p class="box">Buy.<p>Its end.</aside><ul><li class="x">Item</ul>
</body></html>"""


def texts(rules: Rules | None, page: bytes = PAGE) -> list[str]:
    return [p.text for p in normalize(page, url=URL, rules=rules).passages]


def test_content_selects_the_document_whatever_it_is_called() -> None:
    assert texts(Rules(content="aside#doc")) == ["The document.", "Buy.", "Its end."]


def test_remove_takes_parts_away() -> None:
    assert texts(Rules(content="#doc", remove=(".box", ".never-there"))) == ["The document.", "Its end."]
    assert "Top." not in texts(Rules(remove=("div.top",)))


def test_several_matches_stand_in_the_order_of_the_page_and_once() -> None:
    assert texts(Rules(content="li.x, #doc, #doc p.box")) == ["The document.", "Buy.", "Its end.", "Item"]


def test_content_that_matches_nothing_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(RuleMatchedNothing, match=r"#gone.*correct the selector"):
        normalize(PAGE, url=URL, rules=Rules(content="#gone"))


def test_empty_rules_change_nothing() -> None:
    assert normalize(PAGE, url=URL, rules=Rules()) == normalize(PAGE, url=URL)


def test_rules_reach_any_depth() -> None:
    page = b"<div>" * 3_000 + b"<p class=deep>Deep.</p>" + b"</div>" * 3_000 + b"<p>Behind."

    assert texts(Rules(remove=("p.deep",)), page) == ["Behind."]


def test_metadata_is_read_from_the_whole_page() -> None:
    document = normalize(PAGE, url=URL, rules=Rules(content="li.x"))

    assert (document.title, document.language) == ("Rules", "en")
