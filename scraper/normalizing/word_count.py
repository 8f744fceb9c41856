"""How many words a text has, counted without making any of them.

A word is a run of letters, digits and underscores, with more such runs behind a single apostrophe, full stop or hyphen:
``\\w+(?:[’'.-]\\w+)*``. To match that takes longer than all else that is asked of a document: 0.24 ms for 2,400 words.
Most texts fit into an encoding of 256 characters; there each is a letter, a joiner or neither, and what is left is to
count pairs of them.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+(?:[’'.-]\w+)*")
_JOINERS = "’'.-"
# Latin letters with accents, and the quotes and dashes of print. Five of its bytes are no character.
_ENCODING = "cp1252"


def _kind(byte: int) -> int:
    character = bytes([byte]).decode(_ENCODING, errors="replace")
    if character.isalnum() or character == "_":  # what \w matches
        return ord("a")
    return ord("'") if character in _JOINERS else ord(" ")


_KINDS = bytes(_kind(byte) for byte in range(256))


def count_words(text: str) -> int:
    """How many words a text has."""
    try:
        encoded = text.encode(_ENCODING)
    except UnicodeEncodeError:
        return len(_WORD.findall(text))
    # A joiner behind a letter is set apart: a letter behind that one goes on with a word, behind any other begins one.
    kinds = (b" " + encoded.translate(_KINDS)).replace(b"a'", b"a=")
    return kinds.count(b" a") + kinds.count(b"'a")
