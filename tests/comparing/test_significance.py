from __future__ import annotations

from scraper.comparing import Comparison, compare, with_classes
from scraper.normalizing.document import Document, Passage


def change(old: str, new: str, modified: str | None = None) -> Comparison:
    before, after = (Document((Passage("paragraph", text),), modified=modified) for text in (old, new))
    return compare(before, after)


def test_a_negation_weighs_more_than_another_word() -> None:
    negated = change("The ministry will publish it.", "The ministry will not publish it.")
    reworded = change("The ministry will publish it.", "The ministry will soon publish it.")

    assert negated.significance > reworded.significance


def test_saying_nothing_about_an_edit_weighs_more_than_declaring_it() -> None:
    silent = change("The plan is modest.", "The plan is ambitious.", modified="2025-03-07")
    open_ = change("The plan is modest.", "The plan is ambitious.")

    assert silent.significance > open_.significance
    assert "undeclared_edit" in [part.name for part in silent.parts]


def test_more_changed_text_weighs_more_with_diminishing_returns() -> None:
    words = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(100)]
    text = " ".join(words)
    shares = [change(text, " ".join(["other"] * n + words[n:])).significance for n in (1, 20, 40)]

    assert shares[0] < shares[1] < shares[2]
    assert shares[1] - shares[0] > shares[2] - shares[1]


def test_every_part_has_a_reason_that_a_reader_sees() -> None:
    found = change("The two ships left Oran.", "The three ships left Algiers.")

    assert all(part.name and part.reason and part.value for part in found.parts)


def test_a_class_from_other_pages_lowers_the_significance_by_a_part_of_its_own() -> None:
    found = change("The Department of Defense said so.", "The Department of War said so.")
    weighed = with_classes(found, ["site_wide"])

    assert "site_wide" in weighed.classes
    assert weighed.significance == round(sum(part.value for part in weighed.parts), 4)
    assert weighed.significance < found.significance
    assert with_classes(weighed, ["site_wide"]) == weighed


def test_a_revert_lowers_less_than_a_site_wide_edit() -> None:
    found = change("The plan is modest.", "The plan is ambitious.")

    assert (
        found.significance
        > with_classes(found, ["revert"]).significance
        > with_classes(found, ["site_wide"]).significance
    )


def test_a_change_of_everything_is_still_at_most_one() -> None:
    old = Document(
        (Passage("heading", "One"), *(Passage("paragraph", f"“We did not see {n} ships,” he said.") for n in "abc"))
    )
    new = Document(
        (Passage("heading", "Two"), *(Passage("paragraph", f"Maria will go to Oran in {n}.") for n in (7, 8)))
    )
    found = compare(old, new)

    assert found.significance <= 1
    assert with_classes(found, ["site_wide"]).significance <= 0.5
