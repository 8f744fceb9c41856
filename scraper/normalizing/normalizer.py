"""Bytes → Document: the one way through this room."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from scraper.errors import UnsupportedMedia
from scraper.normalizing.document import Document, Passage, Rules
from scraper.normalizing.encoding import decode
from scraper.normalizing.html import read_layout
from scraper.normalizing.keeping import keep
from scraper.normalizing.layout import Layout
from scraper.normalizing.limits import within_limits
from scraper.normalizing.links import absolute, collect
from scraper.normalizing.metadata import add_visible, read_metadata
from scraper.normalizing.rules import apply_rules
from scraper.normalizing.text import paragraphs

# Part of the archive's rule set: raised whenever the same bytes may give another document.
NORMALIZER = "3"

_HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_LOOKS_HTML = re.compile(
    rb"^[\s\xef\xbb\xbf]*(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
# How a control names the part of the page that it opens: WAI-ARIA, and the two spellings of Bootstrap.
_CONTROLS = ("aria-controls", "data-target", "data-bs-target")
# Signatures of files that servers mislabel as text: PDF, ZIP, GIF, PNG, JPEG, gzip, OLE (WHATWG MIME Sniffing 6).
_BINARY = (b"%PDF-", b"PK\x03\x04", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def normalize(body: bytes, *, url: str, content_type: str | None = None, rules: Rules | None = None) -> Document:
    """Return the document in `body`, the bytes of a response after content decoding.

    `url` is where they came from (links are resolved against it), `content_type` the HTTP header of that name, `rules`
    what the keeper says of the page. The result is a function of these alone. Raises RuleMatchedNothing where
    `rules.content` selects nothing, UnsupportedMedia where the bytes are no text.
    """
    media = _media_type(body, content_type)
    charset, text = decode(body, content_type)
    if media == "text/plain":
        return Document(tuple(Passage("paragraph", line) for line in paragraphs(text)), charset=charset)
    tree = LexborHTMLParser(within_limits(text))
    base = _base(tree, url)
    found = read_metadata(tree, url)
    if rules is not None and (rules.content or rules.remove):
        tree = LexborHTMLParser(apply_rules(tree.html or "", rules))
    is_selected = rules is not None and rules.content is not None
    blocks, references = keep(_layout(tree), is_article=found.is_article, is_selected=is_selected)
    passages = tuple(Passage(block.kind, block.text) for block in blocks)
    heading = next((block.text for block in blocks if block.is_h1), None)
    add_visible(found, passages, heading)
    links, images = collect(references, base)
    said = found.values
    names = ("title", "byline", "published", "modified", "language", "canonical_url", "syndicated_from")
    origins = tuple((name, found.origins[name]) for name in names if name in said)
    return Document(
        passages,
        **{name: said.get(name) for name in names},
        links=links,
        images=images,
        charset=charset,
        origins=origins,
    )


def _media_type(body: bytes, content_type: str | None) -> str:
    """Return text/html or text/plain, as a browser would show the bytes; anything else is not read."""
    named = (content_type or "").partition(";")[0].strip().lower()
    if body.startswith(_BINARY) or (
        named and named not in _HTML and not named.startswith("text/") and not _LOOKS_HTML.match(body[:2048])
    ):
        kind = "application/pdf" if body.startswith(b"%PDF-") else named or "binary data"
        raise UnsupportedMedia(
            f"{kind} is not a kind of document that Redline reads yet: watch an HTML or plain text page instead"
        )
    if named in _HTML or not named or _LOOKS_HTML.match(body[:2048]):
        return "text/html"
    return "text/plain"


def _base(tree: LexborHTMLParser, url: str) -> str:
    """Return the address that relative links start from (HTML 4.2.3, the first `<base href>`)."""
    node = tree.css_first("base[href]")
    return (absolute(node.attributes.get("href") or "", url) if node is not None else None) or url


def _layout(tree: LexborHTMLParser) -> Layout:
    """Walk the tree, knowing which of its parts the page's own controls open."""
    names: set[str] = set()
    for attribute in _CONTROLS:
        for node in tree.css(f"[{attribute}]"):
            names.update((node.attributes.get(attribute) or "").replace("#", " ").split())
    return read_layout(tree.root, opened=frozenset(names)) if tree.root is not None else Layout()
