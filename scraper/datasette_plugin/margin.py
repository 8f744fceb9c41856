"""The margin of a version: since when each passage and each of its sentences has stood there, and until when. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.comparing import split_sentences
from scraper.datasette_plugin.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.archive.lifetimes import Life
    from scraper.archive.reading import BlamedPassage

_LONGEST = 20_000  # a longer passage (letters) is told as a whole


@dataclass(frozen=True, slots=True)
class Run:
    """Versions in a row that all hold a sentence, `last` being None where it is still there.

    `earlier` is the first version that held it where it was gone in between.
    """

    first: int
    last: int | None
    earlier: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a passage: a sentence with its run of versions, or what stands between two (`run` is None)."""

    text: str
    run: Run | None


Spans = dict[str, list[tuple[int, int | None]]]


def sentence_spans(lives: Iterable[Life]) -> Spans:
    """The versions in which each sentence of a source stood, by its words."""
    spans: Spans = defaultdict(list)
    for life in lives:
        for sentence in split_sentences(life.text):
            spans[sentence].append((life.first, life.last))
    return spans


def sentences(
    passage: BlamedPassage, number: int, spans: Mapping[str, list[tuple[int, int | None]]]
) -> tuple[Sentence, ...]:
    """A passage of version `number` cut into sentences, each with its own run of versions.

    Joined, their texts are the passage's (made safe to show). Without anything to tell it is one stretch.
    """
    text = passage.text
    if len(text) > _LONGEST or (passage.first_version == 1 and passage.last_version is None):
        return (Sentence(visible(text), None),)
    out: list[Sentence] = []
    cursor = 0
    for sentence in split_sentences(text):
        start = text.find(sentence, cursor)
        if start < 0 or sentence not in spans:
            continue
        if start > cursor:
            out.append(Sentence(visible(text[cursor:start]), None))
        out.append(Sentence(visible(sentence), run_of(spans[sentence], number)))
        cursor = start + len(sentence)
    if cursor < len(text):
        out.append(Sentence(visible(text[cursor:]), None))
    return tuple(out)


def run_of(spans: Sequence[tuple[int, int | None]], number: int) -> Run | None:
    """The unbroken run of versions around one, out of spans that may overlap or touch; None where none holds it."""
    merged: list[tuple[int, int | None]] = []
    for first, last in sorted(spans, key=lambda span: span[0]):
        if merged and ((end := merged[-1][1]) is None or first <= end + 1):
            longest = None if end is None or last is None else max(end, last)
            merged[-1] = (merged[-1][0], longest)
        else:
            merged.append((first, last))
    found = next((run for run in merged if run[0] <= number and (run[1] is None or run[1] >= number)), None)
    if found is None:
        return None
    return Run(*found, earlier=merged[0][0] if merged[0][0] < found[0] else None)
