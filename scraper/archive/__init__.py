"""The archive: the only room that writes SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import on_first_use

if TYPE_CHECKING:
    from scraper.archive.archive import Archive
    from scraper.archive.recording import Recorded

__all__ = ["Archive", "Recorded"]

__getattr__ = on_first_use(
    __name__,
    {
        "Archive": "scraper.archive.archive",
        "Recorded": "scraper.archive.recording",
    },
)
