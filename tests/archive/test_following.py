"""A redirect that leads to the page's own text is a move; one that leads to another is none."""

from __future__ import annotations

import pytest

from scraper.archive import reading
from scraper.archive.rebuild import rebuild
from scraper.archive.redaction import redact, targets
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

TEXT = (*PARAGRAPHS, "It was the third contract of its kind within two years, and the largest of all by far.")
NEW = "https://www.example.gov/news/2026-outer-channel-works"
EDITED = (TEXT[0], TEXT[1].replace("48", "61"), *TEXT[2:])


def test_the_same_text_under_another_slug_is_a_move_and_no_removal(watch: Watch) -> None:
    watch.look(page(*TEXT))
    looks = [watch.look(page(*TEXT), final_url=NEW) for _ in range(4)]

    assert [look.outcome for look in looks] == ["unchanged"] * 4
    assert "where its text stands, word for word" in looks[0].reason
    assert watch.kinds() == ["first_seen", "moved"]
    assert {row["url"]: row["reason"] for row in reading.urls(watch.archive.connection, "dredging")} == {
        URL: "watch list",
        NEW: "redirect",
    }


def test_a_page_that_is_edited_where_it_moved_to_is_an_edited_page(watch: Watch) -> None:
    watch.look(page(*TEXT))
    watch.look(page(*TEXT), final_url=NEW)
    watch.look(None, status=304, final_url=NEW)
    recorded = watch.look(page(*EDITED), final_url=NEW)

    assert recorded.outcome == "new_version"
    assert watch.kinds() == ["first_seen", "moved", "content"]
    assert reading.look(watch.archive.connection, 3)["outcome"] == "not_modified"
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_from_there_to_the_home_page_it_is_gone_all_the_same(watch: Watch) -> None:
    watch.look(page(*TEXT))
    watch.look(page(*TEXT), final_url=NEW)
    outcomes = [watch.look(page("Welcome."), final_url="https://www.example.gov/").outcome for _ in range(3)]

    assert outcomes == ["redirected_elsewhere"] * 3
    assert watch.kinds() == ["first_seen", "moved", "removed"]


@pytest.mark.parametrize(
    ("before", "after", "final"),
    [
        (TEXT, EDITED, NEW),
        (TEXT, TEXT, "https://another.example/news/2026-outer-channel-works"),
        (("The office is closed.",), ("The office is closed.",), NEW),
        (TEXT, ("",), NEW),
    ],
    ids=["another text", "another publisher", "hardly any text", "no text"],
)
def test_whatever_else_a_redirect_leads_to_is_elsewhere(
    watch: Watch, before: tuple[str, ...], after: tuple[str, ...], final: str
) -> None:
    watch.look(page(*before))

    assert watch.look(page(*after), final_url=final).outcome == "redirected_elsewhere"
    assert watch.kinds() == ["first_seen"]


def test_what_the_batch_found_beside_a_redirect_is_not_undone(watch: Watch) -> None:
    watch.look(page(*TEXT))

    assert watch.look(page(*TEXT), final_url=NEW, failure="redirected_elsewhere").outcome == "redirected_elsewhere"


WAITING = " ".join(["Request", "for", "your", "session", "is", "being", "examined"] * 4)
CHALLENGE = f"<title>www.example.gov</title><script>window._cf_chl_opt={{}}</script><p>{WAITING}</p>"
STUB = f'<meta http-equiv="refresh" content="0; url=https://www.example.gov/elsewhere"><title>Wait</title><p>{WAITING}'
EDGE = (("Content-Type", "text/html; charset=utf-8"), ("Server", "cloudflare"), ("CF-RAY", "8f2a"))


@pytest.mark.parametrize(
    ("body", "outcome", "code"),
    [
        (CHALLENGE, "blocked", "challenge_page"),
        (STUB, "extraction_suspect", "refresh_elsewhere"),
        (" ", "extraction_suspect", "empty_body"),
        ("\x89PNG\r\n\x1a\n\0\0", "unsupported", "unsupported_kind"),
    ],
    ids=["a challenge", "a stub", "nothing", "what is not read"],
)
def test_what_stands_instead_of_the_page_where_it_moved_to_is_that_and_no_change(
    watch: Watch, body: str, outcome: str, code: str
) -> None:
    watch.look(page(*TEXT), headers=EDGE)
    watch.look(page(*TEXT), headers=EDGE, final_url=NEW)
    headers = (("Content-Type", "image/png"), *EDGE[1:]) if outcome == "unsupported" else EDGE
    recorded = [watch.look(body.encode("latin-1"), headers=headers, final_url=NEW) for _ in range(4)]

    assert {look.outcome for look in recorded} == {outcome}
    assert recorded[0].reason.startswith("redirected to ")
    assert NEW in recorded[0].reason
    assert reading.look(watch.archive.connection, 3)["reason_code"] == code
    assert watch.kinds() == ["first_seen", "moved"]
    assert all(report.same for report in rebuild(watch.archive.connection))


def withhold(watch: Watch, *names: str) -> None:
    redact(watch.archive, targets(watch.archive.connection, names), "a private address", watch.now)


def test_withholding_the_text_that_a_move_was_known_by_makes_no_removal(watch: Watch) -> None:
    watch.look(page(*TEXT))
    for turn in range(4):
        watch.look(page(*TEXT) + f"<!-- {turn} -->".encode(), final_url=NEW)
    watch.archive.finish_run(watch.run_id, watch.now, fetched=5, changed=0, failed=0)
    withhold(watch, "dredging/1")

    assert "removed" not in watch.kinds()
    assert watch.kinds()[0] == "first_seen"
    assert NEW in {row["url"] for row in reading.urls(watch.archive.connection, "dredging")}
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_what_was_elsewhere_while_the_text_could_be_read_stays_elsewhere_without_it(watch: Watch) -> None:
    watch.look(page(*TEXT))
    outcomes = [watch.look(page(*EDITED), final_url=NEW).outcome for _ in range(3)]
    watch.archive.finish_run(watch.run_id, watch.now, fetched=4, changed=1, failed=0)
    before = watch.kinds()
    withhold(watch, "dredging/1")

    assert outcomes == ["redirected_elsewhere"] * 3
    assert watch.kinds() == before == ["first_seen", "removed"]
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_of_a_text_that_is_withheld_no_new_look_says_where_it_moved_to(watch: Watch) -> None:
    watch.look(page(*TEXT))
    watch.archive.finish_run(watch.run_id, watch.now, fetched=1, changed=0, failed=0)
    withhold(watch, "dredging/1")
    watch.run_id = 0

    assert watch.look(page(*EDITED), final_url=NEW).outcome == "redirected_elsewhere"
    assert all(report.same for report in rebuild(watch.archive.connection))
