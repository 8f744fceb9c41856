"""The version of the normaliser, by itself: who only has to know it does not wait for the parsers."""

from __future__ import annotations

# Part of the archive's rule set: raised whenever the same bytes may give another document.
NORMALIZER = "3"
