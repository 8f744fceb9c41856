"""PDF files for tests, written by hand: text in lines at places, as a word processor sets it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

WIDTH, TOP, BOTTOM, LEFT, SIZE, LEADING = 70, 760, 80, 72, 11.0, 13.0


@dataclass
class Sheet:
    """One page: lines as (x, y, size, text, font)."""

    lines: list[tuple[float, float, float, str, str]] = field(default_factory=list)

    def put(self, x: float, y: float, text: str, size: float = SIZE, font: str = "F1") -> None:
        self.lines.append((x, y, size, text, font))

    def content(self) -> bytes:
        return b"".join(
            f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj ET\n".encode("cp1252")
            for x, y, size, text, font in self.lines
        )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def set_pages(paragraphs: list[str], *, header: str = "", numbered: bool = True, height: int = TOP) -> list[Sheet]:
    """Paragraphs, and headings (which begin with #), broken into lines and pages with a header and page numbers."""
    sheets: list[Sheet] = []
    y = 0.0
    for paragraph in paragraphs:
        is_heading = paragraph.startswith("# ")
        size = 16.0 if is_heading else SIZE
        for line in wrapped(paragraph.removeprefix("# ")):
            if not sheets or y < BOTTOM:
                sheets.append(Sheet())
                y = height
                if header:
                    sheets[-1].put(LEFT, 790, header, 9.0)
                if numbered:
                    sheets[-1].put(300, 40, f"Page {len(sheets)}", 9.0)
            sheets[-1].put(LEFT, y, line, size)
            y -= LEADING * size / SIZE
        y -= 9
    return sheets


def write_pdf(
    sheets: list[Sheet], *, compressed: bool = True, info: dict[str, str] | None = None, **extra: str
) -> bytes:
    """A PDF 1.4 of the sheets. `info` goes into the information dictionary, `extra` into the catalogue."""
    said = "".join(f"/{name} ({_escaped(value)})" for name, value in (info or {}).items())
    more = " ".join(f"/{name} {value}" for name, value in extra.items())
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(sheets)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {more} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        f"<< {said} >>".encode("cp1252"),
    ]
    for number, sheet in enumerate(sheets):
        fonts = "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] {fonts} /Contents {7 + 2 * number} 0 R >>"
        objects += [page.encode(), stream(sheet.content(), compressed=compressed)]
    return assemble(objects)


def stream(content: bytes, *, compressed: bool = True) -> bytes:
    if not compressed:
        return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def assemble(objects: list[bytes]) -> bytes:
    """Number the objects from 1 (the catalogue) and write their table; the fifth is the information dictionary."""
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"<< /Size %d /Root 1 0 R /Info 5 0 R >>" % (len(objects) + 1)
    start = len(out)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        start,
    )
