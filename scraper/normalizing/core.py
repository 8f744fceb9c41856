"""The place of a text on its page: the core of an article, and what stands above the headline of any page.

The core is the innermost element that holds most of the prose. What stands around it (menus, boxes beside and below
the article, the foot of the page) is furniture even where no name says so. Only short text is ever judged by its
place; long prose and rows of data stay wherever they stand, so that an edit of what the page says is seen on any page.
Weights are counted in characters outside of links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.normalizing.furniture import is_beside_an_article, is_consent, is_furniture, is_of_the_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.normalizing.layout import Block, Layout

# No line of a site's frame is as long; characters outside of links.
LONG_PROSE = 100
# A line of so many characters outside of links weighs as prose: shorter ones are labels, buttons and titles.
_LINE = 80
# The core holds this share of the weight: much may stand around an article. Nothing is judged by its place on a page
# that has next to no prose.
_CORE_SHARE = 0.6
_LITTLE_PROSE = 400
# Prose around an article that speaks of its author, publisher or rights; a longer one is an appendix. Characters.
_LONGEST_NOTE = 800
# Above the headline of a page stands at most this share of its weight; with more, the headline is that of a part.
_ABOVE_SHARE = 0.1
# The share of a block that is links where the block is nothing else.
_ALL_LINKS = 0.8


def measure(blocks: list[Block]) -> None:
    """Count the prose of each block, and what that weighs where the core is looked for.

    A label or a link weighs nothing.
    """
    for block in blocks:
        outside = len(block.text) - block.link_chars
        if outside > 0:
            block.prose = outside
            if outside > block.link_chars and (outside >= _LINE or block.is_row):
                block.weight = outside


def is_long_prose(block: Block) -> bool:
    """Whether a block is a paragraph that must never be lost to its place or to a name around it."""
    return block.prose >= LONG_PROSE


def is_own_prose(block: Block) -> bool:
    """Whether a block in a suspected part of the page is a long paragraph and speaks of something but the site."""
    return is_long_prose(block) and not is_of_the_site(block.text) and not is_furniture(block.text)


def within_core(layout: Layout, kept: list[Block], title: Block | None) -> list[Block]:
    """Return the blocks of `kept` in the core, with the title and what stands between both, and what is never lost."""
    inside = find_core(layout, kept)
    if inside is None:
        return kept
    first = inside.index(True)
    start = start_of(kept[:first], title)
    return [
        block
        for number, block in enumerate(kept)
        if inside[number]
        or (block.is_h1 and block.prose > 0)
        or (is_long_prose(block) and not is_beside(block))
        or block.is_row
        or block.kind == "notice"
        or (start <= number < first and not is_all_links(block))
    ]


def without_consent(layout: Layout, kept: list[Block]) -> list[Block]:
    """Return `kept` without notices of consent around the core; in it, they are what the page says of cookies."""
    if not any(is_consent(block.text) for block in kept):
        return kept
    inside = find_core(layout, kept)
    if inside is None:
        return kept
    return [block for block, within in zip(kept, inside, strict=True) if within or not is_consent(block.text)]


def find_core(layout: Layout, kept: list[Block]) -> list[bool] | None:
    """Return for each block of `kept` whether it stands in the core of the page; None where the page has none."""
    weights = _weights(layout.boxes, kept)
    core = _core(weights)
    if not core:
        return None
    boxes = _inside(layout.boxes, core)
    return [boxes[block.box] for block in kept]


def below_title(kept: list[Block], title: Block | None) -> list[Block]:
    """Return the blocks of a page that is no article without the menus above its headline.

    What else stands there stays: long prose, figures, dates, notices.
    """
    above = above_title(kept, title)
    return [block for number, block in enumerate(kept) if number >= above or _may_stand_above(block)]


def above_title(kept: list[Block], title: Block | None) -> int:
    """Return how many blocks stand above the headline of the page; 0 where the headline may be that of a part."""
    above = next((number for number, block in enumerate(kept) if block is title), 0)
    weights = [block.weight for block in kept]
    if sum(weights[:above]) > _ABOVE_SHARE * sum(weights) or sum(weights) < _LITTLE_PROSE:
        return 0
    return above


def _may_stand_above(block: Block) -> bool:
    if is_long_prose(block) or block.is_h1 or block.kind in {"notice", "date", "byline"}:
        return True
    return not is_all_links(block) and any(c.isdigit() for c in block.text)


def is_beside(block: Block) -> bool:
    """Whether long prose around the core of an article is no part of it."""
    return block.prose < _LONGEST_NOTE and (is_beside_an_article(block.text) or is_consent(block.text))


def start_of(before: list[Block], title: Block | None) -> int:
    """Return where the document begins before its core: at its title, else at the last heading."""
    for number, block in enumerate(before):
        if block is title:
            return number
    headings = [number for number, block in enumerate(before) if block.kind == "heading" and not is_all_links(block)]
    return headings[-1] if headings else len(before)


def is_all_links(block: Block) -> bool:
    """Whether a block is a link, or several, and next to nothing else."""
    return block.link_chars >= _ALL_LINKS * len(block.text)


def _weights(boxes: Sequence[int], kept: list[Block]) -> list[int]:
    """Return the weight of each box with all that stands in it."""
    weights = [0] * len(boxes)
    for block in kept:
        weights[block.box] += block.weight
    for number in range(len(boxes) - 1, 0, -1):
        if heavy := weights[number]:
            weights[boxes[number]] += heavy
    return weights


def _core(weights: list[int]) -> int:
    """Return the number of the innermost box that holds most of the weight; 0 where there is little prose."""
    if weights[0] < _LITTLE_PROSE:
        return 0
    enough = _CORE_SHARE * weights[0]
    return next(number for number in range(len(weights) - 1, -1, -1) if weights[number] >= enough)


def _inside(boxes: Sequence[int], core: int) -> list[bool]:
    """Return for each box whether it is `core` or stands inside of it; a box has a larger number than any around it."""
    inside = [False] * len(boxes)
    inside[core] = True
    for number in range(core + 1, len(boxes)):
        inside[number] = inside[boxes[number]]
    return inside
