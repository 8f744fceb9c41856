"""Normalising is a function of the bytes: the same page gives the same document, in whatever order pages come.

REDLINE_PAGES=1000 in the environment makes it that many generated pages.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from html import escape

from selectolax.lexbor import LexborHTMLParser

from scraper.normalizing import normalize

URL = "https://site.example/page"
TAGS = (
    "div",
    "p",
    "section",
    "ul",
    "li",
    "h2",
    "aside",
    "main",
    "article",
    "table",
    "tr",
    "td",
    "blockquote",
    "span",
    "a",
)
NAMES = (
    "sidebar",
    "related",
    "body",
    "share",
    "menu",
    "footer",
    "content",
    "caption",
    "date",
    "byline",
    "panel",
    "modal",
)
WORDS = [
    "ferry", "harbour", "tram", "council", "said", "winter", "14", "2019", "quay“", "pilots.", "Correction:", "é",
]  # fmt: skip


def generated(seed: int) -> bytes:
    """A page of nested elements with names of parts, prose and links; the same for the same seed."""
    chance = random.Random(seed)

    def element(depth: int) -> str:
        if depth == 0 or chance.random() < 0.3:
            return " ".join(chance.choices(WORDS, k=chance.randint(1, 40)))
        tag = chance.choice(TAGS)
        inner = "".join(element(depth - 1) for _ in range(chance.randint(1, 4)))
        name = f" class='{chance.choice(NAMES)}'" if chance.random() < 0.4 else ""
        return f"<{tag}{name} href='/x'>{inner}</{tag}>"

    body = "".join(element(4) for _ in range(chance.randint(2, 6)))
    return f"<html><title>Page {seed}</title><body><h1>Title {seed}</h1>{body}</body></html>".encode()


PAGES = range(int(os.environ.get("REDLINE_PAGES", "60")))


def test_a_generated_page_gives_the_same_document_again() -> None:
    first = [normalize(generated(seed), url=URL) for seed in PAGES]
    again = [normalize(generated(seed), url=URL) for seed in reversed(PAGES)]

    assert first == again[::-1]


def test_the_text_set_as_a_page_of_paragraphs_reads_the_same() -> None:
    for seed in PAGES:
        texts = [passage.text for passage in normalize(generated(seed), url=URL).passages]
        page = "".join(f"<p>{escape(text)}</p>" for text in texts)

        assert [passage.text for passage in normalize(page.encode(), url=URL).passages] == texts


def test_nothing_is_made_up() -> None:
    for seed in PAGES:
        root = LexborHTMLParser(generated(seed).decode()).root
        shown = Counter(root.text() if root is not None else "")
        said = Counter("".join(passage.text for passage in normalize(generated(seed), url=URL).passages))

        assert {c for c in said - shown if not c.isspace()} <= {"|"}
