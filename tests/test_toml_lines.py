"""On which line things stand, in texts that try to look like something else."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.toml_lines import key_lines, line_of


def line_with(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_lines_are_right_after_strings_and_lists_that_look_like_something_else() -> None:
    text = r'''
[[source]]
"id" = "one"
url = "https://example.org/#[[source]]"
title = "a \" # no remark"
tags = [
  "x",  # ]
  "]]",
]
publisher = """\
  [[source]] \
  id""\" = 2"""""
remove = ['a"']
oops = 1
[[source]]
 id . x = 1
'''
    tomllib.loads(text)

    lines = key_lines(text)

    assert {path for path in lines if len(path) == 3} == {
        *(("source", 0, key) for key in ("id", "url", "title", "tags", "publisher", "remove", "oops")),
        ("source", 1, "id"),
    }
    assert lines["source", 0, "oops"] == line_with(text, "oops")
    assert lines["source", 1, "id", "x"] == line_with(text, " id . x")


def test_tables_in_rows_of_tables_are_found_at_their_row() -> None:
    text = '[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\n[[a]]\n[[a.b]]\n[a.c . "d e"]\ny = 2\n'
    tomllib.loads(text)

    lines = key_lines(text)

    assert lines["a", 0, "b", 0, "x"] == 3
    assert lines["a", 0, "b", 1] == 4
    assert lines["a", 1, "b", 0] == 6
    assert lines["a", 1, "c", "d e", "y"] == 8


def test_what_is_not_listed_stands_where_the_thing_around_it_stands() -> None:
    lines = key_lines("\nsource = [\n  { id = 1 },\n]\n")

    assert line_of(("source", 0, "id"), lines) == 2
    assert line_of(("elsewhere",), lines) is None
    assert line_of((), lines) is None


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUE = st.recursive(
    st.integers(0, 9).map(str)
    | _TEXT.filter(lambda text: "'''" not in text and not text.endswith("'") and "\r" not in text)
    .filter(lambda text: all(c in "\t\n" or (c >= " " and c != "\x7f") for c in text))
    .map(lambda text: f"'''{text}'''"),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[\n" + ",\n".join(items) + "  # ]\n]"),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(_VALUE, max_size=4))
def test_the_line_of_a_key_is_found_whatever_values_stand_before_it(values: list[str]) -> None:
    text = "".join(f"key-{at} = {value}\n" for at, value in enumerate(values))
    expected = {(f"key-{at}",): line_with(text, f"key-{at} = ") for at in range(len(values))}

    assert key_lines(text) == expected
    assert tomllib.loads(text).keys() == {name for (name,) in expected}
