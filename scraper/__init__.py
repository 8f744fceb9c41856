"""Redline: a change-tracking archive for documents on the web.

The public names are these; everything else may move. They load on first use, so that `import scraper` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use (PEP 562)."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'scraper' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
