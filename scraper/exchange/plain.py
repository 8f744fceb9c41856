"""Plain files out: changes as rows for a spreadsheet or a notebook, texts as a folder for any diff tool."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from scraper.archive import reading
from scraper.archive.captures import load_body
from scraper.archive.documents import load_document
from scraper.archive.withheld import withholding
from scraper.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

PAGE = 500


def write_changes(connection: sqlite3.Connection, stream: IO[str], form: str, **filters: Any) -> int:
    """Write changes, the newest first, as ``jsonl`` (with their edits) or ``csv`` (a row a change); say how many.

    The text of a cell is the text that was observed. A spreadsheet may take one that begins with = for a formula:
    import it as text.
    """
    written = 0
    table = csv.DictWriter(stream, [*reading.ChangeRow.__slots__]) if form == "csv" else None
    if table:
        table.writeheader()
    for row in _all_changes(connection, **filters):
        if table:
            table.writerow({**asdict(row), "classes": " ".join(row.classes)})
        else:
            _, detail = reading.change(connection, row.id)
            stream.write(json.dumps({**asdict(row), **asdict(detail)}, ensure_ascii=False) + "\n")
        written += 1
    return written


def write_texts(connection: sqlite3.Connection, folder: Path, source_ids: tuple[str, ...], *, raw: bool = False) -> int:
    """Write every version as ``SOURCE/0001_2026-03-02T061700Z.txt`` (with `raw` the bytes beside it); say how many.

    Files that are there already are left alone where they say the same, and refused where they do not: a version
    never changes.
    """
    written = 0
    for source_id in source_ids or tuple(status.id for status in reading.statuses(connection)):
        reading.status(connection, source_id)
        for version in reading.versions(connection, source_id):
            stamp = version.first_seen[:19].replace(":", "") + "Z"
            path = folder / source_id / f"{version.number:04}_{stamp}.txt"
            text = load_document(connection, version.id).text + "\n"
            written += _write_once(path, text.encode())
            # Where the bytes are withheld, the text beside says so.
            if raw and withholding(connection, version.capture_id) is None:
                _write_once(path.with_suffix(".body"), load_body(connection, version.capture_id))
    return written


def _all_changes(connection: sqlite3.Connection, **filters: Any) -> Iterator[reading.ChangeRow]:
    offset = 0
    while rows := reading.changes(connection, limit=PAGE, offset=offset, **filters):
        yield from rows
        offset += PAGE


def _write_once(path: Path, content: bytes) -> int:
    if path.exists():
        if path.read_bytes() != content:
            raise UsageError(f"{path} is there and says something else: export into an empty folder")
        return 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    return 1
