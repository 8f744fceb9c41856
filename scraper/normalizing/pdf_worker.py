"""Reads one PDF from standard input and writes its lines as JSON: a program of its own, so that it can be stopped.

`pdf` runs it by its path, apart from Redline: it imports nothing of ours. It sets its own limits of memory and time,
then parses. What it gives depends on the bytes and on pypdf alone.

    {"pages": [[[y, size, is_bold, [[x, text], …]], …], …], "said": {…}, "links": [[page, address], …]}
    {"refused": "why there is no text"}

Lengths are in points, y upwards; a line is [height of its base line, font size, whether all of it is bold, pieces].
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError

# Past these a document is refused, on any machine alike; well within the limits of time and memory, which are there
# for what hangs. The longest documents that offices publish have some thousand pages.
MOST_PAGES = 5_000
MOST_CHARACTERS = 20_000_000
MOST_LINKS = 20_000
_BOLD = ("bold", "black", "heavy", "cmbx", "demi")


def main() -> None:
    """Read, and write what was read or why not."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    _limit(memory, seconds)
    logging.disable(logging.CRITICAL)
    body = sys.stdin.buffer.read()
    try:
        told = _read(body)
    except _RefusedError as refused:
        told = {"refused": str(refused)}
    except MemoryError:
        told = {"refused": f"more than {memory >> 20} MB of memory would be needed to read it"}
    except LimitReachedError:
        told = {"refused": "it unpacks to more than is read"}
    except RecursionError:
        told = {"refused": "broken: its objects are nested too deep"}
    except Exception as error:
        told = {"refused": f"broken: {type(error).__name__}"}
    sys.stdout.write(json.dumps(told, ensure_ascii=True, separators=(",", ":")))


class _RefusedError(Exception):
    """There is no text to give; the message says why."""


def _limit(memory: int, seconds: int) -> None:
    """Ask the system to stop this process where it takes too much. Windows knows no such limits; the caller's clock
    stands there alone."""
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0))
    for what, most in (*limits, (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # not every system knows each of them
            continue


def _read(body: bytes) -> dict[str, Any]:
    import io

    reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise _RefusedError("encrypted: it opens with a password only")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise _RefusedError(f"{count} pages, more than the {MOST_PAGES} that are read")
    pages: list[list[list[Any]]] = []
    links: list[list[Any]] = []
    room = MOST_CHARACTERS
    for number in range(count):
        page = reader.pages[number]
        try:
            lines = _lines(page)
        except LimitReachedError as error:
            raise _RefusedError(f"page {number + 1} unpacks to more than is read") from error
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise _RefusedError(f"broken: page {number + 1} cannot be read ({type(error).__name__})") from error
        room -= sum(len(text) for line in lines for _, text in line[3])
        if room < 0:
            raise _RefusedError(f"more than {MOST_CHARACTERS:,} characters of text")
        pages.append(lines)
        if len(links) < MOST_LINKS:
            links += [[number, address] for address in _addresses(page)]
    return {"pages": pages, "said": _said(reader), "links": links[:MOST_LINKS]}


def _lines(page: Any) -> list[list[Any]]:
    """The lines of a page in the order in which the page draws them."""
    lines: list[list[Any]] = []
    line: list[Any] | None = None

    def add(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        nonlocal line
        x, y, scale = _place(cm, tm)
        is_bold = any(mark in str(font.get("/BaseFont", "")).lower() for mark in _BOLD) if font else False
        for at, part in enumerate(text.split("\n")):
            if at:
                line = None
            if not part or (line is None and part.isspace()):
                continue
            if line is None:
                line = [round(y, 1), {}, True, []]
                lines.append(line)
            sizes: dict[float, int] = line[1]
            drawn = round(size * scale, 1)
            sizes[drawn] = sizes.get(drawn, 0) + len(part.strip())
            line[2] = line[2] and (is_bold or part.isspace())
            line[3].append([round(x, 1), part])

    page.extract_text(visitor_text=add)
    for line in lines:
        line[1] = max(line[1], key=line[1].__getitem__)  # of most of its letters: a bullet may be set smaller
    return lines


def _place(cm: list[float], tm: list[float]) -> tuple[float, float, float]:
    """Where text stands along its lines and across them, and how much larger it is drawn than its font says.

    Text that runs up or down the page is placed as if the page were turned.
    """
    a = tm[0] * cm[0] + tm[1] * cm[2]
    b = tm[0] * cm[1] + tm[1] * cm[3]
    c = tm[2] * cm[0] + tm[3] * cm[2]
    d = tm[2] * cm[1] + tm[3] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    if abs(b) > abs(a):
        x, y = (y, -x) if b > 0 else (-y, x)
    return x, y, float(abs(a * d - b * c) ** 0.5)


def _addresses(page: Any) -> list[str]:
    """The web addresses that the links of a page lead to. A broken link is no reason to lose the text."""
    found = []
    try:
        for mark in page.get("/Annots") or ():
            action = mark.get_object().get("/A")
            address = action.get_object().get("/URI") if action is not None else None
            if address is not None:
                found.append(str(address))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return found
    return found


def _said(reader: pypdf.PdfReader) -> dict[str, Any]:
    """What the file says of itself in its information dictionary and in its XMP packet (ISO 32000-1, 14.3)."""
    said: dict[str, Any] = {}
    try:
        info: Any = reader.metadata or {}
        for name in ("/Title", "/Author", "/CreationDate", "/ModDate"):
            if isinstance(value := info.get(name), str):
                said[name] = str(value)
        language = reader.root_object.get("/Lang")
        if isinstance(language, str):
            said["/Lang"] = str(language)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    try:
        if (packet := reader.xmp_metadata) is not None:
            said["dc:title"] = (packet.dc_title or {}).get("x-default")
            said["dc:creator"] = ", ".join(name for name in packet.dc_creator or () if name)
            for name, moment in (
                ("xmp:CreateDate", packet.xmp_create_date),
                ("xmp:ModifyDate", packet.xmp_modify_date),
            ):
                said[name] = moment.replace(microsecond=0).isoformat() if moment else None
    except Exception:
        said["xmp"] = "broken"
    return {name: value for name, value in said.items() if value}


if __name__ == "__main__":
    main()
