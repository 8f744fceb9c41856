"""Which schema this Redline writes, and what in it is derived, by itself.

Who opens an archive of today's has no need of the migrations.
"""

from __future__ import annotations

SCHEMA_VERSION = 8

# Without a stemmer: the archive holds many languages, and a search must find what was written.
TOKENIZER = "unicode61 remove_diacritics 2"

DERIVED_TABLES = (
    *("source_urls", "rulesets", "linksets", "versions", "passages", "spans", "changes", "edits", "states"),
    *("standings", "outlooks", "rhythms", "claims"),
)
