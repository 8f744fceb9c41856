"""Datasette's configuration, written from one source for both of its lines.

Datasette 0.65 reads everything from `metadata.json`. Datasette 1.0 reads descriptions from there and the rest
(queries, settings) from `datasette.yaml`; what it finds of the latter in metadata.json it silently ignores. So one
folder carries both files, and both are made here from `catalogue` and `queries`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from scraper.datasette_plugin.catalogue import HIDDEN, TABLES, VIEWS
from scraper.datasette_plugin.queries import QUERIES, Question

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.datasette_plugin.described import Described

TITLE = "Redline"
DESCRIPTION = (
    "What documents on the web said, what they say now, and when they changed. Every look at a page is kept, "
    "with the exact bytes that were received; a change is dated to the interval between two looks."
)
DATABASE_DESCRIPTION = (
    "Start from change_log for what changed, from passage_history for when a sentence came and went, "
    "and from coverage for whether anybody was looking."
)

SETTINGS: dict[str, bool | int] = {
    "suggest_facets": False,  # suggesting facets scans whole tables
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 50,  # on a small archive that is plenty, on a large one a facet is not worth a wait
    "max_csv_mb": 50,
    "truncate_cells_html": 400,
}
"""Settings for a public archive, valid on both lines of Datasette."""


def metadata(*databases: str) -> dict[str, Any]:
    """The contents of metadata.json: all that Datasette 0.65 needs for archives served under these names."""
    described = {**TABLES, **VIEWS}
    tables = {name: {**_about(table), **_behaviour(table)} for name, table in described.items()}
    about = {
        "description": DATABASE_DESCRIPTION,
        "source": "The publishers named in the table sources",
        "tables": {**tables, **{name: {"hidden": True} for name in HIDDEN}},
        "queries": _queries(),
    }
    return {"title": TITLE, "description": DESCRIPTION, "databases": dict.fromkeys(databases, about)}


def config(*databases: str) -> dict[str, Any]:
    """The contents of datasette.yaml: what Datasette 1.0 does not take from metadata.json."""
    described = {**TABLES, **VIEWS}
    tables = {name: _behaviour(table) for name, table in described.items() if _behaviour(table)}
    about = {"tables": {**tables, **{name: {"hidden": True} for name in HIDDEN}}, "queries": _queries()}
    return {"settings": dict(SETTINGS), "databases": dict.fromkeys(databases, about)}


def write(folder: Path, *databases: str) -> list[Path]:
    """Write metadata.json and datasette.yaml into the folder; the same names give the same bytes."""
    as_json = json.dumps(metadata(*databases), ensure_ascii=False, indent=2) + "\n"
    as_yaml = yaml.dump(config(*databases), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)
    files = [(folder / "metadata.json", as_json), (folder / "datasette.yaml", as_yaml)]
    for path, text in files:
        path.write_text(text, encoding="utf-8")
    return [path for path, _ in files]


class _Readable(yaml.SafeDumper):
    """Writes text of several lines, which SQL is, as such."""


def _as_lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _as_lines)


def _about(table: Described) -> dict[str, Any]:
    return {"description": table.description, "columns": dict(table.columns)}


def _behaviour(table: Described) -> dict[str, Any]:
    """How Datasette shows a table; only what is set."""
    settings: dict[str, Any] = {
        "hidden": table.hidden or None,
        "label_column": table.label,
        "facets": list(table.facets) or None,
        "sort": table.sort,
        "sort_desc": table.sort_desc,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _queries() -> dict[str, dict[str, Any]]:
    return {name: _query(question) for name, question in QUERIES.items()}


def _query(question: Question) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "title": question.title,
        "description": question.description,
        "sql": question.sql.strip(),
    }
    return {**shown, "params": list(question.params)} if question.params else shown
