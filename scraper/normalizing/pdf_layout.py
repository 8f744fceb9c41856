"""Lines of a PDF's pages → passages: paragraphs put together from lines, headings, list items and rows of tables.

A PDF holds no paragraphs, only lines at places. Where one paragraph ends is read from the distance of lines, their size
and indent. One word more in a text breaks all lines behind it anew, so what depends on where a line happens to end
decides nothing: weak evidence parts two lines only where a sentence ends, and a paragraph goes on over the end of a
page.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.normalizing.document import Passage
from scraper.normalizing.text import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.normalizing.document import Kind

# Two lines further apart than this times the usual distance belong to two paragraphs.
_APART = 1.3
# The usual distance of two lines where a document does not show it, in font sizes.
_LEADING = 1.2
# Sizes that differ less are one size; what is larger than the text by more is a heading.
_SAME_SIZE = 0.08
# Within a sentence they may differ by more: a line may be all code, or all in another font.
_ALIKE = 0.15
_HEADING = 1.12
_LONGEST_HEADING = 250
_LONGEST_WORD = 100
# An indent in font sizes.
_INDENT = 0.8
# A line shorter than this share of the longest ends its paragraph, if a sentence ends with it.
_SHORT = 0.75
# Two rows of a table begin their cells at the same place, within points.
_SAME_PLACE = 1.0
# So far, in font sizes, a cell begins behind the end of the one before, which is guessed from its length.
_GAP = 1.0
_LETTER = 0.5

_BULLET = re.compile(
    r"\s*[•‣◦▪▫●○■□►➢❖∙·\uf0b7\uf0a7\uf0d8\uf02d\uf0fc\u2013\u2014*-]\s+(?=\S)|\s*[•●▪\uf0b7\uf0a7](?=\S)"
)
_NUMBERED = re.compile(r"\s*(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]|§+ ?\d+)\s+\S")
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]\d]*\s*$")
_LEADERS = re.compile(r"(?:\s*[.…_]){4,}\s*(?:\d+|[ivxlc]+)?\s*$|(?:\s\.){3,}\s*(?:\d+|[ivxlc]+)?\s*$")
_HYPHENATED = re.compile(r"(\w+)[-\u2010\u00ad]$")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")
_FIRST_WORD = re.compile(r"\w+")
# Latin ligatures (U+FB00 to U+FB06) are glyphs of a font, and no other spelling.
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is drawn: height of its base line and font size in points, its pieces as (x, text)."""

    y: float
    size: float
    is_bold: bool
    pieces: Sequence[tuple[float, str]]

    @property
    def x(self) -> float:
        """Where the line begins."""
        return self.pieces[0][0]

    @property
    def text(self) -> str:
        """All of the line."""
        return "".join(text for _, text in self.pieces).translate(_LIGATURES)


@dataclass(slots=True)
class _Block:
    """Lines that belong together, as far as they have been put together."""

    kind: Kind
    lines: list[str]
    size: float
    last: Line
    is_list: bool = False

    @property
    def is_ended(self) -> bool:
        """Whether a sentence ends with the last line."""
        return _ENDED.search(self.lines[-1]) is not None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document: size of its text, distance of its lines, length of the longest in characters."""

    size: float
    leading: float
    longest: int


def passages_of(pages: Sequence[Sequence[Line]]) -> tuple[Passage, ...]:
    """Return the passages of the pages, in the order in which the pages draw their lines."""
    measure = measure_of(pages)
    blocks: list[_Block] = []
    for page in pages:
        _continue(blocks, _blocks(page, measure), measure)
    spelling = _Spelling(blocks)
    passages = (Passage(block.kind, settle(spelling.joined(block.lines))) for block in blocks)
    return tuple(passage for passage in passages if passage.text)


def measure_of(pages: Sequence[Sequence[Line]]) -> Measure:
    """What is usual on these pages."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    size = max(sizes, key=lambda s: (sizes[s], -s), default=10.0) or 10.0
    gaps: Counter[float] = Counter()
    longest = 1
    for page in pages:
        for above, line in pairwise(page):
            if _same(above.size, size) and _same(line.size, size):
                longest = max(longest, len(line.text))
                if 0.8 * size < (gap := above.y - line.y) < 3 * size:
                    gaps[round(gap / size, 1)] += 1
    leading = max(gaps, key=lambda g: (gaps[g], -g)) if gaps else _LEADING
    return Measure(size, leading, longest)


def _same(one: float, other: float, share: float = _SAME_SIZE) -> bool:
    return abs(one - other) <= share * max(one, other)


def _blocks(page: Sequence[Line], measure: Measure) -> list[_Block]:
    """Put the lines of one page together."""
    blocks: list[_Block] = []
    rows = _rows(page)
    for number, line in enumerate(page):
        kind = "table_row" if rows[number] else _kind(line, measure)
        text = _cells(line, rows[number]) if rows[number] else line.text
        begins = _begins(blocks[-1], line, text, kind, measure) if blocks else True
        bullet = _BULLET.match(text) if kind != "table_row" else None
        if bullet is not None and len(text) > bullet.end():
            blocks.append(_Block("list_item", [text[bullet.end() :]], line.size, line, is_list=True))
        elif len(text) < _LONGEST_HEADING and _LEADERS.search(text):
            blocks.append(_Block("list_item", [_LEADERS.sub("", text)], line.size, line))
        elif begins:
            blocks.append(_Block(kind, [text], line.size, line))
        else:
            blocks[-1].lines.append(text)
            blocks[-1].last = line
    return [_settled(block) for block in blocks]


