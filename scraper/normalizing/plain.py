"""Text without tags → passages: plain text by its blank lines, Markdown by its blocks, CSV by its rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from scraper.errors import Unreadable
from scraper.normalizing.document import Document, Passage
from scraper.normalizing.text import paragraphs, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.normalizing.document import Kind

# CommonMark 0.31, sections 4.2 (ATX headings), 4.3 (Setext headings), 4.5 (fences), 5.1 (quotes), 5.2 (list items).
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
# GitHub's tables: the line that sets the head off from the rows.
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
# A longer line is no heading. Characters.
_LONGEST_HEADING = 500
_LINE_END = re.compile(r"\r\n?|\n")
_DELIMITERS = ",;\t|"


def read_plain(text: str, charset: str) -> Document:
    """The document of a plain text: its parts between blank lines are paragraphs."""
    return Document(tuple(Passage("paragraph", part) for part in paragraphs(text)), charset=charset)


def read_markdown(text: str, charset: str) -> Document:
    """The document of a Markdown text by its blocks; marks within a line stay as they are written.

    The title is the first heading.
    """
    passages = tuple(_settled(_blocks(_LINE_END.split(text))))
    title = next((passage.text for passage in passages if passage.kind == "heading"), None)
    return Document(passages, title=title, charset=charset, origins=(("title", "text"),) if title else ())


def _settled(blocks: Iterable[tuple[Kind, str]]) -> Iterator[Passage]:
    for kind, text in blocks:
        for part in paragraphs(text) if kind == "preformatted" else [settle(text)]:
            if part:
                yield Passage(kind, part)


def _blocks(lines: list[str]) -> Iterator[tuple[Kind, str]]:
    """Each block with its kind. One pass, line by line; lines are joined until something begins another block."""
    kind: Kind = "paragraph"
    held: list[str] = []
    fence: str | None = None
    for line in [*lines, ""]:
        if fence is not None:
            if (found := _FENCE.match(line)) and found[1].startswith(fence):
                yield "preformatted", "\n".join(held)
                held, fence = [], None
            else:
                held.append(line)
            continue
        if held and kind == "paragraph" and _UNDERLINE.fullmatch(line):
            yield "heading", " ".join(held)
            held = []
            continue
        begun, text = _begin(line, kind)
        if begun is not None or not text:
            if held:
                yield kind, " ".join(held)
            kind, held = begun or "paragraph", []
        if (found := _FENCE.match(line)) is not None:
            fence, held = found[1], []
        elif text:
            held.append(text)
    if held:
        yield ("preformatted" if fence else kind), ("\n" if fence else " ").join(held)


def _begin(line: str, open_kind: Kind) -> tuple[Kind | None, str]:
    """The kind of the block that a line begins, None where it goes on or ends one; and the text of the line."""
    if not line.strip() or _RULE.fullmatch(line):
        return None, ""
    if _FENCE.match(line):
        return "preformatted", ""
    if len(line) <= _LONGEST_HEADING and (found := _HEADING.fullmatch(line)) is not None:
        return "heading", found[1] or ""
    if (found := _QUOTE.match(line)) is not None:
        return (None if open_kind == "quote" else "quote"), line[found.end() :]
    if (found := _ITEM.match(line)) is not None:
        return "list_item", line[found.end() :]
    if line.lstrip().startswith("|"):
        is_rule = len(line) <= _LONGEST_HEADING and _TABLE_RULE.fullmatch(line)
        cells = () if is_rule else (cell.strip() for cell in line.strip().strip("|").split("|"))
        return "table_row", " | ".join(cells)
    return ("paragraph" if open_kind in {"heading", "table_row"} else None), line


def read_csv(text: str, charset: str) -> Document:
    """The document of a table in CSV (RFC 4180): each record is a row, its cells set apart as in a table of a page.

    The delimiter is that of `, ; tab |` which the first line has most of. Raises Unreadable for a record that no
    reader can hold.
    """
    text = text.lstrip("\r\n")
    counted = Counter(character for character in _LINE_END.split(text, maxsplit=1)[0] if character in _DELIMITERS)
    delimiter = max(_DELIMITERS, key=lambda sign: counted[sign])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    passages = []
    try:
        for row in rows:
            cells = [settle(cell) for cell in row]
            if any(cells):
                passages.append(Passage("table_row", settle(" | ".join(cells))))
    except csv.Error as error:
        raise Unreadable(f"the CSV cannot be read at line {rows.line_num}: {error}") from error
    return Document(tuple(passages), charset=charset)
