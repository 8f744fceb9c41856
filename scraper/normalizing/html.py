"""The walk: an HTML tree → blocks of text as a browser breaks them, each with where it stands.

One pass without recursion, so depth costs memory and never the text behind it. What a name suggests to be no part of
the document opens a region; `keeping` decides about regions when all text is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import scraper.normalizing.chrome as chrome
import scraper.normalizing.naming as naming
from scraper.normalizing.context import CELLS, CHANGING, KINDS_IN, LANDMARKS, Context, OpenLink, kind_in
from scraper.normalizing.elements import BLOCKS, NOTHING, TELLING_TAGS, said_of
from scraper.normalizing.furniture import is_rail_heading
from scraper.normalizing.layout import BREAK, Block, Layout, Reason, Reference, Region, join_row, lines
from scraper.normalizing.text import settle
from scraper.normalizing.wording import is_caption_data, is_notice, without_ago

if TYPE_CHECKING:
    from collections.abc import Callable

    from selectolax.lexbor import LexborNode

    from scraper.normalizing.elements import Said

# Blocks that mostly hold nothing but text, and whose kind is that of what is around them.
_PROSE = frozenset({"p", "td", "th"})
# What holds no element and no text of the page.
_PASSED = chrome.SKIPPED | {"-comment", "-doctype", "-document"}
# Line breaks, images, fields and controls.
_LEAVES = frozenset({"br", "img", "textarea", "button"})
# A heading such as "Related stories" opens a rail where it opens its container; no further out than this.
_RAIL_CLIMB = 3
# A suspected element within a line (an icon's name, a tooltip) is left out of the line if it is a phrase; a longer one
# stands as a block of its own. Characters.
_PHRASE = 200
# Prose, which its wording or its markup may name more narrowly.
_NAMED_BY_WORDING = frozenset({"paragraph", "list_item", "quote"})
# Bylines and dates are short; a longer block in an element of such a name is prose.
_HINT_LENGTH = 200
_HINT_SHARE = 0.7


# An open element, and what to put back when it ends: its node and tag, whether it is a block, the numbers of the first
# block and the first reference in it, and the context and the box around it. A tuple: to make one is half of the work
# that most elements are.
_Frame = tuple["LexborNode", str, bool, int, int, Context, int]


def read_layout(root: LexborNode, *, opened: Callable[[], frozenset[str]] = frozenset) -> Layout:
    """Walk the tree below `root`.

    `opened` gives the ids of what the page's own controls open (``aria-controls``); it is asked where one matters.
    """
    walk = _Walk(opened)
    buffer, stack, enter, passed = walk.buffer, walk.stack, walk.enter, _PASSED
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node = walk.leave().next
            continue
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if buffer or not text.isspace():  # space before the first word of a block is none
                walk.add_text(text)
        elif tag is not None and tag not in passed and enter(node, tag):
            node = node.first_child
            continue
        node = node.next
    if walk.buffer:
        walk.flush()
    return walk.layout


def _only_text(node: LexborNode) -> str | None:
    """The text of an element that holds nothing else; None where it holds more, or nothing."""
    child = node.first_child
    return child.text_content if child is not None and child.next is None else None  # None too for what is no text


def _within(frame: _Frame, region: int) -> _Frame:
    """A frame that puts back another region when it ends."""
    node, tag, is_block, first_block, first_reference, context, box = frame
    return node, tag, is_block, first_block, first_reference, replace(context, region=region), box


def _holder(text: str, blocks: list[Block]) -> Block:
    """The first block that holds a text; the first of all where none does."""
    return blocks[0] if len(blocks) == 1 else next((block for block in blocks if text in block.text), blocks[0])


class _Walk:
    """The state of one walk: the open elements, the text of the open block, and the context around it."""

    def __init__(self, opened: Callable[[], frozenset[str]]) -> None:
        self.layout = Layout()
        self.blocks, self.references, self.boxes = self.layout.blocks, self.layout.references, self.layout.boxes
        self.stack: list[_Frame] = []
        self.opened = opened
        self.buffer: list[str] = []
        self.pending: list[Reference] = []
        self.link_chars = 0
        self.hinted: dict[naming.Hint, int] = {}
        self.context = Context()
        self.box = 0

    def add_text(self, text: str) -> None:
        """Take in the text of a text node."""
        self.buffer.append(text)
        context = self.context
        if context.hint is not None:
            self._add_hinted(context.hint, text)
        if context.link is not None:
            context.link.text.append(text)
            self.link_chars += len(text.strip())

    def _add_hinted(self, hint: naming.Hint, text: str) -> None:
        self.hinted[hint] = self.hinted.get(hint, 0) + len(text.strip())

    def enter(self, node: LexborNode, tag: str) -> bool:
        """Begin an element; False where its content is not to be walked."""
        attributes = node.attributes
        if tag in _LEAVES and not self._enters_leaf(tag, attributes):
            return False
        said, reason, has_role = NOTHING, None, False
        if attributes or tag in TELLING_TAGS:
            has_role = "role" in attributes
            if has_role and chrome.is_skipped(attributes):
                return False
            said = said_of(tag, attributes, self.context.in_article)
            if said.may_be_hidden:
                said = self._said_here(said, node, tag, attributes)
            reason = said.reason or (said.box if self.context.cells is None else None)
        is_block = tag in BLOCKS
        if not is_block:
            if reason is not None:
                if len(node.text()) < _PHRASE:
                    return False
                is_block = True
            elif not has_role and (text := _only_text(node)) is not None:
                self._add_phrase(tag, attributes, text, said.hint)
                return False
        if is_block and self.buffer:
            self.flush()
        context, box = self.context, self.box
        if tag in _PROSE and said is NOTHING and not has_role and context.kind != "heading":
            text = _only_text(node)
            if text is not None:
                self._add_prose(tag, text)
                return False
        self.stack.append((node, tag, is_block, len(self.blocks), len(self.references), context, box))
        if is_block:
            self.box = len(self.boxes)
            self.boxes.append(box)
        if tag in CELLS and context.cells is not None:
            context.cells.append(len(self.blocks))
        if tag in CHANGING or said is not NOTHING or has_role:
            self.context = self._context_in(tag, attributes, said, reason)
        elif (kind := KINDS_IN.get(tag)) is not None and kind != context.kind:
            self.context = context.of(kind)
        return True

    def _enters_leaf(self, tag: str, attributes: chrome.Attributes) -> bool:
        """Take in an element that mostly holds no text of the page; True where it is to be walked all the same."""
        if tag == "br":
            self.buffer.append(BREAK)
        elif tag == "img":
            self._add_image(attributes)
        elif tag == "textarea":
            return "readonly" in attributes  # not a field to fill in, but one that holds a licence or terms
        return tag == "button" and self._is_title(attributes)

    def _add_prose(self, tag: str, text: str) -> None:
        """Take in a paragraph or cell that holds nothing but text, as if it were opened and ended around it."""
        context, box = self.context, self.box
        if tag in CELLS and context.cells is not None:
            context.cells.append(len(self.blocks))
        self.box = len(self.boxes)
        self.boxes.append(box)
        if not text.isspace():
            self.add_text(text)
            self.flush(ending=tag)
        self.box = box

    def _add_phrase(self, tag: str, attributes: chrome.Attributes, text: str, said: naming.Hint | None) -> None:
        """Take in an element within a line that holds nothing but text, as if it were opened and ended around it."""
        context = self.context
        address = attributes.get("href") if tag == "a" else None
        if self.buffer or not text.isspace():
            self.buffer.append(text)
            if hint := said or context.hint:
                self._add_hinted(hint, text)
            if address:
                self.link_chars += len(text.strip())
            elif context.link is not None:
                context.link.text.append(text)
                self.link_chars += len(text.strip())
        if address:
            self._add_link(address, text, len(self.blocks))

    def _said_here(self, said: Said, node: LexborNode, tag: str, attributes: chrome.Attributes) -> Said:
        """What an element says of its text where it stands, which may be hidden or hold what asks for a password."""
        if tag == "noscript":
            return said._replace(reason="hidden")
        if tag == "form" and node.css_first('input[type="password"]') is not None:
            # To log in or to register; a form around the whole page holds the text, and is kept.
            return said._replace(reason="asking")
        if chrome.is_hidden(attributes) and not self._can_be_opened(attributes):
            return said._replace(reason="hidden")
        return said

    def _context_in(self, tag: str, attributes: chrome.Attributes, said: Said, reason: Reason | None) -> Context:
        """The context in an element: that around it, but for the landmark, kind, link, hint and region that it says."""
        around = self.context
        main, in_article, link, kind = around.main, around.in_article, around.link, around.kind
        role = attributes.get("role")
        if tag in LANDMARKS or role in LANDMARKS:
            in_article = True
            if "main" in {tag, role} and main == 0:
                self.layout.mains += 1
                main = self.layout.mains
        cells = [] if tag == "tr" else around.cells
        if tag in BLOCKS:
            kind = kind_in(kind, tag, said)
        if tag == "a" and (address := attributes.get("href")):
            link = OpenLink(address)
        region = around.region
        if reason is not None:
            region = self._open_region(region, reason, holds_prose=chrome.may_hold_prose(tag, reason))
        return Context(kind, said.hint or around.hint, region, main, in_article, link, cells)

    def _can_be_opened(self, attributes: chrome.Attributes) -> bool:
        return naming.is_panel(attributes) or (bool(name := attributes.get("id")) and name in self.opened())

    def _is_title(self, attributes: chrome.Attributes) -> bool:
        """Whether a button is the title of a panel, which is text, and not a control (WAI-ARIA accordion pattern)."""
        return self.context.kind == "heading" or naming.is_panel(attributes)

    def _open_region(self, parent: int, reason: Reason, *, holds_prose: bool) -> int:
        self.layout.regions.append(Region(parent, reason, holds_prose))
        return len(self.layout.regions) - 1

    def leave(self) -> LexborNode:
        """End the innermost element, put its surroundings back, and return it."""
        if self.buffer and self.stack[-1][2]:
            self.flush(ending=self.stack[-1][1])
        node, tag, _, first_block, first_reference, context, self.box = self.stack.pop()
        if self.context is not context:
            if tag == "tr":
                self._end_row(first_block, first_reference)
            link = self.context.link
            if link is not None and link is not context.link:
                self._add_link(link.address, "".join(link.text), first_block)
            self.context = context
        return node

    def _add_link(self, address: str, text: str, first_block: int) -> None:
        """Record a link that ends; where blocks stood inside of it, it belongs to the first of them."""
        context = self.context
        reference = Reference(address, settle(text), context.region, context.main, False)
        self.references.append(reference)
        if first_block < len(self.blocks):
            reference.block = self.blocks[first_block]
        else:
            self.pending.append(reference)

    def _add_image(self, attributes: chrome.Attributes) -> None:
        address = attributes.get("src") or ""
        if not address or address.startswith("data:"):
            address = attributes.get("data-src") or attributes.get("data-lazy-src") or ""
        if address and "1" not in {attributes.get("width"), attributes.get("height")}:
            text = settle(attributes.get("alt") or "")
            self.references.append(Reference(address, text, self.context.region, self.context.main, is_image=True))

    def flush(self, ending: str | None = None) -> None:
        """End the open block, which holds text; `ending` is the tag of the innermost element if that ends with it."""
        raw = "".join(self.buffer)
        self.buffer.clear()
        context = self.context
        kind = context.kind
        texts = lines(raw, kind)
        if texts:
            blocks = [Block(kind, text, context.region, context.main, self.box) for text in texts]
            blocks[0].link_chars = self.link_chars
            for reference in self.pending:
                reference.block = _holder(reference.text, blocks)
            if kind in _NAMED_BY_WORDING:
                for block in blocks:
                    self._name(block)
            elif ending and kind == "heading":
                blocks[0].is_h1 = ending == "h1"
                self._open_rail(blocks[0])
            self.blocks.extend(blocks)
        self.pending.clear()
        self.hinted.clear()
        self.link_chars = 0

    def _name(self, block: Block) -> None:
        """Give a block of prose the narrower kind that its wording or its markup says."""
        text = block.text
        if is_caption_data(text):
            block.kind = "caption"
        elif is_notice(text):
            block.kind = "notice"
        elif len(text) <= _HINT_LENGTH:
            enough = _HINT_SHARE * len(without_ago(text))
            date = self.hinted.get("date", 0)
            if date >= enough:
                block.kind = "date"
            elif date + self.hinted.get("byline", 0) >= enough:
                block.kind = "byline"  # often with the date in the same line
            elif self.hinted.get("caption", 0) >= enough:
                block.kind = "caption"

    def _open_rail(self, heading: Block) -> None:
        """Where the heading that ends names a rail and opens its containers, put them under suspicion, the outermost
        first."""
        if not is_rail_heading(heading.text):
            return
        stack, region = self.stack, self.context.region
        here, last = len(self.blocks), len(stack) - 1
        first = last
        while first and last - first < _RAIL_CLIMB:
            _, tag, _, first_block, _, context, _ = stack[first - 1]
            if first_block != here or context.region != region or tag in {"main", "article", "body"}:
                break
            first -= 1
        for number in range(first, last):
            if number > first:
                stack[number] = _within(stack[number], region)
            region = self._open_region(region, "rail", holds_prose=False)
        # It ends, and what follows it stands in the rail too.
        stack[last] = _within(stack[last], region)
        self.context = replace(self.context, region=region)
        heading.region = region

    def _end_row(self, first_block: int, first_reference: int) -> None:
        """Join the row that ends, and move the links in it to the joined block."""
        blocks = self.blocks[first_block:]
        if not blocks or not self.context.cells:
            return
        cells = [start - first_block for start in self.context.cells]
        joined = join_row(blocks, cells, self.context.region)
        if len(joined) < len(blocks):
            self.blocks[first_block:] = joined
            for reference in self.references[first_reference:]:
                if reference.block is not None:
                    reference.block = joined[0]