def _kind(line: Line, measure: Measure) -> Kind:
    """Larger type, or bold type in a line that is no sentence, is a heading."""
    text = line.text.strip()
    if line.size > _HEADING * measure.size:
        return "heading"
    is_label = line.is_bold and len(text) < measure.longest * 0.9 and not text.endswith((".", ",", ";"))
    return "heading" if is_label else "paragraph"


def _settled(block: _Block) -> _Block:
    """A heading as long as a paragraph is one, set in larger type."""
    if block.kind == "heading" and sum(map(len, block.lines)) > _LONGEST_HEADING:
        block.kind = "paragraph"
    return block


def _begins(block: _Block, line: Line, text: str, kind: Kind, measure: Measure) -> bool:
    """Whether a line begins a passage behind the block that is open."""
    above = block.last
    gap = above.y - line.y
    if kind == "table_row" or block.kind == "table_row" or (kind == "heading") != (block.kind == "heading"):
        return True
    if not _same(above.size, line.size, _SAME_SIZE if block.is_ended else _ALIKE):
        return True
    if gap > _APART * max(measure.leading, 1.0) * line.size:
        return True
    if gap < -0.5 * line.size:  # further up: the next column, or a box
        return not _goes_on(block, text, measure)
    if not block.is_ended:
        return False
    is_first = len(block.lines) == 1
    indent = line.x - above.x
    if indent > _INDENT * line.size and not (block.is_list and is_first):
        return True
    if -indent > _INDENT * line.size and not is_first:
        return True
    return _NUMBERED.match(text) is not None or len(block.lines[-1]) < _SHORT * measure.longest


def _goes_on(block: _Block, text: str, measure: Measure) -> bool:
    """Whether a text goes on at another place: no sentence ends before it, and the line was full or a word is small."""
    if block.is_ended or block.kind == "heading":
        return False
    return text.lstrip()[:1].islower() or len(block.lines[-1]) >= _SHORT * measure.longest


def _continue(blocks: list[_Block], more: list[_Block], measure: Measure) -> None:
    """Add the blocks of the next page; its first goes on with the last of the text where a sentence is open.

    Notes below the text stand between the two, in smaller type.
    """
    last = next((block for block in reversed(blocks[-12:]) if _same(block.size, measure.size)), None)
    if last is None or not more or more[0].kind != "paragraph" or last.kind not in {"paragraph", "list_item"}:
        blocks += more
    elif _goes_on(last, more[0].lines[0], measure):
        last.lines += more[0].lines
        last.last = more[0].last
        blocks += more[1:]
    else:
        blocks += more


def _rows(page: Sequence[Line]) -> list[frozenset[int]]:
    """For each line the pieces that begin a cell: those at the same place as one in the line above or below."""
    starts = [
        {}
        if _BULLET.match(line.text)
        else {
            number: x
            for number, ((left, before), (x, text)) in enumerate(
                zip(line.pieces, line.pieces[1:], strict=False), start=1
            )
            if text.strip() and x - left > (_LETTER * len(before.strip()) + _GAP) * line.size
        }
        for line in page
    ]
    places = [{round(x / _SAME_PLACE) for x in found.values()} for found in starts]
    cells = []
    for number, found in enumerate(starts):
        near: set[int] = set().union(*places[max(0, number - 1) : number], *places[number + 1 : number + 2])
        at = {piece: round(x / _SAME_PLACE) for piece, x in found.items()}
        cells.append(
            frozenset(piece for piece, place in at.items() if not near.isdisjoint((place - 1, place, place + 1)))
        )
    return cells


def _cells(line: Line, begin: frozenset[int]) -> str:
    """A row with its cells set apart as in a table of a page."""
    pieces = [
        (" | " if number in begin else "") + text.translate(_LIGATURES) for number, (_, text) in enumerate(line.pieces)
    ]
    return "".join(pieces)


class _Spelling:
    """Joins lines to text, and knows from the rest of the document which hyphens at line ends belong to their words."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self.words: Counter[str] = Counter()
        for block in blocks:
            for line in block.lines:
                self.words.update(word.lower() for word in _WORD.findall(line))

    def joined(self, lines: Sequence[str]) -> str:
        """The text of lines in a row."""
        pieces = [lines[0].rstrip()]
        for line in lines[1:]:
            line, before = line.strip(), pieces[-1]
            broken = _HYPHENATED.search(before[-_LONGEST_WORD:])
            if broken is not None and line[:1].islower():
                keeps = before[-1] != "\u00ad" and self._keeps(broken[1], line)
                pieces[-1] = before[:-1] + "-" * keeps
            elif not (before.endswith(("-", "\u2010", "/")) and before[-2:-1].isalnum()):
                pieces.append(" ")
            pieces.append(line)
        return "".join(pieces)

    def _keeps(self, before: str, line: str) -> bool:
        """Whether a word is written with its hyphen elsewhere, and not without."""
        found = _FIRST_WORD.match(line)
        after = found[0] if found else ""
        whole = (before + after).lower()
        return self.words[f"{before}-{after}".lower()] > self.words[whole]
