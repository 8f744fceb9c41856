"""Which of the kept blocks are asides: text beside the article, above its headline or behind its end.

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
    prose,
    start_of,
    weight,
)
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


def find_asides(layout: Layout, kept: list[Block], title: Block | None, *, is_article: bool) -> list[Block]:
    """Return the blocks of `kept` that stand aside; labels and buttons may still be among them, for they end articles.

    `is_article`: the page says that it is one.
    """
    inside = find_core(layout, kept)
    if inside is None:
        return []
    around = _around(kept, inside, title, is_article=is_article)
    above = above_title(kept, title)
    among = [block for number, block in enumerate(kept) if not around[number]]
    text = set(map(id, without_furniture(among, is_article=True)))
    asides = [b for number, b in enumerate(kept) if (number < above or id(b) not in text) and _may_be_aside(b)]
    return asides if sum(map(prose, asides)) <= _MOST * sum(map(prose, kept)) else []


def _may_be_aside(block: Block) -> bool:
    """Whether a block may be an aside at all: the headline, rows of data and what has a name of its own never are."""
    return not (block.is_row or block.is_h1 or block.kind in _NAMED)


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
            short = is_article and prose(block) < _SHORT and block.kind != "heading"
            around.append(block is not title and (short or is_all_links(block)))
        else:
            around.append(True)
    return around


def _is_clear(kept: list[Block], inside: list[bool], first: int) -> bool:
    """Whether the core is so clear that even long prose behind its beginning stands aside."""
    core = sum(weight(block) for block, within in zip(kept, inside, strict=True) if within)
    behind = [block for block, within in zip(kept[first:], inside[first:], strict=True) if not within]
    long = sum(prose(block) for block in behind if is_long_prose(block))
    return core >= _CLEAR_SHARE * sum(map(weight, kept)) and long <= _LONGEST_PROSE
