"""JSON → passages: each value on a line of its own behind its path, long text as paragraphs.

The order of members carries no meaning (RFC 8259, section 4), and servers shuffle it: members are read in the order
of their names, so that a shuffle is no change. The order of an array does carry meaning and stays. A path holds no
array indices, so that an entry which comes first does not rename all that follow. Numbers stay as they are written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scraper.errors import Unreadable
from scraper.normalizing.dates import to_iso
from scraper.normalizing.document import Document, Image, Link, Passage
from scraper.normalizing.fragments import read_fragment
from scraper.normalizing.text import paragraphs, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

# No data made for programs to read nests as deep; parsers recurse, and give up at depths that differ (RFC 8259, 9).
DEEPEST = 200
# What paths add to a text is bounded: a long name above many values would fill all memory. Characters.
MOST_CHARACTERS = 50_000_000
# A string of this length, or of several lines, is text that stands by itself. Characters.
_LONG = 100
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)|[\[\]{}]|-?(?:NaN|Infinity)', re.DOTALL)
_MARKUP = re.compile(
    r"</?(?:p|div|br|ul|ol|li|h[1-6]|table|section|article|blockquote|figure|a|em|strong|span)\b[^<>]*>"
)
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
# Names under which data says when it was made or changed. What stands there is a date line of the document.
_STAMP = re.compile(
    r"(?:date_?)?(?:created|modified|updated|published|generated|retrieved|fetched|as_?of|timestamp|last_?modified"
    r"|last_?updated)(?:_?(?:at|on|date|time|gmt|utc))*|date_?gmt|timestamp",
    re.IGNORECASE,
)
_FIELDS = {
    "title": ("title", "headline", "name"),
    "published": ("datePublished", "date_published", "published", "published_at", "date"),
    "modified": ("dateModified", "date_modified", "modified", "modified_at", "updated", "updated_at"),
}


class _Raw(str):
    """A number, true, false or null as it is written: no string."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """The members of an object as they came, a name that came twice included."""

    def get(self, name: str) -> Any:
        """The last value under a name, as most readers take it (RFC 8259, section 4); None where there is none."""
        return next((value for key, value in reversed(self) if key == name), None)


def parse_json(text: str) -> Any:
    """Return objects as `Members`, arrays as lists, numbers and literals as marked strings.

    Raises Unreadable, with line and column, for what is no JSON: NaN and Infinity are none (RFC 8259, section 6).
    """
    text = text.removeprefix("\ufeff")
    _check(text)
    try:
        return json.loads(text, object_pairs_hook=Members, parse_int=_Raw, parse_float=_Raw)
    except json.JSONDecodeError as error:
        raise Unreadable(f"no valid JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error


def _check(text: str) -> None:
    """Refuse, before anything recurses, what nests too deep, and the words that Python takes for numbers."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        elif sign in "-NI":
            raise Unreadable(f"no valid JSON: {token[0]} at {_place(text, token.start())}")
        if depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} deep at {_place(text, token.start())}")


def _place(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


@dataclass(slots=True)
class _Found:
    """What was read so far, and how much more may be."""

    room: int = MOST_CHARACTERS
    passages: list[Passage] = field(default_factory=list)
    links: dict[Link, None] = field(default_factory=dict)
    images: dict[Image, None] = field(default_factory=dict)


def read_json(value: Any, url: str, charset: str) -> Document:
    """The document of a value that `parse_json` gave. Title and dates are those of an object at the top."""
    found = _Found()
    for path, leaf in _leaves(value):
        found.room -= len(path) + (len(leaf) if isinstance(leaf, str) else 0)
        if found.room < 0:
            raise Unreadable(f"more than {MOST_CHARACTERS:,} characters of values and their paths")
        _add(found, path, leaf, url)
    said = _metadata(value) if isinstance(value, Members) else {}
    return Document(
        tuple(found.passages),
        **said,
        links=tuple(found.links),
        images=tuple(found.images),
        charset=charset,
        origins=tuple((name, "json") for name in said),
    )


def _leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Each value that holds no others, with its path, in the order of reading."""
    opened: list[Iterator[tuple[str, Any]]] = [iter([("", value)])]
    while opened:
        path, item = next(opened[-1], (None, None))
        if path is None:
            opened.pop()
        elif isinstance(item, list):
            opened.append(_held(path, item))
        else:
            yield path, item


def _held(path: str, holder: list[Any]) -> Iterator[tuple[str, Any]]:
    """What an object or an array holds, with the path of each, one by one: paths can be long."""
    if isinstance(holder, Members):
        named = sorted(holder, key=lambda member: member[0])  # stable: a name that came twice keeps its order
        return ((f"{path}.{name}" if path else name, held) for name, held in named)
    inner = f"{path}[]"
    return ((inner, held) for held in holder)


def _add(found: _Found, path: str, leaf: Any, url: str) -> None:
    written = leaf if isinstance(leaf, str) else json.dumps(leaf)
    label = f"{settle(path)}: " if path else ""
    if isinstance(leaf, str) and not isinstance(leaf, _Raw):
        if _MARKUP.search(leaf):
            fragment = read_fragment(leaf, url)
            found.links.update(dict.fromkeys(fragment.links))
            found.images.update(dict.fromkeys(fragment.images))
            _add_long(found, label, list(fragment.passages))
            return
        if len(leaf) >= _LONG or "\n" in leaf.strip():
            _add_long(found, label, [Passage("paragraph", part) for part in paragraphs(leaf)])
            return
    text = settle(written)
    if text:
        stamped = _STAMP.fullmatch(path.rpartition(".")[2].removesuffix("[]")) and _ISO_MOMENT.fullmatch(text)
        found.passages.append(Passage("date" if stamped else "paragraph", f"{label}{text}"))


def _add_long(found: _Found, label: str, passages: list[Passage]) -> None:
    """Long text under its path as a heading, short text on one line with it."""
    if len(passages) == 1 and len(passages[0].text) < _LONG:
        found.passages.append(Passage("paragraph", f"{label}{passages[0].text}"))
    elif passages:
        found.passages.extend([Passage("heading", label.rstrip(": ")), *passages] if label else passages)


def _metadata(value: Members) -> dict[str, Any]:
    """What an object says of itself under the names that schema.org, JSON Feed and WordPress use."""
    said: dict[str, Any] = {}
    for name, keys in _FIELDS.items():
        for key in keys:
            held = value.get(key)
            held = held.get("rendered") if isinstance(held, Members) else held
            text = settle(held) if isinstance(held, str) and not isinstance(held, _Raw) else ""
            if text and (name == "title" or any(c.isdigit() for c in text)):
                said[name] = text if name == "title" else to_iso(text)
                break
    return said
