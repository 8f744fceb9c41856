"""Which blocks are the document: decided once all text is known, so that nothing big is ever lost to a name.

A suspicion drops its region unless the region holds the title or most of the page's prose. Weights are counted in
characters outside of links, because a menu can be longer than the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.normalizing.asides import find_asides
from scraper.normalizing.core import below_title, is_own_prose, measure, within_core, without_consent
from scraper.normalizing.layout import ancestors
from scraper.normalizing.rails import without_furniture

if TYPE_CHECKING:
    from scraper.normalizing.layout import Block, Layout, Reference, Region

# A part under mere suspicion that holds this share of the prose is the document.
_MOST = 0.5
# What certainly is furniture (a consent bar, a comment thread, hidden text) is kept only where the page has next to
# nothing else: characters.
_NOTHING_ELSE = 250
# The share of a rail's text that is links.
_RAIL_LINKS = 0.5
# A main landmark is taken at its word if it holds at least this share of what is kept; some pages mark a banner so.
_MAIN_SHARE = 0.35
# Boxes beside the text are told by one word of their name, which says too little to leave anything out.
_KEPT = frozenset({"beside", "announcing"})
# Regions that are no part of the document however much they hold.
_SURE = frozenset({"certain", "closed", "hidden"})


def keep(layout: Layout, *, is_article: bool = False, is_selected: bool = False) -> tuple[list[Block], list[Reference]]:
    """Return the blocks that are the document, and the links and images among them, in the order of the page.

    `is_article`: the page says that it is one, and is judged more sharply. `is_selected`: a keeper has said where the
    document is, so nothing in it is judged by its place.
    """
    measure(layout.blocks)
    is_article = is_article and not is_selected
    title = _title_block(layout)
    dropped = _dropped_regions(layout, title)
    spared = _spared(layout.regions, dropped, is_article=is_article)
    kept = [b for b in layout.blocks if not dropped[b.region] or (spared[b.region] and is_own_prose(b))]
    main = _chosen_main(kept)
    if main:
        kept = _within_main(kept, main, title)
    if not is_selected:
        kept = within_core(layout, kept, title) if is_article else without_consent(layout, below_title(kept, title))
    asides = [] if is_selected else find_asides(layout, kept, title, dropped, is_article=is_article)
    kept = without_furniture(kept, is_article=is_article)
    for block in asides:
        block.kind = "aside"
    standing = set(map(id, kept))
    references = [
        r
        for r in layout.references
        if not dropped[r.region] and (id(r.block) in standing if r.block is not None else not main or r.main == main)
    ]
    return kept, references


def _title_block(layout: Layout) -> Block | None:
    """Return the first h1, in main if there is one there; an h1 that is all link is the name of a site."""
    candidates = [b for b in layout.blocks if b.is_h1 and b.prose > 0 and layout.regions[b.region].reason != "hidden"]
    inside = [b for b in candidates if b.main]
    return next(iter(inside or candidates), None)


def _dropped_regions(layout: Layout, title: Block | None) -> list[bool]:
    """Return for each region whether it is no part of the document."""
    regions = layout.regions
    weights, links, total = _weigh(layout)
    holders = ancestors(regions, title.region) if title is not None else set()
    dropped = [False] * len(regions)
    for number, region in enumerate(regions[1:], start=1):
        if dropped[region.parent]:
            dropped[number] = True
        elif number in holders or region.reason in _KEPT:
            continue
        elif region.reason in _SURE:
            dropped[number] = total >= _NOTHING_ELSE or weights[number] <= total
        elif region.reason == "rail":
            dropped[number] = links[number] >= _RAIL_LINKS * (weights[number] + links[number])
        else:
            dropped[number] = weights[number] < _MOST * total
    return dropped


def _spared(regions: list[Region], dropped: list[bool], *, is_article: bool) -> list[bool]:
    """Return for each dropped region whether long prose in it is kept: every dropped region around it allows that.

    Beside an article, prose among related articles introduces those.
    """
    spared = [True] * len(regions)
    for number, region in enumerate(regions[1:], start=1):
        holds_prose = region.holds_prose and not is_article
        spared[number] = spared[region.parent] and (holds_prose or not dropped[number])
    return spared


def _weigh(layout: Layout) -> tuple[list[int], list[int], int]:
    """Return prose and link text of each region with those inside of it, and the prose outside of certain furniture."""
    weights, links = [0] * len(layout.regions), [0] * len(layout.regions)
    for block in layout.blocks:
        weights[block.region] += block.prose
        if block.link_chars:
            links[block.region] += min(block.link_chars, len(block.text))
    sure = 0
    for number in range(len(layout.regions) - 1, 0, -1):
        region = layout.regions[number]
        weights[region.parent] += weights[number]
        links[region.parent] += links[number]
    certain = [False] * len(layout.regions)
    for number, region in enumerate(layout.regions[1:], start=1):
        certain[number] = certain[region.parent] or region.reason in _SURE
        if certain[number] and not certain[region.parent]:
            sure += weights[number]
    return weights, links, weights[0] - sure


def _chosen_main(kept: list[Block]) -> int:
    """Return the number of the one main landmark that holds text, or 0."""
    numbers = {b.main for b in kept if b.main}
    if len(numbers) != 1:
        return 0
    main = numbers.pop()
    inside = sum(b.prose for b in kept if b.main == main)
    return main if inside >= _MAIN_SHARE * sum(block.prose for block in kept) else 0


def _within_main(kept: list[Block], main: int, title: Block | None) -> list[Block]:
    """Return the blocks inside of main; where the title stands before it, all from the title on; and long prose."""
    first = next(number for number, block in enumerate(kept) if block.main == main)
    start = next((number for number, block in enumerate(kept[:first]) if block is title), first)
    return [
        block
        for number, block in enumerate(kept)
        if block.main == main or start <= number < first or is_own_prose(block)
    ]
