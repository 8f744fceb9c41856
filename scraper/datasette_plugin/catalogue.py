"""What every table, view and column of an archive holds: one plain sentence each.

This is the single source of the descriptions that Datasette shows. A test asserts that it names every table and every
column of a fresh archive and nothing else. Times are text in ISO 8601, UTC, ending in Z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.datasette_plugin.derived_described import DERIVED_DESCRIBED
from scraper.datasette_plugin.evidence_described import EVIDENCE_DESCRIBED
from scraper.datasette_plugin.views_described import VIEWS_DESCRIBED

if TYPE_CHECKING:
    from scraper.datasette_plugin.described import Described

VIEWS_DESCRIBED["latest_versions"].columns.update(DERIVED_DESCRIBED["versions"].columns)

TABLES: dict[str, Described] = {**EVIDENCE_DESCRIBED, **DERIVED_DESCRIBED}
VIEWS: dict[str, Described] = dict(sorted(VIEWS_DESCRIBED.items()))

HIDDEN = (
    "outlooks",
    "passages_fts",
    "passages_fts_config",
    "passages_fts_data",
    "passages_fts_docsize",
    "passages_fts_idx",
    "rhythms",
    "standings",
    "_sqlite_migrations",
)
"""Tables that serve the machine: the full-text index, the standings of pages, what the schedule learnt, and the record
of migrations."""
