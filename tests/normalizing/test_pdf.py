from __future__ import annotations

import io
import random
import re
import sys
from contextlib import suppress

import pypdf
import pytest

from scraper.comparing import compare
from scraper.errors import NormalizeError, RuleMatchedNothing, Unreadable
from scraper.normalizing import Passage, Rules, normalize
from scraper.normalizing.pdf import read_pdf
from scraper.normalizing.pdf_layout import Line, passages_of
from tests.normalizing.pdf_files import Sheet, assemble, set_pages, stream, write_pdf

URL = "https://www.example.gov/reports/annual.pdf"
REPORT = [
    "# The harbour in the year",
    "The Department of Harbours dredged the outer channel to a depth of twelve metres. The work cost 48 million crowns"
    " and was paid from the reserve that parliament had set aside in January, after long debates in two committees.",
    "Ferries kept to their timetable while the work went on, except on three days in March. The pilots were asked, and"
    " they agreed with the department that the new marks are seen well by night.",
]


def test_lines_become_paragraphs_and_large_type_a_heading() -> None:
    document = normalize(write_pdf(set_pages(REPORT)), url=URL, content_type="application/pdf")

    assert document.passages == (
        Passage("heading", "The harbour in the year"),
        Passage("paragraph", REPORT[1]),
        Passage("paragraph", REPORT[2]),
    )
    assert (document.title, dict(document.origins)["title"]) == ("The harbour in the year", "text")


def test_what_the_file_says_of_itself_is_told_with_the_place_where_it_says_it() -> None:
    info = {
        "Title": "Annual report",
        "Author": "Department of Harbours",
        "CreationDate": "D:20250210093000+01'00'",
        "ModDate": "D:20250211",
    }
    document = normalize(write_pdf(set_pages(REPORT), info=info, Lang="(en-GB)"), url=URL)

    assert (document.title, document.byline, document.language) == ("Annual report", "Department of Harbours", "en-GB")
    assert (document.published, document.modified) == ("2025-02-10T09:30:00+01:00", "2025-02-11")
    assert {origin for _, origin in document.origins} == {"pdf"}


@pytest.mark.parametrize("title", ["Microsoft Word - final_v3.doc", "report.indd", "Untitled-1", "Document1"])
def test_the_name_of_a_file_is_no_title(title: str) -> None:
    assert normalize(write_pdf(set_pages(REPORT), info={"Title": title}), url=URL).title == "The harbour in the year"


def test_the_same_text_made_anew_by_another_program_is_no_change_of_substance() -> None:
    first = write_pdf(set_pages(REPORT), info={"Producer": "Press 1", "CreationDate": "D:20250210093000Z"})
    again = write_pdf(
        set_pages(REPORT), compressed=False, info={"Producer": "Sheet 9", "CreationDate": "D:20260101120000Z"}
    )
    rewritten = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(again)).write(rewritten)
    old, new = normalize(first, url=URL), normalize(rewritten.getvalue(), url=URL)

    assert old.text_sha256 == new.text_sha256
    difference = compare(old, new)
    assert (difference.substantive, difference.edits) == (False, ())
    assert [name for name, _, _ in difference.fields_changed] == ["published"]


def test_a_word_more_moves_every_line_and_page_behind_it_and_is_one_edit() -> None:
    chance = random.Random(5)
    words = ["harbour", "ferry", "council", "winter", "reserve", "parliament", "long-term", "metres", "2019", "Norway"]
    sentences = [
        [
            " ".join(chance.choices(words, k=chance.randint(6, 30))).capitalize() + "."
            for _ in range(chance.randint(1, 6))
        ]
        for _ in range(45)
    ]
    pages = set_pages([" ".join(part) for part in sentences], header="Department of Harbours")
    sentences[7][0] = sentences[7][0].replace(" ", " never ", 1)
    moved = set_pages([" ".join(part) for part in sentences], header="Department of Harbours")
    old, new = (normalize(write_pdf(sheets), url=URL) for sheets in (pages, moved))

    assert len(pages) > 3
    assert [sheet.lines for sheet in pages[1:]] != [sheet.lines for sheet in moved[1:]]
    assert [(edit.op, edit.new) for edit in compare(old, new).edits] == [("edit", sentences[7][0])]
    assert [p.text for p in new.passages if p.kind == "aside"] == ["Department of Harbours"]
    assert "Page" not in new.text


def test_a_file_that_any_reader_opens_without_a_password_is_read_and_any_other_is_said_to_be_locked() -> None:
    opened, locked = io.BytesIO(), io.BytesIO()
    for target, user in ((opened, ""), (locked, "secret")):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(write_pdf(set_pages(REPORT))))
        writer.encrypt(user, "owner", algorithm="AES-256")
        writer.write(target)

    assert normalize(opened.getvalue(), url=URL).passages[1].text == REPORT[1]
    with pytest.raises(Unreadable, match="encrypted"):
        normalize(locked.getvalue(), url=URL)


