"""What a page calls its own address, and how far that is believed."""

from __future__ import annotations

import pytest

import scraper.archive.addresses as addresses_module
from scraper.archive import reading
from scraper.archive.rebuild import rebuild
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

AMP = f"{URL}?amp=1&utm_source=mail"


def naming(url: str | None, *texts: str) -> bytes:
    link = f'<link rel="canonical" href="{url}">' if url else ""
    return page(*(texts or PARAGRAPHS)).replace(b"</title>", f"</title>{link}".encode())


def addresses(watch: Watch, source_id: str = "dredging") -> dict[str, str]:
    return {row["url"]: row["reason"] for row in reading.urls(watch.archive.connection, source_id)}


def rows(watch: Watch) -> list[tuple[str, str, str]]:
    found = reading.urls(watch.archive.connection, "dredging")
    return [(row["first_seen"], row["last_seen"], row["reason"]) for row in found]


@pytest.mark.parametrize(
    "asked",
    [
        AMP,
        f"{URL}?print=1",
        f"{URL}?view=print",
        f"{URL}/print",
        "https://m.example.gov/news/dredging-contract",
        "http://www.example.gov/news/dredging-contract/",
        "https://www.example.gov/archive/dredging-contract",
    ],
)
def test_an_address_in_another_dress_becomes_an_address_of_the_page(watch: Watch, asked: str) -> None:
    watch.add("dredging", asked)
    watch.look(naming(URL))

    assert addresses(watch) == {asked: "watch list", URL: "canonical"}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("https://www.example.gov/story/105500/old-words", "https://www.example.gov/story/105500/new-words"),
        ("https://www.example.gov/news/old-words-10550077", "https://www.example.gov/news/new-words-10550077"),
        (
            "https://www.defense.gov/Explore/News/Article/Article/2028603/old/",
            "https://www.war.gov/News/News-Stories/Article/Article/2028603/new/",
        ),
    ],
)
def test_an_article_number_outlives_the_words_around_it(watch: Watch, asked: str, named: str) -> None:
    watch.add("dredging", asked)
    watch.look(naming(named))

    assert addresses(watch) == {asked: "watch list", named: "canonical"}


@pytest.mark.parametrize(
    "named",
    [
        "https://another.example/news/dredging-contract",
        "https://www.example.gov/",
        "https://www.example.gov/news/another-contract",
        "https://www.example.gov/news/dredging-contract?id=7",
        "https://www.example.gov/en-us/",
        "http://[",
        "javascript:alert(1)",
        None,
    ],
)
def test_a_claim_that_the_addresses_do_not_bear_out_decides_nothing_and_is_kept(
    watch: Watch, named: str | None
) -> None:
    watch.look(naming(named))

    assert addresses(watch) == {URL: "watch list"}
    stored = watch.archive.connection.execute("select canonical_url from versions").fetchone()[0]
    assert stored == (named if named and named.startswith("https") else None)
    assert watch.kinds() == ["first_seen"]


def test_what_was_named_has_the_interval_in_which_it_was_named(watch: Watch) -> None:
    watch.add("dredging", AMP)
    for body in (naming(None), naming(URL), naming(URL), naming(None)):
        watch.look(body)

    (asked, named) = rows(watch)
    assert asked == ("2026-03-02T06:00:00.000Z", "2026-03-03T18:00:00.000Z", "watch list")
    assert named == ("2026-03-02T18:00:00.000Z", "2026-03-03T06:00:00.000Z", "canonical")
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_to_have_been_seen_at_an_address_outranks_having_named_it(watch: Watch) -> None:
    watch.add("dredging", AMP)
    watch.look(naming(URL))
    watch.look(naming(URL), final_url=URL)

    assert rows(watch)[1] == ("2026-03-02T18:00:00.000Z", "2026-03-02T18:00:00.000Z", "redirect")
    watch.look(naming(URL))
    assert rows(watch)[1][2] == "redirect"
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_a_page_that_goes_back_and_forth_does_not_know_its_own_address(watch: Watch) -> None:
    watch.add("dredging", AMP)
    other = URL.replace("/news/", "/archive/")
    for named in (URL, other):
        watch.look(naming(named))
    assert set(addresses(watch).values()) == {"watch list", "canonical"}

    for named in (URL, other, URL, URL):
        watch.look(naming(named))
        assert addresses(watch) == {AMP: "watch list"}
    assert all(report.same for report in rebuild(watch.archive.connection))


def test_of_a_page_that_went_back_and_forth_only_its_last_versions_are_read_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses_module, "LOOKED_BACK", 4)
    watch.add("dredging", AMP)
    other = URL.replace("/news/", "/archive/")
    for turn in range(3):
        for named in (URL, other):
            watch.look(naming(named, *PARAGRAPHS, f"The tender was opened in round {turn}."))
    assert addresses(watch) == {AMP: "watch list"}

    asked: list[str] = []
    watch.archive.connection.set_trace_callback(asked.append)
    watch.look(naming(other, *PARAGRAPHS, "The tender was opened in round 2."))
    watch.archive.connection.set_trace_callback(None)
    assert addresses(watch) == {AMP: "watch list"}
    (reading_names,) = [text for text in asked if "canonical_url from" in text]
    assert len(watch.archive.connection.execute(reading_names).fetchall()) == 4

    for turn in range(3):
        watch.look(naming(URL, *PARAGRAPHS, f"The contract was let in part {turn}."))
        watch.look(naming(URL, *PARAGRAPHS, f"The contract was let in part {turn}."))
    assert addresses(watch) == {AMP: "watch list", URL: "canonical"}
    assert all(report.same for report in rebuild(watch.archive.connection))


@pytest.mark.parametrize(
    "value",
    [
        f'<{URL}>; rel="canonical"',
        f'</style.css>; rel=preload, <{URL}>; rel="canonical"',
        '<dredging-contract>; rel="canonical"',
    ],
)
def test_a_link_header_names_an_address_too(watch: Watch, value: str) -> None:
    watch.add("dredging", AMP)
    watch.look(page(*PARAGRAPHS), headers=(("Content-Type", "text/html"), ("Link", value)))

    assert addresses(watch) == {AMP: "watch list", URL: "canonical"}


@pytest.mark.parametrize(
    "value", ["<", "<>; rel=canonical", "x" * 10_000 + "; rel=canonical", "<http://[>; rel=canonical"]
)
def test_a_link_header_that_names_nothing_is_nothing(watch: Watch, value: str) -> None:
    watch.add("dredging", AMP)
    assert watch.look(page(*PARAGRAPHS), headers=(("Content-Type", "text/html"), ("Link", value))).outcome

    assert addresses(watch) == {AMP: "watch list"}
