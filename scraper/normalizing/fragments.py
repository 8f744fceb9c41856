"""HTML inside of something else (an entry of a feed, a string of JSON) → passages, links and images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from scraper.normalizing.document import Image, Link, Passage
from scraper.normalizing.html import read_layout
from scraper.normalizing.keeping import keep
from scraper.normalizing.layout import Layout
from scraper.normalizing.limits import within_limits
from scraper.normalizing.links import collect

if TYPE_CHECKING:
    from scraper.normalizing.layout import Block

# How a control names the part of the page that it opens: WAI-ARIA, and the two spellings of Bootstrap.
_CONTROLS = ("aria-controls", "data-target", "data-bs-target")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What stands in a piece of HTML."""

    passages: tuple[Passage, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()


def read_fragment(html: str, base: str) -> Fragment:
    """Read a piece of HTML; relative addresses in it start from `base`.

    It has no page around it, so nothing is judged by its place; furniture is told by its name.
    """
    blocks, references = keep(layout_of(LexborHTMLParser(within_limits(html))), is_selected=True)
    links, images = collect(references, base)
    return Fragment(passages_of(blocks), links, images)


def layout_of(tree: LexborHTMLParser) -> Layout:
    """Walk a tree, knowing which of its parts the page's own controls open."""
    return read_layout(tree.root, opened=cache(partial(_opened, tree))) if tree.root is not None else Layout()


def _opened(tree: LexborHTMLParser) -> frozenset[str]:
    """The ids of what the controls of a page open."""
    names: set[str] = set()
    for attribute in _CONTROLS:
        for node in tree.css(f"[{attribute}]"):
            names.update((node.attributes.get(attribute) or "").replace("#", " ").split())
    return frozenset(names)


def passages_of(blocks: list[Block]) -> tuple[Passage, ...]:
    """The blocks that were kept, as passages."""
    return tuple(Passage(block.kind, block.text) for block in blocks)
