"""The archive: the only room that writes SQL."""

from scraper.archive.archive import Archive
from scraper.archive.recording import Recorded

__all__ = ["Archive", "Recorded"]
