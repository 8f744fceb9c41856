"""The two documents that started the watch list, as they would stand in pages of their publishers."""

from __future__ import annotations

from scraper.comparing import Comparison, compare, edit_key
from scraper.normalizing import Document, normalize
from tests.normalizing.publishers import DEPUTY, agency_page, press_page

URL = "https://site.example/story"


def read(page: bytes) -> Document:
    return normalize(page, url=URL)


def between(old: bytes, new: bytes) -> Comparison:
    return compare(read(old), read(new))


def test_the_banner_the_frame_and_related_stories_are_no_part_of_the_agency_story() -> None:
    story = read(agency_page())
    said = "\n".join(passage.text for passage in story.passages)

    for furniture in ("official website", "how you know", "lock", "Related", "Ferry", "1 Quay Street"):
        assert furniture not in said
    assert story.passages[0].text == "4 Things to Know About the Harbour Treaty"
    assert story.passages[-1].text == "Pilots of all parties train together."


def test_the_historical_collection_notice_is_kept_as_a_notice() -> None:
    kinds = {passage.kind: passage.text for passage in read(agency_page()).passages}

    assert kinds["notice"].startswith("You have accessed part of a historical collection on tides.example.")
    assert "historical collection" not in read(agency_page()).text


def test_captions_keep_their_credit_and_number_as_lines_of_their_own() -> None:
    captions = [passage.text for passage in read(agency_page()).passages if passage.kind == "caption"]

    assert "Photo By: Cameron Gilles, DOT" in captions
    assert "VIRIN: 191121-D-AB123-002C" in captions


def test_a_phrase_corrected_in_a_caption_is_one_edit_of_caption_and_name() -> None:
    found = between(agency_page(), agency_page(deputy=DEPUTY.removeprefix("deputy to the "), nonce="2"))

    assert [(e.op, e.classes) for e in found.edits] == [("edit", ("wording", "name", "caption"))]
    assert edit_key(found.edits[0]) == "to the deputy →"


def test_a_department_renamed_everywhere_has_one_key_in_every_sentence() -> None:
    found = between(agency_page(), agency_page(department="Department of Storms"))
    body = [edit for edit in found.edits if edit.kind != "notice"]

    assert {edit_key(edit) for edit in body} == {"tides → storms"}
    assert len(body) == 2
    assert all("name" in edit.classes for edit in body)


def test_what_differs_between_two_fetches_of_the_agency_story_is_no_change_of_text() -> None:
    found = between(agency_page(), agency_page(related="Locks Closed", nonce="7"))

    assert found.edits == ()
    assert not found.substantive


def test_the_audio_player_podcasts_and_teasers_are_no_part_of_the_press_story() -> None:
    story = read(press_page())

    for furniture in ("Listen", "0:00", "automated voice", "Podcast", "Share", "Locks to close", "newsletter", "©"):
        assert furniture not in story.text
    assert story.title == "Harbour envoy on the new deal: ‘The sea is the limit’"
    assert story.syndicated_from == "https://tidewire.example/2025/03/07/harbour-envoy/"
    assert [p.kind for p in story.passages].count("notice") == 2


def test_what_differs_between_two_fetches_of_the_press_story_is_no_substantive_change() -> None:
    later = press_page(views="2,981 views", ago="5 hours ago", teaser="Bridge reopens", nonce="4")
    found = between(press_page(), later)

    assert not found.substantive
    assert {c for edit in found.edits for c in edit.classes} <= {"counter"}
    assert found.fields_changed == ()


def test_one_word_edited_in_the_press_story_is_reported_alone() -> None:
    found = between(press_page(), press_page().replace(b"negotiation over dredging", b"quarrel over dredging"))

    assert [(e.op, e.classes) for e in found.edits] == [("edit", ("wording",))]


def test_the_last_sentence_taken_out_of_a_quotation_is_of_class_quote() -> None:
    shorter = press_page().replace(b" The deal just puts a frame around it,", b"").replace(b"for years.", b"for years,")
    found = between(press_page(), shorter)

    assert "quote" in found.classes
