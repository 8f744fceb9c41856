"""The state of a source between two looks: where its history stands, and under which rules it was read.

A state row is derived like the versions are. It saves a look from reading the history of looks before it.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scraper.archive.rows import insert
from scraper.comparing.comparison import COMPARER
from scraper.normalizing import NORMALIZER
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    import sqlite3

# What derived rows were made by. Raise LINEAGE when looks come to something else than before: when `lineage`,
# `changes`, `sitewide` or the judging of answers decides otherwise. The other two are raised in their rooms.
LINEAGE = "4"
DERIVATION = f"normalizer {NORMALIZER}, comparer {COMPARER}, lineage {LINEAGE}"


def rules_as_text(rules: Rules) -> str:
    """Write rules as canonical JSON: the form that a rule set is known by."""
    return json.dumps({"content": rules.content, "remove": list(rules.remove)}, separators=(",", ":"))


@lru_cache(maxsize=256)
def rules_from_text(text: str) -> Rules:
    """Read rules that `rules_as_text` wrote."""
    loaded = json.loads(text)
    return Rules(content=loaded.get("content"), remove=tuple(loaded.get("remove", ())))


def derivation_of(rules: str, publisher: str | None) -> str:
    """The hash of everything but the evidence that a source's derived rows depend on."""
    return _hashed(f"{DERIVATION}\n{rules}\n{publisher}")


@lru_cache(maxsize=256)
def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def outdated(connection: sqlite3.Connection) -> list[str]:
    """The sources whose derived rows were made under other rules than today's, in the order of their ids."""
    rows = connection.execute(
        "select s.id, s.rules, s.publisher, st.derivation "
        "from states st join sources s on s.id = st.source_id order by s.id"
    )
    return [row["id"] for row in rows if row["derivation"] != derivation_of(row["rules"], row["publisher"])]


def load_state(connection: sqlite3.Connection, source_id: str, derivation: str) -> dict[str, Any]:
    """The stored state of a source, or that of one that was never looked at."""
    row = connection.execute("select * from states where source_id = ?", (source_id,)).fetchone()
    if row is not None:
        return dict(row)
    return {
        "source_id": source_id,
        "derivation": derivation,
        "version_id": None,
        "asked_url": None,
        "url": None,
        "last_good": None,
        "readable_fetch_id": None,
        "fresh_dates": None,
        "absent_since": None,
        "last_absent": None,
        "absent_looks": 0,
        "removed": 0,
        "doubt_since": None,
        "doubt_sha256": None,
        "doubt_looks": 0,
    }


def save_state(connection: sqlite3.Connection, state: dict[str, Any]) -> None:
    """Store a state."""
    insert(connection, "states", state, key="source_id")
