"""What stands around the text of a PDF's pages: running titles and page numbers.

Pagination is layout: a sentence that is put in moves every page after it. So page numbers are left out, and a line that
runs along on the pages is taken out of the text, where it would cut paragraphs in two, and given once.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.normalizing.pdf_layout import measure_of
from scraper.normalizing.text import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.normalizing.pdf_layout import Line, Measure

# So many lines at the top and at the bottom of a page may belong to its frame.
_DEEP = 3
# A line is set off from the text by more than the usual distance of two lines, times this, or by its size.
_SET_OFF = 1.25
_OTHER_SIZE = 0.03
# A line that is set off runs along where it stands at the same height on so many pages, and on this share of them: odd
# and even pages often have two, chapters one each. Any other line could be one that two pages begin with by chance, and
# has to stand on most pages of many. Heights within this many points are the same.
_PAGES = 2
_SHARE = 0.2
_MANY_PAGES = 4
_MOST = 0.6
_SAME_HEIGHT = 4
# A line with the number of its page stands at its height on this share of the pages, whatever else it says.
_NUMBERED_SHARE = 0.4
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_AT_AN_END = re.compile(r"^\W*(\d{1,4})\b|\b(\d{1,4})\W*$")
_PAGE_WORDS = re.compile(
    r"(?:page|p\.|seite|página|pagina|side|sida|#|of|/|von|sur|de|di|av|af|[\s\-–—|[\]().])*", re.IGNORECASE
)


def without_frame(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], list[str]]:
    """Return the pages without their frame, and each line that runs along, once, its numbers of pages left out."""
    measure = measure_of(pages)
    edges = [_edges(page) for page in pages]
    apart = {id(line) for page in pages for line in _set_off(page, measure)}
    seen: Counter[tuple[str, int]] = Counter()
    for page in edges:
        seen.update({(_masked(line), _height(line)) for line in page})
    numbered = _numbered(edges)
    running: dict[str, None] = {}
    kept = []
    for number, (lines, edge) in enumerate(zip(pages, edges, strict=True), start=1):
        dropped = set()
        for line in edge:
            offset = next((n - number for n in _ends(line) if (n - number, _height(line)) in numbered), None)
            if offset is not None or _runs(line, seen, len(pages), is_apart=id(line) in apart):
                dropped.add(id(line))
                if said := _said(line, number + (offset or 0)):
                    running.setdefault(said)
            elif _is_page_number(line, number):
                dropped.add(id(line))
        kept.append([line for line in lines if id(line) not in dropped])
    return kept, list(running)


def _numbered(edges: Sequence[Sequence[Line]]) -> set[tuple[int, int]]:
    """Where numbers of pages stand: by how much they are ahead of the count of pages, and at what height."""
    found: Counter[tuple[int, int]] = Counter()
    for page, lines in enumerate(edges, start=1):
        found.update({(number - page, _height(line)) for line in lines for number in _ends(line)})
    return {place for place, times in found.items() if times >= max(_PAGES, _NUMBERED_SHARE * len(edges))}


def _ends(line: Line) -> set[int]:
    """The numbers at the beginning and at the end of a line."""
    return {int(first or last) for first, last in _AT_AN_END.findall(settle(line.text))}


def _edges(page: Sequence[Line]) -> list[Line]:
    """The lines at the top and at the bottom of a page, wherever in the file they are drawn."""
    by_height = sorted(page, key=lambda line: -line.y)
    return by_height if len(by_height) <= 2 * _DEEP else [*by_height[:_DEEP], *by_height[-_DEEP:]]


def _set_off(page: Sequence[Line], measure: Measure) -> list[Line]:
    """The lines at the top and at the bottom that differ from the text behind them in distance or in size."""
    if len(page) <= _DEEP:
        return list(page)
    found = []
    by_height = sorted(page, key=lambda line: -line.y)
    for lines in (by_height, by_height[::-1]):
        ends = [
            number
            for number, (line, beyond) in enumerate(pairwise(lines[: _DEEP + 1]), start=1)
            if abs(line.y - beyond.y) > _SET_OFF * measure.leading * max(line.size, beyond.size)
            or abs(line.size - measure.size) > _OTHER_SIZE * measure.size
        ]
        found += lines[: ends[-1]] if ends else []
    return found


def _runs(line: Line, seen: Counter[tuple[str, int]], pages: int, *, is_apart: bool) -> bool:
    """Whether a line stands on enough of the pages to be no part of their text."""
    masked, height = _masked(line), _height(line)
    times = sum(seen[masked, at] for at in (height - 1, height, height + 1))
    return times >= (max(_PAGES, _SHARE * pages) if is_apart else max(_MANY_PAGES, _MOST * pages))


def _height(line: Line) -> int:
    return round(line.y / _SAME_HEIGHT)


def _masked(line: Line) -> str:
    """A line without what counts pages in it."""
    return _NUMBER.sub("#", settle(line.text))


def _said(line: Line, page: int) -> str:
    """The wording of a running line without the number of its page; empty where it has no other."""
    text = settle(line.text)
    if _PAGE_WORDS.fullmatch(_masked(line)):
        return ""
    counted = re.sub(rf"(?:\bpage |\bp\. ?)?(?<!\w){page}(?: ?(?:of|/) ?\d+)?(?!\w)", "", text, flags=re.IGNORECASE)
    return settle(counted).strip(" |–—-") if counted != text else text


def _is_page_number(line: Line, page: int) -> bool:
    """Whether a line at the edge of a page is its number and nothing else, with the word for it or without."""
    numbers = _NUMBER.findall(settle(line.text))
    return bool(numbers) and numbers[0] == str(page) and _PAGE_WORDS.fullmatch(_masked(line)) is not None
