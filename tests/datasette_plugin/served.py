"""A real Datasette on real files, asked from tests without a socket, or run as a server; on either of its lines."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import uvicorn
from bs4 import BeautifulSoup, Tag
from datasette.app import Datasette

from scraper.datasette_plugin.describe import SETTINGS, config, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD_LINE = version("datasette").startswith("0.")


@dataclass(frozen=True)
class Served:
    """A Datasette that answers one question at a time."""

    datasette: Any

    def get(self, path: str, **options: Any) -> Any:
        """The response to a GET; redirects are not followed."""

        async def ask() -> Any:
            await self.datasette.invoke_startup()
            return await self.datasette.client.get(path, **options)

        return asyncio.run(ask())

    def page(self, path: str) -> BeautifulSoup:
        """The page at a path, which must be there."""
        response = self.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}\n{response.text[:2000]}"
        return BeautifulSoup(response.text, "html.parser")

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a table or query, as objects."""
        response = self.get(path + ("&" if "?" in path else "?") + "_shape=array")
        assert response.status_code == 200, f"{path}: {response.text[:500]}"
        rows: list[dict[str, Any]] = response.json()
        return rows


def serve(*paths: Path, name: str = "archive", extra: dict[str, Any] | None = None) -> Served:
    """Serve files with the metadata and configuration that `redline serve` would use for the archive of that name."""
    own = {**metadata(name), **(extra or {})}
    line: dict[str, Any] = {"settings": dict(SETTINGS)} if OLD_LINE else {"config": {**config(name), **(extra or {})}}
    options = {"metadata": own, **line}
    return Served(Datasette([str(path) for path in paths], **options))


@contextmanager
def running(served: Served) -> Iterator[str]:
    """A Datasette as a real server on a free port; gives its address."""
    config = uvicorn.Config(served.datasette.app(), host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def read(page: Tag) -> str:
    """The text of a page as a person reads it, white space settled; what only a screen reader hears is left out."""
    copy = BeautifulSoup(str(page), "html.parser")
    for hidden in copy.select(".vh"):
        hidden.decompose()
    return " ".join(copy.get_text().split())
