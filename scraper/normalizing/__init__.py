"""Bytes of a document → a `Document`: the text as a reader sees it, without the furniture around it.

    media      what kind of document the bytes are
    encoding   bytes → text
    pdf        a PDF: `pdf_worker` parses it apart, `pdf_frame` takes off running lines, `pdf_layout` joins paragraphs
    json_text, xml_tree, feeds, plain   the other kinds; `fragments` reads HTML inside of them

For a page:

    limits     a guard against pages made to stop a parser
    rules      what the keeper says is the document
    html       the tree → blocks (`layout`), with what `elements` say by their names (`chrome`, `naming`, `besides`)
    context    what the open elements say of the text in them
    keeping    which blocks are the document: by name (`chrome`), by place (`core`), by wording (`rails`, `furniture`)
    asides     which of them stand beside the text: kept and compared, but no part of `Document.text`
    metadata   what the page says of itself (`dates`); `links` settles addresses, `text` white space
    alike      whether two captures of a page read the same, told without reading them; `tokenizing` follows their tags

Pure: no clock, no randomness, and no I/O but to the process that a PDF is parsed in. A parser is part of the result, so
a new version of it is a new `NORMALIZER`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import on_first_use

if TYPE_CHECKING:
    from scraper.normalizing.document import KINDS, Document, Image, Link, Passage, Rules
    from scraper.normalizing.normalizer import normalize
    from scraper.normalizing.version import NORMALIZER

__all__ = ["KINDS", "NORMALIZER", "Document", "Image", "Link", "Passage", "Rules", "normalize"]

__getattr__ = on_first_use(
    __name__,
    {
        "Document": "scraper.normalizing.document",
        "Image": "scraper.normalizing.document",
        "KINDS": "scraper.normalizing.document",
        "Link": "scraper.normalizing.document",
        "NORMALIZER": "scraper.normalizing.version",
        "Passage": "scraper.normalizing.document",
        "Rules": "scraper.normalizing.document",
        "normalize": "scraper.normalizing.normalizer",
    },
)
