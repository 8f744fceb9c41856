"""The picture of an edit: its size, what it draws and what it refuses to draw, and how long it may be kept."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from scraper.datasette_plugin.card import SIZE, Card, etag, png
from scraper.datasette_plugin.excerpts import Piece
from scraper.datasette_plugin.lettering import drawable, lines_of, words_of

if TYPE_CHECKING:
    from tests.datasette_plugin.served import Served

ROOT = "/-/redline/archive"
CARD = Card(
    title="Contract awarded",
    publisher="example.gov",
    label="Not announced",
    loud=True,
    quote=(Piece("equal", "It costs "), Piece("delete", "48"), Piece("insert", "61"), Piece("equal", " crowns.")),
    instead="2 words came and 2 went, in 1 edit",
    when="Between 3 Mar, 06:17 and 3 Mar 2026, 18:17 UTC",
    archive="archive: harbours",
)
WASHES = {"delete": (0xFB, 0xE3, 0xE1), "insert": (0xDC, 0xF1, 0xE0)}


def drawn(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(png(card))).convert("RGB")


def colours(card: Card) -> set[tuple[int, ...]]:
    found = drawn(card).getcolors(SIZE[0] * SIZE[1])
    assert found is not None
    return {colour for _, colour in found if isinstance(colour, tuple)}


def test_a_card_has_the_size_that_readers_of_links_ask_for_and_marks_both_words() -> None:
    assert drawn(CARD).size == (1200, 630)
    assert set(WASHES.values()) <= colours(CARD)


def test_the_same_card_is_the_same_picture_and_another_has_another_name() -> None:
    again = replace(CARD)
    first = png(CARD)

    assert png(again) == first
    assert etag(again) == etag(CARD)
    assert etag(replace(CARD, when="Between 4 Mar")) != etag(CARD)
    assert png(replace(CARD, quote=CARD.quote[:3])) != first


@pytest.mark.parametrize(
    "text", ["Ďurišin’s 48 € – “žluť”", "Ναι, η τιμή", "Цена — 48 крон", "Éire, Łódź, Þingvellir…"]
)
def test_latin_greek_and_cyrillic_are_drawn_letter_by_letter(text: str) -> None:
    assert drawable(text) == text


@pytest.mark.parametrize("text", ["السعر 48", "מחיר", "価格", "ราคา"])
def test_a_quotation_that_cannot_be_drawn_whole_is_not_drawn_at_all(text: str) -> None:
    quote = (Piece("equal", "It costs "), Piece("delete", "48"), Piece("insert", text))

    assert drawable(text) is None
    assert not set(WASHES.values()) & colours(replace(CARD, quote=quote))
    assert png(replace(CARD, quote=quote)) == png(replace(CARD, quote=()))


def test_what_has_no_picture_or_turns_the_line_is_written_out() -> None:
    assert drawable("48\u202e16\x00 \U0001f6a2 crowns") == "48[U+202E]16[U+0000] [U+1F6A2] crowns"


@pytest.mark.parametrize("length", [400, 5_000, 200_000])
def test_a_text_of_any_length_stays_inside_of_the_picture(length: int) -> None:
    long = "wording " * (length // 8)
    card = replace(
        CARD,
        title="W" * length,
        publisher=long,
        quote=(Piece("delete", long), Piece("insert", "x" * length)),
        when=long,
    )
    picture = drawn(card)

    paper = picture.getpixel((30, 300))
    assert all(picture.getpixel((x, y)) == paper for x in (20, 1180) for y in range(20, 620, 10))


def test_lines_are_broken_between_words_and_never_within_a_joined_pair() -> None:
    words = words_of((Piece("equal", "It costs ("), Piece("delete", "48"), Piece("equal", ") crowns and more words")))

    lines, whole = lines_of(words, 40, 260, 9)

    assert whole
    said = ["".join(("" if word.joined else " ") + word.text for word, _, _ in line.words).strip() for line in lines]
    assert " ".join(said) == "It costs (48) crowns and more words"
    assert all(end <= 260 for line in lines for _, _, end in line.words)


def test_a_difference_and_a_version_name_their_picture_for_those_who_share_them(demo: Served) -> None:
    for path in (f"{ROOT}/dredging-contract/1..2", f"{ROOT}/dredging-contract/2"):
        said = {
            str(m.get("property") or m.get("name")): str(m["content"]) for m in demo.page(path).select("meta[content]")
        }
        picture = demo.get(said["og:image"].removeprefix("http://localhost"))

        assert said["twitter:card"] == "summary_large_image"
        assert said["og:title"] == "Contract Awarded for Outer Channel Dredging"
        assert picture.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(picture.content)).size == (
            int(said["og:image:width"]),
            int(said["og:image:height"]),
        )
    share = demo.page(f"{ROOT}/dredging-contract/1..2")
    alt = share.select_one("meta[property='og:image:alt']")
    assert alt is not None
    assert "[-48.6-]{+61.3+}" in str(alt["content"])


def test_a_browser_that_holds_the_picture_is_told_so(demo: Served) -> None:
    path = f"{ROOT}/dredging-contract/1..2/card.png"
    first = demo.get(path)
    again = demo.get(path, headers={"if-none-match": f'"other", {first.headers["etag"]}'})

    assert first.headers["cache-control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")
    assert demo.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_hostile_titles_reach_neither_the_picture_as_markup_nor_its_headers(hostile: Served) -> None:
    response = hostile.get(f"{ROOT}/dredging/1..2/card.png")

    assert response.status_code == 200
    assert "sandbox" in response.headers["content-security-policy"]
    assert not any("script" in value for name, value in response.headers.items() if name != "content-security-policy")


def test_there_is_no_picture_of_a_difference_the_wrong_way_round(demo: Served) -> None:
    assert demo.get(f"{ROOT}/dredging-contract/2..1/card.png").status_code == 404
    assert demo.get(f"{ROOT}/dredging-contract/1..9/card.png").status_code == 404
