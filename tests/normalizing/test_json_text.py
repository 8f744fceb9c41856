from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import compare
from scraper.errors import Unreadable
from scraper.normalizing import Document, Link, Passage, normalize

if TYPE_CHECKING:
    import random

URL = "https://api.example.gov/v1/contracts"
LONG = "The department said on Tuesday that ferries keep to their timetable while the work goes on, on all days."


def read(text: str) -> Document:
    return normalize(text.encode(), url=URL, content_type="application/json")


def test_each_value_stands_behind_its_path_and_numbers_stay_as_they_are_written() -> None:
    document = read(
        '{"cost": 48.50, "id": 123456789012345678901234567890, "open": true, "by": null, "port": {"a": "Ny"}}'
    )

    assert [passage.text for passage in document.passages] == [
        "by: null",
        "cost: 48.50",
        "id: 123456789012345678901234567890",
        "open: true",
        "port.a: Ny",
    ]


def test_members_in_another_order_are_no_change_and_entries_in_another_order_are() -> None:
    value = {"name": "Dredging", "cost": 48, "parts": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}
    shuffled = {"parts": [{"b": 2, "a": 1}, {"b": 4, "a": 3}], "cost": 48, "name": "Dredging"}
    turned = {**value, "parts": value["parts"][::-1]}  # type: ignore[index]

    assert read(json.dumps(value)).sha256 == read(json.dumps(shuffled, indent=2)).sha256
    assert read(json.dumps(value)).sha256 != read(json.dumps(turned)).sha256


def test_an_entry_that_comes_first_is_one_addition() -> None:
    entries = [{"name": f"Harbour number {n}", "town": f"Town {n}"} for n in range(8)]
    old, new = (
        read(json.dumps({"items": items})) for items in (entries, [{"name": "Quay", "town": "Old Town"}, *entries])
    )

    assert [(edit.op, edit.new) for edit in compare(old, new).edits] == [
        ("add", "items[].name: Quay"),
        ("add", "items[].town: Old Town"),
    ]


def test_long_text_stands_as_paragraphs_and_html_in_it_is_read() -> None:
    document = read(json.dumps({"body": f"{LONG}\n\nMore.", "html": f'<p>{LONG}</p><p><a href="/b">Tender</a> b.</p>'}))

    assert document.passages == (
        Passage("heading", "body"),
        Passage("paragraph", LONG),
        Passage("paragraph", "More."),
        Passage("heading", "html"),
        Passage("paragraph", LONG),
        Passage("paragraph", "Tender b."),
    )
    assert document.links == (Link("https://api.example.gov/b", "Tender"),)


def test_a_name_that_comes_twice_is_read_twice() -> None:
    assert [passage.text for passage in read('{"a": 1, "b": 2, "a": 3}').passages] == ["a: 1", "a: 3", "b: 2"]


def test_the_moment_of_making_is_a_date_and_no_wording() -> None:
    old, new = (read(json.dumps({"generated_at": f"2026-03-0{day}T10:00:00Z", "cost": 48})) for day in (1, 2))

    assert old.passages[1] == Passage("date", "generated_at: 2026-03-01T10:00:00Z")
    assert not compare(old, new).substantive


def test_an_object_says_what_it_is_called_and_when_it_was_changed() -> None:
    document = read('{"title": {"rendered": "Dredging"}, "date": "2026-03-01", "modified": "2026-03-02T08:00:00"}')

    assert (document.title, document.published, document.modified) == ("Dredging", "2026-03-01", "2026-03-02T08:00:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n "b": }', r"line 2, column 7"),
        ('{"a": NaN}', r"NaN at line 1, column 7"),
        ("[1,\n-Infinity]", r"-Infinity at line 2, column 1"),
        ('{"a": "x', r"Unterminated string"),
        ("", r"no valid JSON"),
        ('{"a": 1} x', r"Extra data"),
        ("[" * 100_000, r"nested more than 200 deep at line 1, column 201"),
        ('{"a":' * 500 + "1" + "}" * 500, r"nested more than 200 deep"),
    ],
)
def test_what_is_no_json_is_unreadable_and_the_place_is_named(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        read(text)
    assert "\n" not in str(refused.value)


def test_brackets_and_names_of_numbers_inside_of_strings_are_text() -> None:
    assert read(json.dumps({"a": "[" * 90, "b": 'NaN "[{ \\" Infinity'})).words


def test_a_long_run_of_open_strings_costs_no_more_than_its_length() -> None:
    with pytest.raises(Unreadable):
        read('["' + '\\"' * 2_000_000)


def test_a_long_name_above_many_values_does_not_fill_all_memory() -> None:
    with pytest.raises(Unreadable, match="50,000,000 characters"):
        read(json.dumps({"n" * 10_000: list(range(10_000))}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_spelling_of_a_value_makes_no_difference(value: object, chance: random.Random) -> None:
    def shuffled(item: object) -> object:
        if isinstance(item, dict):
            names = list(item)
            chance.shuffle(names)
            return {name: shuffled(item[name]) for name in names}
        return [shuffled(held) for held in item] if isinstance(item, list) else item

    compact = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    spread = json.dumps(shuffled(value), ensure_ascii=False, indent=1)
    assert read(compact).sha256 == read(spread.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).sha256
