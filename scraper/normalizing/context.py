"""What the open elements of a page say of the text in them: its kind, its link, the part of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.normalizing.document import Kind
    from scraper.normalizing.elements import Said
    from scraper.normalizing.naming import Hint

KINDS_IN: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("pre", "listing", "plaintext", "textarea", "xmp"), "preformatted"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
    "tr": "table_row",
}
CELLS = frozenset({"td", "th"})
# Elements that change more of the context of what is in them than its kind, whatever their attributes.
CHANGING = frozenset({"main", "article", "a", "tr"})
LANDMARKS = frozenset({"main", "article"})


@dataclass(slots=True, eq=False)
class OpenLink:
    """An open link: its address as written, and its text so far."""

    address: str
    text: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Context:
    """What the open elements say of the text in them. Most say nothing: then it is that of the element around."""

    kind: Kind = "paragraph"
    hint: Hint | None = None
    region: int = 0
    main: int = 0
    in_article: bool = False
    link: OpenLink | None = None
    cells: list[int] | None = None
    of_kinds: dict[Kind, Context] = field(default_factory=dict, init=False)

    def of(self, kind: Kind) -> Context:
        """The same with another kind: one for all items of a list."""
        found = self.of_kinds.get(kind)
        if found is None:
            found = Context(kind, self.hint, self.region, self.main, self.in_article, self.link, self.cells)
            self.of_kinds[kind] = found
        return found


def kind_in(around: Kind, tag: str, said: Said) -> Kind:
    """The kind of text in a block element, by what it is and the kind around it."""
    kind = KINDS_IN.get(tag)
    if said.is_caption and kind in {None, "heading"} and around != "table_row":
        return "caption"
    return kind or around