def test_pages_without_text_are_said_to_be_scanned_and_are_no_empty_document() -> None:
    with pytest.raises(Unreadable, match=r"no text in it: scanned pages \(2 of them\)"):
        normalize(write_pdf([Sheet(), Sheet()]), url=URL)


def test_letters_that_nobody_can_make_out_are_no_text() -> None:
    sheet = Sheet()
    sheet.put(72, 700, "\x01\x02\x03\x04\x05 \x06\x07\x08" * 9)

    with pytest.raises(Unreadable, match="fonts do not say"):
        normalize(write_pdf([sheet]), url=URL)


def endless(times: int) -> bytes:
    """One page that draws a letter so many times."""
    content = b"BT /F1 9 Tf 1 0 0 1 72 700 Tm " + b"(a) Tj 0 -1 Td " * times + b"ET"
    page = b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents 7 0 R >>"
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< >>",
            b"<< >>",
            page,
            stream(content),
        ]
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits; the wall clock alone stops it there")
def test_a_file_that_takes_too_long_is_stopped_and_is_not_read() -> None:
    body = endless(300_000)

    assert len(body) < 20_000
    with pytest.raises(Unreadable, match=r"stopped at 1 seconds|took more than 2 seconds"):
        read_pdf(body, URL, seconds=1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to a limit of address space")
def test_a_file_that_takes_too_much_memory_is_stopped_and_is_not_read() -> None:
    with pytest.raises(Unreadable, match="MB"):
        read_pdf(endless(4_000_000), URL, seconds=60, memory=160 << 20)


def test_a_stream_that_unpacks_without_end_is_refused_alike_on_every_machine() -> None:
    with pytest.raises(Unreadable, match="page 1 unpacks to more than is read"):
        normalize(endless(6_000_000), url=URL)


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"%PDF-1.4\n" + b"<<" * 5000, b"%PDF-", b"%PDF-1.4\n%%EOF\n"])
def test_a_broken_file_is_said_to_be_broken_in_one_line(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        normalize(body, url=URL, content_type="application/pdf")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", range(5))
def test_no_damage_to_a_file_is_a_fault_of_ours(seed: int) -> None:
    chance = random.Random(seed)
    body = bytearray(write_pdf(set_pages(REPORT), compressed=bool(seed % 2)))
    for _ in range(12):
        body[chance.randrange(9, len(body))] = chance.randrange(256)
    with suppress(NormalizeError):
        assert normalize(bytes(body), url=URL).passages


def test_the_links_of_a_page_are_links_of_the_document() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(write_pdf(set_pages(REPORT))))
    from pypdf.annotations import Link

    writer.add_annotation(0, Link(rect=(72, 700, 200, 712), url="https://example.gov/tenders?utm_source=pdf"))
    out = io.BytesIO()
    writer.write(out)

    assert [link.url for link in normalize(out.getvalue(), url=URL).links] == ["https://example.gov/tenders"]


def test_a_rule_that_selects_in_html_matches_nothing_here_and_says_so() -> None:
    with pytest.raises(RuleMatchedNothing, match="this is PDF"):
        normalize(write_pdf(set_pages(REPORT)), url=URL, rules=Rules(content="main"))
    assert normalize(write_pdf(set_pages(REPORT)), url=URL, rules=Rules(remove=(".share",))).words


@pytest.mark.parametrize(
    "texts",
    [
        ["." * 200_000 + "x"],
        ["word-"] * 60_000,
        [" .1" * 60_000, " .1" * 60_000],
    ],
)
def test_lines_made_to_keep_a_reader_busy_cost_no_more_than_their_length(texts: list[str]) -> None:
    page = [Line(700 - 10 * n, 10, False, [(72 + 30 * at, part) for at, part in enumerate(re.split("(?= )", text))])
            for n, text in enumerate(texts)]  # fmt: skip

    assert passages_of([page])


def test_a_line_of_the_text_that_opens_two_pages_is_no_running_line() -> None:
    lines = [
        "The department says that ferries keep to their timetable and",
        "that no berth closes before the end of May.",
    ]
    sheets = []
    for number in (1, 2, 3):
        sheet = Sheet()
        sheet.put(300, 40, f"Page {number} of 3", 9.0)
        for at, line in enumerate([*lines, f"Quay {number} is repaired first."] * 3):
            sheet.put(72, 760 - 13 * at, line)
        sheets.append(sheet)
    document = normalize(write_pdf(sheets), url=URL)

    assert document.text.count(" ".join(lines)) == 9
    assert "Page" not in document.text
