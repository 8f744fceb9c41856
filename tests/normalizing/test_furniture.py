"""Labels and buttons known by their wording, and the same words where they are text."""

from __future__ import annotations

import pytest

from scraper.normalizing import normalize
from scraper.normalizing.furniture import is_beside_an_article, is_furniture, is_lead_in, is_rail_heading

URL = "https://site.example/page"


@pytest.mark.parametrize(
    "label",
    [
        "Share this page", "Beitrag teilen", "Seite drucken", "Partager cet article", "Imprimir",
        "« Zurück zur Übersicht",
        "Keine Kommentare", "Schreibe einen Kommentar", "Leave a reply", "12 Kommentare", "Lesezeit: 4 Minuten",
        "Anzeige",
        "Was this page helpful?", "Log in", "Subscribe to our weekly newsletter", "Back to top", "Weiterlesen…",
        "Your browser is out of date. Please install a newer one.", "Sie verwenden einen veralteten Browser.",
        "Please enable JavaScript to view this page.",
    ],
)  # fmt: skip
def test_a_label_is_furniture(label: str) -> None:
    assert is_furniture(label)


@pytest.mark.parametrize(
    "heading",
    [
        "Mehr zum Thema:",
        "Related stories",
        "Das könnte Sie auch interessieren",
        "À lire aussi",
        "Lea también",
        "Meistgelesen",
    ],
)
def test_the_heading_of_a_rail_is_known(heading: str) -> None:
    assert is_rail_heading(heading)


@pytest.mark.parametrize(
    "prose",
    [
        "Share of the vote by district",
        "Comments received by the agency will be published",
        "Receive your data in a portable format",
        "Sie müssen sich vorher registrieren.",
        "Print runs fell by half",
        "The ministry shares this view.",
        "Your browser sends us the address of the page before.",
    ],
)
def test_prose_with_the_same_words_is_none(prose: str) -> None:
    assert not is_furniture(prose)
    assert not is_rail_heading(prose)


def test_see_also_is_a_sentence_of_the_terms_and_a_lead_in_between_the_paragraphs_of_an_article() -> None:
    assert not is_lead_in("See also our privacy policy", is_article=False)
    assert is_lead_in("See also our privacy policy", is_article=True)
    assert is_lead_in("Tags: harbour, ferry", is_article=False)


def test_a_heading_over_prose_and_an_item_of_a_list_are_text_whatever_they_say() -> None:
    page = (
        "<h1>Privacy</h1><h2>Comments</h2><p>Where you leave a comment, we keep your name and the time of it.</p>"
        "<p>We process:</p><ul><li>E-Mail</li><li>Subscribe to our newsletter</li><li><a href='/x'>Share</a></li></ul>"
    )
    text = normalize(page.encode(), url=URL).text.split("\n")

    assert "Comments" in text
    assert text[-2:] == ["E-Mail", "Subscribe to our newsletter"]


@pytest.mark.parametrize(
    "text",
    [
        "Published under a Creative Commons licence.",
        "Alle Rechte vorbehalten.",
        "Sign up for our letter from the harbour.",
        "Follow the harbour master on any network.",
        "Disclaimer: the figures are provisional.",
        "Unterstützen Sie unsere Arbeit mit einer Spende.",
        "Der Beitrag wurde am 3. Mai um 10 Uhr veröffentlicht.",
        "Jo Askeby is a senior writer at the Estuary Post.",
        "Jo Askeby ist Redakteurin bei der Post.",
    ],
)
def test_every_wording_beside_an_article_is_found_past_the_quick_look_for_its_stem(text: str) -> None:
    assert is_beside_an_article(text)


def test_prose_that_shares_a_stem_is_not_beside_the_article() -> None:
    assert not is_beside_an_article("The editor of the chart asked the author to sign each sheet.")
