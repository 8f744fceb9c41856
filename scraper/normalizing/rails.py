"""Furniture in reading order: labels and buttons, what a label opens, and what stands behind the end of an article.

A rail is its heading and the links under it. Behind the last of its prose, the first piece of furniture ends an
article: nobody goes on below the share buttons. Long prose and rows of data are never judged here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.normalizing.core import is_all_links, is_long_prose
from scraper.normalizing.furniture import is_beside_an_article, is_furniture, is_lead_in, is_rail_heading

if TYPE_CHECKING:
    from scraper.normalizing.layout import Block

# A heading before a line of so many characters outside of links is the title of that text, whatever it says:
# "Comments" in a privacy policy.
_TEXT_UNDER_HEADING = 60
# A line that leads elsewhere has at least this share of its text in links.
_LEADS_AWAY = 0.3

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def without_furniture(blocks: list[Block], *, is_article: bool) -> list[Block]:
    """Return `blocks` without labels and buttons, and for an article without rails and what stands behind its end.

    On other pages lists of links are often what the page is for, and end where they end.
    """
    known = [_is_furniture(blocks, number, is_article=is_article) for number in range(len(blocks))]
    if not is_article:
        return [block for number, block in enumerate(blocks) if not known[number]]
    end = _end(blocks, known)
    kept: list[Block] = []
    in_rail = False
    for number, block in enumerate(blocks):
        if known[number]:
            in_rail = is_rail_heading(block.text) or (in_rail and block.kind != "heading")
            continue
        if block.kind == "heading" and not block.is_h1 and _is_link(block):
            in_rail = True  # a heading within an article that leads away from it is a teaser's
        in_rail = in_rail and _is_link(block)
        if not (in_rail or (number >= end and not _stays(block))):
            kept.append(block)
    return kept


def _stays(block: Block) -> bool:
    """Whether a block is kept behind the end: long prose of the page's own, a row of data, a notice."""
    return (is_long_prose(block) and not is_beside_an_article(block.text)) or block.is_row or block.kind == "notice"


def _is_furniture(blocks: list[Block], number: int, *, is_article: bool) -> bool:
    """Whether a block is a label or a button. Of all but headings the wording tells, and is asked once for an article,
    which is looked through for its asides before."""
    block = blocks[number]
    if not is_article or block.kind == "heading":
        return _judge(blocks, number, is_article=is_article)
    if block.is_label is None:
        block.is_label = _judge(blocks, number, is_article=True)
    return block.is_label


def _judge(blocks: list[Block], number: int, *, is_article: bool) -> bool:
    block = blocks[number]
    if not _says_something(block):
        return True
    if (
        block.link_chars
        and block.link_chars >= _LEADS_AWAY * len(block.text)
        and is_lead_in(block.text, is_article=is_article)
    ):
        return block.kind != "heading"
    if block.is_row or (block.kind == "list_item" and not is_all_links(block)):
        return False  # an item of a list of its own: "Name, E-Mail, …", "when you subscribe to our newsletter"
    label = is_furniture(block.text) or (is_article and is_rail_heading(block.text))
    return label and not (block.kind == "heading" and _titles_text(blocks, number))


def _says_something(block: Block) -> bool:
    return block.text[:1].isalnum() or _LETTER_OR_DIGIT.search(block.text) is not None  # most begin with one


def _is_link(block: Block) -> bool:
    return block.link_chars > 0 and is_all_links(block)


def _titles_text(blocks: list[Block], number: int) -> bool:
    """Whether the next block after a heading is prose."""
    below = blocks[number + 1] if number + 1 < len(blocks) else None
    return below is not None and below.kind != "heading" and below.prose >= _TEXT_UNDER_HEADING


def _end(blocks: list[Block], known: list[bool]) -> int:
    """Return the number of the block that ends an article: the first furniture or link behind the last of its prose."""
    # What the wording says is asked last, of the few blocks on which it hangs: it costs the most.
    last = len(blocks) - 1
    while last >= 0 and (known[last] or not _is_text(blocks[last]) or is_beside_an_article(blocks[last].text)):
        last -= 1
    if last < 0:
        return len(blocks)
    for number in range(last + 1, len(blocks)):
        announced = blocks[number - 1].text.endswith(":") and not known[number - 1]
        label = known[number] and _says_something(blocks[number])
        leads_away = _is_link(blocks[number]) and not announced
        if label or leads_away or is_beside_an_article(blocks[number].text):
            return number
    return len(blocks)


def _is_text(block: Block) -> bool:
    return block.prose >= _TEXT_UNDER_HEADING or block.is_row or block.kind == "notice"
