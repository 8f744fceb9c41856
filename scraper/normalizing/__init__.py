"""Bytes of a document → a `Document`: the text as a reader sees it, without the furniture around it.

    media      what kind of document the bytes are
    encoding   bytes → text
    pdf        a PDF: `pdf_worker` parses it apart, `pdf_frame` takes off running lines, `pdf_layout` joins paragraphs
    json_text, xml_tree, feeds, plain   the other kinds; `fragments` reads HTML inside of them

For a page:

    limits     a guard against pages made to stop a parser
    rules      what the keeper says is the document
    html       the tree → blocks (`layout`), with what `elements` say by their names (`chrome`, `naming`, `besides`)
    keeping    which blocks are the document: by name (`chrome`), by place (`core`), by wording (`rails`, `furniture`)
    asides     which of them stand beside the text: kept and compared, but no part of `Document.text`
    metadata   what the page says of itself (`dates`); `links` settles addresses, `text` white space

Pure: no clock, no randomness, and no I/O but to the process that a PDF is parsed in. A parser is part of the result, so
a new version of it is a new `NORMALIZER`.
"""

from __future__ import annotations

from scraper.normalizing.document import KINDS, Document, Image, Link, Passage, Rules
from scraper.normalizing.normalizer import NORMALIZER, normalize

__all__ = ["KINDS", "NORMALIZER", "Document", "Image", "Link", "Passage", "Rules", "normalize"]
