"""The walk: an HTML tree → blocks of text as a browser breaks them, each with where it stands.

One pass without recursion, so depth costs memory and never the text behind it. What a name suggests to be no part of
the document opens a region; `keeping` decides about regions when all text is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import scraper.normalizing.chrome as chrome
import scraper.normalizing.naming as naming
from scraper.normalizing.elements import BLOCKS, said_of
from scraper.normalizing.furniture import is_rail_heading
from scraper.normalizing.layout import BREAK, Block, Layout, Reason, Reference, Region, join_row, lines
from scraper.normalizing.text import settle
from scraper.normalizing.wording import is_caption_data, is_notice, without_ago

if TYPE_CHECKING:
    from collections.abc import Callable

    from selectolax.lexbor import LexborNode

    from scraper.normalizing.document import Kind
    from scraper.normalizing.elements import Said

_CONTEXT: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("pre", "listing", "plaintext", "textarea", "xmp"), "preformatted"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
    "tr": "table_row",
}
# Line breaks, images, fields and controls.
_LEAVES = frozenset({"br", "img", "textarea", "button"})
# A heading such as "Related stories" opens a rail where it opens its container; no further out than this.
_RAIL_CLIMB = 3
# A suspected element within a line (an icon's name, a tooltip) is left out of the line if it is a phrase; a longer one
# stands as a block of its own. Characters.
_PHRASE = 200
# Bylines and dates are short; a longer block in an element of such a name is prose.
_HINT_LENGTH = 200
_HINT_SHARE = 0.7


@dataclass(slots=True, eq=False)
class _Frame:
    """An open element, and the context to put back when it ends."""

    node: LexborNode
    tag: str
    is_block: bool
    first_block: int
    first_reference: int
    kind: Kind
    hint: naming.Hint | None
    region: int
    main: int
    box: int
    in_article: bool
    link: _Link | None
    cells: list[int] | None


@dataclass(slots=True, eq=False)
class _Link:
    """An open link: its address as written, and its text so far."""

    address: str
    text: list[str] = field(default_factory=list)


def read_layout(root: LexborNode, *, opened: Callable[[], frozenset[str]] = frozenset) -> Layout:
    """Walk the tree below `root`.

    `opened` gives the ids of what the page's own controls open (``aria-controls``); it is asked where one matters.
    """
    walk = _Walk(opened)
    buffer, stack, skipped = walk.buffer, walk.stack, chrome.SKIPPED
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node = walk.leave().node.next
            continue
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if buffer or not text.isspace():  # space before the first word of a block is none
                walk.add_text(text)
        elif tag is not None and tag[0] != "-" and tag not in skipped and walk.enter(node, tag):
            node = node.first_child
            continue
        node = node.next
    if walk.buffer:
        walk.flush()
    return walk.layout


def _only_text(node: LexborNode) -> str | None:
    """The text of an element that holds nothing else; None where it holds more, or nothing."""
    child = node.first_child
    return child.text_content if child is not None and child.next is None and child.tag == "-text" else None


def _holder(text: str, blocks: list[Block]) -> Block:
    """The first block that holds a text; the first of all where none does."""
    return blocks[0] if len(blocks) == 1 else next((block for block in blocks if text in block.text), blocks[0])


class _Walk:
    """The state of one walk: the open elements, the text of the open block, and the context around it."""

    def __init__(self, opened: Callable[[], frozenset[str]]) -> None:
        self.layout = Layout()
        self.stack: list[_Frame] = []
        self.opened = opened
        self.buffer: list[str] = []
        self.pending: list[Reference] = []
        self.link_chars = 0
        self.hinted = {"byline": 0, "date": 0, "caption": 0}
        self.kind: Kind = "paragraph"
        self.hint: naming.Hint | None = None
        self.region = 0
        self.main = 0
        self.box = 0
        self.in_article = False
        self.link: _Link | None = None
        self.cells: list[int] | None = None

    def add_text(self, text: str) -> None:
        """Take in the text of a text node."""
        self.buffer.append(text)
        if self.hint is not None:
            self.hinted[self.hint] += len(text.strip())
        if self.link is not None:
            self.link.text.append(text)
            self.link_chars += len(text.strip())

    def enter(self, node: LexborNode, tag: str) -> bool:
        """Begin an element; False where its content is not to be walked."""
        attributes = node.attributes
        if tag in _LEAVES and not self._enters_leaf(tag, attributes):
            return False
        if "role" in attributes and chrome.is_skipped(attributes):
            return False
        said = self._said(node, tag, attributes)
        reason = said.reason or (said.box if self.cells is None else None)
        is_block = tag in BLOCKS
        if not is_block:
            if reason is not None:
                if len(node.text()) < _PHRASE:
                    return False
                is_block = True
            elif "role" not in attributes and (text := _only_text(node)) is not None:
                self._add_phrase(tag, attributes, text, said.hint)
                return False
        if is_block and self.buffer:
            self.flush()
        self._open(node, tag, is_block)
        if reason is not None:
            self.region = self._open_region(self.region, reason, holds_prose=chrome.may_hold_prose(tag, reason))
        self._take_context(tag, attributes, said.hint)
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

    def _add_phrase(self, tag: str, attributes: chrome.Attributes, text: str, said: naming.Hint | None) -> None:
        """Take in an element within a line that holds nothing but text, as if it were opened and ended around it."""
        link, hint = self.link, self.hint
        if said is not None:
            self.hint = said
        if tag == "a" and (address := attributes.get("href")):
            self.link = _Link(address)
        if self.buffer or not text.isspace():
            self.add_text(text)
        if self.link is not None and self.link is not link:
            self._add_link(self.link, len(self.layout.blocks))
        self.link, self.hint = link, hint

    def _open(self, node: LexborNode, tag: str, is_block: bool) -> None:
        """Put an element on the stack with the context around it."""
        layout = self.layout
        self.stack.append(
            _Frame(
                node,
                tag,
                is_block,
                len(layout.blocks),
                len(layout.references),
                self.kind,
                self.hint,
                self.region,
                self.main,
                self.box,
                self.in_article,
                self.link,
                self.cells,
            )
        )
        if is_block:
            self.layout.boxes.append(self.box)
            self.box = len(self.layout.boxes) - 1

    def _said(self, node: LexborNode, tag: str, attributes: chrome.Attributes) -> Said:
        """Return what an element says of its text; its reason is why that may be no part of the document."""
        said = said_of(tag, attributes, self.in_article)
        if tag == "noscript":
            return said._replace(reason="hidden")
        if tag == "form" and node.css_first('input[type="password"]') is not None:
            # To log in or to register; a form around the whole page holds the text, and is kept.
            return said._replace(reason="asking")
        if said.may_be_hidden and chrome.is_hidden(attributes) and not self._can_be_opened(attributes):
            return said._replace(reason="hidden")
        return said

    def _take_context(self, tag: str, attributes: chrome.Attributes, hint: naming.Hint | None) -> None:
        """Take over what an element says of its content: landmark, kind, link, hint."""
        role = attributes.get("role") if attributes else None
        if tag in {"main", "article"} or role in {"main", "article"}:
            self.in_article = True
            if "main" in {tag, role} and self.main == 0:
                self.layout.mains += 1
                self.main = self.layout.mains
        if tag in BLOCKS:
            self._take_kind(tag, attributes)
        if tag == "a" and attributes.get("href"):
            self.link = _Link(attributes["href"] or "")
        if hint is not None:
            self.hint = hint

    def _take_kind(self, tag: str, attributes: chrome.Attributes) -> None:
        if tag == "tr":
            self.cells = []
        elif tag in {"td", "th"} and self.cells is not None:
            self.cells.append(len(self.layout.blocks))
        kind = _CONTEXT.get(tag)
        if (kind in {None, "heading"} and attributes) and self.kind != "table_row" and naming.is_caption(attributes):
            kind = "caption"
        if kind is not None:
            self.kind = kind

    def _can_be_opened(self, attributes: chrome.Attributes) -> bool:
        return naming.is_panel(attributes) or (bool(name := attributes.get("id")) and name in self.opened())

    def _is_title(self, attributes: chrome.Attributes) -> bool:
        """Whether a button is the title of a panel, which is text, and not a control (WAI-ARIA accordion pattern)."""
        return self.kind == "heading" or naming.is_panel(attributes)

    def _open_region(self, parent: int, reason: Reason, *, holds_prose: bool) -> int:
        self.layout.regions.append(Region(parent, reason, holds_prose))
        return len(self.layout.regions) - 1

    def leave(self) -> _Frame:
        """End the innermost element, put its surroundings back, and return its frame."""
        frame = self.stack.pop()
        if frame.is_block:
            if self.buffer:
                self.flush(ending=frame)
            if frame.tag == "tr":
                self._end_row(frame)
        if self.link is not None and self.link is not frame.link:
            self._add_link(self.link, frame.first_block)
        self.kind, self.hint, self.region, self.main = frame.kind, frame.hint, frame.region, frame.main
        self.box = frame.box
        self.in_article, self.link, self.cells = frame.in_article, frame.link, frame.cells
        return frame

    def _add_link(self, link: _Link, first_block: int) -> None:
        """Record a link that ends; where blocks stood inside of it, it belongs to the first of them."""
        reference = Reference(link.address, settle("".join(link.text)), self.region, self.main, is_image=False)
        self.layout.references.append(reference)
        if first_block < len(self.layout.blocks):
            reference.block = self.layout.blocks[first_block]
        else:
            self.pending.append(reference)

    def _add_image(self, attributes: chrome.Attributes) -> None:
        address = attributes.get("src") or ""
        if not address or address.startswith("data:"):
            address = attributes.get("data-src") or attributes.get("data-lazy-src") or ""
        if address and "1" not in {attributes.get("width"), attributes.get("height")}:
            text = settle(attributes.get("alt") or "")
            self.layout.references.append(Reference(address, text, self.region, self.main, is_image=True))

    def flush(self, ending: _Frame | None = None) -> None:
        """End the open block, which holds text; `ending` is the element that ends with it, no longer on the stack."""
        raw = "".join(self.buffer)
        self.buffer.clear()
        blocks = [Block(self.kind, text, self.region, self.main, self.box) for text in lines(raw, self.kind)]
        if blocks:
            blocks[0].link_chars = self.link_chars
            for reference in self.pending:
                reference.block = _holder(reference.text, blocks)
            for block in blocks:
                self._name(block)
            if ending is not None and self.kind == "heading":
                blocks[0].is_h1 = ending.tag == "h1"
                self._open_rail(blocks[0], ending)
            self.layout.blocks.extend(blocks)
        self.pending.clear()
        self.link_chars = 0
        if any(self.hinted.values()):
            self.hinted = dict.fromkeys(self.hinted, 0)

    def _name(self, block: Block) -> None:
        """Give a block of prose the narrower kind that its wording or its markup says."""
        if block.kind not in {"paragraph", "list_item", "quote"}:
            return
        if is_caption_data(block.text):
            block.kind = "caption"
        elif is_notice(block.text):
            block.kind = "notice"
        elif len(block.text) <= _HINT_LENGTH:
            enough = _HINT_SHARE * len(without_ago(block.text))
            if self.hinted["date"] >= enough:
                block.kind = "date"
            elif self.hinted["date"] + self.hinted["byline"] >= enough:
                block.kind = "byline"  # often with the date in the same line
            elif self.hinted["caption"] >= enough:
                block.kind = "caption"

    def _open_rail(self, heading: Block, ending: _Frame) -> None:
        """Where a heading names a rail and opens its containers, put them under suspicion, the outermost first."""
        if not is_rail_heading(heading.text):
            return
        here = len(self.layout.blocks)
        depth = len(self.stack)
        while depth and len(self.stack) - depth < _RAIL_CLIMB:
            frame = self.stack[depth - 1]
            if frame.first_block != here or frame.tag in {"main", "article", "body"} or frame.region != self.region:
                break
            depth -= 1
        for frame in self.stack[depth:]:
            if frame is not self.stack[depth]:
                frame.region = self.region
            self.region = self._open_region(self.region, "rail", holds_prose=False)
        ending.region = heading.region = self.region

    def _end_row(self, frame: _Frame) -> None:
        """Join the row that ends, and move the links in it to the joined block."""
        blocks = self.layout.blocks[frame.first_block :]
        if not blocks or not self.cells:
            return
        cells = [start - frame.first_block for start in self.cells]
        joined = join_row(blocks, cells, self.region)
        if len(joined) < len(blocks):
            self.layout.blocks[frame.first_block :] = joined
            for reference in self.layout.references[frame.first_reference :]:
                if reference.block is not None:
                    reference.block = joined[0]
