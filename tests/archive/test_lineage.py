"""What a series of looks at one page comes to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.archive import reading
from scraper.archive.rebuild import rebuild
from scraper.archive.states import rules_as_text, rules_from_text
from scraper.normalizing.document import Rules
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

if TYPE_CHECKING:
    import pytest

EDITED = (PARAGRAPHS[0], PARAGRAPHS[1].replace("48 million", "61 million"), PARAGRAPHS[2])
LONG = tuple(f"{text} Paragraph {n} says it in other words, at some length." for n, text in enumerate(PARAGRAPHS * 2))


def test_the_first_look_makes_a_version_and_says_that_the_archive_began_to_look(watch: Watch) -> None:
    recorded = watch.look(page(*PARAGRAPHS))

    assert recorded.outcome == "first_version"
    assert watch.kinds() == ["first_seen"]
    assert reading.version(watch.archive.connection, "dredging").id == recorded.fetch_id


def test_the_same_text_in_other_bytes_is_unchanged_but_kept_as_a_capture(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(page(*PARAGRAPHS).replace(b"<main>", b"<main data-nonce=4f1c>"))

    assert recorded.outcome == "unchanged"
    assert watch.archive.counts()["captures"] == 2
    assert watch.archive.counts()["versions"] == 1


def test_a_view_counter_that_moves_makes_no_version(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS, "1,204 views"))
    recorded = watch.look(page(*PARAGRAPHS, "1,377 views"))

    assert recorded.outcome == "unchanged"
    assert "counters" in recorded.reason
    assert watch.archive.counts()["versions"] == 1


def test_an_edit_makes_a_version_and_a_change_with_an_interval_and_never_a_moment(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    seen_last = watch.now
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(page(*EDITED))

    assert recorded.outcome == "new_version"
    row, detail = reading.change(watch.archive.connection, recorded.fetch_id)
    assert (row.kind, row.substantive, "number" in row.classes) == ("content", True, True)
    assert row.last_seen_old == seen_last.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert row.last_seen_old < row.first_seen_new
    assert [(e.op, e.old_text, e.new_text) for e in detail.edits] == [("edit", PARAGRAPHS[1], EDITED[1])]


def test_going_back_to_an_earlier_text_is_a_revert_and_names_the_version(watch: Watch) -> None:
    for body in (page(*PARAGRAPHS), page(*EDITED), page(*PARAGRAPHS)):
        recorded = watch.look(body)

    row, _ = reading.change(watch.archive.connection, recorded.fetch_id)
    assert "revert" in row.classes
    assert row.summary.startswith("Back to version 1")


def test_a_block_is_kept_as_a_capture_and_never_becomes_a_change(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(6):
        recorded = watch.look(b"<h1>Access Denied</h1>", status=403, headers=(("Server", "AkamaiGHost"),))

    assert recorded.outcome == "blocked"
    assert watch.kinds() == ["first_seen"]
    assert watch.archive.counts()["captures"] == 2


def test_one_missing_page_is_not_yet_a_removal(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(b"not found", status=404)
    watch.look(b"not found", status=404)

    assert watch.kinds() == ["first_seen"]


def test_a_removal_is_declared_once_and_dates_from_the_first_look_that_missed_the_page(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    missed = watch.now
    for _ in range(5):
        recorded = watch.look(b"not found", status=404)

    removed = [change for change in watch.archive.changes() if change.kind == "removed"]
    assert recorded.outcome == "gone"
    assert len(removed) == 1
    assert removed[0].first_seen_new.startswith(missed.strftime("%Y-%m-%dT%H:%M"))
    assert removed[0].new_number is None


def test_looks_in_quick_succession_do_not_confirm_a_removal(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(8):
        watch.look(b"not found", status=404, hours=0.5)

    assert "removed" not in watch.kinds()


def test_a_page_that_comes_back_as_it_was_is_restored(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(3):
        watch.look(b"gone", status=410)
    watch.look(page(*PARAGRAPHS))

    assert watch.kinds() == ["first_seen", "removed", "restored"]
    assert watch.archive.counts()["versions"] == 1


def test_a_page_that_comes_back_with_another_text_is_restored_with_edits(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(3):
        watch.look(b"gone", status=404)
    watch.look(page(*EDITED))

    assert watch.kinds() == ["first_seen", "removed", "restored_with_edits"]


def test_the_same_text_at_another_address_of_the_publisher_is_a_move(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS), final_url="https://www.example.gov/archive/2026/dredging-contract")

    assert watch.kinds() == ["first_seen", "moved"]
    addresses = {row["url"]: row["reason"] for row in reading.urls(watch.archive.connection, "dredging")}
    assert addresses == {URL: "watch list", "https://www.example.gov/archive/2026/dredging-contract": "redirect"}


def test_a_redirect_to_the_front_page_is_no_version_and_no_move(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(page("Welcome to the department."), final_url="https://www.example.gov/")

    assert recorded.outcome == "redirected_elsewhere"
    assert watch.archive.counts()["versions"] == 1


def test_a_sudden_collapse_of_the_text_is_doubted_until_later_looks_agree(watch: Watch) -> None:
    watch.look(page(*LONG))
    shrunk = page("This page is being revised.")

    outcomes = [watch.look(shrunk).outcome for _ in range(3)]

    assert outcomes == ["extraction_suspect", "extraction_suspect", "new_version"]


def test_a_collapse_that_passes_leaves_no_version(watch: Watch) -> None:
    watch.look(page(*LONG))
    watch.look(page("This page is being revised."))
    recorded = watch.look(page(*LONG))

    assert recorded.outcome == "unchanged"
    assert watch.kinds() == ["first_seen"]


def test_a_content_rule_that_matches_nothing_is_suspect_and_never_an_empty_version(watch: Watch) -> None:
    watch.add("ruled", URL + "-2", Rules(content="#story"))
    recorded = watch.look(page(*PARAGRAPHS), "ruled")

    assert recorded.outcome == "extraction_suspect"
    assert "#story" in recorded.reason


def test_new_rules_never_look_like_a_change_of_the_page(watch: Watch) -> None:
    body = page(*PARAGRAPHS).replace(
        b"</main>", b"<p class=rail>Read next: the ferry that never was, a series.</p></main>"
    )
    first = watch.look(body)
    watch.add("dredging", URL, Rules(remove=(".rail",)))

    recorded = watch.look(body)

    assert recorded.outcome == "unchanged"
    assert watch.kinds() == ["first_seen"]
    latest = reading.version(watch.archive.connection, "dredging")
    assert (latest.id, latest.number) == (first.fetch_id, 1)
    texts = [p.text for p in reading.blame(watch.archive.connection, "dredging", 1)]
    assert not any("Read next" in text for text in texts)


def test_the_same_edit_on_three_pages_of_a_publisher_is_site_wide_on_all_of_them(watch: Watch) -> None:
    for number in range(3):
        watch.add(f"page-{number}", f"{URL}-{number}")
    old = [page(*PARAGRAPHS, f"Page {n} is kept by the Department of Harbours in Lowmouth.") for n in range(3)]
    new = [body.replace(b"Department of Harbours in", b"Ministry of Harbours in") for body in old]
    for number in range(3):
        watch.look(old[number], f"page-{number}")
    for number in range(3):
        watch.look(new[number], f"page-{number}")

    changes = [change for change in watch.archive.changes() if change.kind == "content"]

    assert len(changes) == 3
    assert all("site_wide" in change.classes for change in changes)


def test_what_could_not_be_fetched_is_kept_with_its_reason(watch: Watch) -> None:
    recorded = watch.look(None, status=None, failure="network_error")

    row = reading.look(watch.archive.connection, recorded.fetch_id)
    assert (row["outcome"], row["error"], row["capture_id"]) == ("network_error", "connection refused", None)


def test_not_modified_extends_the_life_of_the_version(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(None, status=304)

    version = reading.version(watch.archive.connection, "dredging")
    assert recorded.outcome == "not_modified"
    assert version.last_seen > version.first_seen


def test_every_part_of_a_significance_is_stored_and_they_add_up(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(page(*EDITED))

    row, detail = reading.change(watch.archive.connection, recorded.fetch_id)

    assert row.significance == round(min(1, max(0, sum(part["value"] for part in detail.parts))), 4)
    assert all(part["reason"] for part in detail.parts)


def test_rules_are_written_and_read_back() -> None:
    rules = Rules("div.body", (".a", ".b"))
    assert rules_from_text(rules_as_text(rules)) == rules
    assert rules_from_text(json.dumps({})) == Rules()


def test_looks_with_an_answer_between_them_are_not_in_a_row(watch: Watch) -> None:
    watch.look(page(*LONG))
    for _ in range(4):
        watch.look(b"not found", status=404)
        watch.look(page("This page is being revised."))

    assert "removed" not in watch.kinds()


def test_a_collapsed_page_that_tells_the_time_is_believed_in_the_end(watch: Watch) -> None:
    watch.look(page(*LONG))
    outcomes = [watch.look(page(f"This page was taken down. It is {hour} o'clock.")).outcome for hour in range(3)]

    assert outcomes == ["extraction_suspect", "extraction_suspect", "new_version"]
    version = reading.version(watch.archive.connection, "dredging")
    change, _ = reading.change(watch.archive.connection, version.id)
    assert change.first_seen_new < version.first_seen


def test_a_restoration_is_dated_from_the_last_look_that_missed_the_page(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    for _ in range(4):
        last_missed = watch.now
        watch.look(b"gone", status=410)
    watch.look(page(*PARAGRAPHS))

    (back,) = [change for change in watch.archive.changes() if change.kind == "restored"]
    assert back.last_seen_old is not None
    assert back.last_seen_old.startswith(last_missed.strftime("%Y-%m-%dT%H:%M"))


def test_another_address_on_the_watch_list_is_not_an_edit_by_the_publisher(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    watch.add("dredging", "https://www.example.org/quite/another-page")
    watch.look(page("Quite another page stands at this address.", title="Another page"))

    assert watch.kinds() == ["first_seen", "technical"]
    (change,) = watch.archive.changes(kind="technical")
    assert not change.substantive


def test_a_page_that_moved_and_was_edited_is_an_edit_that_tells_both_addresses(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    recorded = watch.look(page(*EDITED), final_url="https://www.example.gov/archive/2026/dredging-contract")

    row, detail = reading.change(watch.archive.connection, recorded.fetch_id)
    assert row.kind == "content"
    assert detail.details["new_url"] == "https://www.example.gov/archive/2026/dredging-contract"


def test_not_modified_says_nothing_where_the_last_body_could_not_be_read(watch: Watch) -> None:
    first = watch.look(page(*LONG))
    watch.look(b"<html><body></body></html>")
    watch.look(None, status=304)

    version = reading.version(watch.archive.connection, "dredging")
    assert (version.id, version.last_seen) == (first.fetch_id, version.first_seen)


def test_a_fault_of_ours_in_reading_one_page_is_an_observation_and_loses_nothing(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("scraper.normalizing.normalize", fail)
    recorded = watch.look(page(*PARAGRAPHS))

    assert recorded.outcome == "extraction_suspect"
    assert "RecursionError" in recorded.reason
    assert watch.archive.counts()["captures"] == 1


def test_what_was_found_beside_an_answer_is_found_again_by_a_rebuild(watch: Watch) -> None:
    """The body alone would be read as an edit: that every address gets it was seen when it was fetched."""
    watch.look(page(*PARAGRAPHS))
    looks = [watch.look(page("Explore our stories."), failure="soft_404") for _ in range(3)]

    assert [look.outcome for look in looks] == ["soft_404"] * 3
    assert watch.kinds() == ["first_seen", "removed"]
    assert all(report.same for report in rebuild(watch.archive.connection))
    assert watch.archive.counts()["captures"] == 2, "what was answered is evidence"


def test_a_request_says_how_large_the_page_was_and_where_it_was(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))

    (request,) = watch.archive.requests([watch.sources["dredging"]], watch.now)

    assert request.bytes == len(page(*PARAGRAPHS))
    assert request.words == reading.version(watch.archive.connection, "dredging").words
    assert (request.validated_url, request.etag) == (URL, None)


SHELLS = (
    b"<title>The harbour is dredged</title><p>Please enable JavaScript.</p>",
    b"<title>React App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
    page("Checking your browser before accessing example.gov.", "Please allow up to 5 seconds.", title="One more step"),
    page("We and our 312 partners use cookies.", "Accept all", "Reject all", title="Cookies"),
)
SHELL_CODES = ("needs_javascript", "needs_javascript", "challenge_text", "consent_text")


def test_a_page_that_only_asks_for_scripts_or_consent_is_never_a_version_however_long_it_does(watch: Watch) -> None:
    """A collapse of the text is believed after three looks over a day; this never is."""
    watch.add("short", URL + "-short")
    for source_id, first in (("dredging", page(*LONG)), ("short", page("The office is closed."))):
        watch.look(first, source_id)
        for shell, code in zip(SHELLS, SHELL_CODES, strict=True):
            looks = [watch.look(shell, source_id) for _ in range(4)]
            assert [look.outcome for look in looks] == ["extraction_suspect"] * 4
            assert reading.look(watch.archive.connection, looks[-1].fetch_id)["reason_code"] == code

    assert watch.kinds() == ["first_seen", "first_seen"]
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_an_article_about_scripts_is_an_article(watch: Watch) -> None:
    story = page(
        "The Department of Harbours asks readers of its portal to enable JavaScript from May.",
        "Please enable JavaScript in the settings of your browser, it wrote to 40,000 skippers, or use the telephone.",
        title="Portal will need JavaScript",
    )

    assert watch.look(story).outcome == "first_version"


def test_the_code_of_a_look_is_stored_with_it_and_bound(watch: Watch) -> None:
    looks = [
        watch.look(page(*PARAGRAPHS)),
        watch.look(None, status=304),
        watch.look(b"<h1>Access Denied</h1>", status=403, headers=(("Server", "AkamaiGHost"),)),
        watch.look(b"not found", status=404),
        watch.look(page(*PARAGRAPHS, "1,204 views")),
        watch.look(page(*PARAGRAPHS, "1,377 views")),
    ]

    codes = [reading.look(watch.archive.connection, look.fetch_id)["reason_code"] for look in looks]
    assert codes == ["document", "http_304", "http_403_edge", "http_404", "only_counters", "only_counters"]
