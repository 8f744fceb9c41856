"""The engines that are measured: each makes a text of a page, and says whether and where two texts differ in words."""

from __future__ import annotations

import importlib
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Protocol

from scraper.comparing import compare
from scraper.errors import RedlineError
from scraper.normalizing import Document, normalize

if TYPE_CHECKING:
    from collections.abc import Callable


class Engine(Protocol):
    """What is measured. A document is whatever the engine makes of a page."""

    def read(self, body: bytes, url: str) -> Any:
        """The document in a page; an empty one where the engine fails."""

    def differ(self, old: Any, new: Any) -> tuple[bool, list[str]]:
        """Whether the wording differs, and the new text of each difference."""

    def text(self, document: Any) -> str:
        """The text of a document."""


class Project:
    """This project."""

    def read(self, body: bytes, url: str) -> Document:
        """The normalised document."""
        try:
            return normalize(body, url=url)
        except RedlineError:
            return Document(())

    def differ(self, old: Document, new: Document) -> tuple[bool, list[str]]:
        """By classes and edits."""
        found = compare(old, new)
        return found.substantive, [edit.new or "" for edit in found.edits]

    def text(self, document: Document) -> str:
        """The body text."""
        return document.text


class Extractor:
    """A tool that gives plain text, compared line by line with difflib, words being all that counts."""

    def __init__(self, extract: Callable[[str], str | None]) -> None:
        self.extract = extract

    def read(self, body: bytes, url: str) -> str:
        """The text; the empty one where the tool raises."""
        try:
            return self.extract(body.decode("utf-8", "replace")) or ""
        except Exception:
            return ""

    def differ(self, old: str, new: str) -> tuple[bool, list[str]]:
        """By lines, where the words differ."""
        a, b = _lines(old), _lines(new)
        if _words(a) == _words(b):
            return False, []
        steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        return True, [" ".join(b[j:k]) for tag, _, _, j, k in steps if tag != "equal"]

    def text(self, document: str) -> str:
        """The text itself."""
        return document


def _lines(text: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]


def _words(lines: list[str]) -> list[str]:
    return re.findall(r"\w+", " ".join(lines).lower())


def _trafilatura(*, recall: bool) -> Extractor:
    tool = importlib.import_module("trafilatura")
    return Extractor(lambda page: tool.extract(page, include_comments=False, favor_recall=recall))


def _resiliparse() -> Extractor:
    tool = importlib.import_module("resiliparse.extract.html2text")
    return Extractor(lambda page: tool.extract_plain_text(page, main_content=True))


def _readability() -> Extractor:
    tool, html = importlib.import_module("readability"), importlib.import_module("lxml.html")
    return Extractor(lambda page: html.fromstring(tool.Document(page).summary()).text_content())


def _visible() -> Extractor:
    from bs4 import BeautifulSoup

    def extract(page: str) -> str:
        soup = BeautifulSoup(page, "html.parser")
        for unseen in soup(["script", "style", "noscript", "template"]):
            unseen.decompose()
        return soup.get_text("\n")

    return Extractor(extract)


ENGINES: dict[str, Callable[[], Engine]] = {
    "project": Project,
    "trafilatura": lambda: _trafilatura(recall=False),
    "trafilatura recall": lambda: _trafilatura(recall=True),
    "resiliparse": _resiliparse,
    "readability": _readability,
    "visible text": _visible,
}


def load(name: str) -> Engine | str:
    """The engine of this name, or in words why it cannot be had."""
    if name not in ENGINES:
        return f"no such engine; known are {', '.join(ENGINES)}"
    try:
        return ENGINES[name]()
    except ImportError as missing:
        return str(missing)
