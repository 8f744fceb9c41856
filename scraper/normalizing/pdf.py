"""PDF → Document. The file is parsed in a process of its own, which is stopped where it takes too much.

PDF is a programme for a printer: a file of a few bytes can ask for hours or for all memory, and libraries that read it
have had such faults every year. The process is a detail of a pure function: bytes go in, lines of text come out, and
nothing else is read or written. What took too long is not read, and is said to be unreadable; it is never empty.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from scraper.errors import Unreadable
from scraper.normalizing.document import Document, Link, Passage
from scraper.normalizing.links import settle_link
from scraper.normalizing.pdf_frame import without_frame
from scraper.normalizing.pdf_layout import Line, passages_of
from scraper.normalizing.text import settle

# A page of text takes 5 to 15 ms; the longest reports that offices publish take half of this.
SECONDS = 120
MEMORY = 1 << 30
# Run by its path and never imported here: pypdf takes as long to load as Redline, and few runs meet a PDF.
_WORKER = Path(__file__).with_name("pdf_worker.py")

# D:YYYYMMDDHHmmSSOHH'mm (ISO 32000-1, 7.9.4); everything behind the year may be missing.
_DATE = re.compile(
    r"(?:D:)?(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?)?)?(Z|[+-]\d\d(?:'?\d\d)?)?[\d']*", re.IGNORECASE
)
# What programs put where a title belongs: their own name, and that of a file.
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel) - .*|untitled.*|document\d*"
    r"|.*\.(?:docx?|indd|pdf|pptx?|xlsx?|odt|rtf|qxp|p65|tex|dvi|html?)",
    re.IGNORECASE,
)
# Letters that no reader could make out: outside of Unicode, in private use, or replaced.
_NO_LETTER = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uefff]")
_MOST_NO_LETTERS = 0.1


def read_pdf(body: bytes, url: str, *, seconds: int = SECONDS, memory: int = MEMORY) -> Document:
    """The document of a PDF: its text paragraph by paragraph, in the order of its pages.

    Raises Unreadable where it is broken, locked, has no text (scanned pages), or takes more than `seconds` of time or
    `memory` in bytes to parse.
    """
    told = _parse(body, seconds, memory)
    if "refused" in told:
        raise Unreadable(f"this PDF cannot be read: {told['refused']}")
    pages = [[Line(*line) for line in page] for page in told["pages"]]
    text = "".join(piece for page in pages for line in page for _, piece in line.pieces)
    written = sum(1 for character in text if not character.isspace())
    if not written:
        raise Unreadable(f"this PDF has no text in it: scanned pages ({len(pages)} of them)")
    if len(_NO_LETTER.findall(text)) > _MOST_NO_LETTERS * written:
        raise Unreadable("this PDF cannot be read: its fonts do not say which letters they draw")
    body_pages, running = without_frame(pages)
    passages = passages_of(body_pages) + tuple(Passage("aside", line) for line in running)
    return _document(passages, told, url)


def _parse(body: bytes, seconds: int, memory: int) -> dict[str, Any]:
    """Have the bytes parsed in a process of its own; give what it wrote."""
    # -P: this room's modules have names of the standard library's. The seed settles the order of sets in the parser.
    command = [sys.executable, "-P", str(_WORKER), str(memory), str(seconds)]
    surroundings = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            command,
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * seconds,  # a machine under load gives a process less than a second of its time in a second
            env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": f"it took more than {2 * seconds} seconds"}
    except OSError as error:
        raise Unreadable(f"this PDF was not read: no process could be started for it ({error.strerror})") from error
    if done.returncode:
        return {"refused": f"its parser was stopped at {seconds} seconds or {memory >> 20} MB"}
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _document(passages: tuple[Passage, ...], told: dict[str, Any], url: str) -> Document:
    said: dict[str, str] = told["said"]
    given: dict[str, Any] = {}
    origins = []
    for name, keys in (
        ("title", ("/Title", "dc:title")),
        ("byline", ("/Author", "dc:creator")),
        ("published", ("/CreationDate", "xmp:CreateDate")),
        ("modified", ("/ModDate", "xmp:ModifyDate")),
        ("language", ("/Lang",)),
    ):
        for key in keys:
            if value := _value(name, said.get(key, "")):
                given[name] = value
                origins.append((name, "pdf" if key.startswith("/") else "xmp"))
                break
    if "title" not in given and (heading := next((p.text for p in passages if p.kind == "heading"), None)):
        given["title"] = heading
        origins.append(("title", "text"))
    links = {link: None for _, address in told["links"] if (link := settle_link(address, url))}
    return Document(passages, **given, links=tuple(Link(link, "") for link in links), origins=tuple(origins))


def _value(name: str, text: str) -> str:
    text = settle(text)
    if name == "title":
        return "" if _NO_TITLE.fullmatch(text) else text
    return _moment(text) if name in {"published", "modified"} else text


def _moment(text: str) -> str:
    """A date of a PDF in ISO 8601; as it is written where it follows no rule."""
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    year, month, day, hour, minute, second, zone = found.groups()
    if hour is None:
        return "-".join(part for part in (year, month, day) if part)
    offset = "" if zone is None else "Z" if zone in {"Z", "z"} else f"{zone[:3]}:{zone[3:].strip(chr(39)) or '00'}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{'+00:00' if offset == 'Z' else offset}"
