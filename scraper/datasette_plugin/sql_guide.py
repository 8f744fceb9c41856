"""docs/sql.md, written from the catalogue: what can be asked in SQL, so that the text never says what is not so.

python -m scraper.datasette_plugin.sql_guide docs/sql.md
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.datasette_plugin.catalogue import TABLES, VIEWS
from scraper.datasette_plugin.queries import QUERIES
from scraper.datasette_plugin.sql_examples import EXAMPLES
from scraper.datasette_plugin.sql_functions import LENT, LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.datasette_plugin.described import Described

_HEAD = """# Asking the archive in SQL

Written by `python -m scraper.datasette_plugin.sql_guide docs/sql.md`; edit the catalogue, not this file.

The archive is one SQLite file. Any SQLite client opens it; in Datasette every table, view and query below is a page
with its rows as CSV and JSON (put `.csv` or `.json` after its address). Times are text in ISO 8601, UTC, ending in Z,
so that they sort and compare as text. A change happened after `last_seen_old` and no later than `first_seen_new`.
Lists are JSON: read them with `json_each`.
"""


def guide() -> str:
    """The whole of docs/sql.md."""
    parts = [_HEAD, "## Questions\n"]
    parts += [f"{title}:\n\n```sql\n{sql.strip()}\n```\n" for title, sql in EXAMPLES]
    parts.append("## Functions\n")
    parts.append(
        "There in Datasette (`redline serve`), not in other clients. A text of more than "
        f"{LONGEST:,} letters gives null, as null does.\n"
    )
    parts.append(_table(("function", "gives"), [(f"`{lent.call}`", lent.gives) for lent in LENT]))
    parts.append("## Queries that are ready to run\n")
    parts.append("Each is a form in Datasette, and an address: `/archive/NAME.csv?parameter=value`.\n")
    parts.append(
        _table(
            ("name", "parameters", "answers"),
            [
                (f"`{name}`", ", ".join(f"`{p}`" for p in question.params), question.description)
                for name, question in QUERIES.items()
            ],
        )
    )
    parts.append("## Views\n")
    parts += [_described(name, view) for name, view in VIEWS.items()]
    parts.append("## Tables\n")
    parts += [_described(name, table) for name, table in TABLES.items() if not table.hidden]
    return "\n".join(parts)


def _described(name: str, table: Described) -> str:
    rows = [(f"`{column}`", text) for column, text in table.columns.items()]
    return f"### {name}\n\n{table.description}\n\n{_table(('column', 'holds'), rows)}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(guide(), encoding="utf-8")
