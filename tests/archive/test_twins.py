from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.archive.redaction import redact, targets
from scraper.archive.twins import Twins, twins
from scraper.terminal import views
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

if TYPE_CHECKING:
    import pytest

NAMING = page(*PARAGRAPHS).replace(b"</title>", f'</title><link rel="canonical" href="{URL}">'.encode())


def found(watch: Watch) -> list[Twins]:
    return twins(watch.archive.connection)


def test_two_addresses_of_one_page_are_told_of_once_and_both_stay_watched(watch: Watch) -> None:
    watch.add("amp", f"{URL}?print=1")
    for _ in range(2):
        watch.look(NAMING)
        watch.look(NAMING, "amp")

    assert found(watch) == [Twins(("amp", "dredging"), f"both are known under {URL}, with the same text")]
    assert watch.archive.counts()["versions"] == 2
    (line,) = views.twins(found(watch))
    assert " ".join(line.split()).startswith("amp and dredging are the same document: both are known under https://")


def test_a_page_that_only_names_the_address_of_another_text_is_a_page_of_its_own(watch: Watch) -> None:
    watch.add("other", "https://www.example.gov/archive/dredging-contract")
    watch.look(page(*PARAGRAPHS[:2], title="Another contract"))
    watch.look(NAMING, "other")

    assert found(watch) == []
    watch.look(page(*PARAGRAPHS))
    watch.look(NAMING, "other")
    assert [one.sources for one in found(watch)] == [("dredging", "other")]


def test_of_three_under_one_address_those_are_one_document_that_were_seen_there_or_say_the_same(watch: Watch) -> None:
    watch.add("led", "https://www.example.gov/2019/dredging-contract")
    watch.add("naming", f"{URL}?print=1")
    watch.add("stranger", f"{URL}?print=2")
    watch.look(page(*PARAGRAPHS[:2]))
    watch.look(page(*PARAGRAPHS), "led", final_url=URL)
    watch.look(NAMING, "naming")
    watch.look(NAMING.replace(b"twelve", b"nineteen"), "stranger")

    why = f"all of them are known under {URL}, with the same text"
    assert found(watch) == [
        Twins(("dredging", "led"), f"both are at {URL}"),
        Twins(("led", "naming"), why.replace("all of them", "both")),
    ]


def test_two_texts_that_are_withheld_are_not_the_same_text(watch: Watch) -> None:
    watch.add("amp", f"{URL}?print=1")
    watch.look(page(*PARAGRAPHS))
    watch.look(NAMING.replace(b"twelve", b"nineteen"), "amp")
    watch.archive.finish_run(watch.run_id, watch.now, fetched=2, changed=0, failed=0)
    chosen = targets(watch.archive.connection, ["dredging/v1", "amp/v1"])
    redact(watch.archive, chosen, " ".join(["a private address"] * 20), watch.now)

    assert found(watch) == []


def test_a_page_that_is_redirected_to_another_one_that_is_watched_is_that_page(watch: Watch) -> None:
    watch.add("old", "https://www.example.gov/2019/dredging-contract")
    watch.look(page(*PARAGRAPHS))
    watch.look(page(*PARAGRAPHS[:2]), "old", final_url=URL)

    assert [one.sources for one in found(watch)] == [("dredging", "old")]


def test_the_same_text_at_two_addresses_of_one_publisher_is_one_document(watch: Watch) -> None:
    watch.add("copy", "https://press.example.gov/releases/77")
    watch.add("elsewhere", "https://another.example/news/77")
    long = page(*PARAGRAPHS, "It was the third contract of its kind within two years, and the largest by far.")
    for source_id in watch.sources:
        watch.look(long, source_id)

    assert found(watch) == [Twins(("copy", "dredging"), "their latest texts are the same, word for word")]


def test_short_notices_an_address_that_was_left_and_a_retired_page_are_nothing(watch: Watch) -> None:
    watch.add("a", f"{URL}-a")
    watch.add("b", f"{URL}-b")
    for source_id in ("a", "b"):
        watch.look(page("This page is being revised."), source_id)
    assert found(watch) == []

    watch.add("a", f"{URL}-c")
    watch.look(page("This page is being revised."), "a")
    watch.add("b", f"{URL}-a")
    watch.look(page("This page is being revised."), "b")
    assert found(watch) == [], "the first page is no longer asked for there"

    watch.add("a", f"{URL}-a")
    watch.look(page("This page is being revised."), "a")
    assert [one.sources for one in found(watch)] == [("a", "b")]
    del watch.sources["b"]
    watch.add("a", f"{URL}-a")
    assert found(watch) == []


def test_the_commands_say_it(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    from scraper.cli import main

    watch.add("amp", f"{URL}?print=1")
    watch.look(NAMING)
    watch.look(NAMING, "amp")
    path = watch.archive.path
    main(["sources", "--db", str(path)], standalone_mode=False)

    assert capsys.readouterr().out.count("are the same document") == 1
