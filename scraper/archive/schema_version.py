"""Which schema this Redline writes, by itself: who opens an archive of today's has no need of the migrations."""

from __future__ import annotations

SCHEMA_VERSION = 8
