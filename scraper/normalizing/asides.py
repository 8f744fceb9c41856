"""Which of the kept blocks are asides: text beside the article, above its headline or behind its end, and boxes in it.

Nothing is dropped here. An aside is stored, searched and compared like any passage and is only left out of the text, so
place can be judged more strictly than where evidence is at stake. Where a page has no clear core, or where asides would
hold too much of what it says (data, lists of orders, terms in several boxes), it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.normalizing.core import (
    above_title,
    find_core,
    is_all_links,
    is_beside,
    is_long_prose,
    start_of,
)
from scraper.normalizing.layout import ancestors
from scraper.normalizing.rails import without_furniture

if TYPE_CHECKING:
    from scraper.normalizing.document import Kind
    from scraper.normalizing.layout import Block, Layout

# Kinds that say more of a passage than that it stands aside.
_NAMED: frozenset[Kind] = frozenset({"notice", "byline", "date", "caption"})
# Long prose around the core is an aside only where the core holds this share of the weight, and where it is no more
# than so many characters: an author's box, an appeal, a teaser. A right of withdrawal below the terms is longer.
_CLEAR_SHARE = 0.75
_LONGEST_PROSE = 2000
# With a larger share of the page's characters outside of links the place says nothing: no asides at all.
_MOST = 0.35
# Between the headline and the text of an article stand kickers, counts and names of authors; characters outside of
# links. A standfirst is longer.
_SHORT = 40


def find_asides(
    layout: Layout, kept: list[Block], title: Block | None, dropped: list[bool], *, is_article: bool
) -> list[Block]:
    """Return the blocks of `kept` that stand aside; labels and buttons may still be among them, for they end articles.

    `dropped`: for each region whether it is no part of the document; long prose of it is kept for the evidence alone.
    `is_article`: the page says that it is one. A line in it that is nothing but a link leads to another.
    """
    inside = find_core(layout, kept)
    if inside is None:
        return []
    around = _around(kept, inside, title, is_article=is_article)
    boxes = _boxes(layout, kept, title)
    named = [a or boxes[block.region] for a, block in zip(around, kept, strict=True)]
    spared = [a or dropped[block.region] for a, block in zip(named, kept, strict=True)]
    above = above_title(kept, title)
    most = _MOST * sum(block.prose for block in kept)
    for beside in (spared, named):
        asides = _choose(kept, beside, above, title, is_article=is_article)
        if sum(block.prose for block in asides) <= most:
            return asides
    return []


def _choose(kept: list[Block], beside: list[bool], above: int, title: Block | None, *, is_article: bool) -> list[Block]:
    """Return the blocks that `beside` names, those above the title, and those behind the end of the others."""
    among = [block for number, block in enumerate(kept) if not beside[number]]
    text = set(map(id, without_furniture(among, is_article=True)))
    return [
        block
        for number, block in enumerate(kept)
        if (number < above or id(block) not in text or (is_article and _leads_away(block)))
        and _may_be_aside(block, title)
    ]


def _may_be_aside(block: Block, title: Block | None) -> bool:
    """Whether a block may be an aside at all: the headline, rows of data and what has a name of its own never are."""
    return not (block is title or block.kind in _NAMED or (block.is_row and not is_all_links(block)))


def _leads_away(block: Block) -> bool:
    return block.link_chars > 0 and is_all_links(block) and not block.is_row


def _boxes(layout: Layout, kept: list[Block], title: Block | None) -> list[bool]:
    """Return for each region whether it is, or is within, a box that its name sets beside the text.

    A box that holds the title or much of what the page says is none, whatever it is called; one that announces other
    pages has a link, and without one is the standfirst.
    """
    regions = layout.regions
    weights, linked = [0] * len(regions), [False] * len(regions)
    for block in kept:
        weights[block.region] += block.prose
    for reference in layout.references:
        linked[reference.region] |= not reference.is_image
    for number in range(len(regions) - 1, 0, -1):
        weights[regions[number].parent] += weights[number]
        linked[regions[number].parent] |= linked[number]
    holders = ancestors(regions, title.region) if title is not None else set()
    boxes = [False] * len(regions)
    for number, region in enumerate(regions[1:], start=1):
        is_box = region.reason == "beside" or (region.reason == "announcing" and linked[number])
        is_small = number not in holders and weights[number] <= _MOST * weights[0]
        boxes[number] = boxes[region.parent] or (is_box and is_small)
    return boxes


def _around(kept: list[Block], inside: list[bool], title: Block | None, *, is_article: bool) -> list[bool]:
    """Return for each block whether it stands around the core."""
    first = inside.index(True)
    start = start_of(kept[:first], title)
    long_too = _is_clear(kept, inside, first)
    around = []
    for number, block in enumerate(kept):
        if inside[number]:
            around.append(False)
        elif is_long_prose(block):
            around.append(is_beside(block) or (long_too and number > first))
        elif start <= number < first:
            short = is_article and block.prose < _SHORT and block.kind != "heading"
            around.append(block is not title and (short or is_all_links(block)))
        else:
            around.append(True)
    return around


def _is_clear(kept: list[Block], inside: list[bool], first: int) -> bool:
    """Whether the core is so clear that even long prose behind its beginning stands aside."""
    core = sum(block.weight for block, within in zip(kept, inside, strict=True) if within)
    behind = [block for block, within in zip(kept[first:], inside[first:], strict=True) if not within]
    long = sum(block.prose for block in behind if is_long_prose(block))
    return core >= _CLEAR_SHARE * sum(block.weight for block in kept) and long <= _LONGEST_PROSE
