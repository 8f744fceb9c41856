"""The pages on a real Datasette: what a reader finds on them, on the demo's archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.datasette_plugin.served import Served, read, serve
from tests.datasette_plugin.standing_archives import in_every_state

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup, Tag

ROOT = "/-/redline/archive"
PAGES = (
    "/",
    ROOT,
    f"{ROOT}?all=1",
    f"{ROOT}?order=significance&significance=0.3",
    f"{ROOT}?since=2026-03-07&until=2026-03-07",
    f"{ROOT}/-/pages?state=seen",
    f"{ROOT}/dredging-contract",
    f"{ROOT}/dredging-contract/2",
    f"{ROOT}/dredging-contract/1..2",
    f"{ROOT}/dredging-contract/1..4",
    f"{ROOT}/ferry-report",
    f"{ROOT}/castle-reach-lock",
    f"{ROOT}/pilot-interview/1..2",
    f"{ROOT}/-/search",
    f"{ROOT}/-/search?q=dredging",
    f"{ROOT}/-/search?q=crowns&in=added",
    f"{ROOT}/-/phrase?q=million+crowns",
    f"{ROOT}/-/pages",
)


def entries(page: BeautifulSoup) -> list[Tag]:
    return page.select("article.entry")


def entry_about(page: BeautifulSoup, title: str) -> Tag:
    return next(entry for entry in entries(page) if title in entry.get_text())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_with_a_title_a_heading_and_its_language(demo: Served, path: str) -> None:
    page = demo.page(path)

    assert page.html is not None
    assert page.html["lang"] == "en"
    assert len(page.select("h1")) == 1
    assert page.title is not None
    assert page.title.get_text(strip=True).endswith("Redline")


def test_the_site_opens_with_the_front_page_of_its_only_archive(demo: Served) -> None:
    assert demo.get("/").text == demo.get(ROOT).text
    assert demo.page("/").find("a", href="/archive") is not None


def test_an_index_of_the_operators_own_comes_before_ours(demo_path: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>our own index</p>")
    served = serve(demo_path)
    served.datasette.template_dir = str(tmp_path)

    assert "redline.css" not in served.get("/").text


def test_the_front_page_shows_what_was_said_and_what_is_said_now(demo: Served) -> None:
    entry = next(e for e in entries(demo.page(f"{ROOT}?class=number")) if "48.6" in e.get_text())

    assert [d.get_text() for d in entry.select(".excerpt del")] == [" [removed: 48.6] "]
    assert [i.get_text() for i in entry.select(".excerpt ins")] == [" [added: 61.3] "]
    assert "Not announced" in entry.get_text()
    assert "the wording changed" in entry.select_one(".parts").get_text()  # type: ignore[union-attr]


def test_a_change_is_dated_to_an_interval_and_never_to_a_moment(demo: Served) -> None:
    for entry in entries(demo.page(ROOT)):
        assert re.search(
            r"between \d+ \w+, \d\d:\d\d and \d+ \w+ 2026, \d\d:\d\d UTC", " ".join(entry.get_text().split())
        )
        assert len(entry.select("time[datetime]")) == 2


def test_an_edit_on_many_pages_is_one_event_that_names_them_all(demo: Served) -> None:
    events = list(entries(demo.page(f"{ROOT}?class=site_wide")))

    assert len(events) == 1
    assert "The same edit on 7 pages of harbours.example.gov" in events[0].get_text()
    assert len(events[0].select(".others a")) == 7


def test_a_removal_and_a_return_are_marked_and_say_what_was_there(demo: Served) -> None:
    page = demo.page(f"{ROOT}?tag=ferry")

    removed = next(e for e in entries(page) if e.select_one(".badge.alarm") and "Removed" in e.get_text())
    assert "ran aground" in removed.select_one(".excerpt").get_text()  # type: ignore[union-attr]
    assert any("Back with edits" in e.get_text() for e in entries(page))


def test_filters_narrow_by_publisher_tag_class_and_kind(demo: Served) -> None:
    press = entries(demo.page(f"{ROOT}?publisher=estuarypost.example"))
    moved = entries(demo.page(f"{ROOT}?kind=moved"))

    assert press
    assert {e.select_one(".publisher").get_text() for e in press} == {"estuarypost.example"}  # type: ignore[union-attr]
    assert len(moved) == 1
    assert "Castle Reach Lock" in moved[0].get_text()
    assert len(entries(demo.page(f"{ROOT}?tag=data"))) < len(entries(demo.page(ROOT)))
    assert entries(demo.page(f"{ROOT}?class=negation"))
    assert "Nothing in the archive is of that kind" in demo.page(f"{ROOT}?tag=none-such").get_text()


def test_what_leaves_the_wording_alone_is_shown_only_when_asked_for(demo: Served) -> None:
    assert not any("passages moved" in e.get_text() for e in entries(demo.page(ROOT)))
    assert any("passages moved" in e.get_text() for e in entries(demo.page(f"{ROOT}?all=1")))


def test_the_watch_line_counts_the_pages_by_their_last_look(demo: Served) -> None:
    line = read(demo.page(ROOT).select_one(".watch"))  # type: ignore[arg-type]

    assert "11 pages watched" in line
    assert "11 seen at the last look" in line


def test_the_list_of_pages_leads_to_each_of_their_states_and_says_what_it_means(tmp_path: Path) -> None:
    in_every_state(tmp_path / "archive.db")
    served = serve(tmp_path / "archive.db")
    ways = {a.get_text(): str(a["href"]) for a in served.page(f"{ROOT}/-/pages").select(".watch a")}

    for told, href in ways.items():
        listed = served.page(href)
        assert len(listed.select(".pages tbody tr")) == int(told.split()[0]) + ("state=" not in href)  # one has left
    overdue = next(href for told, href in ways.items() if "overdue" in told)
    assert "not seen for longer than can be meant" in read(served.page(overdue))


def test_a_documents_page_tells_its_life_in_a_drawing_and_in_words(demo: Served) -> None:
    page = demo.page(f"{ROOT}/ferry-report")
    text = read(page)

    assert page.select(".drawing rect")
    assert page.select_one(".drawing")["aria-label"].startswith("Timeline: 3 versions")  # type: ignore[index, union-attr]
    assert [li.select_one("a")["href"] for li in page.select(".versions li")] == [  # type: ignore[index]
        f"{ROOT}/ferry-report/{number}" for number in (3, 2, 1)
    ]
    for told in ("Removed 3 looks", "Back with edits", "First seen 352 words", "blocked", "not found"):
        assert told in text


def test_a_document_that_moved_shows_every_address_that_it_had(demo: Served) -> None:
    page = demo.page(f"{ROOT}/castle-reach-lock")

    addresses = {a["href"] for a in page.select("aside a.out")}
    assert any("/Explore/News/" in str(url) for url in addresses)
    assert any("/News/News-Stories/" in str(url) for url in addresses)


def test_a_day_leads_to_the_version_that_stood_on_it(demo: Served) -> None:
    assert demo.get(f"{ROOT}/dredging-contract?at=2026-03-02").headers["location"] == f"{ROOT}/dredging-contract/1"
    assert demo.get(f"{ROOT}/dredging-contract?at=2026-03-04").headers["location"] == f"{ROOT}/dredging-contract/2"
    assert "not yet watched" in demo.get(f"{ROOT}/dredging-contract?at=2020-01-01").text
    assert "write it as 2026-03-09" in demo.get(f"{ROOT}/dredging-contract?at=yesterday").text


def test_a_version_shows_its_text_and_since_when_each_passage_stands(demo: Served) -> None:
    page = demo.page(f"{ROOT}/dredging-contract/2")

    fresh = page.select(".passage.fresh")
    assert len(fresh) == 1
    assert "61.3 million" in fresh[0].get_text()
    assert "here since version 1" in page.get_text()
    assert page.select(".passage h2")


def test_a_version_names_its_evidence_and_how_to_cite_it(demo: Served) -> None:
    page = demo.page(f"{ROOT}/dredging-contract/2")
    (row,) = demo.rows("/archive/versions.json?source_id=dredging-contract&number=2&_labels=off")
    (capture,) = demo.rows(f"/archive/captures.json?id={row['capture_id']}&_col=sha256&_nocol=body")

    text = page.get_text()
    assert capture["sha256"] in text
    assert row["text_sha256"] in text
    assert f"/-/redline/archive/-/look/{row['id']}" in page.select_one(".cite").get_text()  # type: ignore[union-attr]


def test_a_version_says_how_the_clocks_stood_and_what_robots_txt_allowed(demo: Served) -> None:
    text = read(demo.page("/-/redline/archive/dredging-contract/1"))
    assert "ours and the server's agreed" in text
    assert "not asked: robots = false" in text or "allowed: " in text


def test_a_citation_leads_to_the_version_and_a_change_to_its_difference(demo: Served) -> None:
    (row,) = demo.rows("/archive/versions.json?source_id=dredging-contract&number=2&_labels=off")

    assert demo.get(f"{ROOT}/-/look/{row['id']}").headers["location"] == f"{ROOT}/dredging-contract/2"
    assert demo.get(f"{ROOT}/-/change/{row['id']}").headers["location"] == f"{ROOT}/dredging-contract/1..2"


def test_a_look_between_two_versions_leads_to_the_one_that_stood(demo: Served) -> None:
    looks = demo.rows("/archive/fetches.json?source_id=dredging-contract&outcome=blocked&_labels=off&_col=id")

    for look in looks:
        assert demo.get(f"{ROOT}/-/look/{look['id']}").headers["location"] == f"{ROOT}/dredging-contract/3"


def test_a_difference_marks_words_and_folds_what_stayed(demo: Served) -> None:
    page = demo.page(f"{ROOT}/dredging-contract/1..2")

    assert [d.get_text() for d in page.select(".difference del")] == [" removed: 48.6 end of removal "]
    assert [i.get_text() for i in page.select(".difference ins")] == [" added: 61.3 end of addition "]
    assert page.select_one("details.fold > summary") is not None
    assert "no notice was added" in page.get_text()
    assert read(page).count("between 2 Mar, 18:17 and") + read(page).count("between 3 Mar, 06:17 and") == 1


def test_a_moment_at_which_looks_found_no_page_is_told_as_that(demo: Served) -> None:
    told = read(demo.page(demo.get(f"{ROOT}/ferry-report/at/2026-03-10").headers["location"]))

    assert "the look before that moment found no page (not found)" in told
    assert "either may have stood" not in told
    # A block says nothing of the page, which was as it was.
    blocked = read(demo.page(demo.get(f"{ROOT}/water-advisory/at/2026-03-07T20:00Z").headers["location"]))
    assert "the page was seen with this text before that moment and after it" in blocked


def test_a_reader_is_not_told_what_to_type_at_a_command_line(demo: Served) -> None:
    page = demo.get(f"{ROOT}/nowhere")

    assert page.status_code == 404
    assert "There is no source &#39;nowhere&#39;." in page.text
    assert f'href="{ROOT}/-/pages"' in page.text


def test_a_kind_that_stands_on_a_badge_is_not_said_again(demo: Served) -> None:
    removed = entry_about(demo.page(f"{ROOT}?kind=removed"), "Report on the Grounding")

    assert read(removed.select_one(".dek")) == "3 looks over 24 hours found no page (404 Not Found)"  # type: ignore[arg-type]
    assert read(removed.select_one(".kicker")).startswith("Removed ")  # type: ignore[arg-type]
    edited = entries(demo.page(f"{ROOT}?class=quote"))[0]
    assert read(edited.select_one(".dek")) == "1 sentence edited; “every winter” became “in some winters”"  # type: ignore[arg-type]


def test_a_page_that_came_back_is_dated_alike_wherever_it_is_told(demo: Served) -> None:
    front = next(e for e in entries(demo.page(f"{ROOT}?kind=restored_with_edits")) if "Back with edits" in e.get_text())
    path = front.select_one("h3 a")["href"]  # type: ignore[index]
    difference = demo.page(str(path))

    told = [str(at["datetime"]) for at in front.select(".meta time")]
    assert told == ["2026-03-13T06:17:00.000Z", "2026-03-13T18:17:00.000Z"]
    assert [str(at["datetime"]) for at in difference.select(".page-head .meta time")] == told
    assert "came back between 13 Mar, 06:17 and 13 Mar 2026, 18:17 UTC: within 12 hours" in read(difference)
    assert "last seen 7 Mar 2026, 06:17 UTC" in read(difference.select_one(".sides"))  # type: ignore[arg-type]


def test_any_two_versions_can_be_compared(demo: Served) -> None:
    page = demo.page(f"{ROOT}/dredging-contract/1..4")
    text = page.select_one(".difference").get_text()  # type: ignore[union-attr]

    for words in ("48.6", "61.3", "30 November 2026", "31 March 2027", "Waterways and Coastal Affairs"):
        assert any(word in text for word in (words, *words.split()))
    assert "3 steps" in page.get_text()


def test_the_order_of_two_versions_is_put_right_and_one_version_has_no_difference(demo: Served) -> None:
    assert demo.get(f"{ROOT}/dredging-contract/3..1").headers["location"] == f"{ROOT}/dredging-contract/1..3"
    assert demo.get(f"{ROOT}/dredging-contract/2..2").headers["location"] == f"{ROOT}/dredging-contract/2"
    assert demo.get(f"{ROOT}/dredging-contract?old=3&new=1").headers["location"] == f"{ROOT}/dredging-contract/1..3"


def test_moved_text_is_shown_as_moved_and_not_as_cut(demo: Served) -> None:
    page = demo.page(f"{ROOT}/pilot-interview/1..2")

    assert len(page.select(".row.moved_here")) == 3
    assert len(page.select(".row.moved_away")) == 3
    assert not page.select(".difference del, .difference ins")


def test_a_change_of_the_pages_own_date_is_shown_beside_the_text(demo: Served) -> None:
    assert "Modified date" in demo.page(f"{ROOT}/port-statistics/1..2").select_one(".fields").get_text()  # type: ignore[union-attr]


def test_a_search_finds_what_a_page_no_longer_says(demo: Served) -> None:
    page = demo.page(f"{ROOT}/-/search?q=%22fixed+price+of+48.6%22")

    assert [b.get_text() for b in page.select(".kicker .badge")] == ["gone"]
    assert page.select_one(".found .kicker a")["href"] == f"{ROOT}/dredging-contract/1"  # type: ignore[index]


@pytest.mark.parametrize("typed", ['"', "AND OR NOT", "a*", "NEAR(", "(", "-", "_", "\x00", "text:x", '""', "é" * 600])
def test_nothing_that_is_typed_into_the_search_is_an_error(demo: Served, typed: str) -> None:
    assert demo.get(f"{ROOT}/-/search", params={"q": typed}).status_code == 200


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (f"{ROOT}/dredging-contrakt", "did you mean dredging-contract"),
        (f"{ROOT}/dredging-contract/9", "it has versions 1 to 4"),
        (f"{ROOT}/dredging-contract/1..9", "it has versions 1 to 4"),
        (f"{ROOT}/dredging-contract/x", "is no whole number"),
        (f"{ROOT}/dredging-contract/{'9' * 30}", "is no whole number"),
        (f"{ROOT}/-/change/999999", "there is no change 999999"),
        (f"{ROOT}/-/look/999999", "no look 999999"),
        (f"{ROOT}/-/capture/999999", "no capture 999999"),
        (f"{ROOT}?before=soon", "is no whole number"),
        ("/-/redline/elsewhere", "No archive of that name"),
    ],
)
def test_what_is_not_there_is_answered_with_404_and_one_line_that_helps(demo: Served, path: str, says: str) -> None:
    response = demo.get(path)

    assert response.status_code == 404
    assert says.lower() in response.text.lower().replace("&#39;", "'")


def test_the_list_of_pages_says_how_each_fares(demo: Served) -> None:
    rows = demo.page(f"{ROOT}/-/pages").select("table.pages tbody tr")

    assert len(rows) == 11
    assert all("seen" in row.get_text() for row in rows)
