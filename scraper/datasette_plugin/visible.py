"""Text of a page made harmless to show: what would turn the reading direction or vanish is written out instead."""

from __future__ import annotations

import re

# Embeddings, overrides and isolates (Unicode Annex 9) make a line read otherwise than it is written: "Trojan Source",
# CVE-2021-42574. The marks U+200E, U+200F and U+061C stay: Hebrew and Arabic need them, and they turn nothing over.
# Control characters but tab and line feed have no picture of their own; neither has a lone surrogate.
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u2028\u2029]")


def visible(text: str) -> str:
    """The text with each such character as its number, `⟨U+202E⟩`, so that a reader sees that it is there."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def typeset(summary: str) -> str:
    """A summary of a change with the quotation marks of print, as the rest of a page has them."""
    return re.sub('"([^"]*)"', "“\\1”", summary)
