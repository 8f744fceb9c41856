"""What a title is looked for before the patterns are tried: nothing that one of them matches may be passed over."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scraper.fetching.phrases as phrases

SAYINGS = {
    name: pattern
    for name, pattern in vars(phrases).items()
    if isinstance(pattern, re.Pattern) and name.isupper() and not name.startswith("_")
}
# Letters that a pattern which ignores case takes for others.
LIKE = str.maketrans({"i": "ı", "I": "İ", "s": "ſ", "k": "\u212a", "µ": "μ"})


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside all of its groups."""
    found, depth, at = [""], 0, 0
    for piece in re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern, re.DOTALL):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
            at += 1
        else:
            found[at] += piece
    return found


@pytest.mark.parametrize(
    ("name", "alternative"), [(name, one) for name, pattern in SAYINGS.items() for one in alternatives(pattern.pattern)]
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), site=st.sampled_from(["Example", "Journal de l’Été", "Ἀθῆναι", "ſı", ""]), like=st.booleans())
def test_every_alternative_holds_a_word_that_it_is_told_by(
    name: str, alternative: str, data: st.DataObject, site: str, like: bool
) -> None:
    said = data.draw(st.from_regex(re.compile(alternative, re.IGNORECASE), fullmatch=True))
    said = said.translate(LIKE) if like else said
    title = phrases.spelt_out(f"{site} | {said}")
    whole = SAYINGS[name]

    if name == "HINT":
        assert phrases.hints(title) == (whole.search(title) is not None)
    elif any(whole.fullmatch(phrases.spelt_out(part)) for part in phrases.parts(title, frozenset())):
        assert phrases.may_tell(title)


@pytest.mark.parametrize(
    "title",
    ["A story of the harbour", "Ministers meet in Algiers – The Herald", "Žluťoučký kůň", "Новости дня", "أخبار", ""],
)
def test_a_usual_title_is_passed_over(title: str) -> None:
    assert not phrases.may_tell(title)
    assert not phrases.hints(title)


def test_a_letter_that_is_taken_for_another_is_not_passed_over() -> None:
    assert phrases.NOT_FOUND.fullmatch("page mıſſıng")
    assert phrases.may_tell("page mıſſıng")
    assert phrases.hints("page mıſſıng")
