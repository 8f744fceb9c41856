"""Saved pages in: files that somebody kept before the archive began to look.

Each becomes an observation of its own, in a run whose trigger says that it was imported. What an import cannot
know (headers, the address that answered, redirects) stays empty. The status is taken to be 200: somebody saved a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scraper.archive import reading
from scraper.clock import from_text, to_text
from scraper.errors import UsageError
from scraper.fetching.observation import FAILED_OUTCOMES, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scraper.archive import Archive, Recorded
    from scraper.clock import Clock

# ``…2026-03-02T061700Z.html``, with or without punctuation and seconds; or the fourteen digits of web archives.
_STAMP = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T_ ]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?(?:Z|([+-])(\d{2}):?(\d{2}))?)?(?!\d)"
)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A file with the moment at which it was saved, as its name says."""

    path: Path
    moment: datetime


def read_moment(path: Path) -> datetime:
    """Read the moment from a file's name, in UTC where it names no offset; UsageError says how it has to look."""
    for match in _STAMP.finditer(path.stem):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        offset = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0)) * (-1 if match[7] == "-" else 1)
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
        except ValueError:
            continue
    raise UsageError(f"{path.name} does not say when it was saved: name it like 2026-03-02T061700Z.html")


def import_pages(archive: Archive, source_id: str, paths: Sequence[Path], *, clock: Clock) -> list[Recorded]:
    """Record saved pages of one source in the order in which they were saved.

    Raises UsageError where the source is not known, a file cannot be read, or one is older than what the archive
    has seen already: the ledger is in the order of time, so history comes in before the first look.
    """
    known = reading.status(archive.connection, source_id)
    pages = sorted((SavedPage(path, read_moment(path)) for path in paths), key=lambda page: page.moment)
    if pages and pages[-1].moment > clock():
        raise UsageError(f"{pages[-1].path.name} was saved at {to_text(pages[-1].moment)}, which is yet to come")
    if pages and known.last_look and pages[0].moment <= from_text(known.last_look):
        first = pages[0]
        raise UsageError(
            f"{first.path.name} was saved at {to_text(first.moment)}, but {source_id} has been looked at since "
            f"({known.last_look}): saved pages can only be imported in the order of time"
        )
    answers = [_answer(source_id, known.url, page) for page in pages]
    run_id = archive.begin_run("import", len(pages), clock())
    recorded = [archive.record(run_id, answer) for answer in answers]
    changed = sum(r.change_id is not None and r.outcome != "first_version" for r in recorded)
    failed = sum(r.outcome in FAILED_OUTCOMES for r in recorded)
    archive.finish_run(run_id, clock(), fetched=len(recorded), changed=changed, failed=failed)
    return recorded


def _answer(source_id: str, url: str, page: SavedPage) -> Answer:
    try:
        body = page.path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {page.path}: {error.strerror}") from None
    return Answer(source_id, url, page.moment, 0, status=200, body=body)
