"""Whatever happens to pages, watch list and rules: what was derived step by step is what a rebuild derives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from scraper.normalizing.document import Rules
from tests.archive.watching import PARAGRAPHS, URL, Watch, page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LONG = tuple(
    f"{text} It was said {n} times over, in as many words as were needed." for n, text in enumerate(PARAGRAPHS * 2)
)
RENAMED = tuple(text.replace("Department of Harbours", "Ministry of Harbours") for text in LONG)
BODIES = {
    "long": page(*LONG),
    "renamed": page(*RENAMED),
    "edited": page(*LONG[:4], "Quite another paragraph now closes the page, and nobody was told."),
    "ruled": page(*LONG).replace(b"<main>", b"<main><div id=story>").replace(b"</main>", b"</div></main>"),
    "short": page("This page is being revised."),
    "empty": b"<html><body></body></html>",
}
SOURCES = ("one", "two", "three", "four")

looks = st.tuples(
    st.just("look"),
    st.sampled_from(SOURCES),
    st.sampled_from([*BODIES, "404", "403", "304", "home", "moved", "refused"]),
)
mends = st.tuples(
    st.just("mend"), st.sampled_from(SOURCES), st.sampled_from(["#story", "remove", "publisher", "address", "none"])
)


def apply(watch: Watch, step: tuple[str, str, str]) -> None:
    act, source_id, what = step
    url = f"{URL}-{source_id}"
    if act == "mend":
        rules = {"#story": Rules(content="#story"), "remove": Rules(remove=("p:first-of-type",))}.get(what, Rules())
        watch.add(source_id, f"{url}-new" if what == "address" else url, rules)
        if what == "publisher":
            watch.publish_as(source_id, "another.example")
        watch.archive.catch_up()
    elif what in BODIES:
        watch.look(BODIES[what], source_id)
    elif what == "moved":
        watch.look(BODIES["long"], source_id, final_url=url.replace("/news/", "/archive/"))
    elif what == "home":
        watch.look(BODIES["long"], source_id, final_url="https://www.example.gov/")
    elif what == "refused":
        watch.look(None, source_id, status=None, failure="network_error")
    else:
        watch.look(b"Not Found", source_id, status=int(what))


@given(steps=st.lists(st.one_of(looks, looks, looks, mends), min_size=3, max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_step_by_step_and_all_at_once_give_the_same_tables(
    steps: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path: Path = tmp_path_factory.mktemp("history") / "archive.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        for source_id in SOURCES:
            watch.add(source_id, f"{URL}-{source_id}")
        for step in steps:
            apply(watch, step)
        assert verify(archive.connection).findings == ()
        assert [table.table for table in rebuild(archive.connection) if not table.same] == []


@given(steps=st.lists(st.one_of(looks, looks, looks, mends), min_size=3, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_worked_out_beforehand_changes_nothing_in_the_tables(
    steps: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("prepared")
    kept = []
    for prepares in (False, True):
        with Archive(folder / f"{prepares}.db") as archive:
            watch = Watch(archive, prepares=prepares)
            for source_id in SOURCES:
                watch.add(source_id, f"{URL}-{source_id}")
            for step in steps:
                apply(watch, step)
            kept.append([line for line in archive.connection.iterdump() if "_sqlite_migrations" not in line])
    assert kept[0] == kept[1]


def test_marks_that_a_mended_source_gave_to_others_are_taken_back(watch: Watch) -> None:
    for source_id in SOURCES[:3]:
        watch.add(source_id, f"{URL}-{source_id}")
        watch.look(BODIES["long"], source_id)
    for source_id in SOURCES[:3]:
        watch.look(BODIES["renamed"], source_id)
    assert all("site_wide" in change.classes for change in watch.archive.changes() if change.kind == "content")

    watch.publish_as("one", "another.example")
    watch.archive.catch_up()

    assert not any("site_wide" in change.classes for change in watch.archive.changes())
    assert verify(watch.archive.connection).findings == ()


def test_rules_mended_before_the_first_version_date_it_from_the_first_look(watch: Watch) -> None:
    watch.add("one", f"{URL}-one", Rules(content="#stroy"))
    first = watch.look(BODIES["ruled"], "one")
    watch.look(BODIES["ruled"], "one")
    watch.add("one", f"{URL}-one", Rules(content="#story"))
    watch.archive.catch_up()

    recorded = watch.look(BODIES["ruled"], "one")

    assert (first.outcome, recorded.outcome) == ("extraction_suspect", "unchanged")
    assert verify(watch.archive.connection).findings == ()
