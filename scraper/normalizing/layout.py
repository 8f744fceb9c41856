"""The text of a page as the walk found it: blocks, the regions they stand in, and the links and images among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scraper.normalizing.text import paragraphs, settle
from scraper.normalizing.wording import caption_lines

if TYPE_CHECKING:
    from scraper.normalizing.document import Kind

Reason = Literal[
    "page", "certain", "closed", "asking", "teaser", "likely", "frame", "rail", "hidden", "beside", "announcing"
]

# Stands for <br> in collected text. The parser never leaves NUL in text (HTML 13.2.5.1), so no page can bring its own.
BREAK = "\x00"
_EMPTY_LINE = re.compile(r"\x00\s*(?:\x00\s*)+")
# A cell with more blocks than this holds a piece of layout, not a value.
_CELL_BLOCKS = 3


@dataclass(slots=True, eq=False)
class Block:
    """One block of settled text. `main` is the number of the main landmark around it (0: none), `box` that of the
    innermost block element around it.

    `prose` is how many of its characters stand outside of links, and `weight` how much of that counts where the core of
    the page is looked for; both are asked for often, and counted once the whole page is known (`core.measure`).
    `is_label` is what `rails` found of it.
    """

    kind: Kind
    text: str
    region: int = 0
    main: int = 0
    box: int = 0
    is_h1: bool = False
    is_row: bool = False
    link_chars: int = 0
    prose: int = 0
    weight: int = 0
    is_label: bool | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page that may not belong to the document; `parent` is the region around it (0: the page).

    `holds_prose`: a long paragraph in it is kept even where the region is dropped.
    """

    parent: int
    reason: Reason
    holds_prose: bool = False


@dataclass(slots=True, eq=False)
class Reference:
    """A link or an image as written in the page; `block` is the block of text that it stands in, if any."""

    address: str
    text: str
    region: int
    main: int
    is_image: bool
    block: Block | None = None


@dataclass(slots=True)
class Layout:
    """All the visible text of a page in its order. Region 0 is the page; `mains` counts the main landmarks; `boxes`
    holds for each block element the number of the one around it, always a smaller one (0: the page)."""

    blocks: list[Block] = field(default_factory=list)
    regions: list[Region] = field(default_factory=lambda: [Region(0, "page")])
    references: list[Reference] = field(default_factory=list)
    boxes: list[int] = field(default_factory=lambda: [0])
    mains: int = 0


def ancestors(regions: list[Region], number: int) -> set[int]:
    """Return the numbers of a region and of those around it, but for the page itself."""
    found = set()
    while number:
        found.add(number)
        number = regions[number].parent
    return found


def lines(raw: str, kind: Kind) -> list[str]:
    """Settle the collected text of a block. One <br> is a space, two are the end of a block.

    Preformatted text is split at its blank lines, a caption at each <br> and before its data lines.
    """
    if kind == "preformatted":
        return paragraphs(raw.replace(BREAK, "\n"))
    if kind == "caption":
        return [line for part in raw.split(BREAK) for line in caption_lines(settle(part))]
    if BREAK not in raw:
        settled = settle(raw)
        return [settled] if settled else []
    return [line for part in _EMPTY_LINE.split(raw) if (line := settle(part.replace(BREAK, " ")))]


def join_row(blocks: list[Block], cells: list[int], region: int) -> list[Block]:
    """Join the blocks of one table row into one block, its cells separated by " | ".

    `cells` gives for each cell the index of its first block in `blocks`. A row that lays out the page (nested rows,
    headings, lists or many paragraphs in a cell) is given back block by block.
    """
    ends = [*cells[1:], len(blocks)]
    groups = [blocks[start:end] for start, end in zip(cells, ends, strict=True)]
    values = all(b.kind == "table_row" and not b.is_row and b.region == region for b in blocks)
    if not values or any(len(group) > _CELL_BLOCKS for group in groups) or (len(groups) == 1 and len(blocks) > 1):
        for block in blocks:
            if block.kind == "table_row" and not block.is_row:
                block.kind = "paragraph"
        return blocks
    row = blocks[0]
    row.text = " | ".join(" ".join(b.text for b in group) for group in groups).strip(" |").replace("|  |", "| |")
    row.link_chars = sum(b.link_chars for b in blocks)
    row.is_row = True
    return [row]
