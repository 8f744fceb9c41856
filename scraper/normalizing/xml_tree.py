"""XML → a tree of plain nodes, read by expat without a document type: no entity of the document's own is ever put in.

Entities that a document declares for itself can grow without end or name a file ("billion laughs", XXE), and no feed
needs them: a document that declares any is refused. What the document type would bring from outside is not loaded.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from scraper.errors import Unreadable
from scraper.normalizing.document import Document, Passage
from scraper.normalizing.text import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# No document made for readers or their programs nests as deep.
DEEPEST = 1_000
# Characters that no XML document can hold (XML 1.0, section 2.2). Feeds bring them from databases.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# It names an encoding that the text no longer has.
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_SEPARATOR = "\x1f"
_PIECE = 64 * 1024
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True, eq=False)
class Node:
    """An element: namespace, local name, attributes (those of a namespace as ``{namespace}name``), content in order."""

    namespace: str
    name: str
    attributes: dict[str, str]
    content: list[Node | str] = field(default_factory=list)

    def children(self, *names: str) -> Iterator[Node]:
        """The elements directly inside, those of the given local names only where any are given."""
        for item in self.content:
            if isinstance(item, Node) and (not names or item.name in names):
                yield item

    def child(self, name: str, namespace: str | None = None) -> Node | None:
        """The first element of that name directly inside."""
        return next((n for n in self.children(name) if namespace is None or n.namespace == namespace), None)

    def text(self) -> str:
        """All text inside, in its order, as it stands."""
        pieces: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                pieces.append(item)
            else:
                waiting.extend(reversed(item.content))
        return "".join(pieces)


def parse_xml(text: str) -> Node:
    """Return the root of a document. Raises Unreadable, with line and column, where it is not well-formed."""
    builder = _Builder()
    walk_xml(text, builder.start, builder.end, builder.add)
    return builder.root


def walk_xml(
    text: str,
    start: Callable[[str, str, dict[str, str]], object],
    end: Callable[[], object],
    add: Callable[[str], object],
) -> None:
    """Tell of each element as it begins (namespace, local name, attributes) and ends, and of the text inside.

    Memory does not grow with the document beyond its text. Raises Unreadable, with line and column, for what is not
    well-formed, declares entities or nests too deep; what the callables raise passes through.
    """
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth >= DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} deep at line {parser.CurrentLineNumber}")
        depth += 1
        namespace, _, local = name.rpartition(_SEPARATOR)
        named = {f"{{{k.replace(_SEPARATOR, '}')}" if _SEPARATOR in k else k: v for k, v in attributes.items()}
        start(namespace, local, named)

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1
        end()

    def skipped(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            add(html.unescape(f"&{name};"))

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, add
    parser.EntityDeclHandler, parser.SkippedEntityHandler = _refuse, skipped
    # Entities of HTML (&nbsp;) in a document with a document type are skipped and not an error (XML 1.0, 4.1).
    parser.UseForeignDTD(False)
    _feed(parser, text)


def _feed(parser: expat.XMLParserType, text: str) -> None:
    """Give a text to expat piece by piece, without what no XML can hold and without the encoding it once had."""
    declared = _DECLARATION.match(text)
    begun = False
    try:
        for at in range(declared.end() if declared else 0, len(text), _PIECE):
            piece = _NEVER.sub("", text[at : at + _PIECE])
            piece = piece if begun else piece.lstrip()
            begun = begun or bool(piece)
            parser.Parse(piece.encode(), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        where = f"at line {error.lineno}, column {error.offset + 1}"
        raise Unreadable(f"no well-formed XML: {expat.ErrorString(error.code)} {where}") from error


def _refuse(name: str, *_: object) -> None:
    raise Unreadable(f"declares the entity {name[:40]!r} for itself; such XML is not read")


class _Builder:
    """Takes what `walk_xml` tells into a tree; a stack instead of recursion."""

    def __init__(self) -> None:
        self.root = Node("", "", {})
        self.stack = [self.root]

    def start(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        node = Node(namespace, name, attributes)
        self.stack[-1].content.append(node)
        self.stack.append(node)

    def end(self) -> None:
        """Close the element that is open; the outermost is the root."""
        node = self.stack.pop()
        if len(self.stack) == 1:
            self.root = node

    def add(self, data: str) -> None:
        """Take text into the element that is open."""
        self.stack[-1].content.append(data)


def read_xml(root: Node, charset: str) -> Document:
    """The document of any XML: a paragraph for each element with text of its own, what is inside of it included."""
    passages = tuple(Passage("paragraph", text) for node in _speaking(root) if (text := settle(node.text())))
    language = settle(root.attributes.get(f"{{{XML}}}lang", "")) or None
    return Document(passages, language=language, charset=charset, origins=(("language", "xml"),) if language else ())


def _speaking(root: Node) -> Iterator[Node]:
    """The outermost elements that hold text and not elements alone, in their order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if any(isinstance(item, str) and not item.isspace() for item in node.content):
            yield node
        else:
            waiting.extend(reversed(list(node.children())))
