"""Documents that are no HTML, through the archive: versions, another kind at the same address, kinds not read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive
from scraper.archive.rebuild import rebuild
from scraper.archive.verify import verify
from tests.archive.watching import PARAGRAPHS, Watch, page
from tests.normalizing.pdf_files import Sheet, set_pages, write_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PDF = (("Content-Type", "application/pdf"),)
LONG = [" ".join([*PARAGRAPHS, f"The berths of quay {n} stay open, the pilots say."]) for n in range(30)]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with Archive(tmp_path / "archive.db") as archive:
        watching = Watch(archive)
        watching.add()
        yield watching
        assert verify(archive.connection).findings == ()
        assert all(table.same for table in rebuild(archive.connection))


def as_pdf(*paragraphs: str) -> bytes:
    return write_pdf(set_pages(list(paragraphs), header="Department of Harbours"))


def test_one_word_edited_in_a_pdf_is_one_edit(watch: Watch) -> None:
    first = watch.look(as_pdf(*LONG), headers=PDF)
    same = watch.look(write_pdf(set_pages(LONG, header="Department of Harbours"), compressed=False), headers=PDF)
    edited = watch.look(as_pdf(LONG[0].replace("twelve metres", "nearly twelve metres"), *LONG[1:]), headers=PDF)

    assert [look.outcome for look in (first, same, edited)] == ["first_version", "unchanged", "new_version"]
    rows = watch.archive.connection.execute("select op, old_text, new_text from edits").fetchall()
    assert [(row["op"], row["new_text"]) for row in rows] == [
        ("edit", PARAGRAPHS[0].replace("twelve metres", "nearly twelve metres"))
    ]


def test_a_scanned_pdf_is_suspect_and_no_empty_version(watch: Watch) -> None:
    watch.look(as_pdf(*PARAGRAPHS), headers=PDF)
    scanned = watch.look(write_pdf([Sheet(), Sheet()]), headers=PDF)

    assert (scanned.outcome, scanned.change_id) == ("extraction_suspect", None)
    assert "scanned" in scanned.reason
    assert watch.archive.counts()["versions"] == 1


def test_a_page_that_comes_as_a_pdf_is_doubted_until_looks_over_a_day_agree(watch: Watch) -> None:
    printed = write_pdf(set_pages(["# The harbour is dredged", *PARAGRAPHS]))
    watch.look(page(*PARAGRAPHS))
    doubted = [watch.look(printed, headers=PDF) for _ in range(2)]
    believed = watch.look(printed, headers=PDF)

    assert [look.outcome for look in doubted] == ["extraction_suspect"] * 2
    assert doubted[0].reason == "it came as PDF, and was HTML before; not believed before later looks agree"
    assert believed.outcome == "new_version"
    change = watch.archive.changes(limit=1)[0]
    assert change.summary.startswith("Came as PDF instead of HTML: ")
    details = json.loads(watch.archive.connection.execute("select details from changes order by id desc").fetchone()[0])
    assert (change.substantive, details["old_media"], details["new_media"]) == (False, "HTML", "PDF")
    assert watch.look(as_pdf(*PARAGRAPHS), headers=PDF).outcome == "new_version"


def test_an_error_in_json_in_the_place_of_a_page_is_no_edit(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    json_type = (("Content-Type", "application/json"),)
    error = watch.look(b'{"status": 200, "message": "The service is not available at the moment"}', headers=json_type)
    back = watch.look(page(*PARAGRAPHS))

    assert (error.outcome, error.change_id) == ("extraction_suspect", None)
    assert "came as JSON" in error.reason
    assert (back.outcome, back.change_id) == ("unchanged", None)


def test_a_label_that_comes_and_goes_over_the_same_page_is_no_other_kind(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS), headers=())
    edited = watch.look(page(*PARAGRAPHS[:2]))

    assert edited.outcome == "new_version"


def test_a_pdf_labelled_as_a_page_is_a_pdf_on_both_sides(watch: Watch) -> None:
    watch.look(as_pdf(*PARAGRAPHS))
    edited = watch.look(as_pdf(*PARAGRAPHS[:2]), headers=PDF)

    assert edited.outcome == "new_version"


def test_a_kind_that_is_not_read_is_kept_and_never_a_change(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    first, second = (
        watch.look(b"\x89PNG\r\n\x1a\n" + bytes(99), headers=(("Content-Type", "image/png"),)) for _ in "ab"
    )

    assert [(look.outcome, look.change_id, look.repeated) for look in (first, second)] == [
        ("unsupported", None, False),
        ("unsupported", None, True),
    ]
    assert watch.archive.counts()["captures"] == 2
    blocked = watch.look(b"no", status=403)
    assert watch.look(b"no", status=403).repeated is blocked.repeated is False
