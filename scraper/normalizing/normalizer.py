"""Bytes → Document: the one way through this room."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from scraper.errors import RuleMatchedNothing, UnsupportedMedia
from scraper.normalizing.document import Document, Rules
from scraper.normalizing.encoding import decode
from scraper.normalizing.feeds import read_feed
from scraper.normalizing.fragments import layout_of, passages_of
from scraper.normalizing.json_text import parse_json, read_json
from scraper.normalizing.keeping import keep
from scraper.normalizing.limits import within_limits
from scraper.normalizing.links import absolute, collect
from scraper.normalizing.media import Media, media, media_type
from scraper.normalizing.metadata import add_visible, read_metadata
from scraper.normalizing.pdf import read_pdf
from scraper.normalizing.plain import read_csv, read_markdown, read_plain
from scraper.normalizing.xml_tree import parse_xml, read_xml

# In XML an element may end in its own tag. An HTML parser takes that for a start tag, and puts the rest of the page
# inside of a <script/> or <title/> (HTML 13.2.5.32); the void elements are the same in both.
_SELF_CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)(\w++)((?:[^<>/]|/(?!>))*+)/>"
)
_XHTML = frozenset({"application/xhtml+xml", "application/vnd.wap.xhtml+xml"})


def normalize(body: bytes, *, url: str, content_type: str | None = None, rules: Rules | None = None) -> Document:
    """Return the document in `body`, the bytes of a response after content decoding.

    `url` is where they came from (links are resolved against it), `content_type` the HTTP header of that name, `rules`
    what the keeper says of the page. The result is a function of these alone. Raises RuleMatchedNothing where
    `rules.content` selects nothing, UnsupportedMedia where the bytes are of no kind that is read, Unreadable where they
    are, and no document can be read in them.
    """
    kind, phrase = media(content_type, body)
    if kind is None:
        raise UnsupportedMedia(f"{phrase}: watch a page, a text, a PDF, a feed or a JSON document instead")
    if kind != "HTML" and rules is not None and rules.content is not None:
        raise RuleMatchedNothing(
            f"content = {rules.content!r} selects in HTML, and this is {phrase}; without the rule it is read whole"
        )
    if kind == "PDF":
        return read_pdf(body, url)
    charset, text = decode(body, content_type)
    if kind == "HTML":
        if media_type(content_type) in _XHTML:
            text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
        return _read_html(text, charset, url, rules)
    return _read_text(kind, text, charset, url)


def _read_text(kind: Media, text: str, charset: str, url: str) -> Document:
    """The document of a text that is no HTML."""
    if kind == "JSON":
        value = parse_json(text)
        return read_feed(value, url, charset) or read_json(value, url, charset)
    if kind == "XML":
        root = parse_xml(text)
        return read_feed(root, url, charset) or read_xml(root, charset)
    if kind == "Markdown":
        return read_markdown(text, charset)
    return read_csv(text, charset) if kind == "CSV" else read_plain(text, charset)


def _read_html(text: str, charset: str, url: str, rules: Rules | None) -> Document:
    tree = LexborHTMLParser(within_limits(text))
    found = read_metadata(tree, url)
    base = absolute(found.base, url) or url if found.base is not None else url
    if rules is not None and (rules.content or rules.remove):
        from scraper.normalizing.rules import apply_rules  # Beautiful Soup, which few lists need, loads slowly

        tree = LexborHTMLParser(apply_rules(tree.html or "", rules))
    is_selected = rules is not None and rules.content is not None
    blocks, references = keep(layout_of(tree), is_article=found.is_article, is_selected=is_selected)
    passages = passages_of(blocks)
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
