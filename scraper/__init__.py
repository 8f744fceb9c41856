"""Redline: a change-tracking archive for documents on the web.

The public names are these; everything else may move. They load on first use, so that `import scraper` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import on_first_use

if TYPE_CHECKING:
    from scraper.archive import Archive
    from scraper.comparing import Comparison, Edit, compare
    from scraper.config import Source, WatchList
    from scraper.errors import RedlineError
    from scraper.normalizing import Document, Image, Link, Passage, Rules, normalize

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "Comparison",
    "Document",
    "Edit",
    "Image",
    "Link",
    "Passage",
    "RedlineError",
    "Rules",
    "Source",
    "WatchList",
    "__version__",
    "compare",
    "normalize",
]

_ROOMS = {
    "Archive": "scraper.archive",
    "Comparison": "scraper.comparing",
    "Edit": "scraper.comparing",
    "compare": "scraper.comparing",
    "Source": "scraper.config",
    "WatchList": "scraper.config",
    "RedlineError": "scraper.errors",
    "Document": "scraper.normalizing",
    "Image": "scraper.normalizing",
    "Link": "scraper.normalizing",
    "Passage": "scraper.normalizing",
    "Rules": "scraper.normalizing",
    "normalize": "scraper.normalizing",
}


__getattr__ = on_first_use(__name__, _ROOMS)


def __dir__() -> list[str]:
    return sorted(__all__)
