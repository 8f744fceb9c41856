"""Bytes of a page → a `Document`: the text as a reader sees it, without the furniture around it.

    encoding   bytes → text
    limits     a guard against pages made to stop a parser
    rules      what the keeper says is the document
    html       the tree → blocks (`layout`), with what `chrome` suspects and `naming` and `wording` know
    keeping    which blocks are the document: by name (`chrome`), by place (`core`), by wording (`rails`, `furniture`)
    asides     which of them stand beside the text: kept and compared, but no part of `Document.text`
    metadata   what the page says of itself (`dates`); `links` settles addresses, `text` white space

Pure: no I/O, no clock, no randomness. The parser is part of the result, so a new version of it is a new `NORMALIZER`.
"""

from __future__ import annotations

from scraper.normalizing.document import KINDS, Document, Image, Link, Passage, Rules
from scraper.normalizing.normalizer import NORMALIZER, normalize

__all__ = ["KINDS", "NORMALIZER", "Document", "Image", "Link", "Passage", "Rules", "normalize"]
