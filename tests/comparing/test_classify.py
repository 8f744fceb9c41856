"""Golden pairs: `pairs/<class>.txt` holds cases that have the class and cases that come close and have it not.

A case is a title, what is expected, and the two texts: a passage on each line, its kind in brackets where it is no
paragraph, and `@field value` for metadata, links and images.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.comparing import CLASSES, compare
from scraper.comparing.classify import _DATE, _may_hold_date
from scraper.normalizing.document import KINDS, Document, Image, Kind, Link, Passage

PAIRS = Path(__file__).parent / "pairs"
# These two take other versions, or other pages, to see.
NOT_OF_A_PAIR = {"revert", "site_wide"}


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    classes: tuple[str, ...]
    substantive: bool
    ops: list[str]
    before: Document
    after: Document


def document(text: str) -> Document:
    passages: list[Passage] = []
    fields: dict[str, str] = {}
    links: list[Link] = []
    images: list[Image] = []
    for line in text.strip().splitlines():
        found = re.match(r"@(\w+) (\S+) ?(.*)|\[(\w+)\] (.*)|(.*)", line)
        assert found
        if found[1] == "link":
            links.append(Link(found[2], "a link"))
        elif found[1] == "image":
            images.append(Image(found[2], found[3]))
        elif found[1]:
            fields[found[1]] = f"{found[2]} {found[3]}".strip()
        else:
            passages.append(Passage(kind_of(found[4]), found[5] or found[6]))
    return Document(
        tuple(passages),
        title=fields.get("title"),
        modified=fields.get("modified"),
        links=tuple(links),
        images=tuple(images),
    )


def kind_of(name: str | None) -> Kind:
    return next(kind for kind in KINDS if kind == (name or "paragraph"))


def cases() -> list[Case]:
    found: list[Case] = []
    for path in sorted(PAIRS.glob("*.txt")):
        for block in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, before, after = re.split(r"^--- (?:before|after)\n", block, flags=re.MULTILINE)
            title, *lines = head.splitlines()
            said = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
            classes = tuple(re.findall(r"\w+", said["classes"]))
            ops = said["edits"].split()
            docs = document(before), document(after)
            found.append(Case(path.stem, title, classes, said["substantive"] == "yes", ops, *docs))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.name}: {case.title}")
def test_a_pair_has_exactly_the_classes_and_edits_that_its_file_says(case: Case) -> None:
    found = compare(case.before, case.after)

    assert found.classes == case.classes
    assert found.substantive is case.substantive
    assert [edit.op for edit in found.edits] == case.ops


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in NOT_OF_A_PAIR])
def test_each_class_has_a_pair_with_it_and_a_pair_without(name: str) -> None:
    having = {name in case.classes for case in cases() if case.name == name}

    assert having == {True, False}


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.name}: {case.title}")
def test_the_parts_sum_to_the_significance_and_only_a_substantive_change_weighs_more_than_a_tenth(case: Case) -> None:
    found = compare(case.before, case.after)

    assert found.substantive or found.significance <= 0.1
    assert round(min(1.0, sum(part.value for part in found.parts)), 4) == found.significance


@settings(max_examples=200)
@given(st.from_regex(_DATE))
def test_whatever_holds_a_date_is_looked_into(text: str) -> None:
    assert _may_hold_date(text)
